package index

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"dedup/internal/shingle"
	"dedup/internal/sketch"
)

// sampleManifest has segments with and without removed rows.
func sampleManifest() *manifest {
	return &manifest{scheme: sketch.Default, file: 4, nextBatch: 2, nextEntry: 1200, parts: []part{
		{name: "0000000001.seg", size: 1234, sum: 77, live: 1000, bytes: 99, tokens: 20, removed: "0000000003.gone", removedSum: 5},
		{name: "0000000002.seg", size: 1, sum: math.MaxUint64, live: 1, bytes: 9, tokens: 2},
	}}
}

func TestManifest(t *testing.T) {
	good := sampleManifest().String()
	if m, err := parseManifest(good); err != nil || m.String() != good {
		t.Fatal(m, err)
	}
	other := sampleManifest()
	other.scheme.Tokens, other.scheme.W = 7, 9
	for _, c := range []struct{ name, data, want string }{
		{"empty", "", "not a dedup index"},
		{"another file", "SQLite format 3\n", "not a dedup index"},
		{"a later format", "dedup index 99\nwhatever\n", "has format 99, this program reads format 2"},
		{"cut off", good[:40], "checksum"},
		{"changed", strings.Replace(good, "slots128", "slots256", 1), "checksum"},
		{"more", good + "more\n", "checksum"},
		{"another scheme", other.String(), "token version: the index has 7, this program 1; tokens of a signature shingle: the index has 9, this program 5\nhint:"},
	} {
		if _, err := parseManifest(c.data); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

func FuzzManifest(f *testing.F) {
	f.Add(sampleManifest().String())
	f.Add("dedup index 2\nscheme sketch1-tokens2-f2-w5-slots128-seed0\nseeds step5\nnext file 1, batch 0, entry 0\nsum 0\n")
	f.Fuzz(func(t *testing.T, s string) {
		if m, err := parseManifest(s); err == nil && m.String() != s {
			t.Errorf("%q is read, but written as %q", s, m.String())
		}
	})
}

func drawTime(t *rapid.T) time.Time {
	if rapid.Bool().Draw(t, "no time") {
		return time.Time{}
	}
	return time.Unix(rapid.Int64Range(-1<<40, 1<<40).Draw(t, "seconds"), rapid.Int64Range(0, 999_999_999).Draw(t, "nanoseconds")).UTC()
}

func TestBatchAndDates(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := Batch{
			Number: rapid.Uint32().Draw(t, "number"), First: rapid.Uint32().Draw(t, "first"), Added: rapid.IntRange(5, 1<<31-1).Draw(t, "added"), rows: 4,
			At: drawTime(t), Program: rapid.String().Draw(t, "program"), Origin: rapid.String().Draw(t, "origin"),
		}
		f := fields{b: b.append(nil)}
		if got := f.batch(); f.end() != nil || got != b {
			t.Fatalf("%+v comes back as %+v, %v", b, got, f.err)
		}
		at, day := drawTime(t), rapid.Bool().Draw(t, "day")
		if got, d := timeOf(appendDate(nil, at, day), &f); f.err != nil || d != day || !got.Equal(at) {
			t.Fatalf("%v %v comes back as %v %v, %v", at, day, got, d, f.err)
		}
	})
}

// drawWords draws words of which some come often, as in any text, and some are all a byte long.
func drawWords(t *rapid.T) []uint64 {
	few := rapid.Uint64Range(1, 2000).Draw(t, "few")
	word := rapid.Custom(func(t *rapid.T) uint64 {
		if rapid.IntRange(0, 9).Draw(t, "kind") == 0 {
			return rapid.Uint64().Draw(t, "any")
		}
		n := rapid.Uint64Range(1, few).Draw(t, "rank")
		return shingle.Mix(n * n / few)
	})
	return rapid.SliceOf(word).Draw(t, "words")
}

