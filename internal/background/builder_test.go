package background

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"dedup/internal/shingle"
	"dedup/internal/text"
)

func addText(b *Builder, s string) { b.Add(s, text.AppendTokens(nil, s)) }

// corpus is n made-up articles of 60 words: "the" in all, "of the" in every other one, a name in
// every tenth.
func corpus(n int) []string {
	rnd := rand.New(rand.NewPCG(1, 2))
	var out []string
	for i := range n {
		var b strings.Builder
		b.WriteString("the ")
		if i%2 == 0 {
			b.WriteString("end of the line ")
		}
		if i%10 == 0 {
			b.WriteString("said Ada Lovelace ")
		}
		for range 60 {
			fmt.Fprintf(&b, "w%d ", rnd.IntN(5000))
		}
		out = append(out, b.String())
	}
	return out
}

func build(t testing.TB, opt Options, texts []string) *Model {
	b := NewBuilder(opt)
	for _, s := range texts {
		addText(b, s)
	}
	m, err := b.Model()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestBuilder(t *testing.T) {
	texts := corpus(2000)
	m := build(t, Options{}, append(texts, texts[:300]...)) // the repeated ones count once
	if m.Articles != 2000 {
		t.Errorf("%v articles", m.Articles)
	}
	for _, c := range []struct {
		word string
		want float64
	}{{"the", 2000}, {"line", 1000}, {"Lovelace", 200}, {"nowhere", unknown}} {
		if got := m.DF(hashes(c.word)[0]); math.Abs(got-c.want) > 0.03*c.want {
			t.Errorf("DF of %q is %.1f, want %.1f", c.word, got, c.want)
		}
	}
	for _, c := range []struct {
		pair string
		want float64
	}{{"of the", 1000}, {"ada lovelace", 200}, {"the of", 0}} {
		h := hashes(c.pair)
		if got := m.PairDF(h[0], h[1]); math.Abs(got-c.want) > 0.03*c.want {
			t.Errorf("DF of %q is %.1f, want %.1f", c.pair, got, c.want)
		}
	}
	for s, want := range map[string]bool{"end of the line": true, "of the line": true, "ada lovelace": false, "according to a": false, "line w1": false} {
		if got := m.Stock(hashes(s)); got != want {
			t.Errorf("%q is a stock phrase: %v", s, got)
		}
	}
	if !m.Function(hashes("the")[0]) || m.Function(hashes("line")[0]) {
		t.Error("function words are not those of the embedded model")
	}
	if b := m.Bits(hashes("ada lovelace")); b >= m.Bits(hashes("line lovelace")) {
		t.Errorf("a pair that is known has %.1f bits", b)
	}
}

func TestRoundTrip(t *testing.T) {
	m := build(t, Options{}, corpus(300))
	var b bytes.Buffer
	if err := m.Write(&b); err != nil {
		t.Fatal(err)
	}
	got, err := Read(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range hashes("the end of w1 w2 w3 nowhere") {
		if got.DF(w) != m.DF(w) || got.Function(w) != m.Function(w) {
			t.Errorf("word %x differs", w)
		}
	}
	var again bytes.Buffer
	if err := build(t, Options{}, corpus(300)).Write(&again); err != nil || !bytes.Equal(again.Bytes(), b.Bytes()) {
		t.Errorf("the same articles give another model: %v", err)
	}
}

func TestReadErrors(t *testing.T) {
	if _, err := NewBuilder(Options{}).Model(); err == nil {
		t.Error("a model of nothing")
	}
	flip := func(at int) []byte {
		b := bytes.Clone(embedded)
		b[at] ^= 1
		return b
	}
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"empty", nil, "not a background model"},
		{"text", []byte("hello, this is no model"), "not a background model"},
		{"version", flip(7), "format version 0"},
		{"short", embedded[:50], "cut off"},
		{"cut", embedded[:len(embedded)-1], "checksum"},
		{"flipped", flip(len(embedded) / 2), "checksum"},
		{"header", flip(20), "checksum"},
	} {
		_, err := Read(bytes.NewReader(c.data))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	other := *build(t, Options{}, corpus(30))
	other.probe++
	var b bytes.Buffer
	if err := other.Write(&b); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(&b); !errors.Is(err, ErrTokens) {
		t.Errorf("a model of another tokeniser: %v", err)
	}
}

// TestTable compares look-ups with a map.
func TestTable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ignore := rapid.SampledFrom([]uint32{0, functionBit}).Draw(t, "ignore")
		top := rapid.SampledFrom([]uint{1, 12, 60}).Draw(t, "top") // few or many buckets
		keys := rapid.SliceOfDistinct(rapid.Uint64Range(0, 500), rapid.ID).Draw(t, "keys")
		want := map[uint64]uint32{}
		var list []entry
		for i, k := range keys {
			k = (shingle.Mix(k) >> (64 - 8) << 20) | k<<top<<20
			e := entry{key: k, low: uint32(i % 200)}
			if _, ok := want[k>>28]; ok { // the bits of keys that are kept, and more
				continue
			}
			want[k>>28] = e.low
			list = append(list, e)
		}
		tab := makeTable(list, ignore)
		if err := tab.check(); err != nil {
			t.Fatal(err)
		}
		for _, e := range list {
			got, at, ok := tab.find(e.key, ignore)
			if !ok || got&0xff != want[e.key>>28] || at < 0 || at >= len(list) {
				t.Fatalf("key %x: %x, %v", e.key, got, ok)
			}
			if _, _, ok := tab.find(e.key^1<<63, ignore); ok != (want[(e.key^1<<63)>>28] != 0) && ok {
				if _, there := want[(e.key^1<<63)>>28]; !there {
					t.Fatalf("key %x is there", e.key^1<<63)
				}
			}
		}
	})
}

