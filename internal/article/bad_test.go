package article

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/text/encoding/charmap"
	japaneseenc "golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"
)

const good = "Rain fell on the valley all day.\n"

func oneRecord(i int) string { return fmt.Sprintf(`{"id":"r%d","text":"Text number %d."}`+"\n", i, i) }

func records(from, to int) string {
	var s strings.Builder
	for i := from; i <= to; i++ {
		s.WriteString(oneRecord(i))
	}
	return s.String()
}

func TestBadInput(t *testing.T) {
	gz := packed(t, ".gz", records(1, 20000))
	zst := packed(t, ".zst", records(1, 60000))
	bz, err := os.ReadFile("testdata/lines.jsonl.bz2")
	if err != nil {
		t.Fatal(err)
	}
	pq := encoded(t)[".parquet"]
	cases := []struct {
		name, content string
		want          []string // line: reason
		articles      int
	}{
		{"empty.txt", "", nil, 1},
		{"empty.txt.gz", packed(t, ".gz", ""), nil, 1},
		{"mark.txt", "\ufeff", nil, 1},
		{"blank.txt", " \n\t\n", nil, 1},
		{"empty.jsonl", "", []string{"0: kept: empty"}, 0},
		{"mark.jsonl", "\ufeff", []string{"0: kept: empty"}, 0},
		{"blank.jsonl", "\r\n \n", []string{"0: kept: empty"}, 0},
		{"empty.jsonl.gz", packed(t, ".gz", ""), []string{"0: kept: empty"}, 0},
		{"empty", "", []string{"0: kept: empty"}, 0},
		{"blank", "\n", []string{"0: kept: empty"}, 0},
		{"none.json", "[ ]\n", []string{"0: kept: empty"}, 0},
		{"blank.csv", "\n\n", []string{"0: kept: empty"}, 0},
		{"line7.jsonl", records(1, 6) + `{"id":"r7","text":"cut` + "\n" + records(8, 10), []string{"7: broken JSON: a string is never closed"}, 9},
		{"line7b.jsonl", records(1, 6) + "oops\n" + records(8, 10), []string{"7: not a JSON object"}, 9},
		{"tail.jsonl", records(1, 2) + `{"id":"x","text":"y"} z` + "\n", []string{"3: more text after"}, 2},
		{"notext.jsonl", records(1, 1) + `{"id":"x","title":"y"}` + "\n" + `{"text":" "}` + "\n" + `{"text":null}` + "\n" + records(2, 2),
			[]string{`2: kept: no text: no field of the record is named text, body, content…; there are "id" ("x"), "title" ("y")`}, 5},
		{"nofield.jsonl", records(1, 1) + `{"beat":1,"id":" "}` + "\n" + `{}` + "\n" + `{"url":"https://a.example/1","z":[{}]}` + "\n" + `{"id":7}` + "\n",
			[]string{`2: no text: no field of the record is named text, body, content…; there are "beat" ("1"), "id"`, "3: no text: no field",
				`4: kept: no text: no field of the record is named text, body, content…; there are "url" ("https://a.example/1"), "z" ("[{}]")`}, 3},
		{"odd.jsonl", records(1, 1) + `{"id":"x","text":{"en":"a"}}` + "\n" + `{"id":"y","body":[{"p":"a"}]}` + "\n" + `{"id":"z","body":{"p":"a"},"text":"a"}` + "\n" + `{"id":"e","text":[]}` + "\n",
			[]string{"2: the text is not a string", "3: the text is not a string"}, 3},
		{"nul.jsonl", records(1, 1) + "{\"text\":\"a\x00b\"}\n" + records(2, 2), []string{"2: NUL bytes in the record"}, 2},
		{"cut.jsonl.gz", gz[:len(gz)/2], []string{"n: cut short: the gzip data stops"}, -1},
		{"cut.jsonl.zst", zst[:len(zst)*9/10], []string{"n: cut short: the zstd data stops"}, -1},
		{"cut.jsonl.bz2", string(bz[:len(bz)-12]), []string{"0: cut short: the bzip2 data stops"}, -1},
		{"garbage.jsonl.gz", packed(t, ".gz", records(1, 2)) + "garbage", []string{"3: cut short: the gzip data stops"}, 2},
		{"cut.txt.gz", packed(t, ".gz", strings.Repeat(good, 9000))[:200], []string{"0: cut short: the gzip data stops"}, 1},
		{"flipped.jsonl.gz", gz[:len(gz)/2] + "xxxx" + gz[len(gz)/2+4:], []string{"*"}, -1},
		{"fake.txt.gz", good, []string{"0: not compressed"}, 0},
		{"fake.gz", "\x1f\x8bxx", []string{"0: cut short: the gzip data stops"}, 0},
		{"fake.zst", "\x28\xb5\x2f\xfdxxxxxx", []string{"0: broken zstd data"}, 0},
		{"binary.txt", "abc\x00\x01\x02def", []string{"0: a binary file (NUL byte at 3)"}, 0},
		{"late.txt", strings.Repeat(good, 9000) + "\x00", []string{"0: a binary file (NUL byte at 297000)"}, 0},
		{"unknown.bin", "\x00\x9f\x10\x00\x00junk\x01", []string{"0: a binary file"}, 0},
		{"paper.pdf", "%PDF-1.4\nxx", []string{"0: a PDF file"}, 0},
		{"picture.png", "\x89PNG\r\n\x1a\n", []string{"0: a PNG picture"}, 0},
		{"ragged.csv", "id,text\n1,a b\n2,a,b\n3\n4,c d\n", []string{"3: 3 columns where the first row has 2", "4: 1 column where"}, 2},
		{"nocolumn.csv", "id,words\n1,a b\n", []string{`1: no column for the text; the first row has "id" ("1"), "words" ("a b")`}, 0},
		{"header.csv", "id,text\n", []string{"0: kept: only a header"}, 0},
		{"quote.csv", "id,text\n1,a\n2,\"b\n3,c\n4,d\n", []string{"3: a quotation mark in this row is never closed"}, 3},
		{"notext.csv", "id,text\n1,\n2,b\n", nil, 2},
		{"array.json", "[" + `{"id":"1","text":"a"},` + "\n" + `{"id":"2","text":tru},` + "\n" + `3,{"id":"4","text":"d"}]`, []string{"2: broken JSON", "3: not a JSON object"}, 2},
		{"middle.json", "[\n" + oneRecord(1) + ",\n{\"text\":\"x},\n" + oneRecord(3) + ",{\"text\": [},\n" + oneRecord(4) + ",{\"x\n  {\"text\": 1}]\n",
			[]string{"4: broken JSON: this record never ends", "6: broken JSON: this record never ends", "8: broken JSON: it ends in the middle of a record"}, 3},
		{"cut.json", `[{"id":"1","text":"a"},` + "\n" + `{"id":"2","te`, []string{"2: broken JSON: it ends in the middle of a record"}, 1},
		{"open.json", `[{"id":"1","text":"a"},`, []string{"1: broken JSON: it ends in the middle of the array"}, 1},
		{"cut.parquet", pq[:len(pq)-20], []string{"0: a Parquet file cut short"}, 0},
		{"fake.parquet", "PAR1", []string{"0: broken Parquet file"}, 0},
		{"flipped.parquet", pq[:30] + strings.Repeat("\xff", 60) + pq[90:], []string{"*"}, -1},
		{"date.jsonl", `{"text":"a","date":"soon"}` + "\n" + `{"text":"b","date":"later"}` + "\n", []string{`1: kept: a date that is not understood: "soon"`}, 2},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			for _, workers := range []int{1, 4} {
				dir := t.TempDir()
				path := write(t, dir, c.name, c.content)
				write(t, dir, "zz.txt", good)
				arts, bad := readAll(t, Options{Workers: workers}, dir)
				if c.articles >= 0 && len(arts) != c.articles+1 {
					t.Errorf("%d articles besides the good one, not %d", len(arts)-1, c.articles)
				}
				if len(arts) == 0 || arts[len(arts)-1].Text != good {
					t.Error("what follows was not read")
				}
				if len(c.want) == 1 && c.want[0] == "*" {
					t.Logf("%d articles, %d reports, the last %+v", len(arts), len(bad), bad[max(0, len(bad)-1):])
					return
				}
				if len(bad) != len(c.want) {
					t.Fatalf("%d reports, first %v", len(bad), bad[:min(3, len(bad))])
				}
				for i, b := range bad {
					line, reason, _ := strings.Cut(c.want[i], ": ")
					reason, kept := strings.CutPrefix(reason, "kept: ")
					if b.Path != path || !strings.HasPrefix(b.Reason, reason) || line != "n" && line != fmt.Sprint(b.Line) || b.Hint == "" || b.Kept != kept {
						t.Errorf("%+v, not %q", b, c.want[i])
					}
				}
				if c.name == "cut.jsonl.gz" && (len(arts) < 5000 || bad[0].Line != len(arts)) {
					t.Errorf("kept %d, reported line %d", len(arts)-1, bad[0].Line)
				}
			}
		})
	}
}