func TestWords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		counted, words := drawWords(t), drawWords(t)
		c := newCounter(4)
		for _, h := range counted {
			c.add(h, 1)
		}
		d, err := readDictionary(newDictionary(c).append(nil))
		if err != nil {
			t.Fatal(err)
		}
		for _, words := range [][]uint64{counted, words, {0, math.MaxUint64}} {
			codes := d.coder().append(nil, words)
			got, err := d.decode(nil, append(slices.Clone(codes), make([]byte, bitPadding)...), len(codes), len(words))
			if err != nil || !slices.Equal(got, words) {
				t.Fatalf("%x comes back as %x, %v", words, got, err)
			}
		}
	})
}

// TestCodesAreBounded makes a code for counts that grow like Fibonacci's numbers, for which
// Huffman's codes are as long as there are words.
func TestCodesAreBounded(t *testing.T) {
	c := newCounter(4)
	a, b := uint32(2), uint32(3)
	var words []uint64
	for i := range uint64(40) {
		c.add(i+1, a)
		words = append(words, i+1)
		a, b = b, a+b
	}
	d := newDictionary(c)
	codes := d.coder().append(nil, words)
	got, err := d.decode(nil, append(slices.Clone(codes), make([]byte, bitPadding)...), len(codes), len(words))
	if err != nil || !slices.Equal(got, words) {
		t.Errorf("%x comes back as %x, %v", words, got, err)
	}
}

func FuzzWords(f *testing.F) {
	c := newCounter(4)
	for i := range uint64(3000) {
		c.add(shingle.Mix(i), uint32(3000/(i+1)))
	}
	d := newDictionary(c)
	f.Add(d.append(nil), d.coder().append(nil, []uint64{shingle.Mix(5), 1, shingle.Mix(2000)}), 3)
	f.Add([]byte{1, 2, 3}, []byte{255, 1}, 9)
	f.Fuzz(func(t *testing.T, dictionary, codes []byte, n int) {
		d, err := readDictionary(dictionary)
		if err != nil || n < 0 || n > 8*len(codes) {
			return
		}
		words, err := d.decode(nil, append(slices.Clone(codes), make([]byte, bitPadding)...), len(codes), n)
		if err == nil && len(words) != n {
			t.Errorf("%d words, not %d", len(words), n)
		}
	})
}

func TestBits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.UintRange(0, keyBits).Draw(t, "k")
		values := rapid.SliceOf(rapid.OneOf(rapid.Uint64Range(0, 1<<keyBits-1), rapid.Uint64Range(0, 1<<k))).Draw(t, "values")
		w := newBitWriter(nil)
		for i, v := range values {
			w.rice(v&(1<<keyBits-1), k)
			w.put(uint64(i), 32)
		}
		size := len(w.end())
		b, pos := append(w.buf, make([]byte, bitPadding)...), 0
		for i, v := range values {
			var got uint64
			if got, pos = riceAt(b, pos, k); got != v&(1<<keyBits-1) {
				t.Fatalf("value %d, %d, comes back as %d", i, v, got)
			}
			if n := peek(b, pos) >> 32; n != uint64(i) {
				t.Fatalf("%d comes back as %d", i, n)
			}
			pos += 32
		}
		if (pos+7)/8 != size {
			t.Fatalf("%d bits in %d bytes", pos, size)
		}
	})
}

// segmentOf writes a segment of articles by hand and opens it.
func segmentOf(t testing.TB, harm func(w *segmentWriter)) (*segment, error) {
	t.Helper()
	return segmentWith(t, func(w *segmentWriter, sort *sorting) error { return w.sorted(&w.s.seeds, sort.each(ctx, sort.seeds)) }, harm)
}

