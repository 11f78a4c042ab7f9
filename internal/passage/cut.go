package passage

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"unsafe"

	"dedup/internal/article"
	"dedup/internal/spill"
	"dedup/internal/text"
	"dedup/internal/work"
)

// job is a range of tokens whose bytes are wanted: occurrence i of all occurrences in order, or a
// side of match i.
type job struct {
	article, from, to int32
	i                 uint32
	tokens, matched   int32 // of a match
}

// newJobs sorts jobs by article.
func newJobs(opt *Options) *spill.Sorter[job] {
	return spill.NewSorter(opt.Tmp, "passages", opt.Memory/8, func(x, y job) int { return cmp.Compare(x.article, y.article) })
}

// cut makes passages from places in tokens. It reads every article that has any once more, to know
// where its tokens stand: that costs less than to keep eight bytes a token.
func (g *grouper) cut(ctx context.Context) ([]Passage, error) {
	groups, jobs, n := g.groups(), newJobs(&g.f.opt), 0
	for _, group := range groups {
		for _, p := range group {
			if err := jobs.Add(job{article: p.article, from: p.from, to: p.to, i: uint32(n)}); err != nil {
				return nil, errors.Join(err, jobs.Close())
			}
			n++
		}
	}
	if keep := g.f.opt.Keep; keep != nil {
		if err := keep(int64(len(groups))*int64(unsafe.Sizeof(Passage{})) + int64(n)*int64(unsafe.Sizeof(Occurrence{}))); err != nil {
			return nil, errors.Join(err, jobs.Close())
		}
	}
	found, occurrences := make([]Passage, len(groups)), make([]Occurrence, n)
	rest := occurrences
	for k, group := range groups {
		found[k] = Passage{Tokens: int(group[0].to - group[0].from), Occurrences: rest[:len(group):len(group)]}
		rest, groups[k] = rest[len(group):], nil
	}
	err := g.f.perArticle(ctx, jobs, func(list []job, r *reader) error {
		for _, j := range list {
			occurrences[j.i] = Occurrence{int(j.article), r.span(j.from, j.to), r.edge(j.from, j.to)}
		}
		return nil
	})
	for k := range found {
		if err != nil {
			return nil, err
		}
		p := &found[k]
		o := p.Occurrences[0]
		p.Text = g.f.at(o.Article).Text[o.Span.Start:o.Span.End]
		p.Judge(g.f.at)
	}
	return found, nil
}

// perArticle calls fn with all jobs of an article and its reader, on several goroutines.
func (f *finder) perArticle(ctx context.Context, jobs *spill.Sorter[job], fn func(list []job, r *reader) error) error {
	readers := make([]reader, f.opt.Workers)
	return work.Feed(ctx, f.opt.Workers, someArticles(jobs), func(w int, list []job) error {
		for len(list) > 0 {
			n := 1
			for n < len(list) && list[n].article == list[0].article {
				n++
			}
			readers[w].readArticle(f.at(int(list[0].article)))
			if err := fn(list[:n], &readers[w]); err != nil {
				return err
			}
			list = list[n:]
		}
		return nil
	})
}

// someJobs is how many jobs a goroutine takes at a time, at least.
const someJobs = 256

// someArticles gives jobs in order, all of some articles at a time.
func someArticles(jobs *spill.Sorter[job]) iter.Seq2[[]job, error] {
	return func(yield func([]job, error) bool) {
		var list []job
		for j, err := range jobs.All() {
			if err != nil {
				yield(nil, err)
				return
			}
			if n := len(list); n >= someJobs && list[n-1].article != j.article {
				if !yield(list, nil) {
					return
				}
				list = make([]job, 0, n)
			}
			list = append(list, j)
		}
		yield(list, nil)
	}
}

// reader turns token ranges of one article into bytes.
type reader struct {
	words words
	toks  []text.Token
}

func (r *reader) read(s string) { r.readArticle(Article{Text: s}) }

func (r *reader) readArticle(a Article) {
	r.toks = r.words.of(r.toks[:0], a)
}

func (r *reader) span(from, to int32) article.Span {
	return article.Span{Start: int(r.toks[from].Start), End: int(r.toks[to-1].End)}
}

// edge says where in its article an occurrence stands.
func (r *reader) edge(from, to int32) edge {
	n := int32(len(r.toks))
	return edge{tail: n-to <= edgeTokens, part: float32(to-from) / float32(n)}
}
