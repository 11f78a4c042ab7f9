package engine

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"strconv"
	"sync"
	"time"
	"unsafe"

	"github.com/zeebo/xxh3"

	"dedup/internal/article"
	"dedup/internal/mapped"
)

// Meta is what a run keeps of an article besides its text.
type Meta struct {
	ID, Path, Source, Title, URL string
	Line                         int
	Published                    time.Time
	DateOnly                     bool
	Empty                        bool // there is no text, or only white space
	InFile                       bool // the text is all of the file at Path, as it stands there
	Bytes, Tokens                int
	Fingerprint                  uint64 // meaningful when HasFingerprint
	HasFingerprint               bool
	clean                        *cleanMeta // nil but for Clean
}

// store keeps the articles of a run in input order. Texts stay in memory up to a budget; what comes
// after goes to a temporary file that is mapped in, so that the kernel can drop the pages again:
// memory stays bounded however large the corpus is. Nothing here is published, so a run that is
// killed leaves nothing but an unlinked file.
type store struct {
	withText bool
	budget   int64  // bytes of text that may stay in memory
	tmp      string // directory of the spill file

	mu      sync.Mutex
	held    int64 // bytes of text in memory
	state   tally // what must stay in memory
	slabs   []slab
	spill   *os.File
	spilled int64
	pages   *mapped.Group
	mapped  *mapped.File // nil: nothing is spilled

	Meta  []Meta
	texts []string
}

// slab is what one batch left behind.
type slab struct {
	seq    int
	meta   []Meta
	text   []byte // nil when spilled
	offset int64  // in the spill file
}

func newStore(withText bool, budget int64, tmp string) *store {
	return &store{withText: withText, budget: budget, tmp: tmp}
}

