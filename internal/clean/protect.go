package clean

import (
	"slices"

	"dedup/internal/article"
)

// Protection is what stays whatever the rules say: what a reader of a plan decided.
type Protection struct {
	whole map[string]bool
	spans map[string][]article.Span
	used  map[string]bool // ids that something would have gone of
}

// NewProtection protects nothing yet.
func NewProtection() *Protection {
	return &Protection{map[string]bool{}, map[string][]article.Span{}, map[string]bool{}}
}

// Whole protects an article, byte for byte.
func (p *Protection) Whole(id string) { p.whole[id] = true }

// Span protects bytes of the text of an article.
func (p *Protection) Span(id string, s article.Span) { p.spans[id] = append(p.spans[id], s) }

// Keeps tells whether some of bytes [start, end) of an article is protected.
func (p *Protection) Keeps(id string, start, end int) bool {
	return p.whole[id] || slices.ContainsFunc(p.spans[id], func(s article.Span) bool { return overlap(s, article.Span{Start: start, End: end}) })
}

// Unused lists the ids of which nothing would have gone, in order.
func (p *Protection) Unused() (ids []string) {
	if p == nil {
		return nil
	}
	for id := range p.whole {
		if !p.used[id] {
			ids = append(ids, id)
		}
	}
	for id := range p.spans {
		if !p.used[id] && !p.whole[id] {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// goes removes an article, unless it is protected, and tells whether it did. What is not done is
// noted.
func (d *decisions) goes(i int32, why *Reason) bool {
	if id := d.ID(int(i)); d.protection != nil && d.protection.whole[id] {
		d.protection.used[id] = true
		d.stays = append(d.stays, Stay{"protected", d.place(int(i)), *why, i})
		return false
	}
	d.whole[i] = why
	return true
}

// spare leaves out the cuts of article i that are protected.
func (d *decisions) spare(i int) {
	n := &d.notes[i]
	if d.protection == nil || len(n.cuts) == 0 {
		return
	}
	id := d.ID(i)
	noted := d.protection.whole[id] && d.protection.used[id] // all of it would have gone
	n.cuts = slices.DeleteFunc(n.cuts, func(c Cut) bool {
		if !d.protection.Keeps(id, c.Start, c.End) {
			return false
		}
		d.protection.used[id] = true
		if noted {
			return true
		}
		at := d.place(i)
		at.Start, at.End = c.Start, c.End
		d.stays = append(d.stays, Stay{"protected", at, c.Reason, int32(i)})
		return true
	})
}
