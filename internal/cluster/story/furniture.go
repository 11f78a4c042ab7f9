package story

import (
	"math/bits"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/zeebo/xxh3"

	"dedup/internal/text"
)

// Furniture is what a source prints on many of its pages: a line, or the end of a title after a
// dash or a bar ("WMC Action News 5 - Memphis"), of 200 bytes at most, that three or more of its
// units share. It counts as no word of an article. Articles whose source is not known have none.
//
// Lines are counted in two cells of two bits each, found by two hashes, of which the lesser holds
// (a count-min sketch: Cormode and Muthukrishnan, 2005): with 20 lines a unit, one of 10,000 others
// seems to be furniture. Memory: 128 bytes a unit and at most 64 MB. Cost: one pass over the bytes.
type furniture struct {
	cells []uint32 // sixteen cells each
	mask  uint64
}

const (
	longestLine  = 200 // bytes; a source that prints a paragraph again goes on with its story
	sharing      = 3   // units of a source that make a line furniture; a cell counts no further
	linesPerUnit = 512 // cells
	mostLines    = 28  // bits
)

// titleEnds are what stands between a title and the name of its site.
var titleEnds = []string{" - ", " | ", " :: "}

// findFurniture counts the lines of all units.
func (s *run) findFurniture() error {
	k := max(10, min(mostLines, bits.Len(uint(len(s.units)*linesPerUnit))))
	s.furniture = &furniture{cells: make([]uint32, 1<<k/16), mask: 1<<k - 1}
	return s.each(len(s.units), func(w, from, to int) error {
		k := &s.workers[w]
		for i := from; i < to; i++ {
			a := s.at(int(s.units[i].article))
			if a.Source == "" {
				continue
			}
			k.block = appendLines(k.block[:0], a)
			slices.Sort(k.block)
			for _, h := range slices.Compact(k.block) {
				s.furniture.add(h & s.furniture.mask)
				s.furniture.add(h >> 32 & s.furniture.mask)
			}
		}
		return nil
	})
}

func (f *furniture) add(cell uint64) {
	word, lane := &f.cells[cell/16], cell%16*2
	for {
		old := atomic.LoadUint32(word)
		if old>>lane&sharing == sharing || atomic.CompareAndSwapUint32(word, old, old+1<<lane) {
			return
		}
	}
}

// has tells whether the line of a hash is furniture.
func (f *furniture) has(h uint64) bool { return f.full(h&f.mask) && f.full(h>>32&f.mask) }

func (f *furniture) full(cell uint64) bool {
	return f.cells[cell/16]>>(cell%16*2)&sharing == sharing
}

// appendLines appends the hashes of the lines of an article, and of the ends of its title.
func appendLines(list []uint64, a Article) []uint64 {
	source := xxh3.HashString(a.Source)
	for line := range strings.Lines(a.Text[:min(len(a.Text), maxText)]) {
		if line = strings.TrimSpace(line); line != "" && len(line) <= longestLine {
			list = append(list, xxh3.HashStringSeed(line, source))
		}
	}
	eachEnd(a.Title, func(at int) { list = append(list, xxh3.HashStringSeed(a.Title[at:], source)) })
	return list
}

// eachEnd calls f with every place where the end of a title may begin.
func eachEnd(title string, f func(at int)) {
	for _, sep := range titleEnds {
		for at := 0; ; at += len(sep) {
			i := strings.Index(title[at:], sep)
			if i < 0 {
				break
			}
			at += i
			f(at)
		}
	}
}

// title is a title without the end that its source shares.
func (f *furniture) title(source, title string) string {
	if source == "" {
		return title
	}
	seed, end := xxh3.HashString(source), len(title)
	eachEnd(title, func(at int) {
		if f.has(xxh3.HashStringSeed(title[at:], seed)) {
			end = min(end, at)
		}
	})
	return title[:end]
}

// cut takes the tokens of furniture away from toks, the tokens of str.
func (f *furniture) cut(source, str string, toks []text.Token) []text.Token {
	if source == "" {
		return toks
	}
	seed, k, from := xxh3.HashString(source), 0, 0
	out := toks[:0]
	for line := range strings.Lines(str) {
		to := from + len(line)
		line = strings.TrimSpace(line)
		keep := line == "" || len(line) > longestLine || !f.has(xxh3.HashStringSeed(line, seed))
		for ; k < len(toks) && int(toks[k].Start) < to; k++ {
			if keep {
				out = append(out, toks[k])
			}
		}
		from = to
	}
	return out
}