// endless gives a line of n bytes and a record after it, without holding them.
type endless struct{ left int }

func (e *endless) Read(p []byte) (int, error) {
	if e.left == 0 {
		return 0, fmt.Errorf("unreachable")
	}
	n := min(len(p), e.left)
	for filled := copy(p[:n], "xxxxxxxx"); filled < n; filled *= 2 {
		copy(p[filled:n], p[:filled])
	}
	e.left -= n
	return n, nil
}

func TestLongLineIsSkipped(t *testing.T) {
	long := `{"text":"` + strings.Repeat("x", 300_000) + "\"}\n"
	for _, block := range []int{0, 1000, 250_000} {
		path := write(t, t.TempDir(), "a.jsonl", records(1, 3)+long+records(5, 6)+long)
		arts, bad := readAll(t, Options{MaxArticle: 100_000, block: block}, path)
		if len(arts) != 5 || arts[4].Line != 6 {
			t.Errorf("block %d: %d articles", block, len(arts))
		}
		if len(bad) != 2 || bad[0].Line != 4 || bad[1].Line != 7 || !strings.HasPrefix(bad[0].Reason, "longer than the limit of 100000 bytes") {
			t.Errorf("block %d: %v", block, bad)
		}
	}
	for _, name := range []string{"a.txt", "a.json", "a.csv"} {
		dir := t.TempDir()
		content := map[string]string{"a.txt": long, "a.json": "[" + oneRecord(1) + "," + long + "]", "a.csv": "text,id\na,1\n\"" + long + "\"\n"}[name]
		write(t, dir, name, content)
		write(t, dir, "b.txt", good)
		arts, bad := readAll(t, Options{MaxArticle: 100_000, block: 1000}, dir)
		if len(bad) == 0 || !strings.Contains(bad[0].Reason, "limit") && name != "a.csv" || arts[len(arts)-1].Text != good {
			t.Errorf("%s: %d articles, %v", name, len(arts), bad)
		}
	}
}

