package dedup

import (
	"cmp"
	"context"
	"iter"
	"strings"
	"time"

	"dedup/internal/article"
	"dedup/internal/clean"
	"dedup/internal/corpus"
	"dedup/internal/index"
)

// CleanOptions say what goes where a corpus is written again. The zero value takes out what
// "dedup clean" does: near-duplicates, what an article repeats, page furniture, and boilerplate of
// known sources. Text of which no copy stays goes by PerStory, DropEmpty and those last two alone.
type CleanOptions struct {
	PerStory        int  // articles of a story that stay; 0: all. Articles of an Index that keeps stories take the first places
	KeepPerSource   bool // of near-duplicates one copy of each source stays
	KeepBoilerplate bool // furniture and boilerplate stay
	Passages        bool // copied passages are cut out of all articles but one
	DropEmpty       bool // articles without text go

	Protect []string // ids of articles that stay, byte for byte, whatever the rules say

	Index string // directory of an index that the articles are held against; empty: none
	Add   bool   // Write adds what stays to it, and counts what does not. It stays locked until Close

	MaxRemoved float64 // largest share of articles that may go, of all and of every source with five or more; 0: one half
	MaxCluster int     // largest cluster that may be; 0: 1,000; below: any
}

// Removal is an article that goes, or with End above 0 bytes [Start, End) of the text of one that
// stays otherwise.
type Removal struct {
	Article    string // id
	Path       string
	Line       int // where the record starts
	Start, End int

	Rule        string  // "resemblance", "containment", "story", "empty"; of spans "repeat", "furniture", "boilerplate", "passage"
	Resemblance float64 // to the article that stays, of near-duplicates: |A∩B|/|A∪B|
	Containment float64 // of the shorter one in the longer one

	Kept     string // id of the article that stays in its place; empty for "empty" and "furniture"
	KeptPath string
	KeptLine int
	InIndex  bool // Kept is an entry of the index: Path and Line are those that it was added from
}

// Plan is what would go of a corpus. Nothing is written before Write.
type Plan struct{ p *clean.Plan }

// Cleaned counts what a Plan did.
type Cleaned struct {
	Articles int  // that were read
	Removed  int  // of them
	Spans    int  // that were cut out of others
	Added    int  // articles that the index took in
	Already  bool // the output was there, made of the same inputs, and in the index: nothing was done
}

// PlanClean reads articles as [Open] does and decides which of them go, and what of others. Of opt,
// Only and what belongs to phrases does not count.
func PlanClean(ctx context.Context, paths []string, opt Options, what CleanOptions) (*Plan, error) {
	o := corpus.Options(opt).Defaults()
	run := clean.RunOptions{
		PerStory: what.PerStory, KeepPerSource: what.KeepPerSource, KeepBoilerplate: what.KeepBoilerplate, Passages: what.Passages,
		DropEmpty: what.DropEmpty, Index: what.Index, Add: what.Add,
		Guard:        clean.Guard{MaxRemoved: cmp.Or(what.MaxRemoved, 0.5), MaxCluster: max(0, cmp.Or(what.MaxCluster, 1000))},
		IndexOptions: index.Options{Memory: o.Memory / 4, Tmp: o.Tmp, Workers: o.Workers, Program: "package dedup", Now: time.Now, Context: ctx},
	}
	if len(what.Protect) > 0 {
		run.Protect = clean.NewProtection()
		for _, id := range what.Protect {
			run.Protect.Whole(id)
		}
	}
	p, err := clean.Decide(ctx, corpus.Config{Options: o, Paths: paths}, run)
	if err != nil {
		return nil, err
	}
	return &Plan{p}, nil
}

// Removals yields what would go, in the order of the input, spans of an article in the order of its
// text.
func (p *Plan) Removals() iter.Seq[Removal] {
	return func(yield func(Removal) bool) {
		for it := range p.p.Items() {
			if it.Whole != nil {
				if !yield(removal(it, article.Span{}, it.Whole)) {
					return
				}
				continue
			}
			for k := range it.Cuts {
				if !yield(removal(it, it.Cuts[k].Span, &it.Cuts[k].Reason)) {
					return
				}
			}
		}
	}
}

func removal(it *clean.Item, s article.Span, why *clean.Reason) Removal {
	r := Removal{
		Article: strings.Clone(it.Article), Path: strings.Clone(it.Path), Line: it.Line, Start: s.Start, End: s.End,
		Rule: string(why.Rule), Resemblance: why.Resemblance, Containment: why.Containment, InIndex: why.InIndex,
	}
	if m := why.Matched; m != nil {
		r.Kept, r.KeptPath, r.KeptLine = strings.Clone(m.Article), strings.Clone(m.Path), m.Line
	}
	return r
}

// Write writes what stays, every record byte for byte as it was but for the spans that go: to a file
// where one file was read, else to a directory with the names of the inputs. Beside it stands a
// manifest, out + ".manifest.jsonl", from which [Restore] rebuilds the inputs. Both appear whole or
// not at all. A file that no Write made is not replaced. The error also says when more would go than
// MaxRemoved and MaxCluster allow, or that an input has changed meanwhile. It is called once.
func (p *Plan) Write(ctx context.Context, out string) (Cleaned, error) {
	res, err := p.p.Write(ctx, out, "")
	if res == nil {
		return Cleaned{}, err
	}
	return Cleaned{res.Articles, res.Written.Removed, res.Written.Cuts, res.Added.Articles, res.Already}, err
}

// Close gives back memory, temporary files and the index.
func (p *Plan) Close() error { return p.p.Close() }

// Restore rebuilds at out what was read before Write made cleaned, byte for byte after decompression,
// and returns the number of files. Sums in the manifest are checked on both sides: what was changed
// since is refused. With articles, by id, it takes back what went of these alone, with a manifest of
// the rest; then out may be cleaned itself.
func Restore(ctx context.Context, cleaned, out string, articles ...string) (files int, err error) {
	opt := clean.RestoreOptions{From: cleaned, Out: out}
	if len(articles) == 0 {
		return clean.Restore(ctx, opt)
	}
	_, err = clean.TakeBack(ctx, opt, articles)
	return 0, err
}
