package clean

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/deprecated"

	"dedup/internal/corpus"
)

type inner struct {
	Name string   `parquet:"name"`
	Tags []string `parquet:"tags"`
}

// wide has a text and 22 columns or groups of columns that clean knows nothing of.
type wide struct {
	ID      string            `parquet:"id"`
	Bool    bool              `parquet:"bool"`
	I8      int8              `parquet:"i8"`
	I16     int16             `parquet:"i16"`
	I32     int32             `parquet:"i32,delta"`
	I64     int64             `parquet:"i64"`
	U8      uint8             `parquet:"u8"`
	U16     uint16            `parquet:"u16"`
	U32     uint32            `parquet:"u32"`
	U64     uint64            `parquet:"u64"`
	F32     float32           `parquet:"f32"`
	F64     float64           `parquet:"f64,split"`
	Body    string            `parquet:"text,zstd"`
	Bytes   []byte            `parquet:"bytes"`
	Fixed   [5]byte           `parquet:"fixed"`
	UUID    [16]byte          `parquet:"uuid,uuid"`
	Enum    string            `parquet:"enum,enum,dict"`
	JSON    string            `parquet:"json,json"`
	Maybe   *int64            `parquet:"maybe,optional"`
	List    []int32           `parquet:"list,list"`
	Map     map[string]string `parquet:"map"`
	Milli   time.Time         `parquet:"milli,timestamp(millisecond)"`
	Micro   time.Time         `parquet:"micro,timestamp(microsecond)"`
	Day     int32             `parquet:"day,date"`
	Dec     int64             `parquet:"dec,decimal(2:18)"`
	Old     deprecated.Int96  `parquet:"old"`
	Inner   inner             `parquet:"inner"`
	Inners  []inner           `parquet:"inners"`
	Snapped string            `parquet:"snapped,optional,snappy"`
}

func wideRow(i int) wide {
	n := int64(i)
	at := time.Unix(1_700_000_000+n, 123_000_000).UTC()
	w := wide{
		ID: fmt.Sprint("w", i), Bool: i%2 == 0, I8: int8(-i), I16: int16(-i), I32: int32(i * 7), I64: n << 40, U8: uint8(i), U16: 65535, U32: 1<<32 - 1, U64: 1<<64 - 1,
		F32: float32(i) / 3, F64: float64(i) / 7, Bytes: []byte{0, 255, byte(i)}, Fixed: [5]byte{1, 2, byte(i)}, UUID: [16]byte{byte(i), 9}, Enum: "E", JSON: `{"a":1}`,
		List: []int32{1, int32(i)}, Map: map[string]string{"k": fmt.Sprint(i)}, Milli: at, Micro: at, Day: int32(19000 + i), Dec: n * 101,
		Old: deprecated.Int96{1, 2, uint32(i)}, Inner: inner{"x", []string{"a", "b"}}, Inners: []inner{{"y", nil}, {"z", []string{"c"}}},
	}
	if i%3 == 0 {
		w.Maybe, w.Snapped, w.List = &n, "s", nil
	}
	words := strings.Fields("river council bridge mayor budget goat rain market school harbour winter library chess gazette flood")
	var b strings.Builder
	k := i
	if i%5 == 4 {
		k = i - 1 // a copy of the one before
	}
	for j := range 60 {
		fmt.Fprintf(&b, "%s%d ", words[(k*31+j*(k+3))%len(words)], (k*j)%97)
		if j%12 == 11 {
			b.WriteString("ends.\n")
		}
	}
	if i%4 == 0 {
		b.WriteString("\nShare this article\nRelated Sources:\n- one\n- two\n")
	}
	w.Body = b.String()
	return w
}

