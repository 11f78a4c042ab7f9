package passage

import (
	"cmp"
	"context"
	"slices"

	"dedup/internal/article"
	"dedup/internal/text"
	"dedup/internal/work"
)

// job is one range of tokens whose bytes are wanted: occurrence i of all occurrences in order, or
// side a or b of match i.
type job struct {
	article, from, to int32
	side              int8 // -1: an occurrence, 0: a, 1: b
	i                 int32
}

// cut makes the result from places and hits in tokens. It reads every article that has any once
// more, to know where its tokens stand: that costs less than to keep eight bytes a token.
func (g *grouper) cut(ctx context.Context, found []hit) (*Result, error) {
	groups, ofHit := g.groups()
	var hits []grouped
	if !g.f.opt.noMatches {
		hits = g.withCopies(found, ofHit, groups)
	}
	r := &Result{Matches: make([]Match, len(hits)), Passages: make([]Passage, len(groups))}
	var jobs []job
	var places []place
	for k, group := range groups {
		r.Passages[k].Occurrences = make([]Occurrence, len(group))
		r.Passages[k].Tokens = int(group[0].to - group[0].from)
		for _, p := range group {
			jobs = append(jobs, job{p.article, p.from, p.to, -1, int32(len(places))})
			places = append(places, p)
		}
	}
	for i, h := range hits {
		jobs = append(jobs, job{h.a, h.aFrom, h.aTo, 0, int32(i)}, job{h.b, h.bFrom, h.bTo, 1, int32(i)})
		r.Matches[i] = Match{A: int(h.a), B: int(h.b), Tokens: int(max(h.aTo-h.aFrom, h.bTo-h.bFrom)), Matched: int(h.matched), Passage: int(h.passage)}
	}
	occurrences := make([]Occurrence, len(places))
	err := g.f.perArticle(ctx, jobs, func(j job, rd *reader) {
		span := rd.span(j.from, j.to)
		switch j.side {
		case 0:
			r.Matches[j.i].ASpan = span
		case 1:
			r.Matches[j.i].BSpan = span
		default:
			occurrences[j.i] = Occurrence{Article: int(j.article), Span: span, edge: rd.edge(j.from, j.to)}
			if !g.f.opt.NoSentences {
				occurrences[j.i].Sentences = rd.sentencesOf(span)
			}
		}
	})
	if err != nil {
		return nil, err
	}
	for k := range r.Passages {
		p := &r.Passages[k]
		occurrences = occurrences[copy(p.Occurrences, occurrences):]
		o := p.Occurrences[0]
		p.Text = g.f.at(o.Article).Text[o.Span.Start:o.Span.End]
		p.Judge(g.f.at)
	}
	for i := range r.Matches {
		r.Matches[i].Boilerplate = r.Passages[r.Matches[i].Passage].Boilerplate
	}
	return r, nil
}

// perArticle calls fn for every job with a reader of its article, for one article by one goroutine.
func (f *finder) perArticle(ctx context.Context, jobs []job, fn func(j job, r *reader)) error {
	slices.SortFunc(jobs, func(x, y job) int {
		return cmp.Or(cmp.Compare(x.article, y.article), cmp.Compare(x.side, y.side), cmp.Compare(x.i, y.i))
	})
	var starts []int
	for i := range jobs {
		if i == 0 || jobs[i].article != jobs[i-1].article {
			starts = append(starts, i)
		}
	}
	starts = append(starts, len(jobs))
	return work.Start(ctx, f.opt.Workers, len(starts)-1, func(int) func(int) error {
		var r reader
		return func(k int) error {
			r.readArticle(f.at(int(jobs[starts[k]].article)))
			for _, j := range jobs[starts[k]:starts[k+1]] {
				fn(j, &r)
			}
			return nil
		}
	})
}

// reader turns token ranges of one article into bytes.
type reader struct {
	words     words
	text      string
	toks      []text.Token
	sentences []article.Span
	split     bool
}

func (r *reader) read(s string) { r.readArticle(Article{Text: s}) }

func (r *reader) readArticle(a Article) {
	r.text, r.split = a.Text, false
	r.toks = r.words.of(r.toks[:0], a)
}

func (r *reader) span(from, to int32) article.Span {
	return article.Span{Start: int(r.toks[from].Start), End: int(r.toks[to-1].End)}
}

// sentencesOf gives the bounds of the sentences that a span touches, the span itself where none is
// known.
func (r *reader) sentencesOf(p article.Span) article.Span {
	if !r.split {
		r.sentences, r.split = text.AppendSentences(r.sentences[:0], r.text), true
	}
	i, _ := slices.BinarySearchFunc(r.sentences, p.Start, func(s article.Span, at int) int { return cmp.Compare(s.End, at+1) })
	j := i
	for j < len(r.sentences) && r.sentences[j].Start < p.End {
		j++
	}
	if i == j {
		return p
	}
	return article.Span{Start: min(p.Start, r.sentences[i].Start), End: max(p.End, r.sentences[j-1].End)}
}

// edge says where in its article an occurrence stands.
func (r *reader) edge(from, to int32) edge {
	n := int32(len(r.toks))
	return edge{tail: n-to <= edgeTokens, part: float32(to-from) / float32(n)}
}
