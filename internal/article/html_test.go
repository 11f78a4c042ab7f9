package article

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// oneOf reads a file of one article.
func oneOf(t *testing.T, name, content string) Article {
	t.Helper()
	arts, bad := readAll(t, Options{Workers: 1}, write(t, t.TempDir(), name, content))
	if len(arts) != 1 || len(bad) > 0 {
		t.Fatalf("%s: %d articles, %+v", name, len(arts), bad)
	}
	return arts[0]
}

func TestPageSaysWhatItIs(t *testing.T) {
	body := "<body><nav><a href=/>Home</a></nav><h1>Heading</h1><article><p>The kiln was lit.</p></article></body></html>"
	day := time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC)
	cases := []struct{ name, head, title, source, url, date string }{
		{"nothing", "<title>Title - Herald</title>", "Heading", "", "", ""},
		{"elements", `<link rel="canonical" href="https://www.herald.example/kiln"><time datetime="2024-01-02T03:04:05Z">`, "Heading", "herald.example", "https://www.herald.example/kiln", "x"},
		{"meta", `<meta property="og:title" content="Kiln lit &amp; warm"><meta property="og:site_name" content="The Herald"><meta name=date content=2023-01-01>` +
			`<meta property="article:published_time" content="2024-01-02T03:04:05+00:00">`, "Kiln lit & warm", "The Herald", "", "x"},
		{"JSON-LD", `<script type="application/ld+json">{"@context":"https://schema.org","@graph":[{"@type":"WebSite","name":"no"},{"@type":["NewsArticle"],"headline":"Kiln &amp; more",` +
			`"datePublished":"2024-01-02T03:04:05Z","publisher":{"@type":"Organization","name":"Gazette"},"mainEntityOfPage":{"@id":"https://g.example/1"}}]}</script>` +
			`<meta property="og:title" content="other">`, "Kiln & more", "Gazette", "https://g.example/1", "x"},
		{"broken JSON-LD", `<script type="application/ld+json">{"@type":</script><meta property="og:title" content="other">`, "other", "", "", ""},
		{"no address", `<link rel=canonical href="/kiln">`, "Heading", "", "", ""},
	}
	for _, c := range cases {
		a := oneOf(t, "a.html", "<!DOCTYPE html>\n<html lang=en-GB><head>"+c.head+"</head>"+body)
		if a.Title != c.title || a.Source != c.source || a.URL != c.url || a.Published.Equal(day) != (c.date == "x") || a.Language != "en-GB" || !strings.HasSuffix(a.ID, "a.html") {
			t.Errorf("%s: %+v", c.name, a)
		}
	}
}

// Text of a page is what a reader sees.
func TestPageText(t *testing.T) {
	cases := []struct{ page, want string }{
		{"<p>One  two\n three.</p><p>Four<br>five.</p>", "One two three.\n\nFour\nfive."},
		{"<h1>Kiln</h1>It was <b>l</b>it&nbsp;again.<ul><li>one<li>two</ul>", "Kiln\n\nIt was lit again.\n\none\ntwo"},
		{"<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"},
		{"<pre>a  b\n\nc</pre>", "a b\n\nc"},
		{"<p>a</p><script>no()</script><style>no</style><noscript><p>no</p></noscript><!-- no --><svg><text>no</text></svg><p>b", "a\n\nb"},
		{"a &lt;b&gt; c", "a <b> c"},
		{"", ""},
	}
	for _, c := range cases {
		if a := oneOf(t, "a.html", "<!DOCTYPE html><html><body><main>"+c.page+"</main></body></html>"); a.Text != c.want {
			t.Errorf("%q gives %q, not %q", c.page, a.Text, c.want)
		}
		if got := fragmentText(c.page); got != c.want {
			t.Errorf("fragment %q gives %q, not %q", c.page, got, c.want)
		}
	}
}

func TestPageCharsets(t *testing.T) {
	const page = "<!DOCTYPE html><html><head>%s<title>x</title></head><body><p>Le four rallum\xe9 cet \xe9t\xe9.</p></body></html>"
	a := oneOf(t, "a.html", fmt.Sprintf(page, `<meta charset="iso-8859-1">`))
	if a.Text != "Le four rallumé cet été." {
		t.Errorf("%q", a.Text)
	}
}

// A page that is hard on an extractor is read without it.
func TestHostilePages(t *testing.T) {
	deep := strings.Repeat("<div>", 400) + "The kiln." + strings.Repeat("</div>", 400)
	wide := strings.Repeat("<p>kiln</p>", maxElements+1)
	for _, body := range []string{deep, wide, strings.Repeat("<table><tr><td>", 60) + "The kiln."} {
		if a := oneOf(t, "a.html", "<!DOCTYPE html><html><body>"+body+"</body></html>"); !strings.Contains(a.Text, "kiln") {
			t.Errorf("%.60q is lost", body)
		}
	}
	arts, bad := readAll(t, Options{Workers: 1}, write(t, t.TempDir(), "a.html", "<!DOCTYPE html><html><body>"+strings.Repeat("<div>", 100_000)))
	if len(arts) != 0 || len(bad) != 1 || !strings.HasPrefix(bad[0].Reason, "a page that cannot be read") {
		t.Errorf("%d articles, %+v", len(arts), bad)
	}
}

func FuzzHTML(f *testing.F) {
	f.Add([]byte(smallPage))
	f.Add([]byte("<!DOCTYPE html><html lang=x><head><meta charset=utf-16><script type=application/ld+json>[[{\"@type\":\"Article\",\"publisher\":[[]]}]]</script><body><pre>\n\n</table>"))
	f.Add([]byte("<p>a<br>b<!--x--><table><td>\x00\xff</p>"))
	f.Fuzz(func(t *testing.T, b []byte) {
		l, err := NewLines(Options{})
		if err != nil {
			t.Fatal(err)
		}
		w := &l.w
		var v values
		if !w.pageOrText(l.st, b, "text/html", &v, 1) {
			return
		}
		for f := range v {
			if !utf8.Valid(v[f].b) {
				t.Fatalf("%s is %q", field(f), v[f].b)
			}
		}
		fragmentText(string(b))
	})
}
