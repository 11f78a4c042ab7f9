package clean

import (
	"cmp"
	"slices"

	"dedup/internal/article"
	"dedup/internal/passage"
)

// carrier is an article with one of its last lines.
type carrier struct{ article, line int32 }

// tails cuts the last lines that are boilerplate of their source (passage.Votes). A short one goes
// from every article of the source; of a longer one the copy of the best-ranked article stays, for
// what is longer may say something.
func (d *decisions) tails() {
	all := map[uint64][]carrier{}
	for i := range d.notes {
		if d.whole[int32(i)] != nil {
			continue
		}
		for k, t := range d.notes[i].tails {
			if c := all[t.Hash]; len(c) == 0 || c[len(c)-1].article != int32(i) {
				all[t.Hash] = append(c, carrier{int32(i), int32(k)})
			}
		}
	}
	for _, carriers := range all { // no group touches the lines of another
		var v passage.Votes
		for _, c := range carriers {
			v.AddTail(passage.Article{Source: d.Source(int(c.article)), Story: -1, Near: -1}) // of versions of one text one is left
		}
		if v.Any() {
			d.tail(carriers, &v)
		}
	}
}

// tail cuts one line, which is boilerplate of a source, wherever no other cut needs it.
func (d *decisions) tail(carriers []carrier, v *passage.Votes) {
	free := slices.DeleteFunc(carriers, func(c carrier) bool {
		s := d.line(c).Span
		return d.cutBy(int(c.article), s) || d.needed(int(c.article), s)
	})
	if len(free) < 2 {
		return
	}
	slices.SortFunc(free, func(a, b carrier) int { return cmp.Compare(d.rank[a.article], d.rank[b.article]) })
	keep := free[0]
	short := d.line(keep).Short
	used := false
	for _, c := range free {
		if !v.Of(d.Source(int(c.article))) || !short && c == keep {
			continue
		}
		other := keep
		if c == keep {
			other = free[1]
		}
		at := d.place(int(other.article))
		at.Start, at.End = d.line(other).Span.Start, d.line(other).Span.End
		n, line := &d.notes[c.article], d.line(c)
		n.cuts = append(n.cuts, Cut{Span: article.Span{Start: line.Gap, End: line.Span.End}, Reason: Reason{Rule: RuleBoilerplate, Articles: len(carriers), Matched: &at}})
		used = true
	}
	if used && !short {
		d.protected[int(keep.article)] = append(d.protected[int(keep.article)], d.line(keep).Span)
	}
}

func (d *decisions) line(c carrier) *passage.TailLine {
	return &d.notes[c.article].tails[c.line]
}

// cutBy tells whether a cut takes something of a span.
func (d *decisions) cutBy(i int, s article.Span) bool {
	return slices.ContainsFunc(d.notes[i].cuts, func(c Cut) bool { return overlap(c.Span, s) })
}

// needed tells whether something of a span is what a cut gives as the copy that stays.
func (d *decisions) needed(i int, s article.Span) bool {
	return slices.ContainsFunc(d.protected[i], func(p article.Span) bool { return overlap(p, s) }) ||
		slices.ContainsFunc(d.notes[i].cuts, func(c Cut) bool {
			return c.Rule == RuleRepeat && overlap(article.Span{Start: c.Matched.Start, End: c.Matched.End}, s)
		})
}
