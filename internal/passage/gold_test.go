package passage

import (
	"bufio"
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"dedup/internal/article"

	"github.com/klauspost/compress/zstd"
	"github.com/valyala/fastjson"
)

// data opens a file of the labelled sets, or skips the test.
func data(t testing.TB, path string) *os.File {
	t.Helper()
	root := os.Getenv("DEDUP_DATA")
	if root == "" {
		root = "../../../shared/data"
	}
	f, err := os.Open(filepath.Join(root, path))
	if err != nil {
		t.Skip("no labelled data: ", err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// record is an article of a labelled set.
type record struct{ id, source, text string }

func records(t testing.TB, path string) []record {
	t.Helper()
	z, err := zstd.NewReader(data(t, path))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	sc := bufio.NewScanner(z)
	sc.Buffer(nil, 1<<26)
	var out []record
	for sc.Scan() {
		v, err := fastjson.ParseBytes(sc.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, record{string(v.GetStringBytes("id")), string(v.GetStringBytes("source")), string(v.GetStringBytes("text"))})
	}
	if err := sc.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestQuotedReplies scores Matches by characters of the replies against what they quote of their
// parents.
func TestQuotedReplies(t *testing.T) {
	if testing.Short() {
		t.Skip("real data")
	}
	articles := records(t, "passages/newsgroups/articles.jsonl.zst")
	number := map[string]int{}
	for i, r := range articles {
		number[r.id] = i
	}
	gold := map[[2]int][]article.Span{}
	sc := bufio.NewScanner(data(t, "passages/newsgroups/gold.tsv"))
	for sc.Scan() {
		f := strings.Split(sc.Text(), "\t")
		start, err1 := strconv.Atoi(f[1])
		length, err2 := strconv.Atoi(f[2])
		if err1 != nil || err2 != nil {
			continue // a heading
		}
		pair := [2]int{number[f[0]], number[f[3]]}
		gold[pair] = append(gold[pair], article.Span{Start: start, End: start + length})
	}
	ms, err := allMatches(context.Background(), len(articles), func(i int) Article { return Article{Text: articles[i].text, Story: -1, Near: -1} }, Options{})
	if err != nil {
		t.Fatal(err)
	}
	found := map[[2]int][]article.Span{}
	for _, m := range ms {
		found[[2]int{m.A, m.B}] = append(found[[2]int{m.A, m.B}], m.ASpan)
		found[[2]int{m.B, m.A}] = append(found[[2]int{m.B, m.A}], m.BSpan)
	}
	var both, wanted, got, pieces, pieced int
	for pair, spans := range gold {
		marks := make([]byte, len(articles[pair[0]].text))
		paint(marks, spans, 1)
		paint(marks, found[pair], 2)
		for _, m := range marks {
			wanted += int(m & 1)
			got += int(m >> 1)
			both += int(m & 1 & (m >> 1))
		}
		for _, g := range spans {
			n := 0
			for _, s := range found[pair] {
				if s.Start < g.End && g.Start < s.End {
					n++
				}
			}
			pieces, pieced = pieces+n, pieced+min(n, 1)
		}
	}
	recall, precision, granularity := float64(both)/float64(wanted), float64(both)/float64(got), float64(pieces)/float64(pieced)
	t.Logf("recall %.4f precision %.4f granularity %.4f", recall, precision, granularity)
	// Two fifths of what counts against precision is quoted text whose lines were broken anew,
	// which the gold does not see.
	if recall < 0.98 || precision < 0.92 || granularity > 1.05 {
		t.Errorf("recall %.4f precision %.4f granularity %.4f", recall, precision, granularity)
	}
}

// paint sets a bit of every byte in spans.
func paint(marks []byte, spans []article.Span, bit byte) {
	for _, s := range spans {
		for i := s.Start; i < s.End; i++ {
			marks[i] |= bit
		}
	}
}

func BenchmarkBulk(b *testing.B) {
	articles := records(b, "bulk/articles.jsonl.zst")
	n := 0
	for _, a := range articles {
		n += len(a.text)
	}
	b.SetBytes(int64(n))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := allMatches(context.Background(), len(articles), func(i int) Article {
			return Article{Text: articles[i].text, Source: articles[i].source, Story: -1, Near: -1}
		}, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