func TestCharsets(t *testing.T) {
	western := "Le café de l’Élysée coûte 5 € — c’était « déjà vu » à Orléans. Señor Núñez über Straße."
	russian := "Река поднялась за ночь на три метра, сообщили власти. Жители покинули дома."
	win, _ := charmap.Windows1252.NewEncoder().String(western)
	japanese := strings.Repeat("川の水位が夜の間に三メートル上がったと当局が発表した。住民は避難した。", 4)
	chinese := strings.Repeat("当局表示，河水一夜之间上涨了3米。\n居民已经撤离。 一切平安", 4)
	gbk, _ := simplifiedchinese.GBK.NewEncoder().String(chinese)
	sjis, _ := japaneseenc.ShiftJIS.NewEncoder().String(japanese)
	cyr, _ := charmap.Windows1251.NewEncoder().String(strings.Repeat(russian, 5))
	cases := []struct{ name, content, want string }{
		{"win.txt", win, western},
		{"win.md", "caf\xe9", "café"},
		{"cyr.txt", cyr, strings.Repeat(russian, 5)},
		{"gbk.txt", gbk, chinese},
		{"sjis.txt", sjis, japanese},
		{"bom.txt", "\ufeff" + western, western},
		{"broken.txt", russian + "\xff.", russian + "\ufffd."},
	}
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		for _, bom := range []string{"", "\ufeff"} {
			for _, txt := range []string{western, russian, "Plain.", "🌊 Wave", japanese, chinese} {
				var b []byte
				for _, u := range utf16.Encode([]rune(bom + txt)) {
					b = order.AppendUint16(b, u)
				}
				cases = append(cases, struct{ name, content, want string }{fmt.Sprintf("16-%v-%d-%d.txt", order, len(bom), len(cases)), string(b), txt})
			}
		}
	}
	for _, c := range cases {
		arts, bad := readAll(t, Options{}, write(t, t.TempDir(), c.name, c.content))
		if len(arts) != 1 || arts[0].Text != c.want {
			t.Errorf("%s: %v, %v", c.name, arts, bad)
		}
		for _, b := range bad {
			if !b.Kept {
				t.Errorf("%s: %v", c.name, b)
			}
		}
	}
}

func TestCharsetsOfRecords(t *testing.T) {
	dir := t.TempDir()
	var wide []byte
	for _, u := range utf16.Encode([]rune("\ufeff{\"text\":\"Élan\"}\n{\"text\":\"Zoë\"}\n")) {
		wide = binary.LittleEndian.AppendUint16(wide, u)
	}
	write(t, dir, "a.jsonl", "{\"id\":\"1\",\"text\":\"caf\xe9 au lait\"}\n{\"text\":\"na\xefve\"}\n")
	write(t, dir, "b.jsonl", string(wide))
	write(t, dir, "c.csv", "\xef\xbb\xbfid,text\r\n1,d\xe9j\xe0 vu\r\n")
	arts, bad := readAll(t, Options{}, dir)
	var got []string
	for _, a := range arts {
		got = append(got, a.Text)
	}
	if d := cmp.Diff([]string{"café au lait", "naïve", "Élan", "Zoë", "déjà vu"}, got); d != "" {
		t.Error(d)
	}
	if len(bad) != 2 || !bad[0].Kept || bad[0].Reason != "not UTF-8: read as windows-1252" {
		t.Error(bad)
	}
}

