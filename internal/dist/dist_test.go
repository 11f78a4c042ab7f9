package dist

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"dedup/internal/cluster/near"
	"dedup/internal/corpus"
)

// engine is an engine in one process. It brings frames together as a hostile one would: in any
// order, in any number of calls, each call in any part of the frames.
type engine struct {
	opt   Options
	rand  *rand.Rand
	held  map[byte][]Frame
	calls int // of a stage, at most
}

func (e *engine) stage(s Stage) error {
	in := e.of(s.In)
	var calls [][]Frame
	switch {
	case e.calls == 0:
		calls = [][]Frame{e.held[Text]}
	case s.Grouping == AtOnce:
		calls = [][]Frame{in}
	default:
		calls = make([][]Frame, 1+e.rand.IntN(e.calls))
		to := map[uint32]int{}
		for _, f := range in {
			k := e.rand.IntN(len(calls))
			if was, ok := to[f.Key]; ok && s.Grouping == ByKey {
				k = was
			}
			to[f.Key] = k
			calls[k] = append(calls[k], f)
		}
	}
	for _, list := range calls {
		if s.Grouping == ByKey {
			slices.SortStableFunc(list, func(a, b Frame) int { return cmp.Compare(a.Key, b.Key) })
		}
		err := s.Run(context.Background(), e.opt, stream(e.of(s.Tables)), stream(list), func(f Frame) error {
			if !strings.ContainsRune(s.Out, rune(f.Kind)) {
				return fmt.Errorf("stage %s makes a frame of kind %q", s.Name, f.Kind)
			}
			f.Data = bytes.Clone(f.Data)
			e.held[f.Kind] = append(e.held[f.Kind], f)
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// of are the frames of some kinds, in any order.
func (e *engine) of(kinds string) (list []Frame) {
	for _, kind := range kinds {
		list = append(list, e.held[byte(kind)]...)
	}
	e.rand.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}

// stream gives frames, and destroys the data of each when the next one is asked for, as a reader
// may.
func stream(list []Frame) frames {
	return func(yield func(Frame, error) bool) {
		for _, f := range list {
			f.Data = bytes.Clone(f.Data)
			if !yield(f, nil) {
				return
			}
			for i := range f.Data {
				f.Data[i] = 0xaa
			}
		}
	}
}

// row is what is compared: a member of a cluster, or a pair.
type row struct {
	A, B                     string
	Resemblance, Containment float64
	Rule                     string
	Distance                 int
}

// result is what the engine holds in the end.
func (e *engine) result() (clusters, pairs []row, err error) {
	var all [][]Member
	var edges []Pair
	for _, f := range e.held[Groups] {
		list, err := ReadClusters(f)
		if err != nil {
			return nil, nil, err
		}
		all = append(all, list...)
	}
	for _, f := range e.held[Pairs] {
		list, err := ReadPairs(f)
		if err != nil {
			return nil, nil, err
		}
		edges = append(edges, list...)
	}
	slices.SortFunc(all, func(a, b []Member) int { return cmp.Compare(First(a), First(b)) })
	slices.SortFunc(edges, func(a, b Pair) int { return cmp.Or(cmp.Compare(a.Edge.A, b.Edge.A), cmp.Compare(a.Edge.B, b.Edge.B)) })
	for _, c := range all {
		for _, m := range c {
			clusters = append(clusters, row{m.ID, c[0].ID, m.Resemblance, m.Containment, m.Rule.String(), 0})
		}
	}
	for _, p := range edges {
		pairs = append(pairs, row{p.A, p.B, p.Resemblance(), p.ContainmentA(), "", p.Distance})
	}
	return clusters, pairs, nil
}

// alone is what one machine says.
func alone(t rapid.TB, opt Options, paths []string) (clusters, pairs []row) {
	t.Helper()
	var wanted []row
	cfg := corpus.Config{Options: opt.Options, Paths: paths, Want: corpus.Want{Near: true, Fingerprints: true}, None: true}
	ask := func(fn func(c *corpus.Corpus) error) {
		c, err := corpus.Open(context.Background(), cfg)
		if err == nil {
			err = fn(c)
			_ = c.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	ask(func(c *corpus.Corpus) error {
		got, err := c.Clusters()
		for _, k := range got.List {
			for _, m := range k.Members {
				clusters = append(clusters, row{c.ID(int(m.Article)), c.ID(int(k.Members[0].Article)), m.Resemblance, m.Containment, m.Rule.String(), 0})
			}
		}
		return err
	})
	ask(func(c *corpus.Corpus) error {
		return c.Pairs(func(e near.Edge) error {
			wanted = append(wanted, row{c.ID(int(e.A)), c.ID(int(e.B)), e.Resemblance(), e.ContainmentA(), "", c.Distance(int(e.A), int(e.B))})
			return nil
		})
	})
	return clusters, wanted
}

// chunks cuts the lines of files into pieces.
func chunks(t rapid.TB, r *rand.Rand, paths []string) (list []Frame) {
	t.Helper()
	for file, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		lines := bytes.SplitAfter(data, []byte{'\n'})
		start, chunk := uint64(0), uint32(0)
		for len(lines) > 0 {
			k := 1 + r.IntN(len(lines))
			part := bytes.Join(lines[:k], nil)
			rows := bytes.Count(part, []byte{'\n'})
			list = append(list, TextFrame(Piece{Origin: Origin{uint32(file), start, chunk}, Path: path, Rows: uint64(rows), Format: "jsonl"}, part))
			if lines = lines[k:]; r.IntN(2) == 0 {
				start, chunk = start+uint64(len(part)), 0
			} else {
				chunk++
			}
		}
	}
	return list
}

// run runs all stages.
func (e *engine) run(t rapid.TB, paths []string) {
	t.Helper()
	e.held = map[byte][]Frame{Text: chunks(t, e.rand, paths)}
	for _, s := range Stages {
		if s.Name == "drop" { // its frames have the order of those that it is given
			e.calls = 0
		}
		if err := e.stage(s); err != nil {
			t.Fatal(err)
		}
	}
}

func newEngine(opt Options, seed uint64) *engine {
	return &engine{opt: opt, rand: rand.New(rand.NewPCG(seed, 2)), calls: 3, held: map[byte][]Frame{}}
}

// same holds what the engine found against what one machine finds.
func (e *engine) same(t rapid.TB, paths []string) {
	t.Helper()
	clusters, pairs, err := e.result()
	if err != nil {
		t.Fatal(err)
	}
	wantClusters, wantPairs := alone(t, e.opt, paths)
	if !slices.Equal(clusters, wantClusters) {
		t.Fatalf("clusters\n%v\none machine\n%v", clusters, wantClusters)
	}
	if !slices.Equal(pairs, wantPairs) {
		t.Fatalf("pairs\n%v\none machine\n%v", pairs, wantPairs)
	}
}

// dropped holds the rows that go against the clusters: of all records one a line, those whose
// articles went.
func (e *engine) dropped(t rapid.TB) {
	t.Helper()
	r := &run{tables: tables{went: map[uint32]bool{}}}
	for _, f := range e.held[Groups] {
		if err := r.addClusters(f); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.readNumbers(e.held[Numbers][0].Data); err != nil {
		t.Fatal(err)
	}
	got := 0
	for i, f := range e.held[Text] {
		p, err := r.readText(f)
		if err != nil {
			t.Fatal(err)
		}
		at, err := r.piece(p.Origin)
		if err != nil {
			t.Fatal(err)
		}
		row := uint32(0)
		for c := (cursor{b: e.held[Dropped][i].Data}); c.more(); got++ {
			if row += c.number(); !r.went[at.base+row-1] {
				t.Fatalf("row %d of %v goes, whose article stays", row, p.Origin)
			}
		}
	}
	if got != len(r.went) {
		t.Fatalf("%d rows go, of %d articles that went", got, len(r.went))
	}
}

type record map[string]string

// drawRecords makes a corpus of versions: equal texts, texts with words changed, cut, put into
// longer ones, templates, empty and short ones.
func drawRecords(t *rapid.T) (list []record) {
	r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
	vocabulary := rapid.SampledFrom([]int{3, 30, 3000}).Draw(t, "vocabulary")
	words := func(n int) []string {
		out := make([]string, n)
		for i := range out {
			out[i] = fmt.Sprintf("w%dx", r.IntN(vocabulary))
		}
		return out
	}
	var texts [][]string
	template := words(60)
	for range rapid.IntRange(1, 40).Draw(t, "articles") {
		var text []string
		if len(texts) > 0 {
			text = slices.Clone(texts[r.IntN(len(texts))])
		}
		switch r.IntN(9) {
		case 0, 1:
			text = words(r.IntN(80))
		case 2:
			for range 1 + len(text)/20 {
				if len(text) > 0 {
					text[r.IntN(len(text))] = words(1)[0]
				}
			}
		case 3:
			text = text[:len(text)-r.IntN(len(text)/2+1)]
		case 4:
			text = append(text, words(r.IntN(60))...)
		case 5:
			text = append(slices.Clone(template), words(r.IntN(20))...)
		case 6:
			text = words(r.IntN(9))
		case 7:
			text = append(words(r.IntN(100)), text...)
		}
		texts = append(texts, text)
		a := record{"text": strings.Join(text, " ")}
		if r.IntN(5) > 0 {
			a["id"] = fmt.Sprintf("a%d", r.IntN(60))
			if r.IntN(6) == 0 {
				a["id"] += "#2"
			}
		}
		if r.IntN(3) > 0 {
			a["date"] = fmt.Sprintf("2024-01-%02d", 1+r.IntN(5))
		}
		a["source"] = []string{"", "alpha", "beta", "gamma"}[r.IntN(4)]
		list = append(list, a)
	}
	return list
}

func writeRecords(t rapid.TB, path string, list []record) {
	t.Helper()
	var b bytes.Buffer
	for _, a := range list {
		if err := json.NewEncoder(&b).Encode(a); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(path, b.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
}

// TestAsOneMachine holds the stages against one machine: any corpus, any number of parts, bins and
// calls, any order of frames, any cut of the input.
func TestAsOneMachine(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		records := drawRecords(rt)
		paths := []string{filepath.Join(dir, "a.jsonl"), filepath.Join(dir, "b.jsonl")}
		k := rapid.IntRange(1, len(records)).Draw(rt, "in the first file")
		writeRecords(t, paths[0], records[:k])
		if paths = paths[:1]; k < len(records) {
			paths = append(paths, filepath.Join(dir, "b.jsonl"))
			writeRecords(t, paths[1], records[k:])
		}
		opt := Options{Pairs: true, Parts: 1 << rapid.IntRange(0, 6).Draw(rt, "parts"), Bin: rapid.SampledFrom([]int64{1, 200, 1 << 20}).Draw(rt, "bin")}
		opt.Workers = 1
		opt.Threshold = rapid.SampledFrom([]float64{0, 0.3, 0.7, 1}).Draw(rt, "threshold")
		opt.Containment = rapid.SampledFrom([]float64{0, 0.5, 2}).Draw(rt, "containment")
		opt.Keep = rapid.SampledFrom([]string{"earliest", "latest", "longest", "first", "source=beta,alpha"}).Draw(rt, "keep")
		e := newEngine(opt, rapid.Uint64().Draw(rt, "order"))
		e.calls = rapid.IntRange(1, 5).Draw(rt, "calls")
		e.run(t, paths)
		e.same(rt, paths)
		e.dropped(rt)
	})
}
