package article

import (
	"bytes"
	"crypto/md5"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
	"github.com/pierrec/lz4/v4"
	"pgregory.net/rapid"
)

// testdata/pyarrow-lz4.parquet was written by pyarrow 26.0.1, pyarrow.parquet.write_table(…,
// compression='lz4', row_group_size=250, write_statistics=False, store_schema=False,
// use_dictionary=['source']), of the 400 rows below.
func TestParquetLZ4OfPyarrow(t *testing.T) {
	b, err := os.ReadFile("testdata/pyarrow-lz4.parquet")
	if err != nil {
		t.Fatal(err)
	}
	checkPyarrow(t, string(b))
}

// Older writers named it otherwise, and wrote blocks without a frame.
func TestParquetOldLZ4(t *testing.T) {
	b, err := os.ReadFile("testdata/pyarrow-lz4.parquet")
	if err != nil {
		t.Fatal(err)
	}
	checkPyarrow(t, withCodec(t, b, format.Lz4))
}

func checkPyarrow(t *testing.T, content string) {
	arts, bad := readAll(t, Options{}, write(t, t.TempDir(), "a.parquet", content))
	if len(arts) != 400 || len(bad) > 0 {
		t.Fatalf("%d articles, %+v", len(arts), bad)
	}
	for i, a := range arts {
		id := md5.Sum([]byte(fmt.Sprint(i)))
		place := []string{"Orsay Hill", "Marl Point", "Nether Brill", "Kelmere"}[i%4]
		text := fmt.Sprintf("Ferry number %d left %s at noon and nobody waved, which was noted in the log on page %d. ", i, place, i*7) + strings.Repeat("It rained. ", i%5)
		if a.ID != hex.EncodeToString(id[:]) || a.Text != text || a.Source != []string{"Herald", "Courier", ""}[i%3] || a.Title != "" {
			t.Fatalf("%d: %+v", i, a)
		}
	}
}

// withCodec gives a file with another codec in its footer.
func withCodec(t *testing.T, b []byte, codec format.CompressionCodec) string {
	f, err := parquet.OpenFile(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	meta := f.Metadata()
	for g := range meta.RowGroups {
		for i := range meta.RowGroups[g].Columns {
			meta.RowGroups[g].Columns[i].MetaData.Codec = codec
		}
	}
	footer, err := thrift.Marshal(new(thrift.CompactProtocol), meta)
	if err != nil {
		t.Fatal(err)
	}
	n := binary.LittleEndian.Uint32(b[len(b)-8:])
	out := append(bytes.Clone(b[:len(b)-8-int(n)]), footer...)
	return string(append(binary.LittleEndian.AppendUint32(out, uint32(len(footer))), "PAR1"...))
}

func TestUnpackLZ4(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := bytes.Repeat(rapid.SliceOfN(rapid.Byte(), 1, 50).Draw(t, "bytes"), rapid.IntRange(1, 40).Draw(t, "times"))
		block := make([]byte, lz4.CompressBlockBound(len(want)))
		n, err := lz4.CompressBlock(want, block, nil)
		if err != nil {
			t.Fatal(err)
		}
		block = block[:n]
		framed := append(binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, uint32(len(want))), uint32(n)), block...)
		for _, c := range []struct {
			name   string
			unpack func(dst, src []byte) error
			src    []byte
			size   int
			ok     bool
		}{
			{"raw", unpackLZ4, block, len(want), true},
			{"raw, too small", unpackLZ4, block, len(want) - 1, false},
			{"raw, too large", unpackLZ4, block, len(want) + 1, false},
			{"raw, cut", unpackLZ4, block[:n-1], len(want), false},
			{"frame", unpackOldLZ4, framed, len(want), true},
			{"frames", unpackOldLZ4, append(bytes.Clone(framed), framed...), 2 * len(want), true},
			{"no frame", unpackOldLZ4, block, len(want), true},
			{"frame, too small", unpackOldLZ4, framed, len(want) - 1, false},
			{"frame, too large", unpackOldLZ4, framed, len(want) + 1, false},
			{"frame, cut", unpackOldLZ4, framed[:len(framed)-1], len(want), false},
			{"nothing", unpackLZ4, []byte{0}, 0, true},
		} {
			dst := make([]byte, c.size)
			if c.size == 0 && c.name != "nothing" {
				continue
			}
			err := c.unpack(dst, c.src)
			if (err == nil) != c.ok {
				t.Fatalf("%s: %v", c.name, err)
			}
			if c.ok && !bytes.Equal(dst, bytes.Repeat(want, c.size/len(want))) {
				t.Fatalf("%s: other bytes", c.name)
			}
		}
	})
}

type lz4Row struct {
	ID   string  `parquet:"id,lz4"`
	Date *int64  `parquet:"date,optional,lz4"`
	From string  `parquet:"source,dict,lz4"`
	Tags []int32 `parquet:"tags,lz4"`
	Text string  `parquet:"text,lz4"`
	Note string  `parquet:"note,zstd"`
}

