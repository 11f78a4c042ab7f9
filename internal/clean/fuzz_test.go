package clean

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dedup/internal/article"
	"dedup/internal/corpus"
)

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
		cfg := corpus.Config{Paths: []string{in}, Options: corpus.Options{Workers: 1, Tmp: dir}}
		if _, err := Run(context.Background(), cfg, RunOptions{Out: out, Force: true, Passages: passages, DropEmpty: passages}); err != nil {
			if got, err := os.ReadFile(in); err != nil || !bytes.Equal(got, b) {
				t.Errorf("the input changed, %v", err)
			}
			return
		}
		if _, err := Restore(context.Background(), RestoreOptions{From: out, Out: again, Tmp: dir}); err != nil {
			t.Fatal(err)
		}
		if want, got := unpacked(t, in), unpacked(t, again); !bytes.Equal(want, got) {
			t.Errorf("restored %q, want %q", got, want)
		}
	})
}

func unpacked(t *testing.T, name string) []byte {
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
