// Package dist finds the near-duplicates of a corpus that many machines read, and says which copy of
// each to keep: the very clusters that one machine finds. docs/algorithms/dist.md has the theorem,
// the costs, and what would make it slow.
//
// The work is cut into stages over frames (frame.go). A stage is a function from frames to frames
// that holds nothing but what a table of it says (Stages). An engine reads the text, brings frames
// with one key together, and runs a stage again where a machine was lost: Spark (spark/), a
// scheduler of jobs with files alone (shards.go), a loop in a test.
//
//	read.go     read     text → words, article by article; ids and sums of whole texts
//	same.go     number   how many articles each piece of the input has → the number of each article
//	            same     sums and ids → equal texts, ids that stand for two articles
//	seeds.go    seeds    words → shingles, by a part of all shingles
//	group.go    group    shingles of a part → buckets of articles that share one; their sizes
//	            count    sizes of an article's buckets → which of them it takes
//	link.go     link     buckets that somebody takes → links between articles
//	            bins     links → groups of articles that have nothing to do with each other
//	cluster.go  route    words → words of a group
//	            cluster  words of a group → clusters and pairs, by the engine of one machine
//	drop.go     drop     text, clusters → the records that go
package dist

import (
	"context"
	"fmt"
	"iter"
	"math/bits"
	"strings"

	"dedup/internal/cluster/near"
	"dedup/internal/corpus"
)

// Options are the same for all stages of a run.
type Options struct {
	corpus.Options       // what a near-duplicate is, which copy is kept; how articles are read
	Parts          int   // parts of all shingles: a power of two; 64
	Bin            int64 // shingles that a group of articles is filled up to; 8 million
	Pairs          bool  // pairs too, not only clusters
}

const (
	defaultParts = 64
	defaultBin   = 8 << 20
	mostParts    = 1 << 20
)

// check fills in what is zero, and says what is out of range.
func (o *Options) check() (near.Judge, error) {
	if o.Parts == 0 {
		o.Parts = defaultParts
	}
	if o.Bin == 0 {
		o.Bin = defaultBin
	}
	o.Options = o.Defaults()
	opt := o.Near()
	judge, err := opt.Judge()
	switch {
	case err != nil:
		return judge, err
	case o.Simhash:
		return judge, fmt.Errorf("candidates by fingerprints are found on one machine alone\nhint: --route exact")
	case o.Parts < 1 || o.Parts > mostParts || bits.OnesCount(uint(o.Parts)) != 1:
		return judge, fmt.Errorf("%d parts: use a power of two, up to %d", o.Parts, mostParts)
	}
	_, err = corpus.ParseKeep(o.Keep)
	return judge, err
}

// Kinds of frames.
const (
	Text    = 'T' // of articles; key: any
	Split   = 'S' // how many articles a piece of the input has; key: 0
	Words   = 'W' // of articles; key: any
	Sums    = 'E' // of whole texts; key: by the sum
	IDs     = 'I' // of articles; key: by the id
	Numbers = 'N' // of the first article of each piece; key: 0
	Same    = 'D' // texts that are equal to earlier ones; key: that of the sums
	Renamed = 'M' // ids in place of those that stand for two articles; key: that of the ids
	Seeds   = 'R' // shingles of a part; key: the part
	Buckets = 'G' // articles that share a shingle; key: the part
	Sizes   = 'H' // of the buckets of articles; key: a range of articles
	Cuts    = 'C' // which buckets articles take; key: the range
	Links   = 'L' // between articles; key: the part
	Bins    = 'B' // the group of each article; key: 0
	Routed  = 'V' // words of a group; key: the group
	Groups  = 'K' // clusters; key: the group
	Pairs   = 'P' // key: the group
	Dropped = 'X' // rows of a piece that go; key: that of the text
)

// Grouping says which frames a call of a stage must get.
type Grouping uint8

