package article

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const frontBody = "The ferry sank.\n\n---\n\nNobody saw it.\n"

func TestFrontMatter(t *testing.T) {
	day := time.Date(2006, 1, 2, 0, 0, 0, 0, time.UTC)
	noon := time.Date(2006, 1, 2, 12, 0, 0, 0, time.UTC)
	cases := []struct {
		name, head string
		want       Article // of the head
	}{
		{"yaml", "---\ntitle: The ferry\ndate: 2006-01-02\nsource: Herald\nid: f1\nlink: https://a.example/f\n---\n",
			Article{ID: "f1", Title: "The ferry", Source: "Herald", URL: "https://a.example/f", Published: day, DateOnly: true}},
		{"jekyll", "---\nlayout: post\ntitle:  \"The \\\"ferry\\\"\"\ndate:   2006-01-02 14:00:00 +0200\ncategories: [news, sea]\n---\n",
			Article{Title: `The "ferry"`, Published: noon}},
		{"crlf", "---\r\ntitle: The ferry\r\n---\r\n", Article{Title: "The ferry"}},
		{"dots", "--- \ntitle: The ferry\n...\n", Article{Title: "The ferry"}},
		{"no text of it", "---\ntitle: The ferry\ncontent: nothing\ndescription: It sank\n---\n", Article{Title: "The ferry"}},
		{"lists and nothing", "---\ntitle:\n  - The ferry\n  - Sunk\nsource:\ntags: []\n---\n", Article{Title: "The ferry"}},
		{"nested", "---\nsource:\n  name: Herald\n  uri: x\n---\n", Article{Source: "Herald"}},
		{"host", "---\nurl: https://www.herald.example/a\n---\n", Article{URL: "https://www.herald.example/a", Source: "herald.example"}},
		{"relative", "---\nurl: /2006/ferry/\n---\n", Article{URL: "/2006/ferry/"}},
		{"keys alone", "---\nlayout: post\ndraft: false\n---\n", Article{}},
		{"not quite yaml", "---\n# by hand\ntitle: The ferry: a review\nsource: 'Herald'\ntags:\n  - a: b: c\n---\n", Article{Title: "The ferry: a review", Source: "Herald"}},
		{"toml", "+++\ntitle = \"The ferry\"\ndate = 2006-01-02T12:00:00Z\ntags = [\"a\"]\n[source]\nname = \"Herald\"\n+++\n", Article{Title: "The ferry", Source: "Herald", Published: noon}},
		{"toml day", "+++\ntitle = 'The ferry'\ndate = 2006-01-02\n+++\n", Article{Title: "The ferry", Published: day, DateOnly: true}},
		{"toml list", "+++\ntitle = ['The ferry', 'Sunk']\nid = 7\n+++\n", Article{ID: "7", Title: "The ferry"}},
	}
	for _, c := range cases {
		for _, name := range []string{"a.md", "a.txt", "unnamed", "a.md.gz"} {
			t.Run(c.name+"/"+name, func(t *testing.T) {
				content := c.head + frontBody
				if strings.HasSuffix(name, ".gz") {
					content = packed(t, ".gz", content)
				}
				path := write(t, t.TempDir(), name, content)
				arts, bad := readAll(t, Options{Workers: 1}, path)
				if len(arts) != 1 || len(bad) > 0 {
					t.Fatalf("%d articles, %+v", len(arts), bad)
				}
				want := c.want
				want.Path, want.Text, want.Line = path, frontBody, 1+strings.Count(c.head, "\n")
				if want.ID == "" {
					want.ID = path
				}
				want.Raw = Raw{Kind: RawText, Len: len(c.head) + len(frontBody), Text: len(c.head), Packed: strings.HasSuffix(name, ".gz")}
				if d := cmp.Diff(want, arts[0]); d != "" {
					t.Error(d)
				}
			})
		}
	}
}

// A rule is no head, and what is to be read as text has none.
func TestRuleIsNoFrontMatter(t *testing.T) {
	for _, content := range []string{
		"---\n\nThe ferry sank.\n\n---\n\nNobody saw it.\n",
		"---\nThe ferry: it sank.\n---\nNobody saw it.\n",
		"---\nEditor's note: names were changed.\n---\nNobody saw it.\n",
		"---\nNote: names were changed.\n---\nNobody saw it.\n",
		"---\ntitle: The ferry\n\nIt sank, and nobody saw it.\n---\nNobody.\n",
		"---\ntitle: The ferry\nIt never ends.\n",
		"---\n- title\n- date\n---\nNobody saw it.\n",
		"---\n---\nNobody saw it.\n",
		"--- title: The ferry\n---\nNobody saw it.\n",
		"----\ntitle: The ferry\n----\nNobody saw it.\n",
		"---\ntitle: " + strings.Repeat("long ", 20000) + "\n---\nNobody saw it.\n",
		"+++\ntitle: no TOML\n+++\nNobody saw it.\n",
		"+++ BREAKING +++\ntitle = \"x\"\n+++\nNobody saw it.\n",
		"title: The ferry\n---\nNobody saw it.\n",
	} {
		wantText(t, "a.md", content, Options{})
	}
	wantText(t, "a.md", "---\ntitle: The ferry\n---\nIt sank.\n", Options{Format: "text"})
}

func TestFrontMatterWithoutText(t *testing.T) {
	path := write(t, t.TempDir(), "a.md", "---\ntitle: The ferry\n---\n\n")
	arts, bad := readAll(t, Options{Workers: 1}, path)
	if len(bad) > 0 || len(arts) != 1 || !arts[0].Empty() || arts[0].Title != "The ferry" || arts[0].ID != path {
		t.Errorf("%d articles, %+v", len(arts), bad)
	}
}

// A cut behind a head takes exactly its bytes, and what is left reads with the same head.
func TestCutBehindFrontMatter(t *testing.T) {
	head := "---\ntitle: The ferry\n---\n"
	content := head + frontBody
	path := write(t, t.TempDir(), "a.md", content)
	arts, _ := readAll(t, Options{Workers: 1}, path)
	if len(arts) != 1 {
		t.Fatal(len(arts))
	}
	text, raw, ok := arts[0].Raw.Cut([]byte(content), []Span{{16, 22}})
	if !ok || text != frontBody || len(raw) != 1 || raw[0].Start != len(head)+16 {
		t.Fatal(text, raw, ok)
	}
}

func FuzzFrontMatter(f *testing.F) {
	f.Add([]byte("---\ntitle: The ferry\ndate: 2006-01-02\n---\nIt sank.\n"))
	f.Add([]byte("---\ntitle: The ferry: a\nsource:\n  name: [x, y]\n...\nIt sank.\n"))
	f.Add([]byte("+++\ntitle = \"x\"\n[source]\nname = 1\n+++\nIt sank.\n"))
	f.Add([]byte("---\na: &a [*a, *a]\ntitle: *a\n<<: *a\n---\n"))
	s := newSchema(Fields{})
	f.Fuzz(func(t *testing.T, data []byte) {
		var v values
		body, lines := s.front(data, &v)
		switch {
		case body == 0 && (lines != 0 || !empty(v)):
			t.Fatal("something of no head")
		case body > 0 && (body > len(data) || bytes.Count(data[:body], newline) != lines || v[fieldText].set):
			t.Fatal(body, lines, v)
		}
	})
}

func empty(v values) bool {
	for _, f := range v {
		if f.set {
			return false
		}
	}
	return true
}