func writeWide(t *testing.T, path string, rows []wide) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := parquet.NewGenericWriter[wide](f, parquet.Compression(&parquet.Gzip), parquet.KeyValueMetadata("maker", "a test"))
	for len(rows) > 0 {
		n := min(len(rows), 17)
		if _, err := w.Write(rows[:n]); err != nil {
			t.Fatal(err)
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		rows = rows[n:]
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// facts are what must stay of a Parquet file beside its values.
type facts struct {
	Schema string
	Codecs []string
	Groups []int64
	Maker  string
}

// openedParquet opens a file until the test is over.
func openedParquet(t *testing.T, path string) *parquet.File {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	p, err := parquet.OpenFile(f, info.Size())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func readWide(t *testing.T, path string) ([]wide, facts) {
	t.Helper()
	rows, err := parquet.ReadFile[wide](path)
	if err != nil {
		t.Fatal(err)
	}
	p := openedParquet(t, path)
	out := facts{Schema: p.Schema().String()}
	out.Maker, _ = p.Lookup("maker")
	for i, g := range p.Metadata().RowGroups {
		out.Groups = append(out.Groups, g.NumRows)
		for _, c := range g.Columns {
			if i == 0 {
				out.Codecs = append(out.Codecs, c.MetaData.Codec.String())
			}
		}
	}
	return rows, out
}

func TestCleanParquet(t *testing.T) {
	dir := t.TempDir()
	in, out, again := filepath.Join(dir, "in.parquet"), filepath.Join(dir, "out.parquet"), filepath.Join(dir, "again.parquet")
	var rows []wide
	for i := range 50 {
		rows = append(rows, wideRow(i))
	}
	writeWide(t, in, rows)
	res, err := Run(context.Background(), corpus.Config{Paths: []string{in}}, RunOptions{Out: out, Guard: Guard{MaxRemoved: 0.5}})
	if err != nil {
		t.Fatal(err)
	}
	if res.Written.Removed != 10 || res.Written.Cuts == 0 {
		t.Fatalf("removed %d articles, cut %d spans, want 10 and some", res.Written.Removed, res.Written.Cuts)
	}
	was, wasFacts := readWide(t, in)
	now, nowFacts := readWide(t, out)
	if wasFacts.Groups, nowFacts.Groups = nil, nil; cmp.Diff(wasFacts, nowFacts) != "" {
		t.Error(cmp.Diff(wasFacts, nowFacts))
	}
	var want []wide
	for i, r := range was {
		if i%5 != 4 {
			r.Body = strings.TrimSuffix(r.Body, "\n\nShare this article\nRelated Sources:\n- one\n- two\n")
			want = append(want, r)
		}
	}
	for i := range now {
		now[i].Body = strings.TrimSuffix(now[i].Body, "\n") // which of two line ends stays is excision's affair
		want[i].Body = strings.TrimSuffix(want[i].Body, "\n")
	}
	if d := cmp.Diff(want, now); d != "" {
		t.Error(d)
	}
	if _, err := Restore(context.Background(), RestoreOptions{From: out, Out: again}); err != nil {
		t.Fatal(err)
	}
	back, backFacts := readWide(t, again)
	_, wasFacts = readWide(t, in)
	if d := cmp.Diff(was, back); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(wasFacts, backFacts); d != "" {
		t.Error(d)
	}
}

// TestCleanParquetDropsEmpty takes rows without text out, and puts them back.
func TestCleanParquetDropsEmpty(t *testing.T) {
	dir := t.TempDir()
	in, out, again := filepath.Join(dir, "a.parquet"), filepath.Join(dir, "out.parquet"), filepath.Join(dir, "again.parquet")
	rows := []wide{wideRow(0), wideRow(1), wideRow(2), wideRow(3)}
	rows[1].Body, rows[3].Body = "", " \n"
	writeWide(t, in, rows)
	for _, drop := range []bool{false, true} {
		res, err := Run(context.Background(), corpus.Config{Options: corpus.Options{Workers: 2}, Paths: []string{in}}, RunOptions{Out: out, Force: true, DropEmpty: drop})
		if err != nil {
			t.Fatal(err)
		}
		left, _ := readWide(t, out)
		if want := map[bool]int{false: 4, true: 2}[drop]; len(left) != want || res.Skipped != 0 || res.Removed[RuleEmpty] != 4-want {
			t.Errorf("drop %v: %d rows, %+v", drop, len(left), res)
		}
	}
	if _, err := Restore(context.Background(), RestoreOptions{From: out, Out: again}); err != nil {
		t.Fatal(err)
	}
	back, _ := readWide(t, again)
	before, _ := readWide(t, in)
	if d := cmp.Diff(before, back); d != "" {
		t.Error(d)
	}
}
