package index

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"dedup/internal/shingle"
	"dedup/internal/sketch"
)

func TestHeader(t *testing.T) {
	good := header{Format, sketch.Default}.String()
	if h, err := parseHeader(good); err != nil || h.scheme != sketch.Default || fits(h.scheme, sketch.Default) != nil {
		t.Fatal(h, err)
	}
	other := sketch.Default
	other.Tokens, other.W = 7, 9
	otherScheme := header{Format, other}
	for _, c := range []struct{ name, data, want string }{
		{"empty", "", "not a dedup index"},
		{"another file", "SQLite format 3\n", "not a dedup index"},
		{"a later format", "dedup index 99\nwhatever\n", "has format 99, this program reads format 1"},
		{"cut off", good[:40], "four lines"},
		{"changed", strings.Replace(good, "slots128", "slots256", 1), "checksum"},
		{"more", good + "more\n", "four lines"},
	} {
		if _, err := parseHeader(c.data); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	h, err := parseHeader(otherScheme.String())
	if err != nil {
		t.Fatal(err)
	}
	err = fits(h.scheme, sketch.Default)
	for _, want := range []string{"token version: the index has 7, this program 1", "tokens of a signature shingle: the index has 9, this program 5", "hint:"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %q", err, want)
		}
	}
}

func FuzzHeader(f *testing.F) {
	f.Add(header{Format, sketch.Default}.String())
	f.Add("dedup index 1\nscheme sketch1-tokens2-f2-w5-slots128-seed0\nseeds window6-bits40\nsum 0\n")
	f.Fuzz(func(t *testing.T, s string) {
		h, err := parseHeader(s)
		if err == nil && h.String() != s {
			t.Errorf("%q is read, but written as %q", s, h.String())
		}
	})
}

func drawTime(t *rapid.T) time.Time {
	if rapid.Bool().Draw(t, "no time") {
		return time.Time{}
	}
	return time.Unix(rapid.Int64Range(-1<<40, 1<<40).Draw(t, "seconds"), rapid.Int64Range(0, 999_999_999).Draw(t, "nanoseconds")).UTC()
}

func TestRecords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := entry{Entry{
			Number: rapid.Uint32().Draw(t, "number"), Batch: rapid.Uint32().Draw(t, "batch"), ID: rapid.String().Draw(t, "id"), Path: rapid.String().Draw(t, "path"),
			Line: rapid.IntRange(0, 1<<31-1).Draw(t, "line"), Source: rapid.String().Draw(t, "source"), Published: drawTime(t),
			DateOnly: rapid.Bool().Draw(t, "day"), Bytes: rapid.IntRange(0, 1<<31-1).Draw(t, "bytes"), Tokens: rapid.IntRange(0, 1<<31-1).Draw(t, "tokens"),
			HasFingerprint: rapid.Bool().Draw(t, "has"),
		}, rapid.Uint64().Draw(t, "words")}
		if e.HasFingerprint {
			e.Fingerprint = rapid.Uint64().Draw(t, "fingerprint")
		}
		var again entry
		if err := again.read(e.Number, e.append(nil)); err != nil || again != e {
			t.Fatalf("%+v comes back as %+v, %v", e, again, err)
		}
		b := Batch{
			Number: e.Number, First: e.Batch, Added: e.Line, Removed: e.Bytes, At: e.Published, Program: e.ID, Origin: e.Path,
			sums: sums{e.words, e.Fingerprint, 3, 4, 5},
		}
		var b2 Batch
		if err := b2.read(b.Number, b.append(nil)); err != nil || b2 != b {
			t.Fatalf("%+v comes back as %+v, %v", b, b2, err)
		}
		tot := totals{e.Bytes, int64(e.words >> 1), 5, 6, 7, 8}
		var t2 totals
		if err := t2.read(tot.append(nil)); err != nil || t2 != tot {
			t.Fatalf("%+v comes back as %+v, %v", tot, t2, err)
		}
	})
}

