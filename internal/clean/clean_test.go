package clean

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"dedup/internal/article"
	"dedup/internal/text"
)

func span(s, part string) article.Span {
	at := strings.Index(s, part)
	return article.Span{Start: at, End: at + len(part)}
}

func TestUnits(t *testing.T) {
	const s = "Headline of the day\n\nThe council met. “It was late,” the mayor said. Nobody voted.\n\nThe end came soon."
	for _, tc := range []struct {
		name, found string
		want        []string
	}{
		{"a sentence with its full stop", "The council met", []string{"The council met."}},
		{"not half a sentence", "council met", nil},
		{"only the whole sentence", "council met. “It was late,” the mayor said", []string{"“It was late,” the mayor said."}},
		{"neighbours together", "The council met. “It was late,” the mayor said. Nobody voted", []string{"The council met. “It was late,” the mayor said. Nobody voted."}},
		{"a line", "Headline of the day", []string{"Headline of the day"}},
		{"over paragraphs", "voted.\n\nThe end came soon", []string{"The end came soon."}},
		{"nothing", ".", nil},
	} {
		var got []string
		for _, u := range NewCutter(s).Units(nil, span(s, tc.found)) {
			got = append(got, s[u.Start:u.End])
		}
		if strings.Join(got, "|") != strings.Join(tc.want, "|") {
			t.Errorf("%s: got %q, want %q", tc.name, got, tc.want)
		}
	}
}

func TestSettle(t *testing.T) {
	for _, tc := range []struct {
		name, s string
		cut     []string
		want    string
	}{
		{"between sentences", "One. Two. Three.", []string{"Two."}, "One. Three."},
		{"first", "One. Two.", []string{"One."}, "Two."},
		{"last keeps the line end", "One.\n\nTwo.\n", []string{"Two."}, "One.\n"},
		{"a paragraph", "One.\n\nTwo.\n\nThree.", []string{"Two."}, "One.\n\nThree."},
		{"the stronger gap stays", "One.\n\nTwo.\nThree.", []string{"Two."}, "One.\n\nThree."},
		{"the stronger gap stays behind", "One. Two.\n\nThree.", []string{"Two."}, "One.\n\nThree."},
		{"neighbours are one gap", "One.\n\nTwo.\nThree.\nFour.", []string{"Two.", "Three."}, "One.\n\nFour."},
		{"overlapping", "One. Two. Three. Four.", []string{"Two. Three.", "Three. Four."}, "One."},
		{"never everything", "One. Two.", []string{"One. Two."}, "One. Two."},
		{"wide white space", "One.\u3000Two.\u2028Three.", []string{"Two."}, "One.\u3000Three."},
	} {
		var cuts []Cut
		for _, c := range tc.cut {
			cuts = append(cuts, Cut{Span: span(tc.s, c)})
		}
		if got := Remove(tc.s, Settle(tc.s, cuts)); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
}

// Whatever is cut: cuts are in order and apart, on characters, settled for good, and every word
// outside of them stays.
func TestSettleProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`([A-Za-zé東\x{1f410}]{1,4}[ .\n\r\x{3000}]{1,3}){0,30}`).Draw(t, "s")
		units := text.AppendSentences(text.AppendLines(nil, s), s)
		var cuts []Cut
		for range rapid.IntRange(0, 5).Draw(t, "n") {
			if len(units) > 0 {
				cuts = append(cuts, Cut{Span: units[rapid.IntRange(0, len(units)-1).Draw(t, "unit")]})
			}
		}
		before := append([]Cut(nil), cuts...)
		got := Settle(s, cuts)
		end := 0
		for _, c := range got {
			if c.Start < end || c.Start >= c.End || c.End > len(s) {
				t.Fatalf("cuts %v of %q", got, s)
			}
			end = c.End
		}
		left := Remove(s, got)
		if !OnCharacters(s, got) || !utf8.ValidString(left) {
			t.Fatalf("inside a character: %v of %q", got, s)
		}
		word := func(r rune) bool { return !unicode.IsLetter(r) }
		var want []string
		for at, w := range fieldsAt(s, word) {
			inside := false
			for _, c := range before {
				inside = inside || at >= c.Start && at < c.End
			}
			if !inside || len(got) == 0 {
				want = append(want, w)
			}
		}
		if have := strings.FieldsFunc(left, word); len(have) != len(want) {
			t.Fatalf("words left %q, want %q", have, want)
		}
		if again := Settle(s, append([]Cut(nil), got...)); Remove(s, again) != left {
			t.Fatalf("settled again: %q, was %q", Remove(s, again), left)
		}
	})
}

// fieldsAt gives the fields of s by where they start.
func fieldsAt(s string, sep func(rune) bool) map[int]string {
	m := map[int]string{}
	start := -1
	for i, r := range s + "\n" {
		switch {
		case sep(r) && start >= 0:
			m[start], start = s[start:i], -1
		case !sep(r) && start < 0:
			start = i
		}
	}
	return m
}

