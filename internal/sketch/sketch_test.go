package sketch

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/mfonda/simhash"
	"pgregory.net/rapid"

	"dedup/internal/shingle"
	"dedup/internal/text"
)

func tokens(s string) []text.Token { return text.Once(text.AppendTokens(nil, s), s) }

type feature struct {
	sum    uint64
	weight int
}

func (f feature) Sum() uint64 { return f.sum }
func (f feature) Weight() int { return f.weight }

// TestSimhash holds the fingerprint against the simhash package's own, feature by feature.
func TestSimhash(t *testing.T) {
	k := NewSketcher(Default)
	compare := func(t *rapid.T, sums []uint64) {
		var features []simhash.Feature
		for _, h := range sums {
			features = append(features, feature{h, 1})
		}
		v := simhash.Vectorize(features)
		got := k.fingerprintOf(sums)
		if k.vector != v {
			t.Fatalf("vector of %x is %v, want %v", sums, k.vector, v)
		}
		if want := simhash.Fingerprint(v); got != want {
			t.Fatalf("fingerprint of %x is %016x, want %016x", sums, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		compare(t, rapid.SliceOfN(rapid.Uint64(), 0, 70).Draw(t, "sums"))
	})
	rapid.Check(t, func(t *rapid.T) {
		n, seed := rapid.IntRange(0, 5000).Draw(t, "n"), rapid.Uint64().Draw(t, "seed")
		rnd := rand.New(rand.NewPCG(seed, 1))
		few := rapid.Bool().Draw(t, "few")
		sums := make([]uint64, n)
		for i := range sums {
			if sums[i] = rnd.Uint64(); few {
				sums[i] = seed | 1<<rnd.IntN(64)
			}
		}
		compare(t, sums)
	})
}

// TestFingerprint builds the features from a text's shingles.
func TestFingerprint(t *testing.T) {
	k := NewSketcher(Default)
	toks := tokens("Two ministers met in the harbour town and agreed to meet again, the two ministers said.")
	var features []simhash.Feature
	for _, h := range shingle.Append(nil, toks, Default.FingerprintW) {
		features = append(features, feature{h, 1})
	}
	want := simhash.Fingerprint(simhash.Vectorize(features))
	if got, ok := k.Fingerprint(toks); !ok || got != want {
		t.Errorf("%016x %v, want %016x", got, ok, want)
	}
	for _, short := range []string{"", "word", "¿?", "字"} {
		if got, ok := k.Fingerprint(tokens(short)); ok || got != 0 {
			t.Errorf("%q has fingerprint %016x", short, got)
		}
	}
}

// golden are sketches of fixed texts. They must never change under one Version: indexes on disk
// hold them.
var golden = []struct {
	text        string
	fingerprint string // 16 digits, or "" for none
	signature   string // its first four values
}{
	{"", "", ""},
	{"Flood", "", "[05c89a72 05c89a72 05c89a72 05c89a72]"},
	{"The ferry sank.", "f7d5f5ebdff8fb8f", "[49edc67c 49edc67c 49edc67c 49edc67c]"},
	{"The mayor opened the new bridge on Friday, two years late and 1,000 crowns over budget, the town's paper said.",
		"03c7be57a1831d57", "[76076f00 58a08a4c 327b08a0 327b08a0]"},
	{"Мэр открыл новый мост в пятницу, на два года позже срока.", "ec77dddbfbd7f3c9", "[5be6c0e3 5249baed 341fda99 01357f04]"},
	{"市長は金曜日に新しい橋を開通させた。", "977c8b8f3bee60dd", "[68d734b5 2983e12e 378bad4e 6db7453f]"},
}

func TestGolden(t *testing.T) {
	k := NewSketcher(Default)
	for _, c := range golden {
		s, _ := k.AppendSketch(nil, tokens(c.text))
		fingerprint, signature := "", ""
		if s.Has {
			fingerprint = fmt.Sprintf("%016x", s.Fingerprint)
		}
		if len(s.Signature) > 0 {
			signature = fmt.Sprintf("%08x", s.Signature[:4])
		}
		if fingerprint != c.fingerprint || signature != c.signature {
			t.Errorf("{%q, %q, %q},", c.text, fingerprint, signature)
		}
	}
	if got := Default.String(); got != "sketch1-tokens1-f2-w5-slots128-seed0" {
		t.Errorf("default scheme is %s", got)
	}
}

// TestSeeds deletes the second headline of the two seeds that print theirs twice: the sketch must
// stay.
func TestSeeds(t *testing.T) {
	k := NewSketcher(Default)
	for _, name := range []string{"000_e4c884ea56731e73.txt", "004_e5dc5441f684e6ff.txt"} {
		raw, err := os.ReadFile(filepath.Join("../../seeds", name))
		if err != nil {
			t.Fatal(err)
		}
		s := string(raw)
		h, ok := text.Headline(s)
		if !ok {
			t.Fatalf("%s: no headline", name)
		}
		i := strings.LastIndex(s, s[h.Start:h.End])
		if i == h.Start {
			t.Fatalf("%s: headline stands once", name)
		}
		less := s[:i] + s[i+h.End-h.Start:]
		a, _ := k.AppendSketch(nil, tokens(s))
		b, _ := k.AppendSketch(nil, tokens(less))
		if !a.Has || a.Fingerprint != b.Fingerprint || !slices.Equal(a.Signature, b.Signature) {
			t.Errorf("%s: sketch changes without the second headline", name)
		}
	}
}

func pair(rnd *rand.Rand, shared, onlyA, onlyB int) (a, b []uint64) {
	for range shared {
		x := rnd.Uint64()
		a, b = append(a, x), append(b, x)
	}
	for range onlyA {
		a = append(a, rnd.Uint64())
	}
	for range onlyB {
		b = append(b, rnd.Uint64())
	}
	return a, b
}

// estimate is the resemblance of two sets as their signatures tell it: the share of slots that
// agree, 0 to 1. Its standard error is at most 0.5/√slots, 0.044 for 128 slots.
func estimate(a, b []uint32) float64 {
	n := 0
	for i, x := range a {
		if x == b[i] {
			n++
		}
	}
	return float64(n) / float64(len(a))
}

// TestEstimate compares the estimate with the true resemblance over many pairs, of sets bigger and
// smaller than a signature: no bias, and the spread that theory gives.
func TestEstimate(t *testing.T) {
	const trials = 400
	rnd := rand.New(rand.NewPCG(7, 8))
	for _, seed := range []uint64{0, 1} {
		scheme := Default
		scheme.Seed = seed
		k := NewSketcher(scheme)
		for _, c := range [][3]int{{10, 0, 0}, {5, 5, 5}, {40, 5, 15}, {300, 50, 50}, {700, 150, 150}, {100, 400, 0}, {500, 2000, 2000}} {
			want := float64(c[0]) / float64(c[0]+c[1]+c[2])
			sum, square := 0.0, 0.0
			for range trials {
				a, b := pair(rnd, c[0], c[1], c[2])
				d := estimate(k.Signature(nil, a), k.Signature(nil, b)) - want
				sum += d
				square += d * d
			}
			mean, sd := sum/trials, math.Sqrt(square/trials)
			// Small sets share slots' values, so their estimates spread more than those of
			// independent hashes.
			worst := 1.5*math.Sqrt(want*(1-want)/float64(min(scheme.Slots, c[0]+c[1]+c[2]))) + 1e-9
			if sd > worst || math.Abs(mean) > 3*worst/math.Sqrt(trials) {
				t.Errorf("seed %d, %v: mean error %.4f, spread %.4f (at most %.4f)", seed, c, mean, sd, worst)
			}
		}
	}
}

func TestSignature(t *testing.T) {
	k := NewSketcher(Default)
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.SliceOfN(rapid.Uint64(), 0, 300).Draw(t, "shingles")
		sig := k.Signature(nil, s)
		if len(s) == 0 {
			if len(sig) != 0 {
				t.Fatal("a signature of nothing")
			}
			return
		}
		bag := rapid.Permutation(append(slices.Clone(s), s[:len(s)/2]...)).Draw(t, "order")
		if again := k.Signature([]uint32{1}, bag); !slices.Equal(again[1:], sig) {
			t.Fatal("order or number changes the signature")
		}
		if estimate(sig, sig) != 1 {
			t.Fatal("a signature is not like itself")
		}
	})
}

