package sketch

import (
	"bufio"
	"bytes"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/valyala/fastjson"

	"dedup/internal/shingle"
	"dedup/internal/text"
)

// read calls line for the lines of a file of the labelled data until it returns false. It is false
// when the data is absent.
func read(name string, line func([]byte) bool) bool {
	dir := os.Getenv("DEDUP_DATA")
	if dir == "" {
		dir = "../../../shared/data"
	}
	raw, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		return false
	}
	var r io.Reader = bytes.NewReader(raw)
	if strings.HasSuffix(name, ".zst") {
		z, err := zstd.NewReader(r)
		if err != nil {
			panic(err)
		}
		defer z.Close()
		r = z
	}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<26)
	for lines.Scan() && line(lines.Bytes()) {
	}
	return true
}

type goldPair struct {
	a, b    int
	jaccard float64
}

// reuters reads the tokens of the articles and the pairs whose Jaccard coefficient is 0.5 or more.
func reuters(t *testing.T) (toks [][]text.Token, gold []goldPair) {
	t.Helper()
	if testing.Short() {
		t.Skip("reads 14,595 articles")
	}
	place := map[string]int{}
	if !read("neardup/reuters2013/articles.jsonl.zst", func(line []byte) bool {
		place[fastjson.GetString(line, "id")] = len(toks)
		toks = append(toks, tokens(fastjson.GetString(line, "text")))
		return true
	}) {
		t.Skip("no labelled data")
	}
	read("neardup/reuters2013/jaccard.tsv", func(line []byte) bool {
		f := strings.Split(string(line), "\t")
		a, knowA := place[f[0]]
		b, knowB := place[f[1]]
		if j, err := strconv.ParseFloat(f[2], 64); err == nil && knowA && knowB {
			gold = append(gold, goldPair{a, b, j})
		}
		return true
	})
	return toks, gold
}

// TestMeasureFingerprint prints, with -v, how many true pairs fingerprints bring within a distance,
// and how many unrelated ones, for shingles of one to four tokens. The default must beat one token
// more and bring no crowd of strangers.
func TestMeasureFingerprint(t *testing.T) {
	toks, gold := reuters(t)
	related := map[[2]int]bool{}
	for _, g := range gold {
		related[[2]int{min(g.a, g.b), max(g.a, g.b)}] = true
	}
	recall, strangers := map[int]float64{}, map[int]float64{}
	for w := 1; w <= 4; w++ {
		scheme := Default
		scheme.FingerprintW = w
		k := NewSketcher(scheme)
		prints := make([]uint64, len(toks))
		for i := range toks {
			prints[i], _ = k.Fingerprint(toks[i])
		}
		var near, far [65]float64
		all := 0.0
		for _, g := range gold {
			if g.jaccard >= 0.75 {
				near[Distance(prints[g.a], prints[g.b])]++
				all++
			}
		}
		others := 0.0
		for i := range prints {
			for j := i + 1; j < len(prints); j += 9 {
				if len(toks[i]) >= 20 && len(toks[j]) >= 20 && !related[[2]int{i, j}] {
					far[Distance(prints[i], prints[j])]++
					others++
				}
			}
		}
		n, m := 0.0, 0.0
		for d := 0; d <= 12; d++ {
			n, m = n+near[d], m+far[d]
			if d == 3 || d == 6 || d == 10 {
				t.Logf("w = %d, distance <= %2d: %.1f %% of %.0f pairs of Jaccard >= 0.75, %.2f of a million unrelated", w, d, 100*n/all, all, 1e6*m/others)
			}
			if d == 3 {
				recall[w], strangers[w] = n/all, 1e6*m/others
			}
		}
	}
	if w := Default.FingerprintW; recall[w] < recall[w+1] || strangers[w] > 0.1 {
		t.Errorf("w = %d finds %.3f within distance 3, w = %d %.3f; unrelated %.2f in a million", w, recall[w], w+1, recall[w+1], strangers[w])
	}
}

// TestMeasureSignature compares estimates with true resemblance on real pairs.
func TestMeasureSignature(t *testing.T) {
	toks, gold := reuters(t)
	k := NewSketcher(Default)
	bias, square := 0.0, 0.0
	for _, g := range gold {
		var sets [2][]uint64
		var sigs [2][]uint32
		for i, at := range []int{g.a, g.b} {
			sets[i] = shingle.Set(shingle.Append(nil, toks[at], Default.W))
			sigs[i] = k.Signature(nil, sets[i])
		}
		d := estimate(sigs[0], sigs[1]) - shingle.Resemblance(sets[0], sets[1])
		bias += d
		square += d * d
	}
	n := float64(len(gold))
	bias, square = bias/n, math.Sqrt(square/n)
	t.Logf("%.0f pairs: mean error %+.4f, root mean square %.4f", n, bias, square)
	if math.Abs(bias) > 0.01 || square > 0.044 {
		t.Errorf("mean error %+.4f, root mean square %.4f", bias, square)
	}
}