// FuzzRecords reads anything as every kind of record: what is accepted is written the same way, or
// at least read the same again.
func FuzzRecords(f *testing.F) {
	e := entry{Entry{ID: "a", Path: "b", Line: 3, Published: day(4), Bytes: 9, Tokens: 2, HasFingerprint: true, Fingerprint: 77}, 12}
	f.Add(e.append(nil))
	f.Add((&Batch{Added: 3, At: day(2), Program: "p", Origin: "o"}).append(nil))
	f.Add((&totals{1, 2, 3, 4, 5, 6}).append(nil))
	f.Add([]byte{1, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 2})
	f.Fuzz(func(t *testing.T, data []byte) {
		var e, e2 entry
		if e.read(1, data) == nil {
			if err := e2.read(1, e.append(nil)); err != nil || e2 != e {
				t.Errorf("%+v, %+v, %v", e, e2, err)
			}
		}
		var b, b2 Batch
		if b.read(1, data) == nil {
			if err := b2.read(1, b.append(nil)); err != nil || b2 != b {
				t.Errorf("%+v, %+v, %v", b, b2, err)
			}
		}
		var n, n2 totals
		if n.read(data) == nil {
			if err := n2.read(n.append(nil)); err != nil || n2 != n {
				t.Errorf("%+v, %+v, %v", n, n2, err)
			}
		}
		if d, err := readDictionary(1, data); err == nil && !bytes.Equal(d.append(nil), data) {
			if d2, err := readDictionary(1, d.append(nil)); err != nil || !slices.Equal(d2.words, d.words) {
				t.Error(err)
			}
		}
	})
}

// bigDictionary has codes of every length.
func bigDictionary() *dictionary {
	d := &dictionary{number: 3, words: make([]uint64, codeOne+codeTwo+70_000)}
	for i := range d.words {
		d.words[i] = shingle.Mix(uint64(i) + 1)
	}
	d.index()
	return d
}

func TestWords(t *testing.T) {
	d := bigDictionary()
	rapid.Check(t, func(t *rapid.T) {
		edges := []int{0, codeOne - 1, codeOne, codeOne + codeTwo - 1, codeOne + codeTwo, len(d.words) - 1}
		word := rapid.Custom(func(t *rapid.T) uint64 {
			switch rapid.IntRange(0, 2).Draw(t, "kind") {
			case 0:
				return d.words[rapid.SampledFrom(edges).Draw(t, "edge")]
			case 1:
				return d.words[rapid.IntRange(0, len(d.words)-1).Draw(t, "code")]
			}
			return rapid.Uint64().Draw(t, "other")
		})
		words := rapid.SliceOf(word).Draw(t, "words")
		record := d.appendWords(nil, words)
		number, n, codes, err := wordsHead(record)
		if err != nil || number != 3 || n != len(words) {
			t.Fatal(number, n, err)
		}
		got, err := d.decode(nil, codes, n)
		if err != nil || !slices.Equal(got, words) {
			t.Fatalf("%x comes back as %x, %v", words, got, err)
		}
		size := 0
		for _, w := range words {
			size += codeBytes(d.code(w))
		}
		if size != len(codes) {
			t.Fatalf("%d bytes of codes, codeBytes says %d", len(codes), size)
		}
	})
}

func FuzzWords(f *testing.F) {
	d := bigDictionary()
	f.Add(d.appendWords(nil, []uint64{d.words[0], d.words[200], d.words[20000], 5}))
	f.Add([]byte{3, 2, 255, 1})
	f.Add([]byte{0, 1, 254, 255, 255})
	f.Fuzz(func(t *testing.T, record []byte) {
		_, n, codes, err := wordsHead(record)
		if err != nil {
			return
		}
		words, err := d.decode(nil, codes, n)
		if err != nil {
			return
		}
		if len(words) != n {
			t.Fatalf("%d words, not %d", len(words), n)
		}
		_, m, codes, err := wordsHead(d.appendWords(nil, words))
		if err != nil || m != n {
			t.Fatal(m, err)
		}
		if again, err := d.decode(nil, codes, m); err != nil || !slices.Equal(again, words) {
			t.Errorf("%x, %x, %v", words, again, err)
		}
	})
}

