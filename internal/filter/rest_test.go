package filter

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"dedup/internal/article"
	"dedup/internal/corpus"
)

// filterLine is what the file of removed lines says, as far as the tests look.
type filterLine struct {
	Article, Path, Rule, Reason, Raw string
	Line                             int
	Record                           json.RawMessage
	Base64                           string `json:"raw_base64"`
	MatchedPath                      string `json:"matched_path"`
}

func filterAll(t interface{ Fatal(...any) }, in string, cfg corpus.Config, opt Options) (out string, removed []filterLine, c Counts, err error) {
	return filterReading(t, iotest.HalfReader(strings.NewReader(in)), cfg, opt)
}

func filterReading(t interface{ Fatal(...any) }, in io.Reader, cfg corpus.Config, opt Options) (out string, removed []filterLine, c Counts, err error) {
	var o, gone bytes.Buffer
	opt.Threshold, opt.Removed = 0.7, &gone
	c, err = Run(context.Background(), cfg, opt, in, &o)
	d := json.NewDecoder(&gone)
	for d.More() {
		var l filterLine
		if err := d.Decode(&l); err != nil {
			t.Fatal(err)
		}
		removed = append(removed, l)
	}
	return o.String(), removed, c, err
}

// TestFilterLosesNoLine makes streams of all kinds of lines. Each must come out as it is or be
// listed with a rule, and the counts add up.
func TestFilterLosesNoLine(t *testing.T) {
	kinds := []string{
		`{"id":"a","text":"one two three four five six seven eight nine ten eleven twelve"}`,
		`{"id":"b","text":"one two three four five six seven eight nine ten eleven twelve thirteen"}`,
		`{"text":"alpha beta gamma"}`, `{"id":"e","text":""}`, `{"text":null}`, `{"id":"w","text":" \n"}`, `{"id":"t","title":"no text"}`, `{"text":"…"}`,
		`{"beat":1}`, `{"text":{"en":"a"}}`, `{"broken`, "", "  ", `oops`, `{"status":"ok","articles":[{"id":"x","text":"y"},{"id":"z","text":"q"}]}`,
		"{\"id\":\"l\",\"text\":\"caf\xe9 au lait\"}", "{\"n\":\"\xff\xfe\"", "{\"text\":\"a\x00b\"}", `{"id":"long","text":"` + strings.Repeat("x", 3000) + `"}`,
	}
	rapid.Check(t, func(t *rapid.T) {
		var in strings.Builder
		first := `{"id":"first","text":"words that stand nowhere else"}`
		lines := append([]string{first}, rapid.SliceOf(rapid.SampledFrom(kinds)).Draw(t, "lines")...)
		mark := rapid.Bool().Draw(t, "mark")
		if mark {
			in.WriteString("\ufeff")
		}
		for i, l := range lines {
			in.WriteString(l)
			if end := rapid.SampledFrom([]string{"\n", "\r\n"}).Draw(t, "end"); i+1 < len(lines) || rapid.Bool().Draw(t, "ended") {
				in.WriteString(end)
			}
		}
		opt := Options{Others: rapid.Bool().Draw(t, "others"), DropEmpty: rapid.Bool().Draw(t, "drop empty")}
		cfg := corpus.Config{Options: corpus.Options{Workers: rapid.IntRange(1, 3).Draw(t, "workers"), MaxArticle: 2000}}
		out, removed, c, err := filterAll(t, in.String(), cfg, opt)
		if err != nil {
			t.Fatal(err)
		}
		checkFiltered(t, in.String(), out, removed, c)
		if mark != strings.HasPrefix(out, "\ufeff") {
			t.Fatalf("starts with %q", out[:10])
		}
	})
}

// checkFiltered walks over the input: its next line is the next of the output, or the next that was
// removed.
func checkFiltered(t interface{ Fatalf(string, ...any) }, in, out string, removed []filterLine, c Counts) {
	records, left := 0, 0
	for n, line := range strings.SplitAfter(strings.TrimPrefix(in, "\ufeff"), "\n") {
		if strings.TrimSpace(line) != "" {
			records++
		}
		if len(removed) > 0 && removed[0].Line == n+1 {
			l := removed[0]
			removed = removed[1:]
			left++
			b, _ := base64.StdEncoding.DecodeString(l.Base64)
			if got := string(l.Record) + l.Raw + string(b); got != strings.TrimSpace(line) || l.Rule == "" || l.Reason == "" && (l.Rule == "empty" || l.Rule == "unreadable") {
				t.Fatalf("line %d %q is listed as %+v", n+1, line, l)
			}
			continue
		}
		rest, ok := strings.CutPrefix(strings.TrimPrefix(out, "\ufeff"), line)
		if !ok {
			t.Fatalf("line %d %q is neither in the output nor listed; next is %q", n+1, line, out[:min(60, len(out))])
		}
		out = rest
	}
	sum := 0
	for _, n := range c.Left {
		sum += n
	}
	if out != "" || len(removed) > 0 || c.Records != records || c.Out+sum != records || sum != left {
		t.Fatalf("%q and %v are left over; %d records: %+v", out, removed, records, c)
	}
}

// TestFilterReadsFiles wants them in the order given, each once, unpacked, a line end between them,
// and paths in what is removed.
func TestFilterReadsFiles(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
		return path
	}
	b := write("b.jsonl", `{"id":"1","text":"one two three"}`)
	a := write("a.jsonl", "\ufeff"+`{"id":"2","text":"one two three"}`+"\n"+`{"text":"four"}`+"\n")
	none := write("none.jsonl", "")
	csv := write("c.csv", "id,text\n1,x\n")
	var bad []article.Bad
	cfg := corpus.Config{
		Options: corpus.Options{Workers: 2, Skipped: func(err error) { bad = append(bad, err.(article.Bad)) }},
		Paths:   []string{b, a, none, csv, b, filepath.Join(dir, "absent"), "-"},
	}
	out, removed, c, err := filterAll(t, `{"text":"five"}`+"\n", cfg, Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"id":"1","text":"one two three"}` + "\n" + `{"text":"four"}` + "\n" + `{"text":"five"}` + "\n"
	if d := cmp.Diff(want, out); d != "" {
		t.Error(d)
	}
	if len(removed) != 1 || removed[0].Path != a || removed[0].Line != 1 || removed[0].MatchedPath != b {
		t.Errorf("%+v", removed)
	}
	if len(bad) != 2 || bad[0].Path != csv || bad[1].Reason != "no such file or directory" || c.Skipped != 2 || c.Records != 4 {
		t.Errorf("%v, %+v", bad, c)
	}
}

// TestFilterWithoutArticles fails where there was input and nothing in it could be held against
// anything.
func TestFilterWithoutArticles(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "\n\n": "", "\ufeff": "", `{"beat":1}`: `the first record has "beat" ("1")`, `{"broken`: "nothing could be read",
		`{"id":"a","words":"x"}`: `no field is named text, body, content…; the first record has "id" ("a"), "words" ("x")`,
	} {
		_, _, _, err := filterAll(t, in, corpus.Config{}, Options{})
		if want == "" && err != nil || want != "" && (err == nil || !errors.Is(err, corpus.ErrNothing) || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: %v", in, err)
		}
		if _, _, _, err := filterAll(t, in, corpus.Config{}, Options{Others: true}); err != nil {
			t.Errorf("%q: %v", in, err)
		}
	}
}
