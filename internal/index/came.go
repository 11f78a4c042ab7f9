package index

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"

	"dedup/internal/plural"
)

// Articles are counted when they come, and the counts are kept with their batch: for every source
// and month of publication, how many articles came, how many of them were near-duplicates of what had
// come before, and how many became entries. Entries that are removed later still count as having come.
//
// A segment has two sections for the counts, which are read on demand. "came" has for each batch its
// number and its rows by source, then month. A row is: how many bytes the source has in common with
// the one before, the bytes that follow, the month, and the three counts. "copies" has a row for each
// cluster of which copies were left out: the difference of its number to the one before, and how many
// copies.

// Came is what of a source came in a batch, of one month of publication.
type Came struct {
	Batch    uint32
	Source   string
	Month    string // 2026-03; empty: unknown
	Articles int
	Known    int // near-duplicates of what had come before, in this batch or an earlier one
	Added    int // became entries
}

// add counts others with it.
func (c *Came) Add(o *Came) {
	c.Articles, c.Known, c.Added = c.Articles+o.Articles, c.Known+o.Known, c.Added+o.Added
}

type cameKey struct {
	source string
	month  string
}

// cameCounts are those of a batch.
type cameCounts struct {
	at   map[cameKey]int32
	list []Came
}

// of is the place of the count for an article.
func (c *cameCounts) of(e *Entry) int32 {
	key := cameKey{source: e.Source}
	if !e.Published.IsZero() {
		key.month = e.Published.UTC().Format("2006-01")
	}
	k, ok := c.at[key]
	if !ok {
		k = int32(len(c.list))
		c.at[key] = k
		c.list = append(c.list, Came{Source: key.source, Month: key.month})
	}
	return k
}

func (c *cameCounts) count(k int32, known, added bool) {
	c.list[k].Articles++
	if known {
		c.list[k].Known++
	}
	if added {
		c.list[k].Added++
	}
}

// append appends the counts of a batch.
func (c *cameCounts) append(dst []byte, batch uint32) []byte {
	c.list = slices.DeleteFunc(c.list, func(r Came) bool { return r.Articles == 0 })
	slices.SortFunc(c.list, func(a, b Came) int { return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Month, b.Month)) })
	dst = binary.AppendUvarint(dst, uint64(batch))
	dst = binary.AppendUvarint(dst, uint64(len(c.list)))
	last := ""
	for i := range c.list {
		r := &c.list[i]
		same := common(last, r.Source)
		dst = appendString(binary.AppendUvarint(dst, uint64(same)), r.Source[same:])
		dst = appendString(dst, r.Month)
		for _, n := range []int{r.Articles, r.Known, r.Added} {
			dst = binary.AppendUvarint(dst, uint64(n))
		}
		last = r.Source
	}
	return dst
}

// common is how many bytes two texts begin with alike.
func common(a, b string) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}

// came reads the counts of a segment.
func (s *segment) came() ([]Came, error) {
	var list []Came
	f := fields{b: s.cameBytes}
	for f.err == nil && len(f.b) > 0 {
		batch, last := f.small(), ""
		for range f.count(6) {
			same := f.size()
			rest := f.string()
			if same > len(last) {
				f.b, f.err = nil, errShort
				break
			}
			last = last[:same] + rest
			list = append(list, Came{Batch: batch, Source: last, Month: f.string(), Articles: f.size(), Known: f.size(), Added: f.size()})
		}
	}
	for i := range list {
		if c := &list[i]; c.Known > c.Articles || c.Added > c.Articles {
			f.err = errShort
		}
	}
	if f.end() != nil {
		return nil, s.damaged("what it says of what came does not make sense")
	}
	return list, nil
}

// Came gives what came, batch by batch, by source, then month. Batches that an earlier version
// added are not in it.
func (x *Index) Came() ([]Came, error) {
	var list []Came
	for _, s := range x.segments {
		of, err := s.came()
		if err != nil {
			return nil, x.named(err)
		}
		list = append(list, of...)
	}
	return list, nil
}

// copies are those of a cluster that were left out.
type copies struct{ unit, n uint32 }

// copies reads those that a segment knows of.
func (s *segment) copies() ([]copies, error) {
	var list []copies
	f, unit := fields{b: s.copiesBytes}, uint32(0)
	for f.err == nil && len(f.b) > 0 {
		unit += f.small()
		list = append(list, copies{unit, f.small()})
	}
	if f.end() != nil {
		return nil, s.damaged("what it says of copies does not make sense")
	}
	return list, nil
}

func appendCopies(dst []byte, of map[uint32]uint32) []byte {
	last := uint32(0)
	for _, unit := range slices.Sorted(maps.Keys(of)) {
		dst = binary.AppendUvarint(binary.AppendUvarint(dst, uint64(unit-last)), uint64(of[unit]))
		last = unit
	}
	return dst
}

// counted holds what a segment says of what came against its batches.
func (c *checker) counted() error {
	came, err := c.s.came()
	if err != nil {
		return err
	}
	if _, err = c.s.copies(); err != nil {
		return err
	}
	added := map[uint32]int{}
	for i := range came {
		added[came[i].Batch] += came[i].Added
	}
	for _, b := range c.s.batches {
		if n, ok := added[b.Number]; ok && n != b.Added {
			c.problem(fmt.Sprintf("%s: batch %d has %s, and %d came", c.s.part.name, b.Number, plural.Count(b.Added, "entry"), n))
		}
		delete(added, b.Number)
	}
	if len(added) > 0 {
		c.problem(c.s.part.name + ": it counts what came in a batch of another segment")
	}
	return nil
}
