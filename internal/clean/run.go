package clean

import (
	"cmp"
	"context"
	"errors"
	"io"
	"iter"
	"os"
	"sync"

	"dedup/internal/article"
	"dedup/internal/corpus"
	"dedup/internal/index"
	"dedup/internal/indexing"
	"dedup/internal/report"
)

// RunOptions say what goes and where the rest is written.
type RunOptions struct {
	Out             string
	Manifest        string    // empty: beside Out; with DryRun: where Plan goes
	PerStory        int       // articles of a story that stay; 0: all
	KeepPerSource   bool      // of near-duplicates one copy of each source stays
	KeepBoilerplate bool      // furniture and boilerplate stay
	Passages        bool      // copied passages go, but one copy
	DropEmpty       bool      // articles without text go
	DryRun          bool      // nothing is written but the plan
	Plan            io.Writer // with DryRun: what the manifest would be goes here; nil: nowhere
	Force           bool      // go on where the guard stops
	Guard           Guard
	Protect         *Protection // what stays whatever the rules say; nil: nothing

	Index        string        // directory of the index of the corpus that the articles are held against; empty: none
	Add          bool          // what stays goes into the index
	IndexOptions index.Options // of adding to it
}

// Result is what a run did, or with DryRun would do.
type Result struct {
	corpus.Counts              // of what was read, but Empty is of articles that stay
	Removed       map[Rule]int // articles
	Cuts          map[Rule]int // spans
	Cut           int          // articles that are cut
	Sources       []SourceCount
	Review        []Group // of a dry run
	Stopped       error   // of the guard, with DryRun
	Written       Counts  // zero with DryRun
	InIndex       int     // of Removed: for an entry of the index
	CutByIndex    int     // of Cuts: because an entry of the index has it
	Superseding   int     // articles that stay and contain an entry of the index
	Protected     int     // articles and spans that stay only because they are protected
	Added         index.Added
	Already       bool // the output was there, and in the index: nothing was done
}

// Run writes the articles of cfg.Paths again without duplicates and leftovers. Decisions are made
// in one pass and kept, without text, in memory; a second pass copies the inputs.
func Run(ctx context.Context, cfg corpus.Config, opt RunOptions) (_ *Result, err error) {
	cfg.Options = cfg.Defaults()
	layout, err := NewLayout(cfg.Paths)
	if err != nil {
		return nil, err
	}
	if opt.Manifest == "" {
		opt.Manifest = DefaultManifest(opt.Out)
	}
	if err := opt.places(); err != nil {
		return nil, err
	}
	inputs := article.Expand(cfg.Paths, nil)
	if len(inputs) == 0 {
		article.Expand(cfg.Paths, func(b article.Bad) { cfg.Skipped(b) }) // says why
		return nil, corpus.Wrap("nothing was written", corpus.ErrNothing)
	}
	if opt.Plan != nil {
		if err := CheckPlan(opt.Manifest, inputs); err != nil {
			return nil, err
		}
	}
	var to *into
	if opt.Index != "" && opt.Add && !opt.DryRun {
		if to, err = openInto(&Into{opt.Index, opt.IndexOptions}, cfg); err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, to.close()) }()
	}
	if !opt.DryRun {
		if err := recoverInto(ctx, opt.Out, cfg.Tmp, opt.IndexOptions); err != nil {
			return nil, err
		}
		if err := layout.Check(ctx, opt.Out, opt.Manifest, inputs, cfg.Tmp); err != nil {
			return nil, err
		}
	}
	spooled, err := spool(ctx, &cfg, inputs)
	defer func() { err = errors.Join(err, spooled.remove()) }()
	if err != nil {
		return nil, err
	}
	if opt.Index != "" && !opt.DryRun {
		if done, err := opt.already(ctx, inputs, spooled, cfg.Tmp); err != nil || done {
			return &Result{Already: done}, err
		}
	}
	before := stamps(inputs, spooled)
	seen := newSightings(&cfg)
	d, err := open(ctx, cfg, opt)
	if err != nil {
		return nil, corpus.Wrap("nothing was written", err)
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if err := d.decide(ctx, opt); err != nil {
		return nil, err
	}
	if to != nil {
		to.left = func(ctx context.Context, add *index.Add) error {
			return indexing.Left(ctx, d.Corpus, func(i int) bool { return d.whole[int32(i)] != nil }, add)
		}
	}
	res := d.result()
	if opt.DryRun {
		res.Review = d.review()
	}
	if stop := opt.Guard.Check(&d.tally, report.Plain); stop != nil && !opt.Force {
		if !opt.DryRun {
			return nil, stop
		}
		res.Stopped = stop
	}
	if opt.DryRun && opt.Plan == nil {
		return res, nil
	}
	files, total, err := d.files(inputs, layout, spooled, seen)
	if err != nil {
		return nil, err
	}
	tell := cfg.Stage("writing")
	done := int64(0)
	options := Options{Out: opt.Out, Manifest: opt.Manifest, Single: layout.Single, Tmp: cfg.Tmp,
		Progress: func() { done++; tell(done, total) }, Unchanged: func() error { return unchanged(inputs, spooled, before) },
		head: Head{Index: opt.Index, Added: opt.Add && opt.Index != ""}, stays: d.stays, into: to}
	if opt.DryRun {
		_, err = Plan(ctx, files, options, opt.Plan)
	} else {
		res.Written, err = Write(ctx, files, options)
	}
	if to != nil {
		res.Added = to.Added
	}
	return res, err
}

