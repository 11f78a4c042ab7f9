package article

import (
	"bytes"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// markup says what kind of markup a text is written in.
type markup uint8

const (
	markupNone markup = iota
	markupHTML
	markupFeed
	markupSitemap
	markupOther // XML or SGML
)

const (
	maxTags   = 256     // looked at
	markupFor = 8 << 10 // bytes of a record's text that are looked at
)

// tag is one tag of a text. A document type is a tag "!html", an XML declaration "?xml".
type tag struct {
	name string
	end  bool
	gap  bool // text stands before it, back to the tag before
}

func isMarkup(kind markup) func([]byte) bool {
	return func(head []byte) bool { return markupOf(head) == kind }
}

// markupOf tells whether a text that starts with a tag is written in markup, rather than an article
// with a few tags in it: a document has its root and what stands in it side by side, with nothing
// but white space between; a piece of a page has block elements that are closed again and follow
// each other.
func markupOf(b []byte) markup {
	if len(b) < 3 || b[0] != '<' {
		return markupNone
	}
	tags, tail := readTags(b)
	root := slices.IndexFunc(tags, func(t tag) bool { return t.name[0] != '?' && t.name[0] != '!' })
	if root < 0 || tags[root].end || slices.ContainsFunc(tags[:root+1], func(t tag) bool { return t.gap }) {
		return markupNone
	}
	name, rest := tags[root].name, tags[root+1:]
	filled := len(rest) > 0 && !rest[0].gap && rest[0].name != name
	switch {
	case slices.Contains([]string{"html", "head", "body"}, name) || tags[0].name == "!html":
		if root > 0 || filled || slices.ContainsFunc(rest, func(t tag) bool { return t.end && t.name == name }) {
			return markupHTML
		}
	case root > 0 || filled && slices.ContainsFunc(rest, func(t tag) bool { return t.end }) && atom.Lookup([]byte(name)) == 0:
		return rootKind(name)
	case atom.Lookup([]byte(name)) == 0:
		if closedAndNext(name, rest, tail) {
			return rootKind(name)
		}
	case piece(tags, len(b)):
		return markupHTML
	}
	return markupNone
}

func rootKind(name string) markup {
	switch name {
	case "rss", "feed", "rdf:rdf":
		return markupFeed
	case "urlset", "sitemapindex":
		return markupSitemap
	case "html":
		return markupHTML
	}
	return markupOther
}

// readTags reads the first tags, without comments; tail tells that text stands behind the last.
func readTags(b []byte) (tags []tag, tail bool) {
	z := html.NewTokenizer(bytes.NewReader(b))
	gap := false
	for len(tags) < maxTags {
		switch kind := z.Next(); kind {
		case html.ErrorToken:
			return tags, gap
		case html.TextToken:
			gap = gap || len(bytes.TrimSpace(z.Raw())) > 0
		case html.CommentToken:
			if bytes.HasPrefix(z.Text(), []byte("?xml ")) {
				tags, gap = append(tags, tag{"?xml", false, gap}), false
			}
		case html.DoctypeToken:
			name, _, _ := strings.Cut(strings.ToLower(string(z.Text())), " ")
			tags, gap = append(tags, tag{"!" + name, false, gap}), false
		default:
			name, _ := z.TagName()
			tags, gap = append(tags, tag{string(name), kind == html.EndTagToken, gap}), false
		}
	}
	return tags, false
}

// closedAndNext tells whether the element is closed, and then comes another tag or nothing.
func closedAndNext(name string, rest []tag, tail bool) bool {
	i := slices.IndexFunc(rest, func(t tag) bool { return t.end && t.name == name })
	switch {
	case i < 0:
		return false
	case i == len(rest)-1:
		return !tail
	}
	return !rest[i+1].gap
}

// blocks are the elements that pages are made of; others stand inside a line.
var blocks = []string{"p", "div", "article", "section", "main", "header", "table", "ul", "ol", "li", "blockquote", "figure",
	"h1", "h2", "h3", "h4", "h5", "h6", "title", "meta", "script", "style", "link"}

// A piece of a page has so many block elements, and at least one in so many bytes.
const (
	pieceBlocks = 3
	pieceEvery  = 1000
)

// piece tells whether tags are those of a piece of a page of n bytes.
func piece(tags []tag, n int) bool {
	open, closed := 0, 0
	for _, t := range tags {
		switch {
		case !slices.Contains(blocks, t.name):
		case t.end:
			closed++
		default:
			open++
		}
	}
	return slices.Contains(blocks, tags[0].name) && open >= pieceBlocks && closed >= pieceBlocks-1 && (len(tags) == maxTags || open*pieceEvery >= n)
}

// markupText tells whether the text of a record is a page or other markup.
func markupText(txt string) bool {
	txt = strings.TrimLeft(txt[:min(len(txt), markupFor)], " \t\r\n")
	return len(txt) > 0 && txt[0] == '<' && markupOf([]byte(txt)) != markupNone
}
