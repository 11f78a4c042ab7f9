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
	Plain           func(string) string // how the guard prints names; nil: quoted
	Protect         *Protection         // what stays whatever the rules say; nil: nothing

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

// Plan is what would go of a corpus, and what it takes to write the rest.
type Plan struct {
	*Result
	d       *decisions
	cfg     corpus.Config
	opt     RunOptions
	layout  Layout
	inputs  []article.Input
	spooled spooled
	before  []stamp
	seen    *sightings
	to      *into
}

// Run writes the articles of cfg.Paths again without duplicates and leftovers. Decisions are made
// in one pass and kept, without text, in memory; a second pass copies the inputs.
func Run(ctx context.Context, cfg corpus.Config, opt RunOptions) (_ *Result, err error) {
	p, err := newPlan(cfg, opt)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	if err := p.ready(ctx); err != nil {
		return nil, err
	}
	if err := p.spool(ctx); err != nil {
		return nil, err
	}
	if done, err := p.already(ctx); err != nil || done {
		return &Result{Already: done}, err
	}
	if err := p.decide(ctx); err != nil {
		return nil, err
	}
	return p.write(ctx)
}

// Decide makes the decisions of Run alone. Close gives the plan back.
func Decide(ctx context.Context, cfg corpus.Config, opt RunOptions) (*Plan, error) {
	p, err := newPlan(cfg, opt)
	if err != nil {
		return nil, err
	}
	if err = p.spool(ctx); err == nil {
		err = p.decide(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

// Write writes what stays to out, with the manifest, by default beside it.
func (p *Plan) Write(ctx context.Context, out, manifest string) (*Result, error) {
	p.opt.Out, p.opt.Manifest = out, cmp.Or(manifest, DefaultManifest(out))
	if err := p.ready(ctx); err != nil {
		return nil, err
	}
	if done, err := p.already(ctx); err != nil || done {
		return &Result{Already: done}, err
	}
	return p.write(ctx)
}

// Items gives what goes, in the order of the input.
func (p *Plan) Items() iter.Seq[*Item] { return p.d.items(0, p.d.Len()) }

// Close gives back memory, temporary files, and the index.
func (p *Plan) Close() error {
	err := errors.Join(p.to.close(), p.spooled.remove())
	if p.d != nil {
		err = errors.Join(p.d.Close(), err)
	}
	return err
}

// newPlan says what is read, and locks the index that will be added to.
func newPlan(cfg corpus.Config, opt RunOptions) (*Plan, error) {
	cfg.Options = cfg.Defaults()
	p := &Plan{cfg: cfg, opt: opt}
	var err error
	if p.layout, err = NewLayout(cfg.Paths); err != nil {
		return nil, err
	}
	if p.opt.Manifest == "" {
		p.opt.Manifest = DefaultManifest(opt.Out)
	}
	if opt.Out != "" {
		if err := p.opt.places(); err != nil {
			return nil, err
		}
	}
	if p.inputs = article.Expand(cfg.Paths, nil); len(p.inputs) == 0 {
		article.Expand(cfg.Paths, func(b article.Bad) { cfg.Skipped(b) }) // says why
		return nil, corpus.Wrap("nothing was written", corpus.ErrNothing)
	}
	if opt.Plan != nil {
		if err := CheckPlan(p.opt.Manifest, p.inputs); err != nil {
			return nil, err
		}
	}
	if opt.Index != "" && opt.Add && !opt.DryRun {
		p.to, err = openInto(&Into{opt.Index, opt.IndexOptions}, cfg)
	}
	return p, err
}

// ready sees that the output may be written, and does what a run before left undone.
func (p *Plan) ready(ctx context.Context) error {
	if p.opt.DryRun {
		return nil
	}
	if err := p.opt.places(); err != nil {
		return err
	}
	if err := recoverInto(ctx, p.opt.Out, p.cfg.Tmp, p.opt.IndexOptions); err != nil {
		return err
	}
	return p.layout.Check(ctx, p.opt.Out, p.opt.Manifest, p.inputs, p.cfg.Tmp)
}

// spool copies what can be read only once.
func (p *Plan) spool(ctx context.Context) (err error) {
	p.spooled, err = spool(ctx, &p.cfg, p.inputs)
	return err
}

// already tells whether all was done by a run before.
func (p *Plan) already(ctx context.Context) (bool, error) {
	if p.opt.Index == "" || p.opt.DryRun {
		return false, nil
	}
	return p.opt.already(ctx, p.inputs, p.spooled, p.cfg.Tmp)
}

// decide reads the articles and decides what goes of them.
func (p *Plan) decide(ctx context.Context) (err error) {
	p.before = stamps(p.inputs, p.spooled)
	p.seen = newSightings(&p.cfg)
	if p.d, err = open(ctx, p.cfg, p.opt); err != nil {
		return corpus.Wrap("nothing was written", err)
	}
	if err := p.d.decide(ctx, p.opt); err != nil {
		return err
	}
	if p.to != nil {
		p.to.left = func(ctx context.Context, add *index.Add) error {
			return indexing.Left(ctx, p.d.Corpus, func(i int) bool { return p.d.whole[int32(i)] != nil }, add)
		}
	}
	p.Result = p.d.result()
	if p.opt.DryRun {
		p.Review = p.d.review()
	}
	p.Stopped = p.opt.Guard.Check(&p.d.tally, p.opt.Plain)
	return nil
}

// write writes what stays, or of a dry run the plan.
func (p *Plan) write(ctx context.Context) (*Result, error) {
	res, opt := p.Result, p.opt
	if opt.Force {
		res.Stopped = nil
	}
	if opt.DryRun && opt.Plan == nil {
		return res, nil
	}
	if !opt.DryRun && res.Stopped != nil {
		return nil, res.Stopped
	}
	files, total, err := p.d.files(p.inputs, p.layout, p.spooled, p.seen)
	if err != nil {
		return nil, err
	}
	tell := p.cfg.Stage("writing")
	done := int64(0)
	options := Options{Out: opt.Out, Manifest: opt.Manifest, Single: p.layout.Single, Tmp: p.cfg.Tmp,
		Progress: func() { done++; tell(done, total) }, Unchanged: func() error { return unchanged(p.inputs, p.spooled, p.before) },
		head: Head{Index: opt.Index, Added: opt.Add && opt.Index != ""}, stays: p.d.stays, into: p.to}
	if opt.DryRun {
		_, err = WritePlan(ctx, files, options, opt.Plan)
	} else {
		res.Written, err = Write(ctx, files, options)
	}
	if p.to != nil {
		res.Added = p.to.Added
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
