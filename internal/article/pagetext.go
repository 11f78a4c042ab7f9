package article

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Text of markup: what a reader sees, a line end for each line, a blank line between paragraphs.
// White space is one blank, but in preformatted text.

// gaps are the elements that stand on lines of their own, with how many line ends part them from
// what surrounds them.
var gaps = map[atom.Atom]int{
	atom.P: 2, atom.H1: 2, atom.H2: 2, atom.H3: 2, atom.H4: 2, atom.H5: 2, atom.H6: 2, atom.Blockquote: 2, atom.Pre: 2, atom.Ul: 2, atom.Ol: 2, atom.Dl: 2,
	atom.Table: 2, atom.Figure: 2, atom.Section: 2, atom.Article: 2, atom.Main: 2, atom.Header: 2, atom.Footer: 2, atom.Aside: 2, atom.Nav: 2, atom.Form: 2, atom.Hr: 2,
	atom.Div: 1, atom.Li: 1, atom.Dt: 1, atom.Dd: 1, atom.Tr: 1, atom.Figcaption: 1, atom.Caption: 1, atom.Address: 1, atom.Details: 1, atom.Summary: 1, atom.Body: 1,
}

// unseen are the elements whose content is no text of the page.
var unseen = map[atom.Atom]bool{
	atom.Script: true, atom.Style: true, atom.Noscript: true, atom.Template: true, atom.Svg: true, atom.Math: true, atom.Iframe: true, atom.Object: true, atom.Head: true,
	atom.Select: true, atom.Button: true, atom.Textarea: true, atom.Video: true, atom.Audio: true, atom.Canvas: true,
}

// around are the elements of a page that surround its article.
var around = map[atom.Atom]bool{atom.Nav: true, atom.Footer: true, atom.Aside: true, atom.Form: true}

// textWriter writes the text of elements.
type textWriter struct {
	b     strings.Builder
	lines int  // line ends that are due before the next word
	blank bool // a blank is
	pre   int  // preformatted elements around
	skip  map[atom.Atom]bool
}

// pageText gives the text of an element.
func pageText(n *html.Node) string {
	w := &textWriter{}
	w.node(n)
	return w.b.String()
}

func (w *textWriter) node(n *html.Node) {
	switch n.Type {
	case html.TextNode:
		w.text(n.Data)
		return
	case html.ElementNode:
		if unseen[n.DataAtom] || w.skip[n.DataAtom] {
			return
		}
	case html.DocumentNode:
	default:
		return
	}
	gap := gaps[n.DataAtom]
	w.lines = max(w.lines, gap)
	switch n.DataAtom {
	case atom.Br:
		w.lines++
	case atom.Td, atom.Th:
		w.blank = true
	case atom.Pre:
		w.pre++
		defer func() { w.pre-- }()
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		w.node(c)
	}
	w.lines = max(w.lines, gap)
}

// text writes words.
func (w *textWriter) text(s string) {
	for s != "" {
		i := strings.IndexAny(s, " \t\r\n\f\u00a0")
		switch {
		case i < 0:
			i = len(s)
		case i == 0:
			n := 1
			if s[0] == '\n' && w.pre > 0 {
				w.lines++
			} else if s[0] == 0xc2 {
				n = 2
			}
			w.blank, s = true, s[n:]
			continue
		}
		w.gap()
		w.b.WriteString(s[:i])
		s = s[i:]
	}
}

// gap writes what is due before a word: two line ends at most.
func (w *textWriter) gap() {
	switch {
	case w.b.Len() == 0:
	case w.lines > 0:
		w.b.WriteString("\n\n"[:min(w.lines, 2)])
	case w.blank:
		w.b.WriteByte(' ')
	}
	w.lines, w.blank = 0, false
}

// mainElement is what holds the text of a page as far as its elements say: the largest article, or
// the main element, or the body without what surrounds an article.
func mainElement(doc *html.Node) *html.Node {
	var articles, mains, bodies []*html.Node
	for n := range doc.Descendants() {
		switch n.DataAtom {
		case atom.Article:
			articles = append(articles, n)
		case atom.Main:
			mains = append(mains, n)
		case atom.Body:
			bodies = append(bodies, n)
		}
	}
	if len(articles) == 1 {
		return articles[0]
	}
	if len(mains) == 1 {
		return mains[0]
	}
	if len(bodies) == 0 {
		return doc
	}
	return bodies[0]
}

// fragmentText is the text of a piece of a page, such as a field of a record holds.
func fragmentText(s string) string {
	if !strings.Contains(s, "<") {
		return html.UnescapeString(s)
	}
	body := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	nodes, err := html.ParseFragment(strings.NewReader(s), body)
	if err != nil { // nested too deep
		return s
	}
	w := &textWriter{}
	for _, n := range nodes {
		w.node(n)
	}
	return w.b.String()
}