// TestDictionaryPays wants a dictionary to be what its maker says it is, and to shorten text of
// some length.
func TestDictionaryPays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.Uint64Range(0, 300), 0, 3000).Draw(t, "words")
		counts := tally{}
		for i := range words {
			words[i] = shingle.Mix(words[i] * words[i] / 300)
			counts[words[i]]++
		}
		d, size := counts.dictionary(1)
		d.index()
		if got := codeCost*len(d.words) + counts.size(d); got != size {
			t.Fatalf("%d bytes, the maker says %d", got, size)
		}
		if size > 9*len(words) {
			t.Fatalf("%d words take %d bytes, without a dictionary %d", len(words), size, 9*len(words))
		}
	})
}

// TestWinnow compares with each window's own least, and holds the promise: a run of seedWindow
// shingles has a seed.
func TestWinnow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.SliceOfN(rapid.Uint64Range(0, 40), seedWindow, 80).Draw(t, "shingles")
		for i := range s {
			s[i] = shingle.Mix(s[i])
		}
		var want []uint64
		last := -1
		for end := seedWindow; end <= len(s); end++ {
			least := end - seedWindow
			for i := least; i < end; i++ {
				if s[i] <= s[least] {
					least = i
				}
			}
			if least != last {
				want = append(want, seed(s[least]))
				last = least
			}
		}
		if got := winnow(nil, s); !slices.Equal(got, want) {
			t.Fatalf("%x, want %x", got, want)
		}
		from := rapid.IntRange(0, len(s)-seedWindow).Draw(t, "from")
		all := winnow(nil, s)
		for _, k := range winnow(nil, s[from:from+seedWindow]) {
			if !slices.Contains(all, k) {
				t.Fatalf("the seed of a run is not a seed of the whole")
			}
		}
	})
}

