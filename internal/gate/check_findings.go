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
				b.all = b.all[:i]
				break
			}
		}
		d.Findings = append(d.Findings, b.all...)
		if b.brief = b.brief[len(b.all):]; len(b.brief) > 0 {
			d.Omitted = append(d.Omitted, slices.Clone(b.brief))
			d.About = func(i int) (id, source string) { return c.ID(i), c.Source(i) }
		}
		return c.Keep(int64(len(b.all))*int64(unsafe.Sizeof(Finding{})+unsafe.Sizeof(Judged{})) + int64(len(b.brief))*int64(unsafe.Sizeof(Brief{})+1))
	})
	n := c.Len()
	return work.Told(ctx, c.Options.Workers, (n+findBlock-1)/findBlock, c.Options.Stage("listing findings"), func(_, k int) error {
		var b findings
		for i := k * findBlock; i < min(n, (k+1)*findBlock); i++ {
			c.findingsOf(&b, i, full.Load() || len(b.all) < len(b.brief))
		}
		return queue.Put(k, b)
	})
}

// findings are those of some articles: all in brief, the first of them in full.
type findings struct {
	brief []Brief
	all   []Finding
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
	m := &members[1+k]
	add(mark{rule: NearDuplicate, of: int32(first) + 1, resemblance: m.Resemblance, containment: m.Containment, how: m.Rule.String()})
}

// findingsOf turns the marks of article i into findings.
func (c *check) findingsOf(b *findings, i int, inBrief bool) {
	m, s := c.At(i), c.Text(i)
	marks := c.marksOf(i, &m)
	if len(marks) == 0 {
		return
	}
	w := wordsOf{s: s, toks: text.AppendTokens(nil, s)}
	if c.opt.MinCopied > 0 && float64(w.copied(marks)) < c.opt.MinCopied*float64(m.Tokens)-1e-9 {
		marks = slices.DeleteFunc(marks, func(k mark) bool { return k.rule == CopiedPassage })
	}
	var lines *text.Lines
	for _, k := range marks {
		whole, words := k.span == (article.Span{}), []uint64(nil)
		if whole {
			words = w.all()
		} else {
			words = w.in(k.span)
		}
		key := Key(k.rule, words)
		b.brief = append(b.brief, Brief{key, int32(i), k.of - 1, uint8(slices.Index(Rules, k.rule))})
		if inBrief {
			continue
		}
		f := c.finding(&m, &k, key)
		if whole {
			f.Text = beginning(s)
		} else {
			if lines == nil {
				lines = text.NewLines(s)
			}
			f.Tokens, f.Text = len(words), corpus.Excerpt(s[f.Start:f.End])
			if k.rule == CopiedPassage {
				f.Share = float64(f.Tokens) / float64(max(1, m.Tokens))
			}
			f.place(&m, lines)
		}
		b.all = append(b.all, f)
	}
}

// finding is the finding of a mark on article m, but for its text and its place in lines.
func (c *check) finding(m *corpus.Article, k *mark, key uint64) Finding {
	f := Finding{
		Rule: k.rule, Article: m.ID, Path: m.Path, Record: m.Line, Source: m.Source, InFile: m.InFile, Tokens: m.Tokens,
		Title: corpus.Excerpt(corpus.Title(m.Title, m.Text)), Published: corpus.Published(m.Published, m.DateOnly), About: k.about,
		Matched: strings.Clone(k.matched), Where: k.where, Resemblance: k.resemblance, Containment: k.containment, How: k.how,
		Start: k.span.Start, End: k.span.End, Key: key,
	}
	if k.of > 0 {
		kept := c.At(int(k.of - 1))
		f.Matched, f.Where, f.About = kept.ID, where(kept.Path, kept.Line), BylineOf(c.Corpus, int(k.of-1))
	}
	return f
}

// place fills in the lines and columns of a finding in article m.
func (f *Finding) place(m *corpus.Article, lines *text.Lines) {
	f.Line, f.Column = lines.Position(f.Start)
	f.EndLine, f.EndColumn = lines.Position(f.End)
	if m.InFile { // a head may stand before the text
		f.Line, f.EndLine = f.Line+m.Line-1, f.EndLine+m.Line-1
	}
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

// copied is how many words are in copied passages, which come by place and may overlap.
func (w *wordsOf) copied(marks []mark) (n int) {
	end := 0
	for _, k := range marks {
		if s := k.span; k.rule == CopiedPassage && s.End > end {
			n += len(w.in(article.Span{Start: max(s.Start, end), End: s.End}))
			end = s.End
		}
	}
	return n
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