// segmentWith is segmentOf with other seeds.
func segmentWith(t testing.TB, seeds func(w *segmentWriter, sort *sorting) error, harm func(w *segmentWriter)) (*segment, error) {
	t.Helper()
	dir, d := t.TempDir(), disk{}
	w, err := newSegment(dir, d, "0000000001.seg")
	if err != nil {
		t.Fatal(err)
	}
	articles := corpus(newRand(71), 300)
	s, opt := stripe{words: articles}, testOptions(t)
	for i := range articles {
		e := entryOf(i, articles[i])
		e.Number = uint32(i)
		s.entries = append(s.entries, e)
	}
	sort := newSorting(opt)
	w.s.batches = []Batch{{Added: 300, rows: 300, At: day(1)}}
	err = joined(s.write(ctx, w, 2, sort.pairs), w.flushColumns(), seeds(w, sort), w.sorted(&w.s.ids, sort.each(ctx, sort.ids)), sort.close())
	if err != nil {
		t.Fatal(err)
	}
	harm(w)
	p, err := w.finish()
	if err != nil {
		t.Fatal(err)
	}
	return openSegment(dir, d, p)
}

// TestCheckFindsWhatChecksumsDoNot changes what a segment says, in ways that leave all checksums
// right.
func TestCheckFindsWhatChecksumsDoNot(t *testing.T) {
	for name, harm := range map[string]func(w *segmentWriter){
		"":                        func(*segmentWriter) {},
		"a page of seeds is gone": func(w *segmentWriter) { w.s.seeds.pages = w.s.seeds.pages[1:] },
		"seeds are ids":           func(w *segmentWriter) { w.s.seeds, w.s.ids = w.s.ids, w.s.seeds },
		"another first key":       func(w *segmentWriter) { w.s.seeds.pages[2].first++ },
		"too few bits of a row":   func(w *segmentWriter) { w.s.seeds.rowBits-- },
		"ids are titles": func(w *segmentWriter) {
			w.columns[columnID], w.columns[columnTitle] = w.columns[columnTitle], w.columns[columnID]
		},
		"texts are numbers":     func(w *segmentWriter) { w.columns[columnLine] = w.columns[columnID] },
		"a column is short":     func(w *segmentWriter) { w.columns[columnPath].blocks = w.columns[columnPath].blocks[1:] },
		"words are in disorder": func(w *segmentWriter) { w.s.words[0], w.s.words[1] = w.s.words[1], w.s.words[0] },
		"no dictionary":         func(w *segmentWriter) { w.s.stripes = nil },
		"words by another one": func(w *segmentWriter) {
			w.s.stripes[0] = block{w.s.words[0].off, w.s.words[0].size, 300, w.s.words[0].sum}
		},
		"more rows":      func(w *segmentWriter) { w.s.rows++ },
		"another batch":  func(w *segmentWriter) { w.s.batches[0].First = 5 },
		"rows of nobody": func(w *segmentWriter) { w.s.batches[0].rows-- },
		"other numbers":  func(w *segmentWriter) { w.s.runs[0].number = 299 },
		"fewer bytes":    func(w *segmentWriter) { w.bytes-- },
	} {
		t.Run(name, func(t *testing.T) {
			s, err := segmentOf(t, harm)
			faults := 0
			if err == nil {
				x := &Index{state{segments: []*segment{s}, articles: s.part.live}, testOptions(t)}
				x.opt.setDefaults()
				err = joined(x.Check(ctx, func(string) { faults++ }), x.Close())
			}
			if told := err != nil || faults > 0; told != (name != "") {
				t.Errorf("%d faults, %v", faults, err)
			}
		})
	}
}

// TestSectionsToCome: a reader passes over a section that it does not know, a writer refuses it.
func TestSectionsToCome(t *testing.T) {
	s, err := segmentOf(t, func(*segmentWriter) {})
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	w := segmentWriter{s: segment{rows: s.rows, batches: s.batches, runs: s.runs, stripes: s.stripes, words: s.words, seeds: s.seeds, ids: s.ids}}
	for c := range w.columns {
		w.columns[c].blocks = s.columns[c]
	}
	contents := appendString(appendString(w.contents(), "cluster sizes"), "whatever")
	later := &segment{part: s.part}
	if err := later.parse(contents); err != nil || !slices.Equal(later.strange, []string{"cluster sizes"}) {
		t.Fatal(later.strange, err)
	}
	if err := later.verify(ctx, 1); err == nil || !strings.Contains(err.Error(), "cluster sizes\nhint: use the program") {
		t.Error(err)
	}
}

