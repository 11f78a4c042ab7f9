package engine

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"dedup/internal/article"
	"dedup/internal/clean"
)

// FuzzFilterLines cuts any bytes into lines, however they arrive: each comes out as it is or is
// listed with a rule, or the input as a whole is refused.
func FuzzFilterLines(f *testing.F) {
	one := `{"id":"a","text":"one two three four five six seven eight nine ten eleven twelve"}`
	for _, s := range []string{one + "\n" + one + "\n", "\ufeff" + one, one + "\r\n\r\n" + one, one + "\n{\"broken", "\n\n" + one, one + "\n\xff\xfe\n", "{\"text\":\"\x00\"}\n\n \n" + one, "[" + one + "]"} {
		f.Add(s, uint8(0), true)
		f.Add(s, uint8(1), false)
		f.Add(s, uint8(2), false)
	}
	f.Fuzz(func(t *testing.T, in string, how uint8, others bool) {
		var r io.Reader = strings.NewReader(in)
		switch how % 3 {
		case 1:
			r = iotest.OneByteReader(r)
		case 2:
			r = iotest.DataErrReader(iotest.HalfReader(r))
		}
		out, removed, c, err := filterReading(t, r, Config{Workers: 2, Bad: func(article.Bad) {}}, FilterOptions{Others: others, DropEmpty: !others})
		if err == nil {
			checkFiltered(t, in, out, removed, c)
		}
	})
}

// fuzzedNames are the formats that a fuzzed file is taken for.
var fuzzedNames = []string{"in.jsonl", "in.json", "in.csv", "in.tsv", "in.txt", "in.md", "in"}

// FuzzCleanRestore cleans any bytes as any format and restores them.
func FuzzCleanRestore(f *testing.F) {
	words := strings.Repeat("one two three four five six seven eight nine ten eleven twelve ", 3)
	f.Add([]byte(`{"id":1,"text":"`+words+`"}`+"\n"+`{"id":2,"text":"`+words+`"}`), uint8(0), true)
	f.Add([]byte(`[{"id":1,"text":"`+words+`"} , {"id":2,"text":"`+words+`"}]`), uint8(1), false)
	f.Add([]byte("id,text\r\n1,\""+words+"\"\r\n2,\""+words+"\"\r\n"), uint8(2), true)
	f.Add([]byte("id\ttext\n1\t"+words+"\n2\t"+words), uint8(3), true)
	f.Add([]byte("A headline that stands twice\n\nA headline that stands twice\n\n"+words+"\nShare this:\nFacebook\nTwitter\n"), uint8(4), true)
	f.Add([]byte("---\ntitle: x\n---\n"+words), uint8(5), false)
	f.Add([]byte("\xef\xbb\xbf"+`{"id":1,"text":"\u0041 `+words+`"}`+"\r\n\r\n"), uint8(6), true)
	f.Fuzz(func(t *testing.T, b []byte, as uint8, passages bool) {
		dir := t.TempDir()
		in, out, again := filepath.Join(dir, fuzzedNames[int(as)%len(fuzzedNames)]), filepath.Join(dir, "out"), filepath.Join(dir, "again")
		if err := os.WriteFile(in, b, 0o600); err != nil {
			t.Fatal(err)
		}
		cfg := Config{Paths: []string{in}, Workers: 1, Tmp: dir, Bad: func(article.Bad) {}}
		if _, err := Clean(context.Background(), cfg, CleanOptions{Out: out, Force: true, Passages: passages, DropEmpty: passages}); err != nil {
			if got, err := os.ReadFile(in); err != nil || !bytes.Equal(got, b) {
				t.Errorf("the input changed, %v", err)
			}
			return
		}
		if _, err := clean.Restore(context.Background(), clean.RestoreOptions{From: out, Out: again, Tmp: dir}); err != nil {
			t.Fatal(err)
		}
		if want, got := unpackedFuzzed(t, in), unpackedFuzzed(t, again); !bytes.Equal(want, got) {
			t.Errorf("restored %q, want %q", got, want)
		}
	})
}

func unpackedFuzzed(t *testing.T, name string) []byte {
	u, err := article.OpenUnpacked(name)
	if err != nil {
		t.Fatal(err)
	}
	defer u.Close()
	b, err := io.ReadAll(u)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
