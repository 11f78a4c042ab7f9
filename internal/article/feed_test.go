package article

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

const rssFeed = `<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>The Herald</title><link>https://herald.example/</link><language>en</language><image><title>Logo</title></image>
<item><guid isPermaLink="false">g1</guid><title>Kiln &amp; co</title><link>https://herald.example/1</link><pubDate>Mon, 06 May 2024 07:08:09 GMT</pubDate>
<description>Short.</description><content:encoded><![CDATA[<p>The kiln.</p><p>Lit &amp; warm.</p>]]></content:encoded></item>
<item><link>https://herald.example/2</link><dc:date>2024-05-07</dc:date><description>Two &lt;b&gt;bold&lt;/b&gt;&nbsp;words.</description><source url="x">Agency</source></item>
</channel></rss>
`

const atomFeed = `<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><title>Blatt</title>
<entry><id>urn:1</id><title type="html">Ofen &amp;amp; mehr</title><link rel="self" href="https://b.example/no"/><link href="https://b.example/1"/><updated>2024-05-08T00:00:00Z</updated><published>2024-05-06T07:08:09Z</published>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Der Ofen</p><p>glüht.</p></div></content><summary>no</summary></entry>
<entry><id>urn:2</id><content type="text">a &lt; b</content></entry></feed>`

func TestFeeds(t *testing.T) {
	first := time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)
	cases := map[string]struct {
		content string
		want    []Article
	}{
		"a.rss": {rssFeed, []Article{
			{ID: "g1", Title: "Kiln & co", URL: "https://herald.example/1", Source: "The Herald", Published: first, Language: "en", Text: "The kiln.\n\nLit & warm.", Line: 4},
			{ID: "https://herald.example/2", URL: "https://herald.example/2", Source: "Agency", Published: time.Date(2024, 5, 7, 0, 0, 0, 0, time.UTC), DateOnly: true, Language: "en", Text: "Two bold words.", Line: 6},
		}},
		"a.xml": {atomFeed, []Article{
			{ID: "urn:1", Title: "Ofen & mehr", URL: "https://b.example/1", Source: "Blatt", Published: first, Language: "de", Text: "Der Ofen\n\nglüht.", Line: 2},
			{ID: "urn:2", Source: "Blatt", Language: "de", Text: "a < b", Line: 4},
		}},
	}
	for name, c := range cases {
		arts, bad := readAll(t, Options{Workers: 1}, write(t, t.TempDir(), name, c.content))
		if d := cmp.Diff(c.want, arts, cmpopts.IgnoreFields(Article{}, "Path", "Raw")); d != "" || len(bad) > 0 {
			t.Errorf("%s: %s%+v", name, d, bad)
		}
		for _, a := range arts {
			if raw := c.content[a.Raw.Offset : a.Raw.Offset+int64(a.Raw.Len)]; !strings.HasPrefix(raw, "<item>") && !strings.HasPrefix(raw, "<entry>") || !strings.HasSuffix(raw, "</item>") && !strings.HasSuffix(raw, "</entry>") {
				t.Errorf("%s stands at %q", a.ID, raw)
			}
		}
	}
}

// A feed in another charset is read; its items cannot be taken out of what surrounds them.
func TestFeedCharset(t *testing.T) {
	arts, bad := readAll(t, Options{Workers: 1}, write(t, t.TempDir(), "a.rss", "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><rss version='2.0'><channel><item><description>Der Ofen gl\xfcht.</description></item></channel></rss>"))
	if len(arts) != 1 || len(bad) > 0 || arts[0].Text != "Der Ofen glüht." || arts[0].Raw.Kind != RawNone {
		t.Errorf("%+v, %+v", arts, bad)
	}
}

// A broken item is named, and the next one is read.
func TestBrokenFeeds(t *testing.T) {
	item := func(s string) string { return "<item><description>" + s + "</description></item>\n" }
	head := "<rss version='2.0'><channel><title>x</title>\n"
	cases := []struct{ name, content, want, bad string }{
		{"syntax", head + item("One.") + "<item><description>< <</description></item>\n" + item("Three."), "One. Three.", "3 broken XML"},
		{"not closed", head + item("One.") + "<item><title>a</title>\n" + item("Three."), "One. Three.", "3 broken XML: an item is not closed"},
		{"cut short", head + item("One.") + "<item><description>Tw", "One.", "3 broken XML"},
		{"empty", head + "</channel></rss>", "", "0 empty, no articles in it"},
	}
	for _, c := range cases {
		arts, bad := readAll(t, Options{Workers: 1}, write(t, t.TempDir(), "a.rss", c.content))
		var got []string
		for _, a := range arts {
			got = append(got, a.Text)
		}
		line, reason, _ := strings.Cut(c.bad, " ")
		if strings.Join(got, " ") != c.want || len(bad) == 0 || !strings.HasPrefix(bad[0].Reason, reason) || line != string(rune('0'+bad[0].Line)) {
			t.Errorf("%s: %q, %+v", c.name, got, bad)
		}
	}
}

func FuzzFeed(f *testing.F) {
	f.Add([]byte(rssFeed))
	f.Add([]byte(atomFeed))
	f.Add([]byte("<rss><item><a><item></a>&nbsp;<b/></item>\x00<entry"))
	f.Fuzz(func(t *testing.T, b []byte) {
		arts, _ := readAll(t, Options{Workers: 1, Format: "feed"}, write(t, t.TempDir(), "a", string(b)))
		for _, a := range arts {
			if !utf8.ValidString(a.Text) || !utf8.ValidString(a.Title) || int(a.Raw.Offset)+a.Raw.Len > len(b) {
				t.Fatalf("%+v", a)
			}
		}
	})
}
