package gate

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unsafe"

	"dedup/internal/article"
	"dedup/internal/corpus"
	"dedup/internal/text"
	"dedup/internal/work"
)

// findings gives the findings of every article: those about all of it first, the others by place.
func (c *check) findings(ctx context.Context) ([][]Finding, error) {
	out := make([][]Finding, len(c.marks))
	var leftovers []corpus.Leftovers
	if c.looksFor[Repeat] || c.looksFor[Furniture] {
		var err error
		if leftovers, err = c.Leftovers(); err != nil {
			return nil, err
		}
	}
	err := work.Told(ctx, c.Options.Workers, len(out), c.Options.Stage("listing findings"), func(_, i int) error {
		if leftovers != nil {
			c.leftovers(i, &leftovers[i])
		}
		if len(c.marks[i]) == 0 {
			return nil
		}
		out[i], c.marks[i] = c.findingsOf(i), nil
		return c.Keep(sizeOf(out[i]))
	})
	return out, err
}

// sizeOf is the memory that findings take.
func sizeOf(list []Finding) int64 {
	n := int64(cap(list)) * int64(unsafe.Sizeof(Finding{}))
	for i := range list {
		f := &list[i]
		n += int64(len(f.Text) + len(f.Title) + len(f.Published) + len(f.Matched) + len(f.Where))
	}
	return n
}

// leftovers marks what an article repeats and what its page left behind.
func (c *check) leftovers(i int, l *corpus.Leftovers) {
	for _, r := range l.Repeats {
		for _, again := range r.Spans[1:] {
			c.mark(i, mark{rule: Repeat, span: again})
		}
	}
	for _, f := range l.Furniture {
		c.mark(i, mark{rule: Furniture, span: f})
	}
}

// findingsOf turns the marks of article i into findings.
func (c *check) findingsOf(i int) []Finding {
	marks, m, s := c.marks[i], c.At(i), c.Text(i)
	slices.SortStableFunc(marks, func(a, b mark) int {
		return cmp.Or(cmp.Compare(a.span.Start, b.span.Start), cmp.Compare(a.span.End, b.span.End),
			CompareRules(a.rule, b.rule))
	})
	w := wordsOf{s: s, toks: text.AppendTokens(nil, s)}
	if c.opt.MinCopied > 0 && float64(w.copied(marks)) < c.opt.MinCopied*float64(m.Tokens)-1e-9 {
		marks = slices.DeleteFunc(marks, func(k mark) bool { return k.rule == CopiedPassage })
	}
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
		if k.rule == CopiedPassage {
			f.Share = float64(f.Tokens) / float64(max(1, m.Tokens))
		}
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
