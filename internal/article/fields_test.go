package article

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/parquet-go/parquet-go"
)

func TestHosts(t *testing.T) {
	for in, want := range map[string]string{
		"https://www.Example.com/a/b?c#d": "example.com", "http://user@example.org:8080": "example.org", "//cdn.example.net/x": "cdn.example.net",
		"example.com/a": "", "": "", "mailto:a@b.example": "", "https://example.com?q=//x": "example.com", "https://www2.example.com": "www2.example.com",
	} {
		if got := hostOf(in); got != want {
			t.Errorf("%q: %q, not %q", in, got, want)
		}
	}
}

func TestFields(t *testing.T) {
	for _, c := range []struct {
		name, line string
		fields     Fields
		want       Article
	}{
		{"usual names", `{"_id":7,"Headline":" T ","MainText":"x","outlet":"O"}`, Fields{}, Article{ID: "7", Title: "T", Text: "x", Source: "O"}},
		{"case and underscores", `{"article-text":"x","PUBLISHED_AT":"2025-01-02","Article ID":"a"}`, Fields{}, Article{ID: "a", Text: "x", Published: time.Date(2025, 1, 2, 0, 0, 0, 0, time.UTC), DateOnly: true}},
		{"best name first", `{"content":"worse","text":"better","body":"middle"}`, Fields{}, Article{ID: "-#1", Text: "better"}},
		{"empty gives way", `{"text":"","content":"x"}`, Fields{}, Article{ID: "-#1", Text: "x"}},
		{"source of the address", `{"text":"x","url":"https://www.example.com/1"}`, Fields{}, Article{ID: "https://www.example.com/1", URL: "https://www.example.com/1", Source: "example.com", Text: "x"}},
		{"source is an address", `{"text":"x","source":"https://www.example.com/"}`, Fields{}, Article{ID: "-#1", Source: "example.com", Text: "x"}},
		{"nested source", `{"source":{"id":"n","name":"News"},"text":"x"}`, Fields{}, Article{ID: "-#1", Source: "News", Text: "x"}},
		{"paragraphs", `{"text":["a","b\n",1,"c"]}`, Fields{}, Article{ID: "-#1", Text: "a\nb\n\nc"}},
		{"own names", `{"text":"no","payload":{"Body":"x","meta":{"site":"S"}},"k":1.5}`, Fields{Text: "payload.body", Source: "payload.meta.site", ID: "k"}, Article{ID: "1.5", Source: "S", Text: "x"}},
		{"a dotted key", `{"meta.source":"S","text":"x"}`, Fields{Source: "meta.source"}, Article{ID: "-#1", Source: "S", Text: "x"}},
		{"one key for two", `{"url":"u","text":"x"}`, Fields{ID: "url", Title: "url"}, Article{ID: "u", Title: "u", URL: "u", Text: "x"}},
	} {
		for format, content := range map[string]string{"jsonl": c.line + "\n", "json": "[" + c.line + "]"} {
			arts, bad := readAll(t, Options{Fields: c.fields, Format: format, Stdin: strings.NewReader(content)}, "-")
			c.want.Path, c.want.Line = "-", 1
			if d := cmp.Diff([]Article{c.want}, arts, cmpopts.IgnoreFields(Article{}, "Raw")); d != "" || len(bad) > 0 {
				t.Errorf("%s, %s: %v %s", c.name, format, bad, d)
			}
		}
	}
}

func TestAnswerOfANewsService(t *testing.T) {
	answer := "{\"status\":\"ok\",\n \"articles\": [\n {\"content\":\"a\\nb\"},\n {\"content\":\"c\", \"id\":\"x\"}, 5,\n {\"title\":\"no text\"} ] }"
	for format, content := range map[string]string{"": answer, "jsonl": strings.ReplaceAll(answer, "\n", "")} {
		arts, bad := readAll(t, Options{Format: format, Stdin: strings.NewReader(content)}, "-")
		if len(arts) != 3 || arts[0].ID != "-#1.1" || arts[0].Text != "a\nb" || arts[1].ID != "x" || arts[2].Title != "no text" || !arts[2].Empty() {
			t.Errorf("%q: %+v", format, arts)
		}
		if format == "" && (arts[0].Line != 3 || arts[1].Line != 4) || len(bad) != 2 || bad[0].Kept || !bad[1].Kept {
			t.Errorf("%q: lines of %+v, %v", format, arts, bad)
		}
	}
}