// FuzzContents reads anything as a table of contents.
func FuzzContents(f *testing.F) {
	w := segmentWriter{s: segment{rows: 3, batches: []Batch{{Added: 3, rows: 3}}, runs: []numberRun{{}}, stripes: []block{{off: 16, size: 9, n: 3}}, words: []block{{off: 25, size: 9, n: 3}}}}
	for c := range w.columns {
		w.columns[c].blocks = []block{{off: int64(34 + 5*c), size: 5, n: 3}}
	}
	w.s.seeds.pages = []page{{block{74, 6, 2, 0}, 99}}
	w.s.ids.pages = []page{{block{80, 6, 2, 0}, 99}}
	f.Add(w.contents())
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		s := &segment{part: part{size: 1000}}
		if s.parse(b) == nil {
			for i, b := range s.blocks() {
				if b.off < 0 || b.size < 0 || b.off+int64(b.size) > 1000 {
					t.Errorf("block %d: %+v", i, b)
				}
			}
		}
	})
}

// FuzzBlocks reads anything as a block of each kind, with the checksum that it has.
func FuzzBlocks(f *testing.F) {
	f.Add([]byte{0, 0, 1, 'a', 1, 0}, uint8(2))
	f.Add([]byte{7, 255, 0, 9, 1, 2, 3, 4, 5, 6, 7, 8}, uint8(3))
	f.Add(pack.EncodeAll(bytes.Repeat([]byte{0, 1, 'a'}, 30), []byte{1}), uint8(30))
	f.Fuzz(func(t *testing.T, data []byte, rows uint8) {
		name := filepath.Join(t.TempDir(), "x.seg")
		if err := os.WriteFile(name, data, 0o666); err != nil {
			t.Fatal(err)
		}
		file, err := disk{}.open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		b := block{size: len(data), n: int(rows), sum: sumOf(data)}
		s := &segment{file: file, rows: int(rows), words: []block{b}}
		s.seeds = postings{pages: []page{{b, 1}}, rowBits: uint(rows) % 33}
		r := s.reader()
		for c := range s.columns {
			s.columns[c] = []block{b}
			if err := r.columns[c].load(s, c, 0); err == nil && textual(c) && len(r.columns[c].ends) != int(rows) {
				t.Errorf("%d texts of %d", len(r.columns[c].ends), rows)
			}
		}
		if err := r.load(0); err == nil && len(r.heads) != int(rows) {
			t.Errorf("%d heads of %d", len(r.heads), rows)
		}
		_ = s.pages(&s.seeds).each(ctx, func(uint64, uint32) error { return nil })
	})
}

// TestPostings finds pairs one by one and in a row, across pages.
func TestPostings(t *testing.T) {
	r := newRand(72)
	var keys []uint64
	s, err := segmentWith(t, func(w *segmentWriter, _ *sorting) error {
		p := w.postings(&w.s.seeds)
		for range 3000 {
			keys = append(keys, r.Uint64N(1<<10)<<(r.Uint64N(keyBits-10)))
		}
		slices.Sort(keys)
		for i, k := range keys {
			if err := p.add(k, uint32(i%300)); err != nil {
				t.Fatal(err)
			}
		}
		return p.flush()
	}, func(*segmentWriter) {})
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	reader, at := s.pages(&s.seeds), 0
	for k := range uint64(1 << 12) {
		key := k
		if k%2 == 1 {
			key = keys[r.IntN(len(keys))]
		}
		want := 0
		for i, other := range keys {
			if other == key && (i == 0 || keys[i-1] != other || i%300 != (i-1)%300) {
				want++
			}
		}
		got := 0
		if err := reader.find(key, func(uint32) bool { got++; return true }); err != nil || got != want {
			t.Fatalf("key %d has %d rows, want %d, %v", key, got, want, err)
		}
	}
	for i, k := range slices.Compact(slices.Clone(keys)) {
		at = reader.seek(at, k)
		got := 0
		if err := reader.findFrom(at, k, func(uint32) bool { got++; return true }); err != nil || got == 0 {
			t.Fatalf("key %d, number %d, is not found from page %d on, %v", k, i, at, err)
		}
	}
}