func TestPathsThatCannotBeRead(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "good.txt", good)
	write(t, dir, ".hidden.txt", good)
	write(t, dir, "sub/.git/config", good)
	write(t, dir, "hidden/.only", good)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Skip(err)
		}
	}
	must(os.MkdirAll(filepath.Join(dir, "none"), 0o755))
	must(os.Symlink("..", filepath.Join(dir, "sub", "up")))
	must(os.Symlink("self", filepath.Join(dir, "self")))
	must(os.Symlink("nowhere", filepath.Join(dir, "dangling")))
	must(os.Symlink("good.txt", filepath.Join(dir, "again.txt")))
	locked := write(t, dir, "locked.txt", good)
	must(os.Chmod(locked, 0))
	arts, bad := readAll(t, Options{}, dir, filepath.Join(dir, "none"), filepath.Join(dir, "missing"), filepath.Join(dir, "*.foo"),
		filepath.Join(dir, "*.txt"), filepath.Join(dir, "[x"), filepath.Join(dir, "hidden"))
	got := map[string]string{}
	for _, b := range bad {
		got[strings.TrimPrefix(b.Path, dir+"/")] = b.Reason
		if b.Hint == "" {
			t.Errorf("no hint: %v", b)
		}
	}
	want := map[string]string{
		"none": "no articles in this directory", "hidden": "no articles in this directory", "missing": "no such file or directory", "*.foo": "no file matches",
		"sub/up": "a symlink loop: it leads back to " + dir, "self": "a symlink loop: links that lead to each other",
		"dangling": "a symlink to nowhere", "[x": "not a valid glob: syntax error in pattern", "locked.txt": "permission denied",
	}
	if os.Getuid() == 0 {
		delete(want, "locked.txt")
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if len(arts) == 0 || arts[0].Path != filepath.Join(dir, "good.txt") || len(arts) > 2 {
		t.Errorf("%v", arts)
	}
}

func TestExpand(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for _, f := range []string{"b/2.txt", "b/1.txt", "a.txt", "b/c/3.md", "b/.x/4.txt"} {
		write(t, ".", f, good)
	}
	got := Expand([]string{"b/", "./a.txt", "-", "a.txt", "b/**/*.md", "b/1.txt", filepath.Join(dir, "b", "c"), "-"}, func(b Bad) { t.Error(b) })
	n := int64(len(good))
	want := []Input{{"-", 0}, {"./a.txt", n}, {filepath.Join(dir, "b/c/3.md"), n}, {"b/1.txt", n}, {"b/2.txt", n}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestHugeLineOfStandardInput(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 200 MB")
	}
	in := bytes.NewBufferString("\n" + records(1, 2))
	arts, bad := readAll(t, Options{Format: "jsonl", Stdin: &chain{&endless{200 << 20}, in}}, "-")
	if d := cmp.Diff([]Bad{tooLong("-", 1, defaultMaxArticle)}, bad, cmpopts.IgnoreUnexported(Bad{})); d != "" || len(arts) != 2 || arts[0].Line != 2 {
		t.Errorf("%d articles: %s", len(arts), d)
	}
}

type chain struct {
	a *endless
	b *bytes.Buffer
}

func (c *chain) Read(p []byte) (int, error) {
	if c.a.left > 0 {
		return c.a.Read(p)
	}
	return c.b.Read(p)
}

// TestEmptyArticles wants articles without text among the others, with all that is known of them
// and the white space that they hold.
func TestEmptyArticles(t *testing.T) {
	dir := t.TempDir()
	path := write(t, dir, "a.jsonl", records(1, 3)+`{"id":"lost","source":"Herald","title":"Nothing","text":" \n"}`+"\n"+`{"url":"https://www.gazette.example/1","text":""}`+"\n"+records(4, 9000)+`{"text":null}`)
	file := write(t, dir, "b.txt", "\r\n")
	arts, bad := readAll(t, Options{Workers: 3, block: 4096}, dir)
	want := []Article{
		{ID: "lost", Path: path, Line: 4, Source: "Herald", Title: "Nothing", Text: " \n"},
		{ID: "https://www.gazette.example/1", Path: path, Line: 5, Source: "gazette.example", URL: "https://www.gazette.example/1"},
		{ID: path + "#9003", Path: path, Line: 9003},
		{ID: file, Path: file, Line: 1, Text: "\r\n"},
	}
	var got []Article
	for _, a := range arts {
		if a.Empty() {
			a.Raw = Raw{}
			got = append(got, a)
		}
	}
	if d := cmp.Diff(want, got); d != "" || len(bad) > 0 || len(arts) != 9004 {
		t.Errorf("%d articles, %v (-want +got)\n%s", len(arts), bad, d)
	}
}
