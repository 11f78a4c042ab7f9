package gate

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"unsafe"

	"dedup/internal/article"
	"dedup/internal/cluster/near"
	"dedup/internal/corpus"
	"dedup/internal/text"
	"dedup/internal/work"
)

// Findings are listed until they take detailPart of the memory; of what comes after, the drop has
// what the verdict needs. A million tiny articles are a million findings, which nobody reads.
const detailPart = 8

// findBlock is how many articles' findings are made at a time.
const findBlock = 64

// findings fills in the findings, by article: those about all of it first, the others by place.
func (c *check) findings(ctx context.Context, d *Drop) error {
	room := c.Options.Memory / detailPart
	var full atomic.Bool // what comes next is omitted
	queue := work.NewInOrder(func(b findings) error {
		for i := range b.all {
			if room -= sizeOf(&b.all[i]); room < 0 {
				full.Store(true)
				b.brief = append(briefs(b.all[i:]), b.brief...)
				b.all = b.all[:i]
				break
			}
		}
		d.Findings, d.Omitted = append(d.Findings, b.all...), append(d.Omitted, b.brief...)
		return c.Keep(int64(len(b.all))*int64(unsafe.Sizeof(Finding{})+unsafe.Sizeof(Judged{})) + int64(len(b.brief))*int64(unsafe.Sizeof(Brief{})))
	})
	n := c.Len()
	return work.Told(ctx, c.Options.Workers, (n+findBlock-1)/findBlock, c.Options.Stage("listing findings"), func(_, k int) error {
		var b findings
		for i := k * findBlock; i < min(n, (k+1)*findBlock); i++ {
			if all := c.findingsOf(i); full.Load() || b.brief != nil {
				b.brief = append(b.brief, briefs(all)...)
			} else {
				b.all = append(b.all, all...)
			}
		}
		return queue.Put(k, b)
	})
}

// findings are those of some articles: in full, then in brief.
type findings struct {
	all   []Finding
	brief []Brief
}

// briefs are findings in brief.
func briefs(all []Finding) []Brief {
	out := make([]Brief, len(all))
	for i := range all {
		out[i] = all[i].Brief()
	}
	return out
}

// sizeOf is the memory that a finding takes, listed and judged.
func sizeOf(f *Finding) int64 {
	return int64(unsafe.Sizeof(*f)+unsafe.Sizeof(Judged{})) + int64(len(f.Text)+len(f.Title)+len(f.Published)+len(f.Matched)+len(f.Where)+len(f.About.Title)+len(f.About.Published))
}

// marksOf are the marks of article i, in order.
func (c *check) marksOf(i int, m *corpus.Article) (marks []mark) {
	add := func(k mark) {
		if c.looksFor[k.rule] {
			marks = append(marks, k)
		}
	}
	switch {
	case m.Empty:
		add(mark{rule: Empty})
	case m.Tokens < c.opt.Tiny:
		add(mark{rule: Tiny})
	}
	if c.clusters.Of != nil && c.clusters.Of[i] >= 0 {
		c.nearDuplicate(i, add)
	}
	for _, s := range c.boilerplate[i] {
		add(mark{rule: Boilerplate, span: s})
	}
	if c.marks != nil {
		marks = append(marks, c.marks[i]...)
		c.marks[i] = nil
	}
	if c.leftovers != nil {
		for _, r := range c.leftovers[i].Repeats {
			for _, again := range r.Spans[1:] {
				add(mark{rule: Repeat, span: again})
			}
		}
		for _, f := range c.leftovers[i].Furniture {
			add(mark{rule: Furniture, span: f})
		}
	}
	slices.SortStableFunc(marks, func(a, b mark) int {
		return cmp.Or(cmp.Compare(a.span.Start, b.span.Start), cmp.Compare(a.span.End, b.span.End),
			CompareRules(a.rule, b.rule))
	})
	return marks
}

// nearDuplicate marks article i of a cluster, unless it is the canonical.
func (c *check) nearDuplicate(i int, add func(mark)) {
	members := c.clusters.List[c.clusters.Of[i]].Members
	first := int(members[0].Article)
	if first == i {
		return
	}
	rank := c.Rank()
	k, _ := slices.BinarySearchFunc(members[1:], rank[i], func(m near.Member, at int32) int { return cmp.Compare(rank[m.Article], at) })
	m, kept := &members[1+k], c.At(first)
	add(mark{
		rule: NearDuplicate, matched: kept.ID, where: where(kept.Path, kept.Line), about: BylineOf(c.Corpus, first),
		resemblance: m.Resemblance, containment: m.Containment, how: m.Rule.String(),
	})
}

// findingsOf turns the marks of article i into findings.
func (c *check) findingsOf(i int) []Finding {
	m, s := c.At(i), c.Text(i)
	marks := c.marksOf(i, &m)
	if len(marks) == 0 {
		return nil
	}
	w := wordsOf{s: s, toks: text.AppendTokens(nil, s)}
	var lines *text.Lines
	by := BylineOf(c.Corpus, i)
	out := make([]Finding, 0, len(marks))
	for _, k := range marks {
		f := Finding{
			Rule: k.rule, Article: m.ID, Path: m.Path, Record: m.Line, Source: by.Source, InFile: m.InFile, Tokens: m.Tokens,
			Title: by.Title, Published: by.Published, About: k.about,
			Matched: strings.Clone(k.matched), Where: k.where, Resemblance: k.resemblance, Containment: k.containment, How: k.how,
		}
		if k.span == (article.Span{}) {
			f.Text, f.Key = beginning(s), Key(k.rule, w.all())
			out = append(out, f)
			continue
		}
		if lines == nil {
			lines = text.NewLines(s)
		}
		words := w.in(k.span)
		f.Start, f.End, f.Tokens = k.span.Start, k.span.End, len(words)
		f.Line, f.Column = lines.Position(f.Start)
		f.EndLine, f.EndColumn = lines.Position(f.End)
		if m.InFile { // a head may stand before the text
			f.Line, f.EndLine = f.Line+m.Line-1, f.EndLine+m.Line-1
		}
		f.Text, f.Key = corpus.Excerpt(s[f.Start:f.End]), Key(k.rule, words)
		out = append(out, f)
	}
	return out
}

// wordsOf gives the hashes of the words of a text, as keys are made of.
type wordsOf struct {
	s    string
	toks []text.Token
	once []uint64
}

// all gives them with lines that repeat at once left out, as near-duplicates are told by.
func (w *wordsOf) all() []uint64 {
	if w.once == nil {
		w.once = text.Hashes(text.Once(slices.Clone(w.toks), w.s))
	}
	return w.once
}

// in gives those of a span.
func (w *wordsOf) in(s article.Span) []uint64 {
	from, _ := slices.BinarySearchFunc(w.toks, s.Start, func(t text.Token, at int) int { return cmp.Compare(int(t.Start), at) })
	to := from
	for to < len(w.toks) && int(w.toks[to].Start) < s.End {
		to++
	}
	return text.Hashes(w.toks[from:to])
}

// beginning is what an article is known by to people: its headline, or how it starts.
func beginning(s string) string {
	if span, ok := text.Headline(s); ok {
		return corpus.Excerpt(s[span.Start:span.End])
	}
	return corpus.Excerpt(strings.TrimSpace(s))
}