func lz4File(tb testing.TB, version, rows int) []byte {
	var b bytes.Buffer
	w := parquet.NewGenericWriter[lz4Row](&b, parquet.DataPageVersion(version), parquet.PageBufferSize(2000))
	for i := range rows {
		r := lz4Row{ID: fmt.Sprint("a", i), From: []string{"Herald", "Courier"}[i%2], Tags: make([]int32, i%4), Text: fmt.Sprintf("Ferry number %d left the pier at %d.", i, i*i), Note: "x"}
		if n := int64(i) + 1_700_000_000; i%3 == 0 {
			r.Date = &n
		}
		if _, err := w.Write([]lz4Row{r}); err != nil {
			tb.Fatal(err)
		}
		if i%100 == 99 {
			if err := w.Flush(); err != nil {
				tb.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

// All rows of a file with LZ4 read, of both versions of pages, and keep their codecs when they are
// written again.
func TestParquetLZ4Rows(t *testing.T) {
	for version := 1; version <= 2; version++ {
		b := lz4File(t, version, 300)
		arts, bad := readAll(t, Options{}, write(t, t.TempDir(), "a.parquet", string(b)))
		if len(arts) != 300 || len(bad) > 0 || arts[299].Text != "Ferry number 299 left the pier at 89401." || arts[299].Source != "Courier" || arts[3].Published.Unix() != 1_700_000_003 {
			t.Errorf("version %d: %d articles, %+v", version, len(arts), bad)
		}
		f, err := OpenParquet(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			t.Fatal(err)
		}
		written, err := f.Written()
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range []format.CompressionCodec{format.Lz4Raw, format.Lz4Raw, format.Lz4Raw, format.Lz4Raw, format.Lz4Raw, format.Zstd} {
			path := written.Columns()[i]
			if leaf, ok := written.Lookup(path...); !ok || leaf.Node.Compression().CompressionCodec() != want {
				t.Errorf("%v is written with another codec than %s", path, want)
			}
		}
	}
}

// A damaged page of LZ4 made a buffer double for ever (70 kB took 6 GB), a footer that was said to
// be 3 GB long was made room for. Damage of any byte ends soon, and within a few times the size of
// the file.
func TestDamagedParquetIsBounded(t *testing.T) {
	const most = 64 << 20
	rng := rand.New(rand.NewPCG(1, 2))
	dir := t.TempDir()
	for version := 1; version <= 2; version++ {
		whole := lz4File(t, version, 300)
		for i := range 400 {
			b := bytes.Clone(whole)
			for range 1 + rng.IntN(3) {
				b[4+rng.IntN(len(b)-12-4)] = byte(rng.Uint32()) // but for the footer's length: see below
			}
			checkBounded(t, filepath.Join(dir, "a.parquet"), b, most, fmt.Sprint(version, " ", i))
		}
		for _, n := range []uint32{1 << 31, 0xc6022d7a, uint32(len(whole)), uint32(len(whole) - 11), 0} {
			b := bytes.Clone(whole)
			binary.LittleEndian.PutUint32(b[len(b)-8:], n)
			bad := checkBounded(t, filepath.Join(dir, "a.parquet"), b, most, fmt.Sprint("footer of ", n))
			if len(bad) != 1 || n > uint32(len(whole)) && !strings.Contains(bad[0].Reason, "its footer is said to have") {
				t.Errorf("footer of %d: %+v", n, bad)
			}
		}
	}
}

func checkBounded(t *testing.T, path string, b []byte, most uint64, what string) []Bad {
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, bad := readAll(t, Options{Workers: 1}, path)
	if runtime.ReadMemStats(&after); after.TotalAlloc-before.TotalAlloc > most {
		t.Errorf("%s: %d MB were allocated; %+v", what, (after.TotalAlloc-before.TotalAlloc)>>20, bad)
	}
	return bad
}

func FuzzParquetPages(f *testing.F) {
	for version := 1; version <= 2; version++ {
		f.Add(lz4File(f, version, 20))
		f.Add(codecFile(f, version, 20))
	}
	const most = 512 << 20 // bytes that are allocated for all pages; none may have more than 32 MiB
	LimitMemory(64 << 20)
	defer windowMost.Store(0)
	f.Fuzz(func(t *testing.T, b []byte) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		defer func() {
			if runtime.ReadMemStats(&after); after.TotalAlloc-before.TotalAlloc > most {
				t.Errorf("%d bytes have %d MB allocated", len(b), (after.TotalAlloc-before.TotalAlloc)>>20)
			}
		}()
		defer func() { _ = recover() }() // readers of Parquet catch what parquet-go panics with
		p, err := OpenParquet(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			return
		}
		for _, g := range p.RowGroups() {
			for _, c := range g.ColumnChunks() {
				pages := c.Pages()
				for {
					page, err := pages.ReadPage()
					if err != nil {
						break
					}
					parquet.Release(page)
				}
				pages.Close()
			}
		}
	})
}
