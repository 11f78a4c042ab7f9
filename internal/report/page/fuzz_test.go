package page

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"dedup/internal/report"
)

// tags gives the elements of a page in order, each with the names of its attributes, and what
// stands inside those that have an id.
func tags(t *testing.T, page string) (names []string, inside map[string]string) {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	inside = map[string]string{}
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		name := n.Data
		for _, a := range n.Attr {
			name += " " + a.Key
			if a.Key == "id" && n.FirstChild != nil {
				inside[a.Val] = n.FirstChild.Data
			}
		}
		names = append(names, name)
	}
	return names, inside
}

// FuzzPage parses the page as a browser does: whatever articles say, it has the elements that it
// has for harmless ones, and what the script reads is what they say.
func FuzzPage(f *testing.F) {
	for _, s := range []string{"words", "</script><script>alert(1)</script>", "<!--<script>", "]]>", "\u2028\u2029", "\xff\x00", `\u003c/script>`, "&lt;/script&gt;", "<!-- --!>"} {
		f.Add(s, "A title", "The Paper")
		f.Add("Some text", s, s)
	}
	f.Fuzz(func(t *testing.T, text, title, source string) {
		make := func(text, title, source string) ([]string, map[string]string) {
			r := small("one article", text)
			r.Articles[1].Title, r.Articles[1].Source, r.Stories[0].Headline = title, source, title
			r.Clusters = []report.Cluster{{ID: "c1", Canonical: "a0", Members: []report.Member{{Article: "a0", Rule: "canonical"}, {Article: "a1", Rule: title}}}}
			var b bytes.Buffer
			if err := Write(&b, r, from([]string{"one article", text}), Options{}); err != nil {
				t.Fatal(err)
			}
			return tags(t, b.String())
		}
		if text == "" {
			return
		}
		want, _ := make("some", "words", "here")
		got, inside := make(text, title, source)
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Fatalf("the page has the elements %q, want %q", got, want)
		}
		var d struct {
			Articles struct{ Title, Source json.RawMessage }
		}
		if err := json.Unmarshal([]byte(inside["data"]), &d); err != nil {
			t.Fatal(err)
		}
		var texts []string
		if err := json.Unmarshal([]byte(inside["t0"]), &texts); err != nil {
			t.Fatal(err)
		}
		if len(texts) != 2 || len(text) < maxText && !shows(texts[1], text) {
			t.Errorf("the text is %q, want %q", texts, text)
		}
	})
}

// shows tells whether what the page has of a text is that text: with U+FFFD for what no page may
// hold, and a line feed for a carriage return that ends a line, a blank for one before a line feed.
func shows(got, text string) bool {
	g, w := []rune(got), []rune(text)
	for i := range g {
		if i >= len(w) || g[i] != w[i] && g[i] != '\ufffd' && (w[i] != '\r' || g[i] != carriageReturn(w[i+1:])) {
			return false
		}
	}
	return len(g) == len(w)
}

// carriageReturn is what stands for one that rest follows.
func carriageReturn(rest []rune) rune {
	if len(rest) > 0 && rest[0] == '\n' {
		return ' '
	}
	return '\n'
}