// TestTally counts more keys than fit and sees the common ones survive.
func TestTally(t *testing.T) {
	if testing.Short() {
		t.Skip("fills 64 MB")
	}
	tab := newTally()
	for i := range uint64(3_000_000) {
		tab.at(shingle.Mix(i)).articles++
		if i%100 == 0 {
			tab.at(shingle.Mix(1<<40+i/100%50)).articles++
		}
	}
	if len(tab.slots) > maxTally || tab.floor == 0 {
		t.Errorf("%d slots, floor %d", len(tab.slots), tab.floor)
	}
	for i := range uint64(50) {
		c := tab.find(shingle.Mix(1<<40 + i))
		if c == nil || c.articles > 600 || c.articles+tab.floor < 600 {
			t.Errorf("common key %d: %v", i, c)
		}
	}
}

func TestScale(t *testing.T) {
	log := 1 + math.Log2(26_000)
	for n := 1.0; n <= 26_000; n *= 1.7 {
		if got := expand(squeeze(n, log), log); math.Abs(got-n) > 0.025*n {
			t.Errorf("%.1f becomes %.1f", n, got)
		}
	}
}

// FuzzRead asks a model that was read without checking its sum: nothing may panic.
func FuzzRead(f *testing.F) {
	var b bytes.Buffer
	small := build(f, Options{Bare: true, Words: 20, Pairs: 20, Stock: 20, Function: hashes("the")}, corpus(60))
	if err := small.Write(&b); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes()[:200], 0, 0)
	f.Add(b.Bytes()[:0], 60, 64)
	words := hashes("the end of the line w1 w2 nowhere")
	f.Fuzz(func(t *testing.T, patch []byte, at, cut int) {
		data := bytes.Clone(b.Bytes())
		if cut > 0 && cut < len(data) {
			data = data[:len(data)-cut]
		}
		if at = max(at, 0); at < len(data) {
			copy(data[at:], patch)
		}
		seal(data)
		m, err := parse(data)
		if err != nil {
			return
		}
		for i := range words {
			m.DF(words[i])
			m.Function(words[i])
			m.Stock(words[i:])
			m.Bits(words[i:])
		}
		var again bytes.Buffer
		if err := m.Write(&again); err != nil {
			t.Fatal(err)
		}
	})
}

// seal gives data a checksum that fits.
func seal(data []byte) {
	if len(data) >= headerSize {
		order.PutUint64(data[8:], checksum(data))
	}
}
