package engine

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"dedup/internal/article"
	"dedup/internal/gate"
	"dedup/internal/passage"
	"dedup/internal/text"
)

// findings gives the findings of every article: those about all of it first, the others by place.
func (c *check) findings(ctx context.Context) ([][]gate.Finding, error) {
	out := make([][]gate.Finding, len(c.marks))
	leftovers := c.looksFor[gate.Repeat] || c.looksFor[gate.Furniture]
	err := c.each(ctx, "finding repeats", len(out), func(i int) error {
		if leftovers {
			c.leftovers(i)
		}
		if len(c.marks[i]) == 0 {
			return nil
		}
		if err := c.store.state.add(int64(len(c.marks[i])) * findingSize); err != nil {
			return err
		}
		out[i], c.marks[i] = c.findingsOf(i), nil
		return nil
	})
	return out, err
}

// leftovers marks what an article repeats and what its page left behind.
func (c *check) leftovers(i int) {
	repeats, furniture := passage.Leftovers(c.store.text(i))
	for _, r := range repeats {
		for _, again := range r.Spans[1:] {
			c.mark(i, mark{rule: gate.Repeat, span: again})
		}
	}
	for _, f := range furniture {
		c.mark(i, mark{rule: gate.Furniture, span: f})
	}
}

// findingsOf turns the marks of article i into findings.
func (c *check) findingsOf(i int) []gate.Finding {
	marks, m, s := c.marks[i], &c.store.Meta[i], c.store.text(i)
	slices.SortStableFunc(marks, func(a, b mark) int {
		return cmp.Or(cmp.Compare(a.span.Start, b.span.Start), cmp.Compare(a.span.End, b.span.End),
			gate.CompareRules(a.rule, b.rule))
	})
	w := wordsOf{s: s, toks: text.AppendTokens(nil, s)}
	var lines *text.Lines
	by := c.byline(i)
	out := make([]gate.Finding, 0, len(marks))
	for _, k := range marks {
		f := gate.Finding{
			Rule: k.rule, Article: strings.Clone(m.ID), Path: m.Path, Record: m.Line, Source: by.Source, InFile: m.InFile, Tokens: m.Tokens,
			Title: by.Title, Published: by.Published, About: k.about,
			Matched: strings.Clone(k.matched), Where: k.where, Resemblance: k.resemblance, Containment: k.containment, How: k.how,
		}
		if k.span == (article.Span{}) {
			f.Text, f.Key = beginning(s), gate.Key(k.rule, w.all())
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
		f.Text, f.Key = excerpt(s[f.Start:f.End]), gate.Key(k.rule, words)
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
		w.once = hashes(text.Once(slices.Clone(w.toks), w.s))
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
	return hashes(w.toks[from:to])
}

// beginning is what an article is known by to people: its headline, or how it starts.
func beginning(s string) string {
	if span, ok := text.Headline(s); ok {
		return excerpt(s[span.Start:span.End])
	}
	return excerpt(strings.TrimSpace(s))
}

// excerptBytes is how much of a text a finding quotes.
const excerptBytes = 400

// excerpt copies the first bytes of s, up to a character.
func excerpt(s string) string {
	if len(s) > excerptBytes {
		n := excerptBytes
		for n > 0 && !utf8.RuneStart(s[n]) {
			n--
		}
		s = s[:n]
	}
	return strings.Clone(s)
}
