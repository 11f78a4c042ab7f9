package sweep

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"dedup/internal/cluster/near"
	"dedup/internal/corpus"
)

// madeUp is a run of n articles in pairs of random resemblance.
func madeUp(n int) *Run {
	rnd := rand.New(rand.NewPCG(1, uint64(n)))
	r := &Run{Head: Head{Schema: Schema, Floor: Floor, Containment: 0.9, Total: n, Sources: map[string]int{"a": n / 2, "b": n - n/2}}}
	for i := range n {
		r.Head.Articles = append(r.Head.Articles, Article{ID: fmt.Sprint("id", i), Path: "corpus.jsonl", Line: i + 1, Source: "ab"[i%2 : i%2+1], Rank: int32(i)})
	}
	for i := 0; i+1 < n; i++ {
		e := near.Edge{A: int32(i), B: int32(i + 1 + rnd.IntN(min(3, n-i-1))), NA: 100, NB: 100}
		e.Shared = 47 + rnd.Int32N(54)
		r.Edges = append(r.Edges, e)
	}
	r.Head.Pairs = len(r.Edges)
	return r
}

func TestReadIsWrite(t *testing.T) {
	for _, n := range []int{0, 2, 500} {
		r := madeUp(n)
		var b bytes.Buffer
		if err := r.Write(&b); err != nil {
			t.Fatal(err)
		}
		got, err := Read(bytes.NewReader(b.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		if len(got.Edges)+len(r.Edges) > 0 && (!reflect.DeepEqual(got.Edges, r.Edges) || !reflect.DeepEqual(got.Head, r.Head)) {
			t.Errorf("%d articles: another run came back", n)
		}
		for _, at := range []int{0, 20, b.Len() / 2, b.Len() - 1} {
			broken := bytes.Clone(b.Bytes())
			broken[at] ^= 4
			if _, err := Read(bytes.NewReader(broken)); err == nil {
				t.Errorf("%d articles: byte %d changed, and nobody saw", n, at)
			}
			if _, err := Read(bytes.NewReader(b.Bytes()[:at])); err == nil {
				t.Errorf("%d articles: cut at byte %d, and nobody saw", n, at)
			}
		}
	}
}

func FuzzRead(f *testing.F) {
	var b bytes.Buffer
	if err := madeUp(5).Write(&b); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) { _, _ = Read(bytes.NewReader(data)) })
}

func FuzzReadAnswers(f *testing.F) {
	f.Add("# head\na\tb\ty\nc\\t\td\tn\r\n")
	f.Fuzz(func(t *testing.T, s string) { _, _ = ReadAnswers(strings.NewReader(s)) })
}

