package near

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"dedup/internal/lsh"
	"dedup/internal/sketch"
	"dedup/internal/text"
)

// reuters reads neardup/reuters2013: the tokens of each article's body, and its number by id.
func reuters(t testing.TB) (docs [][]text.Token, number map[string]int32, dir string) {
	t.Helper()
	dir = os.Getenv("DEDUP_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "..", "shared", "data")
	}
	dir = filepath.Join(dir, "neardup", "reuters2013")
	f, err := os.Open(filepath.Join(dir, "articles.jsonl.zst"))
	if err != nil {
		t.Skip("no data: ", err)
	}
	defer f.Close()
	z, err := zstd.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	number = map[string]int32{}
	for d := json.NewDecoder(z); ; {
		var a struct{ ID, Text string }
		if err := d.Decode(&a); err == io.EOF {
			return docs, number, dir
		} else if err != nil {
			t.Fatal(err)
		}
		number[a.ID] = int32(len(docs))
		docs = append(docs, tokens(a.Text))
	}
}

func TestReutersPairs(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 14,595 articles")
	}
	docs, number, dir := reuters(t)
	n := feedNear(t, Options{}, docs, 2, 50)
	found := map[[2]int32]bool{}
	for _, e := range pairs(t, n) {
		if e.Resemblance() < 0.7 && e.contained() < 0.9 {
			t.Error("below both thresholds: ", e)
		}
		found[[2]int32{e.A, e.B}] = true
	}
	due, missed := 0, 0
	gold, err := os.Open(filepath.Join(dir, "jaccard.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer gold.Close()
	for s := bufio.NewScanner(gold); s.Scan(); {
		f := strings.Split(s.Text(), "\t")
		if j, err := strconv.ParseFloat(f[2], 64); err != nil || j < 0.75 {
			continue
		}
		due++
		a, b := number[f[0]], number[f[1]]
		if !found[[2]int32{min(a, b), max(a, b)}] {
			missed++
			t.Log("missed: ", s.Text())
		}
	}
	if t.Logf("%d pairs reported; %d of %d oracle pairs missed", len(found), missed, due); missed*1000 > due {
		t.Error("fewer than 99.9 % of the oracle pairs found")
	}
	part := docs[:3000]
	n = feedNear(t, Options{}, part, 2, 50)
	if diff := cmp.Diff(bruteEdges(n, part), pairs(t, n)); diff != "" {
		t.Error("not the pairs of brute force: ", diff)
	}
}

// TestRoutes prints the table of docs/algorithms/near.md. It takes a minute: DEDUP_ROUTES=1 go test
// ./internal/cluster/near -run TestRoutes -v
func TestRoutes(t *testing.T) {
	if os.Getenv("DEDUP_ROUTES") == "" {
		t.Skip("DEDUP_ROUTES is not set")
	}
	docs, _, _ := reuters(t)
	n := feedNear(t, Options{}, docs, 2, 50)
	edges := pairs(t, n)
	show := func(name string, met []uint64, note string) {
		found := [2]int{}
		in := make(map[uint64]bool, len(met))
		for _, p := range met {
			in[p] = true
		}
		due := [2]int{}
		for _, e := range edges {
			rule, _ := n.judge.Near(e)
			due[rule-RuleResemblance]++
			if in[uint64(e.B)<<32|uint64(e.A)] {
				found[rule-RuleResemblance]++
			}
		}
		t.Logf("| %s | %d of %d | %d of %d | %d | %s |", name, found[0], due[0], found[1], due[1], len(met), note)
	}
	routes := map[string][]uint64{}
	for w := 1; w <= 3; w++ {
		scheme := sketch.Default
		scheme.FingerprintW = w
		k := sketch.NewSketcher(scheme)
		for _, d := range [][2]int{{3, 6}, {4, 7}, {5, 8}, {6, 9}, {10, 13}} {
			met := meet(t, len(docs), func(i int, dst []uint64) []uint64 {
				f, ok := k.Fingerprint(docs[i])
				if !ok {
					return dst
				}
				return lsh.AppendBlocks(dst, f, d[0], d[1])
			})
			prints := make([]uint64, len(docs))
			for i := range docs {
				prints[i], _ = k.Fingerprint(docs[i])
			}
			in := met[:0:0]
			for _, p := range met {
				if sketch.Distance(prints[p>>32], prints[uint32(p)]) <= d[0] {
					in = append(in, p)
				}
			}
			name := fmt.Sprintf("fingerprint, w = %d, distance ≤ %d", w, d[0])
			routes[name] = in
			show(name, in, fmt.Sprintf("%d met in a bucket", len(met)))
		}
	}
	all := map[uint64]bool{}
	for _, met := range routes {
		for _, p := range met {
			all[p] = true
		}
	}
	show("all of the above", keysOf(all), "")
	show("exact join", joinCandidates(t, n), "")
}

func keysOf(m map[uint64]bool) []uint64 {
	var keys []uint64
	for k := range m {
		keys = append(keys, k)
	}
	return keys
}

// meet lists the pairs of articles that share a bucket, b<<32|a with a < b.
func meet(t *testing.T, n int, keys func(i int, dst []uint64) []uint64) []uint64 {
	t.Helper()
	buckets, pairs := lsh.NewSpool(t.TempDir(), 1<<28, 64), lsh.NewSpool(t.TempDir(), 1<<26, 46)
	defer buckets.Close()
	defer pairs.Close()
	w := buckets.Writer()
	var dst []uint64
	for i := range n {
		dst = keys(i, dst[:0])
		for _, key := range dst {
			if err := w.Add(lsh.Record{Key: key, ID: uint32(i)}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := lsh.Pairs(context.Background(), 1, buckets, pairs, 1<<30); err != nil {
		t.Fatal(err)
	}
	got, err := lsh.Distinct(context.Background(), 1, pairs)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// joinCandidates lists the pairs that the exact join verifies, but for what is hot.
func joinCandidates(t *testing.T, n *Finder) []uint64 {
	t.Helper()
	var met []uint64
	same := map[int32][]int32{} // articles by text
	for id, twin := range n.found.twin {
		same[twin] = append(same[twin], int32(id))
	}
	for id, twin := range n.found.twin {
		for _, text := range append([]int32{twin}, n.found.near(twin)...) {
			for _, y := range same[text] {
				if int(y) < id {
					met = append(met, uint64(id)<<32|uint64(y))
				}
			}
		}
	}
	slices.Sort(met)
	return slices.Compact(met)
}