// TestFormatsOpen opens every version that may be opened, as it lies in testdata.
func TestFormatsOpen(t *testing.T) {
	top := filepath.Join("..", "..", "testdata", "index")
	for _, open := range []func(dir string, opt Options) error{
		func(dir string, opt Options) error { _, err := Open(dir, opt); return err },
		func(dir string, opt Options) error { _, err := OpenWriter(dir, opt); return err },
	} {
		want := "the index has format 1, this program reads format 2\nhint: build the index again"
		if err := open(filepath.Join(top, "v1"), testOptions(t)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("format 1: %v, want %q", err, want)
		}
	}
	dirs, err := filepath.Glob(filepath.Join(top, "v*"))
	if err != nil || len(dirs) != Format+1 { // v2-counted has the sections that count what came
		t.Fatalf("%v, %v: want one for each format up to %d, and one more", dirs, err, Format)
	}
	for _, dir := range dirs[1:] {
		x := open(t, dir)
		sound(t, x)
		info, err := x.Info()
		if err != nil {
			t.Fatal(err)
		}
		if info.Articles == 0 || len(info.Batches) < 2 || info.Batches[0].Removed == 0 {
			t.Errorf("%s: %+v: want two batches, and something removed from the first", dir, info)
		}
		err = x.EachWithWords(ctx, func(e *Entry, words []uint64) error {
			found, err := x.Lookup(ctx, [][]uint64{words}, LookupOptions{})
			if err == nil && len(words) > 5 && (len(found[0].Near) == 0 || found[0].Near[0].Resemblance != 1) {
				t.Errorf("%s: entry %s is not found by its own words", dir, e.ID)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
		copied := filepath.Join(t.TempDir(), "copy") // and can be written to
		if err := os.CopyFS(copied, os.DirFS(dir)); err != nil {
			t.Fatal(err)
		}
		write(t, copied, testOptions(t), func(w *Writer) {
			before := w.Len()
			if n, err := w.Remove(ctx, func(e *Entry) bool { return e.Batch == 0 }); err != nil || n == 0 || w.Len() != before-n {
				t.Error(n, err)
			}
		})
		sound(t, open(t, copied))
	}
}

// TestSeek holds the page that a key is sought from against the first that a scan would name, for
// keys spread evenly and in clusters, from any page on that may be given.
func TestSeek(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := newRand(rapid.Uint64().Draw(t, "seed"))
		narrow := rapid.SampledFrom([]int{0, 10, 30, keyBits}).Draw(t, "bits that all have in common")
		firsts := make([]uint64, rapid.IntRange(0, 300).Draw(t, "pages"))
		for i := range firsts {
			firsts[i] = keyOf(r.Uint64()) >> narrow
		}
		slices.Sort(firsts)
		of := &postings{}
		for _, k := range firsts {
			of.pages = append(of.pages, page{first: k})
		}
		reader := (&segment{}).pages(of)
		at := 0
		for _, key := range slices.Sorted(slices.Values([]uint64{0, keyOf(r.Uint64()) >> narrow, keyOf(r.Uint64()), 1<<keyBits - 1})) {
			want := at
			for i := at; i < len(firsts) && firsts[i] < key; i++ {
				want = i
			}
			if at = reader.seek(at, key); at != want {
				t.Fatalf("key %x: page %d, want %d of %x", key, at, want, firsts)
			}
		}
	})
}