// add copies the batch; meta(i) supplies what was derived from article i. Safe for concurrent use.
func (s *store) add(b *article.Batch, derive func(i int, m *Meta)) error {
	sl := slab{seq: b.Seq, meta: make([]Meta, len(b.Articles)), offset: -1}
	n := 0
	for i := range b.Articles {
		n += s.metaBytes(&b.Articles[i])
	}
	c := copier{buf: make([]byte, 0, n)}
	path, size := "", int64(n)+int64(len(sl.meta))*metaSize
	for i := range b.Articles {
		a := &b.Articles[i]
		if a.Path != path {
			path = string(append([]byte(nil), a.Path...))
		}
		m := Meta{ID: c.keep(a.ID), Path: path, Line: a.Line, Source: c.keep(a.Source), Published: a.Published, DateOnly: a.DateOnly, Bytes: len(a.Text)}
		m.InFile = a.Raw.Kind == article.RawText && a.Raw.Text >= 0 && !a.Raw.Packed && a.Path != "-"
		if s.withText {
			m.Title, m.URL = c.keep(a.Title), c.keep(a.URL)
		}
		derive(i, &m)
		sl.meta[i] = m
		size += m.clean.size()
	}
	if err := s.state.add(size); err != nil {
		return err
	}
	if !s.withText {
		s.mu.Lock()
		s.slabs = append(s.slabs, sl)
		s.mu.Unlock()
		return nil
	}
	total := 0
	for i := range b.Articles {
		total += len(b.Articles[i].Text)
	}
	sl.text = make([]byte, 0, total)
	for i := range b.Articles {
		sl.text = append(sl.text, b.Articles[i].Text...)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.held+int64(total) > s.budget && total > 0 {
		if err := s.spillText(&sl); err != nil {
			return err
		}
	}
	s.held += int64(len(sl.text))
	s.slabs = append(s.slabs, sl)
	return nil
}

func (s *store) metaBytes(a *article.Article) int {
	n := len(a.ID) + len(a.Source)
	if s.withText {
		n += len(a.Title) + len(a.URL)
	}
	return n
}

// spillText moves the text of sl to the spill file.
func (s *store) spillText(sl *slab) error {
	if s.spill == nil {
		f, err := os.CreateTemp(s.tmp, "dedup-text-*")
		if err != nil {
			return fmt.Errorf("keep article text beyond the memory limit: %w", err)
		}
		// Unlinked at once: the space is given back however the run ends.
		if err := os.Remove(f.Name()); err != nil {
			f.Close()
			return fmt.Errorf("keep article text beyond the memory limit: %w", err)
		}
		s.spill = f
	}
	if _, err := s.spill.WriteAt(sl.text, s.spilled); err != nil {
		return fmt.Errorf("write article text to a temporary file: %w (another directory: --tmp)", err)
	}
	sl.offset = s.spilled
	s.spilled += int64(len(sl.text))
	sl.text = nil
	return nil
}

// sealStep is how many articles are copied between two times that their slabs go back to the system:
// 40 MB, which take 10 ms to be found.
const sealStep = 1 << 18

// seal puts the batches in input order and makes ids unique. Call it once, when all has been added.
func (s *store) seal() error {
	slices.SortFunc(s.slabs, func(a, b slab) int { return cmp.Compare(a.seq, b.seq) })
	n := 0
	for i := range s.slabs {
		n += len(s.slabs[i].meta)
	}
	if s.spill != nil {
		s.pages = mapped.NewGroup(s.budget / 8)
		m, err := s.pages.Map(s.spill, false)
		if err != nil {
			return fmt.Errorf("map the temporary file of article texts: %w", err)
		}
		s.mapped = m
	}
	s.Meta = make([]Meta, 0, n) // its pages come as they are filled, and those of the slabs go
	if s.withText {
		s.texts = make([]string, 0, n)
	}
	copied := 0
	for i := range s.slabs {
		sl := &s.slabs[i]
		from := len(s.Meta)
		s.Meta, sl.meta = append(s.Meta, sl.meta...), nil
		if copied += len(s.Meta) - from; copied >= sealStep {
			copied = 0
			debug.FreeOSMemory()
		}
		if !s.withText {
			continue
		}
		b := sl.text
		if sl.offset >= 0 {
			b = s.mapped.Bytes()[sl.offset:]
		}
		for j := from; j < len(s.Meta); j++ {
			k := s.Meta[j].Bytes
			s.texts = append(s.texts, unsafe.String(unsafe.SliceData(b), k))
			b = b[k:]
		}
	}
	s.slabs = nil
	uniqueIDs(n, func(i int) string { return s.Meta[i].ID }, func(i int, id string) { s.Meta[i].ID = id })
	return nil
}

// uniqueIDs gives the second and every later article of one id the suffix "#2", "#3" …, so that no
// article of the report stands for two. It needs 8 bytes an article where all ids are different.
func uniqueIDs(n int, id func(i int) string, rename func(i int, id string)) {
	sums := make([]uint64, n)
	for i := range sums {
		sums[i] = xxh3.HashString(id(i))
	}
	slices.Sort(sums)
	twice := map[uint64]bool{}
	for i := 1; i < n; i++ {
		if sums[i] == sums[i-1] {
			twice[sums[i]] = true
		}
	}
	if len(twice) == 0 {
		return
	}
	taken := make(map[string]bool, n)
	for i := range n {
		taken[id(i)] = true
	}
	seen := map[string]int{}
	for i := range n {
		own := id(i)
		if !twice[xxh3.HashString(own)] {
			continue
		}
		seen[own]++
		if seen[own] == 1 {
			continue
		}
		next := own + "#" + strconv.Itoa(seen[own])
		for taken[next] {
			seen[own]++
			next = own + "#" + strconv.Itoa(seen[own])
		}
		taken[next] = true
		rename(i, next)
	}
}

// text is the text of article i; valid until close.
func (s *store) text(i int) string {
	t := s.texts[i]
	if s.mapped != nil {
		b := s.mapped.Bytes()
		if from := uintptr(unsafe.Pointer(unsafe.StringData(t))) - uintptr(unsafe.Pointer(&b[0])); from < uintptr(len(b)) {
			s.mapped.Touch(int64(from), int64(len(t)))
		}
	}
	return t
}

func (s *store) close() error {
	s.texts = nil
	var err error
	if s.mapped != nil {
		err = s.pages.Close()
		s.mapped = nil
	}
	if s.spill != nil {
		err = errors.Join(err, s.spill.Close())
		s.spill = nil
	}
	return err
}

// copier keeps many short strings in one allocation.
type copier struct{ buf []byte }

func (c *copier) keep(s string) string {
	if s == "" {
		return ""
	}
	n := len(c.buf)
	c.buf = append(c.buf, s...)
	return unsafe.String(&c.buf[n], len(s))
}
