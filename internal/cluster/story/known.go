package story

import (
	"cmp"
	"encoding/binary"
	"errors"
	"time"

	"dedup/internal/background"
	"dedup/internal/text"
)

// Known is an article of which the text is gone: what an index keeps of it. Words, in order, give
// all terms; a profile says what words do not: the language, where the opening ends, and which
// words had a capital letter. So a term's counts are kept and no weight, and weights are computed
// when they are needed, by the counts of the day.
type Known struct {
	Title, Source string
	Words         []uint64  // hashes, with lines that repeat at once left out
	Profile       string    // of AppendProfile; empty: not known
	Published     time.Time // zero: unknown
	Event, Story  uint32    // that it was in; 0: it is new
}

// A profile is
//
//	flags     a byte
//	language  a length and its code
//	places    varints: words in the first openBytes, from there in the first leadBytes, after maxText
//	capitals  a bit for each different word before maxText, in the order of their first occurrence
//
// Some 20 bytes for 200 words, 13 after packing.
const (
	profileTitled = 1 << iota // the title is the record's own
	profileBare               // the text is the title
)

// profile is one that was read.
type profile struct {
	titled, bare        bool
	lang                string
	open, lead, counted int // words
	capitals            string
}

// AppendProfile appends the profile of an article: toks are the tokens of its text, with lines that
// repeat at once left out, and title that of its record.
func AppendProfile(dst []byte, title, str string, toks []text.Token, bg *background.Model, f *Firsts) []byte {
	flags := byte(0)
	if title != "" {
		flags |= profileTitled
	}
	if str == title {
		flags |= profileBare
	}
	lang := bg.Told(cmp.Or(str, title))
	dst = append(append(dst, flags, byte(len(lang))), lang...)
	var ends [3]int
	for i, most := range [3]int{defaults.openBytes, defaults.leadBytes, maxText} {
		for ends[i] = 0; ends[i] < len(toks) && int(toks[ends[i]].Start) < most; ends[i]++ {
		}
	}
	for _, n := range []int{ends[0], ends[1] - ends[0], len(toks) - ends[2]} {
		dst = binary.AppendUvarint(dst, uint64(n))
	}
	f.reset()
	at := len(dst)
	for _, t := range toks[:ends[2]] {
		k := f.of(t.Hash)
		for at+k/8 >= len(dst) {
			dst = append(dst, 0)
		}
		if capitalWeight(str[t.Start:t.End]) {
			dst[at+k/8] |= 1 << (k % 8)
		}
	}
	return dst
}

// ErrProfile says that a profile is none.
var ErrProfile = errors.New("what stories need of an article is not what was written")

// readProfile reads the profile of an article of n words. Without one, places are those of usual
// news, and no word has a capital.
func readProfile(s string, n int) (p profile, err error) {
	if s == "" {
		return profile{titled: true, open: min(n, 27), lead: min(n, 135), counted: min(n, 10_000)}, nil
	}
	if len(s) < 2 || len(s) < 2+int(s[1]) {
		return p, ErrProfile
	}
	p.titled, p.bare = s[0]&profileTitled != 0, s[0]&profileBare != 0
	p.lang, s = s[2:2+s[1]], s[2+s[1]:]
	var v [3]int
	for i := range v {
		x, k := uvarint(s)
		if k <= 0 || x > uint64(n) {
			return p, ErrProfile
		}
		v[i], s = int(x), s[k:]
	}
	p.open, p.lead, p.counted, p.capitals = v[0], v[0]+v[1], n-v[2], s
	if p.lead > p.counted {
		return p, ErrProfile
	}
	return p, nil
}

// CheckProfile tells whether a profile is one of an article of n words.
func CheckProfile(s string, n int) error {
	_, err := readProfile(s, n)
	return err
}

// uvarint is binary.Uvarint of a string.
func uvarint(s string) (x uint64, n int) {
	for i := 0; i < len(s) && i < binary.MaxVarintLen32; i++ {
		x |= uint64(s[i]&0x7f) << (7 * i)
		if s[i] < 0x80 {
			return x, i + 1
		}
	}
	return 0, 0
}

// capital tells whether the k-th different word had a capital.
func (p *profile) capital(k int) bool { return k/8 < len(p.capitals) && p.capitals[k/8]>>(k%8)&1 != 0 }

// Firsts numbers the different words of an article in the order of their first occurrence: an open
// hash table that is emptied by a new stamp. One goroutine has it.
type Firsts struct {
	slots []firstSlot
	stamp uint32
	n     int
}

type firstSlot struct {
	hash  uint64
	stamp uint32
	at    uint32
}

func (f *Firsts) reset() {
	if f.slots == nil {
		f.slots = make([]firstSlot, 1<<10)
	}
	f.n = 0
	if f.stamp++; f.stamp == 0 {
		clear(f.slots)
		f.stamp = 1
	}
}

// of is the number of a word.
func (f *Firsts) of(hash uint64) int {
	mask := uint64(len(f.slots) - 1)
	for i := hash * 0x9e3779b97f4a7c15 >> 20 & mask; ; i = (i + 1) & mask {
		s := &f.slots[i]
		if s.stamp != f.stamp {
			*s = firstSlot{hash, f.stamp, uint32(f.n)}
			if f.n++; 2*f.n > len(f.slots) {
				f.grow()
			}
			return f.n - 1
		}
		if s.hash == hash {
			return int(s.at)
		}
	}
}

func (f *Firsts) grow() {
	old := f.slots
	f.slots = make([]firstSlot, 2*len(old))
	mask := uint64(len(f.slots) - 1)
	for _, s := range old {
		if s.stamp == f.stamp {
			i := s.hash * 0x9e3779b97f4a7c15 >> 20 & mask
			for f.slots[i].stamp == f.stamp {
				i = (i + 1) & mask
			}
			f.slots[i] = s
		}
	}
}

// fillKnown is fill for an article without its text. Lines that are furniture count, for words do
// not say where lines end.
func (s *run) fillKnown(b *bag, f *Firsts, a *Known) error {
	p, err := readProfile(a.Profile, len(a.Words))
	if err != nil {
		return err
	}
	b.reset()
	b.speak(s.bg.In(p.lang))
	title := ""
	if p.titled {
		title = s.furniture.title(a.Source, a.Title)
	}
	if title != "" {
		b.toks = text.AppendTokens(b.toks[:0], title)
		in := place{uint16(s.par.title), 2, 1}
		s.addTokens(b, title, len(title), len(title), in, in)
	}
	if p.bare && title != "" {
		return nil // a title that stands for a text
	}
	at, then := place{uint16(s.par.lead), 1, 0}, place{uint16(s.par.lead), 1, 0}
	if title == "" {
		at.title = 1
	}
	f.reset()
	last := uint64(0)
	for i, h := range a.Words[:p.counted] {
		k := f.of(h)
		word := b.know(h)
		if word.function {
			last = 0
			continue
		}
		in := place{all: 1}
		switch {
		case i < p.open:
			in = at
		case i < p.lead:
			in = then
		}
		b.addPair(&last, word, in, p.capital(k))
	}
	return nil
}
