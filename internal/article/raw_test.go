package article

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Whatever the block size, Raw points at the record in the file, and Cut takes exactly the spans
// out of the text.
func TestRaw(t *testing.T) {
	long := strings.Repeat("Ein Satz über \\\"nichts\\\" mit \\ud83d\\udc10. ", 30)
	for name, content := range map[string]string{
		"lines.jsonl": "\ufeff{\"text\": \"a x\\u00e9 bc\"}\n\n  {\"x\": 1, \"text\": \"" + long + "\"}  \nbroken\n{\"text\":\"last one\"}",
		"array.json":  "[ {\"text\":\"a bc\"}\n ,{\"broken\" }, {\"text\":\"" + long + "\"} ]",
		"multi.json":  "{\n\"text\":\"" + long + "\"}\n{\n\"text\": \"b cd\"\n}\n",
		"nested.json": `{"articles":[{"text":"a bc"},{"text":"` + long + `"}]}`,
		"rows.csv":    "\n\nid,text,n\n1,\"a \"\"b\"\" cd\",3\r\n2,plain text here,4\n3,\"" + strings.Repeat("lines\nand, \"\"marks\"\" ", 20) + "\",5",
		"rows.tsv":    "id\ttext\n1\ta bc\n",
		"plain.txt":   "a bc and more",
	} {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
		for _, block := range []int{16, 300, 1 << 20} {
			n := 0
			err := Read(context.Background(), Expand([]string{path}, nil), Options{Workers: 1, block: block}, func(_ int, b *Batch) error {
				for _, a := range b.Articles {
					n++
					record := []byte(content[a.Raw.Offset : int(a.Raw.Offset)+a.Raw.Len])
					at := strings.IndexByte(a.Text, ' ')
					text, raw, ok := a.Raw.Cut(record, []Span{{0, 1}, {at, at + 2}})
					if !ok || text != a.Text || len(raw) != 2 {
						t.Errorf("%s, blocks of %d: article at line %d is not cut: %q", name, block, a.Line, record)
					}
				}
				return nil
			})
			if err != nil || n == 0 {
				t.Errorf("%s: %d articles, %v", name, n, err)
			}
		}
	}
}

// A cut that would change what a record means is refused.
func TestRawCutRefuses(t *testing.T) {
	for _, tc := range []struct {
		name, record string
		raw          Raw
		spans        []Span
	}{
		{"a quotation mark comes first", `ab "c" d,2`, Raw{Kind: RawRow, Delim: ','}, []Span{{0, 3}}},
		{"a quoted field ends early", `"a "b" c, d",2`, Raw{Kind: RawRow, Delim: ',', Text: 1}, []Span{{5, 7}}},
		{"a list", `{"text":["a b","c"]}`, Raw{Kind: RawJSON, Text: 9}, []Span{{0, 1}}},
		{"a number", `{"text":123}`, Raw{Kind: RawJSON, Text: 8}, []Span{{0, 1}}},
		{"inside an escape", `{"text":"\u00e9 b"}`, Raw{Kind: RawJSON, Text: 9}, []Span{{1, 2}}},
		{"two halves of a character meet", `{"text":"\ud83d x \udc10"}`, Raw{Kind: RawJSON, Text: 9}, []Span{{3, 6}}},
		{"out of range", `{"text":"ab"}`, Raw{Kind: RawJSON, Text: 9}, []Span{{1, 9}}},
		{"not where it says", `{}`, Raw{Kind: RawJSON, Text: 9}, []Span{{0, 1}}},
	} {
		if _, _, ok := tc.raw.Cut([]byte(tc.record), tc.spans); ok {
			t.Errorf("%s: cut", tc.name)
		}
	}
}

func TestOpenUnpacked(t *testing.T) {
	if _, err := OpenUnpacked(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("no error for a file that is not there")
	}
	path := filepath.Join(t.TempDir(), "x")
	if err := os.WriteFile(path, []byte("short"), 0o666); err != nil {
		t.Fatal(err)
	}
	u, err := OpenUnpacked(path)
	if err != nil {
		t.Fatal(err)
	}
	defer u.Close()
	if b, err := io.ReadAll(u); string(b) != "short" || err != nil || u.Packed != nil {
		t.Errorf("read %q, %v, %v", b, u.Packed, err)
	}
}