func TestAppendSketch(t *testing.T) {
	k := NewSketcher(Default)
	toks := tokens("one two three four five six seven")
	want, _ := k.AppendSketch(nil, toks)
	got, dst := k.AppendSketch([]uint32{9}, toks)
	_ = append(got.Signature, 1)
	if dst[0] != 9 || !slices.Equal(dst[1:], want.Signature) || got.Fingerprint != want.Fingerprint {
		t.Error("a sketch that is appended differs")
	}
}

func TestScheme(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := Default
		s.FingerprintW, s.W = rapid.IntRange(1, 63).Draw(t, "f"), rapid.IntRange(1, 63).Draw(t, "w")
		s.Slots, s.Seed = 1<<rapid.IntRange(4, 12).Draw(t, "slots"), rapid.Uint64().Draw(t, "seed")
		got, err := ReadScheme(s.String())
		if err != nil || got != s || got.Validate() != nil {
			t.Fatalf("%s reads as %s: %v", s, got, err)
		}
		if d := s.Differences(got); d != nil {
			t.Fatal(d)
		}
	})
	for _, bad := range []string{"", "sketch1", Default.String() + "x", " " + Default.String(), "sketch9" + Default.String()[7:], strings.Replace(Default.String(), "128", "100", 1)} {
		if s, err := ReadScheme(bad); err == nil && s.Validate() == nil {
			t.Errorf("%q reads as %s", bad, s)
		}
	}
	other := Default
	other.W, other.Seed = 4, 7
	want := []Difference{{"tokens of a signature shingle", 5, 4}, {"seed", uint64(0), uint64(7)}}
	if d := Default.Differences(other); !slices.Equal(d, want) {
		t.Errorf("%v, want %v", d, want)
	}
}

func FuzzReadScheme(f *testing.F) {
	f.Add(Default.String())
	f.Add("sketch1-tokens1-f2-w5-slots128-seed-1")
	f.Fuzz(func(t *testing.T, str string) {
		if s, err := ReadScheme(str); err == nil && s.String() != str {
			t.Errorf("%q reads as %s", str, s)
		}
	})
}