// TestCutIsTheRun: what a saved sweep says of a threshold is what a run with it finds.
func TestCutIsTheRun(t *testing.T) {
	dir := t.TempDir()
	rnd := rand.New(rand.NewPCG(3, 4))
	var b strings.Builder
	for i := range 300 {
		var text strings.Builder
		own := rand.New(rand.NewPCG(uint64(i/3), 1))
		for j := range 120 {
			if w := own.IntN(3000); rnd.IntN(40) >= i%3*i%7 {
				fmt.Fprintf(&text, "w%d ", w)
			} else {
				fmt.Fprintf(&text, "x%d%d ", i, j)
			}
		}
		fmt.Fprintf(&b, "{\"id\":\"%d\",\"source\":\"s%d\",\"text\":%q}\n", i, i%4, text.String())
	}
	name := filepath.Join(dir, "corpus.jsonl")
	if err := os.WriteFile(name, []byte(b.String()), 0o666); err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	run, _, err := Make(ctx, corpus.Config{Paths: []string{name}})
	if err != nil {
		t.Fatal(err)
	}
	some := false
	for _, threshold := range []float64{0.3, 0.42, 0.7, 0.95} {
		c, err := corpus.Open(ctx, corpus.Config{Paths: []string{name}, Options: corpus.Options{Threshold: threshold}, Want: corpus.Want{Near: true}})
		if err != nil {
			t.Fatal(err)
		}
		clusters, err := c.Clusters()
		if err != nil {
			t.Fatal(err)
		}
		want, largest := 0, 0
		for _, k := range clusters.List {
			want, largest = want+len(k.Members)-1, max(largest, len(k.Members))
		}
		got, err := run.Cut(threshold)
		if err != nil {
			t.Fatal(err)
		}
		if got.Gone != want || got.Largest != largest || got.Clusters != len(clusters.List) {
			t.Errorf("%g: %d go, %d largest, not %d and %d", threshold, got.Gone, got.Largest, want, largest)
		}
		some = some || want > 0 && want < 200
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if !some {
		t.Error("every threshold takes all or nothing")
	}
}

// TestCutOfAMillion: another threshold of a million articles takes less than a second of reading and
// grouping on an idle machine; the bound here leaves room for a busy one.
func TestCutOfAMillion(t *testing.T) {
	if testing.Short() {
		t.Skip("a million articles")
	}
	r := madeUp(250_000) // in pairs, of a million of which a quarter is in some
	r.Head.Total = 1_000_000
	var b bytes.Buffer
	if err := r.Write(&b); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	r, err := Read(&b)
	if err != nil {
		t.Fatal(err)
	}
	read := time.Since(start)
	if _, err := r.Cut(0.83); err != nil {
		t.Fatal(err)
	}
	t.Logf("%s to read, %s to group", read, time.Since(start)-read)
	if time.Since(start) > 5*time.Second {
		t.Error("too slow")
	}
}

func TestWilson(t *testing.T) {
	for _, c := range [][4]float64{{0.5, 10, 0.2366, 0.7634}, {0, 10, 0, 0.2775}, {1, 20, 0.8389, 1}} { // R: prop.test(correct=FALSE)
		if in := Wilson(c[0], c[1]); math.Abs(in.Low-c[2]) > 1e-4 || math.Abs(in.High-c[3]) > 1e-4 {
			t.Errorf("%v: %.4f to %.4f", c, in.Low, in.High)
		}
	}
}

// TestSampleHasEveryBand: each band with pairs is asked about, the ones around the cut most.
func TestSampleHasEveryBand(t *testing.T) {
	r := madeUp(3000)
	var n [strata]int
	sample := r.Sample(50, 0.7, 1)
	for _, k := range sample {
		n[stratum(r.Edges[k].Resemblance())]++
	}
	if len(sample) != 50 || n[0] == 0 || n[strata-1] == 0 || n[7] <= n[0] || n[8] <= n[strata-1] {
		t.Errorf("%d pairs: %v", len(sample), n)
	}
}

// TestIntervalsHold asks the gold labels of real articles about 50 pairs, 300 times over, and counts
// how often precision and recall of a threshold lie in their intervals.
func TestIntervalsHold(t *testing.T) {
	dir := os.Getenv("DEDUP_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	dir = filepath.Join(dir, "neardup", "reuters2013")
	gold, err := os.ReadFile(filepath.Join(dir, "jaccard.tsv"))
	if err != nil {
		t.Skip("no data")
	}
	updates, err := os.ReadFile(filepath.Join(dir, "updates.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	r, _, err := Make(context.Background(), corpus.Config{Paths: []string{filepath.Join(dir, "articles.jsonl.zst")}})
	if err != nil {
		t.Fatal(err)
	}
	for _, by := range []struct {
		name  string
		table string
		least float64
	}{{"Jaccard 0.6", string(gold), 0.6}, {"Jaccard 0.7", string(gold), 0.7}, {"re-issued", string(updates), 0}} {
		same := map[[2]string]bool{}
		for line := range strings.Lines(by.table) {
			f := strings.Split(strings.TrimSpace(line), "\t")
			if len(f) == 3 {
				if j, err := strconv.ParseFloat(f[2], 64); err != nil || j < by.least {
					continue
				}
			}
			same[[2]string{f[0], f[1]}], same[[2]string{f[1], f[0]}] = true, true
		}
		r.holds(t, by.name, same)
	}
}

func (r *Run) holds(t *testing.T, name string, same map[[2]string]bool) {
	ids := func(k int) [2]string {
		return [2]string{r.Head.Articles[r.Edges[k].A].ID, r.Head.Articles[r.Edges[k].B].ID}
	}
	var thresholds []float64
	for at := Floor + strataWidth; at < 0.96; at += strataWidth {
		thresholds = append(thresholds, at)
	}
	precision, recall, of, width := 0, 0, 0, 0.0
	for seed := range uint64(300) {
		var answers []Answer
		for _, k := range r.Sample(50, 0.7, seed) {
			answers = append(answers, Answer{ids(k)[0], ids(k)[1], same[ids(k)]})
		}
		got, unknown := r.Estimate(answers, thresholds)
		if unknown > 0 {
			t.Fatalf("%d answers are to no pair", unknown)
		}
		for _, e := range got {
			yes, pairs, all := 0.0, 0.0, 0.0
			for k, x := range r.Edges {
				s := stratum(x.Resemblance())
				if s < 0 {
					continue
				}
				d := 0.0
				if same[ids(k)] {
					d = 1
				}
				all += d
				if s >= stratum(e.Threshold) {
					pairs, yes = pairs+1, yes+d
				}
			}
			of++
			width += e.Precision.High - e.Precision.Low
			if in(e.Precision, yes/pairs) {
				precision++
			}
			if in(e.Recall, yes/all) {
				recall++
			}
		}
	}
	t.Logf("%s: precision lies in its interval %.1f %% of the time (mean width %.2f), recall %.1f %%", name, 100*float64(precision)/float64(of), width/float64(of), 100*float64(recall)/float64(of))
	if float64(precision) < 0.94*float64(of) || float64(recall) < 0.94*float64(of) {
		t.Errorf("%s: the intervals are too narrow", name)
	}
}

func in(i Interval, v float64) bool { return i.Low-1e-9 <= v && v <= i.High+1e-9 }