// TestDamage flips bytes of every file of an index: opening, checking or reading says so, and
// nothing panics.
func TestDamage(t *testing.T) {
	articles := corpus(newRand(9), 60)
	dir := build(t, testOptions(t), articles, 2)
	var silent, told int
	files, err := filepath.Glob(filepath.Join(dir, storeDir, "*.sst"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range append(files, filepath.Join(dir, headerFile)) {
		good, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for k := range 12 {
			bad := slices.Clone(good)
			bad[k*len(bad)/12] ^= 0x10
			if err := os.WriteFile(file, bad, 0o666); err != nil {
				t.Fatal(err)
			}
			if damaged(t, dir) {
				told++
			} else {
				silent++
			}
		}
		if err := os.WriteFile(file, good, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d told, %d silent", told, silent)
	if silent > told/4 { // properties and filler of a table are not part of the index
		t.Errorf("%d of %d flipped bytes are not noticed", silent, silent+told)
	}
	if damaged(t, dir) {
		t.Error("damage stays")
	}
}

// damaged tells whether opening or checking an index finds something.
func damaged(t *testing.T, dir string) bool {
	x, err := Open(dir, testOptions(t))
	ourWords(t, err)
	if err != nil {
		return true
	}
	found := false
	if err := x.Check(ctx, func(what string) { found = true; ourWords(t, errors.New(what)) }); err != nil {
		ourWords(t, err)
		found = true
	}
	if err := x.Close(); err != nil {
		ourWords(t, err)
		found = true
	}
	return found
}

// TestCheckFindsWhatBlocksDoNot changes keys behind the index's back, in ways that leave all block
// checksums right.
func TestCheckFindsWhatBlocksDoNot(t *testing.T) {
	articles := corpus(newRand(10), 100)
	for name, harm := range map[string]func(w *Writer, r *run) error{
		"a seed is gone": func(w *Writer, r *run) error {
			var key []byte
			err := scan(w.db, keySeed, func(k, _ []byte) error { key = slices.Clone(k); return nil })
			if err != nil {
				return err
			}
			return r.delete(key)
		},
		"a seed too many": func(w *Writer, r *run) error { return r.set(seedKey(nil, 12345, 7), nil) },
		"a seed of nobody": func(w *Writer, r *run) error {
			return r.set(seedKey(nil, 12345, math.MaxUint32), nil)
		},
		"an entry is gone": func(w *Writer, r *run) error { return r.delete(numberKey(nil, keyEntry, 5)) },
		"words are gone":   func(w *Writer, r *run) error { return r.delete(numberKey(nil, keyWords, 5)) },
		"other words": func(w *Writer, r *run) error {
			return r.set(numberKey(nil, keyWords, 5), w.last.appendWords(nil, articles[6]))
		},
		"words are broken":   func(w *Writer, r *run) error { return r.set(numberKey(nil, keyWords, 5), []byte{1}) },
		"an entry is broken": func(w *Writer, r *run) error { return r.set(numberKey(nil, keyEntry, 5), []byte{1}) },
		"an id is gone": func(w *Writer, r *run) error {
			var key []byte
			err := scan(w.db, keyID, func(k, _ []byte) error { key = slices.Clone(k); return nil })
			if err != nil {
				return err
			}
			return r.delete(key)
		},
		"totals are wrong": func(w *Writer, r *run) error {
			t := w.totals
			t.bytes++
			return r.set([]byte{keyTotals}, t.append(nil))
		},
		"a key of an odd kind":   func(w *Writer, r *run) error { return r.set([]byte("z"), nil) },
		"a dictionary is broken": func(w *Writer, r *run) error { return r.set(numberKey(nil, keyDictionary, 0), []byte{9}) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := build(t, testOptions(t), articles, 1)
			w, err := OpenWriter(dir, testOptions(t))
			if err != nil {
				t.Fatal(err)
			}
			r := w.tables().run()
			if err := harm(w, r); err != nil {
				t.Fatal(err)
			}
			if err := r.close(); err != nil {
				t.Fatal(err)
			}
			if err := w.ingest(ctx, r.names); err != nil {
				t.Fatal(err)
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			if !damaged(t, dir) {
				t.Error("check finds nothing")
			}
		})
	}
}

// TestFormatsOpen opens every version that was ever written, as it lies in testdata.
func TestFormatsOpen(t *testing.T) {
	dirs, err := filepath.Glob(filepath.Join("..", "..", "testdata", "index", "v*"))
	if err != nil || len(dirs) < Format {
		t.Fatalf("%v, %v: want one for each format up to %d", dirs, err, Format)
	}
	for _, dir := range dirs {
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
		w, err := OpenWriter(copied, testOptions(t))
		if err != nil {
			t.Fatal(err)
		}
		before := w.Len()
		if n, err := w.Remove(ctx, func(e *Entry) bool { return e.Batch == 0 }); err != nil || n == 0 || w.Len() != before-n {
			t.Error(n, err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		sound(t, open(t, copied))
	}
}

// TestSeedKey reads what it wrote, and sorts as seeds and numbers do.
func TestSeedKey(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, n := rapid.Uint64Range(0, 1<<seedBits-1).Draw(t, "seed"), rapid.Uint32().Draw(t, "number")
		k := seedKey(nil, s, n)
		s2, n2, ok := seedOf(k)
		if d := cmp.Diff([]any{s, n, true}, []any{s2, n2, ok}); d != "" {
			t.Fatal(d)
		}
		if binary.BigEndian.Uint32(k[6:]) != n {
			t.Fatal("the number is not at the end")
		}
	})
}