// places wants names of files for what will be written, before anything is read.
func (o *RunOptions) places() error {
	if o.DryRun {
		return nil
	}
	if _, err := Target("--output", o.Out); err != nil {
		return err
	}
	_, err := Target("--manifest", o.Manifest)
	return err
}

// stamp tells a file from one that was written to.
type stamp struct{ size, time int64 }

func stamps(inputs []article.Input, spooled spooled) []stamp {
	out := make([]stamp, len(inputs))
	for i, in := range inputs {
		if spooled[in.Path] != nil {
			continue
		}
		if info, err := os.Stat(in.Path); err == nil {
			out[i] = stamp{info.Size(), info.ModTime().UnixNano()}
		}
	}
	return out
}

func unchanged(inputs []article.Input, spooled spooled, before []stamp) error {
	for i, s := range stamps(inputs, spooled) {
		if s != before[i] {
			return errors.New(inputs[i].Path + " changed while it was being cleaned, nothing was written\nhint: clean a copy that nobody writes to")
		}
	}
	return nil
}

// sightings are what the inputs were in the first reading.
type sightings struct {
	mu sync.Mutex
	of map[string]article.Seen
}

// newSightings has cfg note what it reads.
func newSightings(cfg *corpus.Config) *sightings {
	s := &sightings{of: map[string]article.Seen{}}
	cfg.Seen = func(path string, seen article.Seen) {
		s.mu.Lock()
		defer s.mu.Unlock()
		both := s.of[path] // of Parquet, rows and bytes are told apart, in either order
		if seen.Whole {
			both.Whole, both.Bytes, both.Sum = true, seen.Bytes, seen.Sum
		} else {
			both.Rows = seen.Rows
		}
		s.of[path] = both
	}
	return s
}

// files pairs every input with what goes from it.
func (d *decisions) files(inputs []article.Input, layout Layout, spooled spooled, seen *sightings) (files []File, n int64, err error) {
	next := 0
	for _, in := range inputs {
		from := next
		for next < d.Len() && d.At(next).Path == in.Path {
			next++
		}
		f := File{Path: in.Path, From: cmp.Or(spooled.name(in.Path), in.Path), Seen: seen.of[in.Path], Items: d.items(from, next)}
		if f.Out, err = layout.Name(in.Path); err != nil {
			return nil, 0, err
		}
		if from == next && unreadable(f.From) {
			continue
		}
		f.AsIs = from == next && !layout.Single
		files = append(files, f)
	}
	if next < d.Len() {
		return nil, 0, errors.New("articles came in another order than their files")
	}
	return files, int64(len(files)), nil
}

// unreadable tells whether a file cannot be copied either. It was named when it was read.
func unreadable(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return true
	}
	f.Close()
	return false
}

// items gives what goes of articles [from, to).
func (d *decisions) items(from, to int) iter.Seq[*Item] {
	return func(yield func(*Item) bool) {
		for i := from; i < to; i++ {
			if it, ok := d.item(i); ok && !yield(it) {
				return
			}
		}
	}
}

// item is what goes of article i; false: nothing.
func (d *decisions) item(i int) (*Item, bool) {
	why := d.whole[int32(i)]
	if why == nil && len(d.notes[i].cuts) == 0 {
		return nil, false
	}
	n := &d.notes[i]
	it := &Item{Place: d.place(i), Source: d.Source(i), Raw: n.raw, Whole: why, Sum: n.sum}
	if why == nil {
		it.Cuts = n.cuts
	}
	return it, true
}

// place is article i in the words of the manifest.
func (d *decisions) place(i int) Place {
	a := d.At(i)
	return Place{Article: a.ID, Path: a.Path, Line: a.Line, Offset: d.notes[i].raw.Offset}
}

// result sums up.
func (d *decisions) result() *Result {
	res := &Result{Counts: d.Corpus.Counts, Removed: map[Rule]int{}, Cuts: map[Rule]int{}, Sources: d.tally.Sources()}
	for k := range d.stays {
		if d.stays[k].Kind == "protected" {
			res.Protected++
		} else {
			res.Superseding++
		}
	}
	for i := range d.Len() {
		if d.At(i).Empty && d.whole[int32(i)] != nil {
			res.Empty--
		}
		it, ok := d.item(i)
		if !ok {
			continue
		}
		if it.Whole != nil {
			res.Removed[it.Whole.Rule]++
			if it.Whole.InIndex {
				res.InIndex++
			}
		} else {
			res.Cut++
			for _, c := range it.Cuts {
				res.Cuts[c.Rule]++
				if c.InIndex {
					res.CutByIndex++
				}
			}
		}
	}
	return res
}
