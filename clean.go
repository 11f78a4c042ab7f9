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

// CleanOptions say what [PlanClean] takes out. The zero value does what "dedup clean" does: it
// takes out near-duplicates, repeats within an article, page furniture, and boilerplate of known
// sources.
//
// Text of which no copy stays is taken out only as furniture or boilerplate, and by PerStory and
// DropEmpty.
type CleanOptions struct {
	PerStory        int  // articles of a story that stay; 0: all. Those that an Index with stories has count first
	KeepPerSource   bool // of near-duplicates one copy of each source stays
	KeepBoilerplate bool // furniture and boilerplate stay
	Passages        bool // copied passages are cut out of all articles but one
	DropEmpty       bool // articles without text go

	Protect []string // ids of articles that stay, byte for byte, whatever the rules say

	Index string // directory of an index: what it has is taken out too; empty: none
	Add   bool   // Write adds the articles that stay to the index, and counts the others there. The index is locked until Close

	MaxRemoved float64 // largest share of articles that may be taken out, of all and of each source with five or more; 0: one half
	MaxCluster int     // largest cluster that is accepted; 0: 1,000; below 0: any
}

// Removal is an article that is taken out. If End is above 0, it is only bytes [Start, End) of the
// text of an article.
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

// Plan says what would be taken out of a corpus. Nothing is written before [Plan.Write].
type Plan struct{ p *clean.Plan }

// Cleaned counts what [Plan.Write] did.
type Cleaned struct {
	Articles int  // that were read
	Removed  int  // articles that were taken out
	Spans    int  // spans that were cut out of other articles
	Added    int  // articles that the index took in
	Already  bool // nothing was done: the output was there, made of the same inputs, and was in the index
}

// PlanClean reads articles as [Open] does, and decides which of them to take out, and which spans
// of the others. It ignores Only and the options of phrases in opt.
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

// Removals yields what would be taken out, in the order of the input; spans of an article are in
// the order of its text.
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

// Write writes the articles that stay. Each record stays byte for byte as it was, except for the
// spans that are taken out. Write makes a file if one file was read, and else a directory with the
// names of the inputs. Beside it stands a manifest, out + ".manifest.jsonl", from which [Restore]
// rebuilds the inputs. Output and manifest appear whole or not at all. A file that Write did not
// make is not replaced.
//
// Write returns an error, and writes nothing, if more would be taken out than MaxRemoved and
// MaxCluster allow, or if an input has changed since it was read. It may be called once.
func (p *Plan) Write(ctx context.Context, out string) (Cleaned, error) {
	res, err := p.p.Write(ctx, out, "")
	if res == nil {
		return Cleaned{}, err
	}
	return Cleaned{res.Articles, res.Written.Removed, res.Written.Cuts, res.Added.Articles, res.Already}, err
}

// Close frees memory, removes temporary files and closes the index.
func (p *Plan) Close() error { return p.p.Close() }

// Restore rebuilds at out the inputs of the [Plan.Write] that made cleaned, and returns the number
// of files. They are the same byte for byte after decompression. Checksums in the manifest are
// compared for what is read and for what is written: files that were changed since are refused.
//
// If ids of articles are given, only what was taken out of these articles is put back, and the
// manifest of out has the rest. Then out may be the same as cleaned.
func Restore(ctx context.Context, cleaned, out string, articles ...string) (files int, err error) {
	opt := clean.RestoreOptions{From: cleaned, Out: out}
	if len(articles) == 0 {
		return clean.Restore(ctx, opt)
	}
	_, err = clean.TakeBack(ctx, opt, articles)
	return 0, err
}
