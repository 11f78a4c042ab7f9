package clean

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"

	"dedup/internal/article"
	"dedup/internal/columnar"
	"dedup/internal/corpus"
)

// soakRounds is how many rounds there are where DEDUP_SOAK does not say. Round n is the same
// everywhere.
const soakRounds = 100

// TestSoak cleans random corpora of every format and compression, restores them, and compares:
// bytes, and of Parquet and Arrow all values. DEDUP_SOAK sets a number of rounds (10000) or a time (30m),
// DEDUP_SOAK_FROM the first round. A failure names its round.
func TestSoak(t *testing.T) {
	rounds, until := soakRounds, time.Time{}
	if s := os.Getenv("DEDUP_SOAK"); s != "" {
		if d, err := time.ParseDuration(s); err == nil {
			rounds, until = 1<<62, time.Now().Add(d)
		} else if rounds, err = strconv.Atoi(s); err != nil {
			t.Fatalf("DEDUP_SOAK=%s: use a number of rounds or a time such as 30m", s)
		}
	}
	if testing.Short() {
		rounds = min(rounds, soakRounds/10)
	}
	from, _ := strconv.Atoi(os.Getenv("DEDUP_SOAK_FROM"))
	var done soaked
	for n := from; n-from < rounds && (until.IsZero() || time.Now().Before(until)); n++ {
		s := &soak{t: t, dir: t.TempDir(), round: n, done: &done}
		s.rnd = rand.New(rand.NewPCG(uint64(n), 14))
		s.run()
		if err := os.RemoveAll(s.dir); err != nil {
			t.Fatal(err)
		}
		if t.Failed() {
			t.Fatalf("DEDUP_SOAK=1 DEDUP_SOAK_FROM=%d repeats round %d", n, n)
		}
	}
	t.Logf("%+v", done)
	if done.rounds >= soakRounds && (done.removed < done.rounds || done.cuts < done.rounds || done.refused > done.rounds/5 || done.parquet == 0 || done.arrow == 0 || done.packed == 0 || done.stdin == 0) {
		t.Errorf("%+v: the test says little", done)
	}
}

// soaked is what was done in all rounds.
type soaked struct{ rounds, files, parquet, arrow, packed, stdin, refused, removed, cuts int }

// soak is one round.
type soak struct {
	t     *testing.T
	rnd   *rand.Rand
	dir   string
	round int
	done  *soaked
}

// soakNames are parts of names that a manifest, a shell or a file system might take for something
// else. A backslash, and what is not UTF-8, are names on Unix alone.
var soakNames = []string{"", "", "", " ", "ü", "%41", "'", "\"", "a b", "-", "\\x", "\xff\xfe", "\u202e", "\n", "CON", "x..", "#2"}

func (s *soak) run() {
	in := filepath.Join(s.dir, "in")
	g := &cleanGen{t: s.t, rnd: s.rnd}
	files := 1 + s.rnd.IntN(6)
	for k := range files {
		switch s.rnd.IntN(10) {
		case 0, 1:
			s.parquet(g, filepath.Join(in, "p", fmt.Sprintf("%d.parquet", k)))
		case 2:
			s.arrow(g, filepath.Join(in, fmt.Sprintf("%d.arrow", k)))
		default:
			g.file(in, k)
		}
	}
	single := s.disguise(in)
	want := soakTree(s.t, in)
	cfg := corpus.Config{Options: corpus.Options{Workers: 1 + s.rnd.IntN(2), Tmp: s.t.TempDir()}, Paths: []string{in}}
	out, again := filepath.Join(s.dir, "out"), filepath.Join(s.dir, "again")
	if s.rnd.IntN(3) == 0 { // one file, by its name or through a pipe
		cfg.Paths = []string{single}
		b, err := os.ReadFile(single)
		if err != nil {
			s.t.Fatal(err)
		}
		out, again, want = out+filepath.Ext(single), again+filepath.Ext(single), map[string]string{".": unpackedFile(s.t, single)}
		if s.rnd.IntN(2) == 0 {
			s.done.stdin++
			cfg.Paths, cfg.Stdin = []string{"-"}, bytes.NewReader(b)
		}
	}
	opt := RunOptions{Out: out, Force: true, Passages: s.rnd.IntN(3) == 0, DropEmpty: s.rnd.IntN(2) == 0, PerStory: s.rnd.IntN(3), KeepBoilerplate: s.rnd.IntN(4) == 0}
	s.done.rounds++
	res, err := Run(s.t.Context(), cfg, opt)
	if err != nil {
		s.refused(cfg, err)
		return
	}
	s.done.removed, s.done.cuts, s.done.files = s.done.removed+res.Written.Removed, s.done.cuts+res.Written.Cuts, s.done.files+files
	if _, err := Restore(context.Background(), RestoreOptions{From: out, Out: again, Tmp: cfg.Tmp}); err != nil {
		s.t.Errorf("round %d: restore: %v", s.round, err)
		return
	}
	if d := cmp.Diff(want, soakTree(s.t, again)); d != "" {
		s.t.Errorf("round %d: %s", s.round, d)
	}
	s.alone(cfg.Tmp)
}

// refused wants a run that was refused to leave nothing.
func (s *soak) refused(cfg corpus.Config, err error) {
	s.done.refused++
	if !errors.Is(err, corpus.ErrNothing) {
		s.t.Errorf("round %d: %v", s.round, err)
	}
	s.alone(cfg.Tmp)
	s.alone(s.dir, "in")
}

// alone wants a directory to hold nothing but names.
func (s *soak) alone(dir string, names ...string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, e := range entries {
		if len(names) == 0 || e.Name() != names[0] {
			s.t.Errorf("round %d: %s is left in %s", s.round, e.Name(), dir)
		}
	}
}