func TestLayout(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for _, name := range []string{"a/x/1.txt", "a/2.txt", "b/3.txt"} {
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(name), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, tc := range []struct {
		paths      []string
		path, want string
	}{
		{[]string{"a"}, "a/x/1.txt", "x/1.txt"},
		{[]string{"a", "b"}, "a/x/1.txt", "a/x/1.txt"},
		{[]string{"a", "b/3.txt"}, "b/3.txt", "b/3.txt"},
		{[]string{"a/2.txt", "a/x/1.txt"}, "a/2.txt", "2.txt"},
		{[]string{"a/x/../2.txt", dir + "/b/3.txt"}, dir + "/b/3.txt", "b/3.txt"},
		{[]string{"a/**/*.txt"}, "a/x/1.txt", "x/1.txt"},
		{[]string{"a/2.txt"}, "a/2.txt", ""},
	} {
		l, err := NewLayout(tc.paths)
		if err != nil {
			t.Fatal(err)
		}
		got, err := l.Name(tc.path)
		if err != nil || got != tc.want || l.Single != (tc.want == "") {
			t.Errorf("%v: %s becomes %q (%v), want %q", tc.paths, tc.path, got, err, tc.want)
		}
	}
	if _, err := NewLayout([]string{"-", "a"}); err == nil {
		t.Error("standard input beside files is not refused")
	}
	l, err := NewLayout([]string{"a"})
	if err != nil {
		t.Fatal(err)
	}
	if name, err := l.Name("b/3.txt"); err == nil {
		t.Errorf("a path outside becomes %q", name)
	}
}

// What ReadManifest takes, it takes again when written anew; what leads out of the output is
// refused.
func FuzzManifest(f *testing.F) {
	for _, name := range []string{"x.txt", "../x", "/x", "a/../../x", "a//b", "", "a/b", `a\b`} {
		f.Add([]byte(`{"kind":"manifest","schema":"dedup.manifest/1","single_file":false}` + "\n" +
			`{"kind":"span","article":"a","at":3,"rule":"repeat","raw":"\u00e9"}` + "\n" +
			`{"kind":"file","path":"x","name":"` + strings.ReplaceAll(name, `\`, `\\`) + `","format":"bytes","bytes":0,"gone":1}` + "\n" + `{"kind":"end"}` + "\n"))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var b bytes.Buffer
		m, err := newManifestWriter(&b, Head{})
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		err = ReadManifest("x", bytes.NewReader(data), func(e *Entry, at int64, size int) error {
			n++
			if at < 0 || int(at)+size >= len(data) || data[int(at)+size] != '\n' {
				t.Fatalf("entry at %d of %d bytes", at, size)
			}
			switch e.Kind {
			case "file":
				if e.File.Name != "" && !filepath.IsLocal(filepath.FromSlash(e.File.Name)) {
					t.Fatalf("name %q", e.File.Name)
				}
				return m.file(e.File)
			case "manifest":
				return nil
			case "end":
				return m.end(*e.End)
			}
			if _, err := e.Gone.bytes(); err != nil {
				return err
			}
			return m.gone(e.Gone)
		})
		if err != nil {
			return
		}
		again := 0
		if err := ReadManifest("again", &b, func(*Entry, int64, int) error { again++; return nil }); err != nil || again != n {
			t.Fatalf("%d entries became %d: %v", n, again, err)
		}
	})
}

// A manifest that was cut short anywhere is refused.
func TestManifestCutShort(t *testing.T) {
	var b bytes.Buffer
	m, err := newManifestWriter(&b, Head{Single: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(m.gone(&Gone{Kind: "span", Raw: "x"}), m.file(&FileEntry{Format: "bytes", Gone: 1}), m.end(Counts{})); err != nil {
		t.Fatal(err)
	}
	none := func(*Entry, int64, int) error { return nil }
	if err := ReadManifest("m", bytes.NewReader(b.Bytes()), none); err != nil {
		t.Fatal(err)
	}
	for n := range b.Len() {
		if ReadManifest("m", bytes.NewReader(b.Bytes()[:n]), none) == nil {
			t.Errorf("the first %d of %d bytes are taken", n, b.Len())
		}
	}
}

func TestRows(t *testing.T) {
	for _, b := range [][]byte{nil, {0}, {0, 0, 0}, {0, 0, 0, 2, 4, 1}, {0, 0, 0, 200, 0}, {0, 0, 0, 9, 255, 255}, bytes.Repeat([]byte{255}, 30)} {
		if row, err := parseRow(b); err == nil && len(b) > 0 {
			t.Errorf("%v is read as %v", b, row)
		}
	}
}
