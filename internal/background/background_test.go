package background

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"

	"dedup/internal/text"
)

func hashes(s string) []uint64 {
	var out []uint64
	for _, t := range text.AppendTokens(nil, s) {
		out = append(out, t.Hash)
	}
	return out
}

// TestEmbedded reads the embedded model as a file, and sees to it that it was made by the tokeniser
// of this build.
func TestEmbedded(t *testing.T) {
	m, err := Read(bytes.NewReader(embedded))
	if err != nil {
		t.Fatalf("%v\nrun: DEDUP_DATA=… go generate ./internal/background", err)
	}
	var b bytes.Buffer
	if err := m.Write(&b); err != nil || !bytes.Equal(b.Bytes(), embedded) {
		t.Errorf("written again it is not the same: %v", err)
	}
	if len(embedded) > 4<<20 {
		t.Errorf("%d bytes", len(embedded))
	}
}

func TestDefault(t *testing.T) {
	m := Default()
	for _, w := range strings.Fields("the of and said according und les его は的") {
		for _, h := range hashes(w) {
			if !m.Function(h) && w != "は的" {
				t.Errorf("%q is no function word", w)
			}
		}
	}
	for _, w := range strings.Fields("war die man government Istanbul minister palace") {
		if m.Function(hashes(w)[0]) {
			t.Errorf("%q is a function word", w)
		}
	}
	ascending := strings.Fields("xyzzyqwert Istanbul delegation talks president the")
	for i, w := range ascending[1:] {
		if a, b := m.DF(hashes(ascending[i])[0]), m.DF(hashes(w)[0]); a >= b {
			t.Errorf("DF of %q is %.1f, of %q %.1f", ascending[i], a, w, b)
		}
	}
	if the := m.DF(hashes("the")[0]); the < 0.9*m.Articles || the > 1.02*m.Articles {
		t.Errorf("DF of \"the\" is %.0f of %.0f", the, m.Articles)
	}
	for _, s := range []string{"of the", "according to a", "that both sides", "at the same time", "за счет", "de l'autre côté de"} {
		if !m.Stock(hashes(s)) {
			t.Errorf("%q is no stock phrase", s)
		}
	}
	for _, s := range []string{"Foreign Minister Hakan Fidan", "Dolmabahçe Palace", "1,000 for 1,000"} {
		if m.Stock(hashes(s)) {
			t.Errorf("%q is a stock phrase", s)
		}
	}
	if got, more := m.Bits(hashes("according to a")), m.Bits(hashes("Dolmabahçe Palace")); got > 18 || more < 20 {
		t.Errorf("%.1f bits of a stock phrase, %.1f of a rare name", got, more)
	}
	for _, s := range []string{"", "the", "of the", "prisoner swap", "New York", "Foreign Minister Hakan Fidan", "head of the Russian delegation"} {
		t.Logf("%-32q %5.1f bits", s, m.Bits(hashes(s)))
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := parse(embedded); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDF(b *testing.B) {
	m := Default()
	data, err := os.ReadFile("background.go")
	if err != nil {
		b.Fatal(err)
	}
	words := hashes(string(data))
	for b.Loop() {
		for _, w := range words {
			m.DF(w)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(words)), "ns/word")
}

// Look-ups that wait together say what each says alone, also where they fill more than one round.
func TestWordsTogether(t *testing.T) {
	m := Default()
	words := hashes(strings.Repeat("the government said on tuesday xyzzyplugh that an earthquake had struck ", 8))
	var got []uint64
	m.Words(words, func(word uint64, articles float64, function bool) {
		got = append(got, word)
		if a, f := m.Word(word); a != articles || f != function {
			t.Errorf("%x: %v, %v together, %v, %v alone", word, articles, function, a, f)
		}
	})
	if len(words) <= 2*together || !slices.Equal(got, words) {
		t.Errorf("asked for %d words, told of %d", len(words), len(got))
	}
}