const (
	Any     Grouping = iota // any of them, each once
	ByKey                   // all frames of a key, one key after another
	AtOnce                  // all frames of all keys
	nothing = ""
)

// Stage is a row of the table of stages.
type Stage struct {
	Name     string
	In       string // kinds of the frames that it is given
	Tables   string // kinds of which every call needs all frames, before the others
	Grouping Grouping
	Out      string // kinds of the frames that it makes
	run      func(r *run, in frames, out func(Frame) error) error
}

// Stages are all stages, in an order in which they can run.
var Stages = []Stage{
	{"read", "T", nothing, Any, "SWEI", (*run).read},
	{"number", "S", nothing, AtOnce, "N", (*run).number},
	{"same", "EI", "N", ByKey, "DM", (*run).same},
	{"seeds", "W", "ND", Any, "R", (*run).seeds},
	{"group", "R", nothing, ByKey, "GH", (*run).group},
	{"count", "H", nothing, ByKey, "C", (*run).count},
	{"link", "G", "NC", Any, "L", (*run).link},
	{"bins", "L", "ND", AtOnce, "B", (*run).bins},
	{"route", "W", "NMDB", Any, "V", (*run).route},
	{"cluster", "V", nothing, ByKey, "KP", (*run).cluster},
	{"drop", "T", "NK", Any, "X", (*run).drop},
}

// StageNamed finds a stage.
func StageNamed(name string) (Stage, error) {
	var names []string
	for _, s := range Stages {
		if s.Name == name {
			return s, nil
		}
		names = append(names, s.Name)
	}
	return Stage{}, fmt.Errorf("no stage %q: use %s", name, strings.Join(names, ", "))
}

// frames is a stream of frames. The data of each is valid until the next one.
type frames = iter.Seq2[Frame, error]

// run is one call of a stage.
type run struct {
	ctx   context.Context
	opt   Options
	judge near.Judge
	tables
}

// Run makes one call of the stage. tables are the frames of its tables, in any order; in are those
// that it is given, those of a key at a stretch where they are grouped; out is called with those
// that it makes, and keeps nothing of their data.
func (s Stage) Run(ctx context.Context, opt Options, tables, in frames, out func(Frame) error) error {
	r := &run{ctx: ctx, opt: opt}
	var err error
	if r.judge, err = r.opt.check(); err == nil {
		err = r.tables.read(tables, s.Tables)
	}
	if err == nil {
		err = s.run(r, s.checked(ctx, in), out)
	}
	if err != nil {
		return fmt.Errorf("stage %s: %w", s.Name, err)
	}
	return nil
}

// checked ends the stream with ctx, or with a frame that is none for the stage.
func (s Stage) checked(ctx context.Context, in frames) frames {
	return func(yield func(Frame, error) bool) {
		for f, err := range in {
			if err == nil {
				err = ctx.Err()
			}
			if err == nil && !strings.ContainsRune(s.In, rune(f.Kind)) {
				err = fmt.Errorf("a frame of kind %q, where %q can be", f.Kind, s.In)
			}
			if !yield(f, err) || err != nil {
				return
			}
		}
	}
}

// keyed calls fn with the frames of one key after another. Keys must come in order, so that none
// comes twice.
func keyed(in frames, fn func(key uint32, list []Frame) error) error {
	var list []Frame
	for f, err := range in {
		if err != nil {
			return err
		}
		if len(list) > 0 && list[0].Key > f.Key {
			return fmt.Errorf("a frame of key %d behind one of key %d\nhint: sort frames by their keys", f.Key, list[0].Key)
		}
		if len(list) > 0 && list[0].Key != f.Key {
			if err := fn(list[0].Key, list); err != nil {
				return err
			}
			list = nil
		}
		f.Data = append([]byte(nil), f.Data...)
		list = append(list, f)
	}
	if len(list) == 0 {
		return nil
	}
	return fn(list[0].Key, list)
}
