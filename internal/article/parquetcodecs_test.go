package article

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
	"github.com/pierrec/lz4/v4"
	"pgregory.net/rapid"
)

type codecRow struct {
	ID     string `parquet:"id,snappy"`
	Source string `parquet:"source,dict,gzip"`
	Title  string `parquet:"title,optional,brotli"`
	Date   int64  `parquet:"date,zstd"`
	Note   string `parquet:"note,uncompressed"`
	Text   string `parquet:"text,zstd"`
}

// codecFile has a column of every codec but LZ4.
func codecFile(tb testing.TB, version, rows int) []byte {
	var b bytes.Buffer
	w := parquet.NewGenericWriter[codecRow](&b, parquet.DataPageVersion(version), parquet.PageBufferSize(2000))
	for i := range rows {
		r := codecRow{ID: fmt.Sprint("a", i), Source: []string{"Herald", "Courier"}[i%2], Date: 1_700_000_000 + int64(i), Note: "x", Text: fmt.Sprintf("Ferry number %d left the pier at %d.", i, i*i)}
		if i%3 == 0 {
			r.Title = "Ferry " + r.ID
		}
		if _, err := w.Write([]codecRow{r}); err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func TestParquetCodecsRead(t *testing.T) {
	for version := 1; version <= 2; version++ {
		arts, bad := readAll(t, Options{}, write(t, t.TempDir(), "a.parquet", string(codecFile(t, version, 500))))
		if len(arts) != 500 || len(bad) > 0 {
			t.Fatalf("version %d: %d articles, %+v", version, len(arts), bad)
		}
		for i, a := range arts {
			title := ""
			if i%3 == 0 {
				title = fmt.Sprint("Ferry a", i)
			}
			if a.ID != fmt.Sprint("a", i) || a.Source != []string{"Herald", "Courier"}[i%2] || a.Title != title || a.Text != fmt.Sprintf("Ferry number %d left the pier at %d.", i, i*i) {
				t.Fatalf("version %d: %d: %+v", version, i, a)
			}
		}
	}
}

// packedBy is what every codec makes of some bytes.
func packedBy(b []byte) map[format.CompressionCodec][]byte {
	var g, br bytes.Buffer
	gz, bw := gzip.NewWriter(&g), brotli.NewWriter(&br)
	_, _ = gz.Write(b)
	_, _ = bw.Write(b)
	_, _ = gz.Close(), bw.Close()
	z, _ := zstd.NewWriter(nil)
	block := make([]byte, lz4.CompressBlockBound(len(b)))
	n, _ := lz4.CompressBlock(b, block, nil)
	return map[format.CompressionCodec][]byte{
		format.Uncompressed: b, format.Snappy: snappy.Encode(nil, b), format.Gzip: g.Bytes(), format.Brotli: br.Bytes(),
		format.Zstd: z.EncodeAll(b, nil), format.Lz4Raw: block[:n], format.Lz4: block[:n],
	}
}

// TestPageCodecsFillWhatIsDeclared: no codec gives more or less than the header of the page says,
// and all that was behind it stays.
func TestPageCodecsFillWhatIsDeclared(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := bytes.Repeat(rapid.SliceOfN(rapid.Byte(), 1, 200).Draw(t, "b"), rapid.IntRange(1, 400).Draw(t, "times"))
		for codec, src := range packedBy(b) {
			if len(src) == 0 {
				continue // LZ4 does not pack what gets no smaller
			}
			c := pageCodecs[codec]
			got, err := c.append([]byte("head"), len(b), src)
			if err != nil || string(got) != "head"+string(b) {
				t.Fatalf("%s: %d bytes of %d, %v", c.name, len(got)-4, len(b), err)
			}
			if c.most > 0 && int64(len(b)) > c.most*(int64(len(src))+1) {
				t.Fatalf("%s: %d bytes are %d", c.name, len(src), len(b))
			}
			for _, size := range []int{len(b) - 1, len(b) + 1} {
				if _, err := c.append(nil, size, src); err == nil && size > 0 {
					t.Fatalf("%s: %d bytes are read as %d", c.name, len(b), size)
				}
			}
		}
	})
}

// TestPageBombs: what a header declares is not made room for before there is something to fill it,
// and what is longer than declared is not read.
func TestPageBombs(t *testing.T) {
	zeros := packedBy(make([]byte, 64<<20))
	for codec, src := range zeros {
		c := pageCodecs[codec]
		if codec != format.Uncompressed {
			if got, err := c.append(nil, 1000, src); err == nil || cap(got) > 8<<20 {
				t.Errorf("%s: 64 MiB where 1,000 bytes are declared: room for %d, %v", c.name, cap(got), err)
			}
		}
		if c.most == 0 {
			if got, err := c.append(nil, 1<<30, packedBy([]byte("short"))[codec]); err == nil || cap(got) > 64<<20 {
				t.Errorf("%s: 5 bytes where 1 GiB is declared: room for %d, %v", c.name, cap(got), err)
			}
		}
		got, err := c.append(nil, 64<<20, src)
		if err != nil || len(got) != 64<<20 {
			t.Errorf("%s: %d bytes, %v", c.name, len(got), err)
		}
	}
	if _, err := pageCodecs[format.Snappy].append(nil, 1000, binary.AppendUvarint(nil, 1<<32-1)); err == nil {
		t.Error("Snappy that declares 4 GiB is read")
	}
}

// TestDamagedPagesAreBounded damages files of every codec: what a flipped byte asks for is refused,
// or stays within a few times the size of a page.
func TestDamagedPagesAreBounded(t *testing.T) {
	const most = 64 << 20
	rng := rand.New(rand.NewPCG(3, 4))
	path := filepath.Join(t.TempDir(), "a.parquet")
	for version := 1; version <= 2; version++ {
		whole := codecFile(t, version, 300)
		for i := range 400 {
			b := bytes.Clone(whole)
			for range 1 + rng.IntN(3) {
				b[4+rng.IntN(len(b)-12-4)] = byte(rng.Uint32())
			}
			checkBounded(t, path, b, most, fmt.Sprint("version ", version, ", file ", i))
		}
	}
}