func TestParquetManyGroups(t *testing.T) {
	type source struct {
		Name *string `parquet:"name,optional"`
	}
	type row struct {
		Source source    `parquet:"source"`
		Text   *string   `parquet:"text,optional"`
		Date   int32     `parquet:"date,date"`
		Tags   []string  `parquet:"tags,list"`
		Kind   string    `parquet:"title,dict"`
		At     time.Time `parquet:"created,timestamp(microsecond)"`
	}
	name := "N"
	var b bytes.Buffer
	w := parquet.NewGenericWriter[row](&b, parquet.PageBufferSize(500), parquet.Compression(&parquet.Zstd))
	for i := range 1000 {
		txt := fmt.Sprint("text ", i)
		r := row{Text: &txt, Date: 20000, Tags: []string{"a", "b"}, Kind: fmt.Sprint(i % 3), At: time.Now()}
		if i%2 == 0 {
			r.Source.Name = &name
		}
		if i == 500 {
			r.Text = nil
		}
		if _, err := w.Write([]row{r}); err != nil {
			t.Fatal(err)
		}
		if i%300 == 299 {
			if err := w.Flush(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	path := write(t, t.TempDir(), "a.parquet", b.String())
	for _, opt := range []Options{{Workers: 1}, {Workers: 4, block: 100}} {
		arts, bad := readAll(t, opt, path)
		if len(arts) != 1000 || len(bad) > 0 || !arts[500].Empty() || arts[500].Line != 501 {
			t.Fatalf("%d articles, %v", len(arts), bad)
		}
		for i, a := range arts {
			want := Article{ID: fmt.Sprintf("%s#%d", path, i+1), Path: path, Line: i + 1, Text: fmt.Sprint("text ", i), Title: fmt.Sprint(i % 3),
				Published: time.Unix(20000*86400, 0).UTC(), DateOnly: true}
			if i%2 == 0 {
				want.Source = name
			}
			if i == 500 {
				want.Text = ""
			}
			if d := cmp.Diff(want, a, cmpopts.IgnoreFields(Article{}, "Raw")); d != "" {
				t.Fatal(d)
			}
		}
	}
	for cut := range 40 {
		path := write(t, t.TempDir(), "a.parquet", b.String()[:b.Len()-cut*b.Len()/40-1])
		if arts, bad := readAll(t, Options{}, path); len(arts) > 0 || len(bad) != 1 {
			t.Errorf("cut short: %d articles, %v", len(arts), bad)
		}
		garbled := bytes.Clone(b.Bytes())
		copy(garbled[cut*b.Len()/40:], "garbled garbled")
		arts, bad := readAll(t, Options{}, write(t, t.TempDir(), "b.parquet", string(garbled)))
		if len(arts) == 0 && len(bad) == 0 {
			t.Error("neither articles nor reports")
		}
	}
}

// Texts that exports keep in odd places are found: rendered HTML, paragraphs, parts.
func TestOddFields(t *testing.T) {
	wp := `{"id":7,"link":"https://w.example/7","date":"2024-05-06","title":{"rendered":"Kiln &amp; co"},"content":{"protected":false,"rendered":"<p>The kiln<br>was lit.</p>\n<p>Again.</p>"}}`
	cases := []struct{ name, content, fields, want, title string }{
		{"WordPress", wp, "", "The kiln\nwas lit.\n\nAgain.", "Kiln & co"},
		{"named", wp, "content.rendered", "The kiln\nwas lit.\n\nAgain.", "Kiln & co"},
		{"JSON Feed", `{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1","content_html":"<p>The kiln.</p>","title":"a < b"}]}`, "", "The kiln.", "a < b"},
		{"plain first", `{"content_html":"<p>no</p>","content_text":"yes"}`, "", "yes", ""},
		{"plain first, any order", `{"content_text":"yes","content_html":"<p>no</p>"}`, "", "yes", ""},
		{"strings", `{"paragraphs":["One.","Two."]}`, "", "One.\nTwo.", ""},
		{"objects", `{"body":[{"type":"p","text":"One \"a\"."},"Two.",{"x":{"text":"no"},"text":"Three."},{"type":"image"}]}`, "", "One \"a\".\nTwo.\nThree.", ""},
		{"parts", `{"body":"Two.","lead":"One.","end":{"note":"Three."},"more":""}`, "lead\nbody\nmore\nend.note", "One.\n\nTwo.\n\nThree.", ""},
		{"one part", `{"body":"Two."}`, "lead\nbody", "Two.", ""},
	}
	for _, c := range cases {
		arts, bad := readAll(t, Options{Workers: 1, Fields: Fields{Text: c.fields}}, write(t, t.TempDir(), "a.jsonl", c.content+"\n"))
		if len(arts) != 1 || len(bad) > 0 || arts[0].Text != c.want || arts[0].Title != c.title {
			t.Errorf("%s: %+v, %+v", c.name, arts, bad)
		}
	}
	arts, bad := readAll(t, Options{Workers: 1}, write(t, t.TempDir(), "a.jsonl", `{"id":"x","content":{"raw":"a"}}`+"\n"))
	if len(arts) != 0 || len(bad) != 1 || !strings.HasPrefix(bad[0].Reason, "the text is not a string") {
		t.Errorf("%+v, %+v", arts, bad)
	}
}

// Fields that are there are shown with what they hold: shortened, and made visible.
func TestFieldsAreShownWithExamples(t *testing.T) {
	want := `there are "n" ("1"), "long" ("` + strings.Repeat("x", 24) + `…"), "odd" ("a\u202eb"), "obj" ("{\"a\":1}"), "esc" ("a\\\"b"), "none"`
	_, bad := readAll(t, Options{Workers: 1}, write(t, t.TempDir(), "a.jsonl", `{"n":1,"long":"`+strings.Repeat("x", 99)+"\",\"odd\":\"a\u202eb\",\"obj\":{\"a\":1},\"esc\":\"a\\\"b\",\"none\":\"\"}\n"))
	if len(bad) != 1 || !strings.HasSuffix(bad[0].Reason, want) {
		t.Errorf("%+v, not %s", bad, want)
	}
}