// disguise packs some of the files and gives some of them names that are hard to write down. It
// returns one of them.
func (s *soak) disguise(in string) (single string) {
	var paths []string
	for name := range tree(s.t, in) {
		paths = append(paths, filepath.Join(in, name))
	}
	slices.Sort(paths)
	for _, path := range paths {
		base, ext := filepath.Base(path), ""
		odd := soakNames[s.rnd.IntN(len(soakNames))]
		if runtime.GOOS == "windows" {
			odd = ""
		}
		if k := s.rnd.IntN(5); k < 2 && filepath.Ext(path) != ".parquet" {
			ext = []string{".gz", ".zst"}[k]
			s.pack(path, ext)
		}
		single = filepath.Join(filepath.Dir(path), odd+base+ext)
		if err := os.Rename(path, single); err != nil {
			single = filepath.Join(filepath.Dir(path), base+ext) // a file system that has no such name
			if err := os.Rename(path, single); err != nil {
				s.t.Fatal(err)
			}
		}
	}
	return single
}

func (s *soak) pack(path, ext string) {
	b, err := os.ReadFile(path)
	if err != nil {
		s.t.Fatal(err)
	}
	var packed bytes.Buffer
	var w io.WriteCloser = gzip.NewWriter(&packed)
	if ext == ".zst" {
		if w, err = zstd.NewWriter(&packed); err != nil {
			s.t.Fatal(err)
		}
	}
	if _, err := w.Write(b); err != nil {
		s.t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(path, packed.Bytes(), 0o666); err != nil {
		s.t.Fatal(err)
	}
	s.done.packed++
}

// soakRow has a text and columns that clean knows nothing of.
type soakRow struct {
	ID    string   `parquet:"id"`
	Text  *string  `parquet:"text,optional"`
	N     int64    `parquet:"n"`
	Tags  []string `parquet:"tags"`
	Maybe *float64 `parquet:"maybe,optional"`
}

var soakCodecs = []compress.Codec{&parquet.Uncompressed, &parquet.Snappy, &parquet.Gzip, &parquet.Zstd, &parquet.Brotli, &parquet.Lz4Raw}

func (s *soak) parquet(g *cleanGen, path string) {
	var rows []soakRow
	for i := range s.rnd.IntN(300) {
		row := soakRow{ID: fmt.Sprint("p", i), N: s.rnd.Int64()}
		if s.rnd.IntN(20) > 0 {
			text := g.text()
			row.Text = &text
		}
		for k := range s.rnd.IntN(3) {
			row.Tags = append(row.Tags, fmt.Sprint(k))
		}
		if s.rnd.IntN(2) == 0 {
			x := s.rnd.Float64()
			row.Maybe = &x
		}
		rows = append(rows, row)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		s.t.Fatal(err)
	}
	codec := soakCodecs[s.rnd.IntN(len(soakCodecs))]
	if err := parquet.WriteFile(path, rows, parquet.Compression(codec), parquet.MaxRowsPerRowGroup(int64(50+s.rnd.IntN(300)))); err != nil {
		s.t.Fatal(err)
	}
	s.done.parquet++
}

func (s *soak) arrow(g *cleanGen, path string) {
	columns := []columnar.Column{{Name: "n", Kind: columnar.Int}, {Name: "text", Kind: columnar.Text}, {Name: "list", Kind: columnar.Uints}}
	var out bytes.Buffer
	e := columnar.Encoders[0].New(&out, columns)
	for range s.rnd.IntN(4) {
		b := columnar.NewBatch(columns)
		for range s.rnd.IntN(60) {
			b.Int(s.rnd.Int64())
			if s.rnd.IntN(20) == 0 {
				b.Null()
			} else {
				b.Text(g.text())
			}
			b.Uints([]uint32{s.rnd.Uint32()}[:s.rnd.IntN(2)])
			b.End()
		}
		if err := e.Write(b); err != nil {
			s.t.Fatal(err)
		}
	}
	if err := errors.Join(e.Close(), os.MkdirAll(filepath.Dir(path), 0o777), os.WriteFile(path, out.Bytes(), 0o666)); err != nil {
		s.t.Fatal(err)
	}
	s.done.arrow++
}

// soakTree is what clean and restore must keep of a directory or a file: bytes without compression,
// of Parquet and Arrow all values.
func soakTree(t *testing.T, top string) map[string]string {
	files := map[string]string{}
	err := filepath.WalkDir(top, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(top, path)
		files[rel] = unpackedFile(t, path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func unpackedFile(t *testing.T, path string) string {
	b := unpacked(t, path)
	switch {
	case article.IsArrow(b):
		return fmt.Sprintf("%+q", fmt.Sprint(arrowRows(t, bytes.NewReader(b))))
	case !bytes.HasPrefix(b, []byte("PAR1")):
		return string(b)
	}
	f, err := article.OpenParquet(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	all := fmt.Sprint(f.Schema(), "\n")
	for _, g := range f.RowGroups() {
		all += soakGroup(t, g)
	}
	return all
}

func soakGroup(t *testing.T, g parquet.RowGroup) string {
	var b bytes.Buffer
	rows := g.Rows()
	defer rows.Close()
	fmt.Fprintln(&b, "group of", g.NumRows())
	for buf := make([]parquet.Row, 64); ; {
		n, err := rows.ReadRows(buf)
		for _, row := range buf[:n] {
			fmt.Fprintf(&b, "%+q\n", fmt.Sprintf("%+v", row))
		}
		if err == io.EOF {
			return b.String()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}
