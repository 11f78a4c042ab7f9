package corpus

import (
	"cmp"
	"math"
	"slices"
	"sync"
	"time"
	"unsafe"

	"dedup/internal/sketch"
)

// Article is the record of one article: what every stage, every verb and every report knows it by.
// Text is valid until the corpus is closed; the other strings are valid for ever.
type Article struct {
	ID, Path, Source, Title string
	URL                     string // empty where texts are not kept
	Line                    int
	Published               time.Time // zero: unknown
	DateOnly                bool      // the time of day is not known
	Empty                   bool      // there is no text, or only white space
	InFile                  bool      // the text is all of the file at Path, as it stands there
	Text                    string    // empty where texts are not kept, as is Title
	Bytes, Tokens           int       // of the text
	Fingerprint             uint64    // meaningful when HasFingerprint
	HasFingerprint          bool
}

// table keeps the records of a corpus in input order, by columns: some 30 bytes an article besides
// its strings, for ten million articles are a case that it is for. What a batch left stays where it
// is; nothing is copied at the end. Texts are the matter of texts.
type table struct {
	texts  *texts  // nil: texts and titles are not kept
	budget *budget // nil: nobody counts

	mu      sync.Mutex
	slabs   []*slab
	sources map[string]int32
	names   []string // of sources, by number
	n       int
	starts  []int32 // first article of each slab, and n behind the last
	coarse  []int32 // slab of each article whose number is divisible by coarseStep
	numbers []int32 // behind the id of each article (ids.go); nil: all ids are different
}

// coarseStep is how many articles share an entry of the table that finds an article's slab.
const coarseStep = 256

// noDate sorts articles without a date behind all others.
const noDate = math.MaxInt64

// slab is what one batch left behind, by columns. Empty columns are those that no article of the
// batch has anything in.
type slab struct {
	seq    int
	str    []byte   // ids, titles and addresses, one after another
	ends   []uint32 // in str: of the id, of the title, and of the address
	paths  []pathRun
	lines  []int32
	source []int32
	dates  []int64 // Unix seconds, noDate: unknown
	nanos  []int32 // of dates
	tokens []int32
	bytes  []int32
	flags  []flags
	prints []uint64
	text   []byte  // nil: in the file, from offset
	at     []int64 // where each text starts, and the end
	offset int64
}

// pathRun is the path of the articles from the given one on.
type pathRun struct {
	from int
	path string
}

type flags uint8

const (
	dateOnly flags = 1 << iota
	empty
	inFile
	hasPrint
)

// add copies the records of batch seq. It is safe for concurrent use.
func (t *table) add(seq int, rows []Article) error {
	n := len(rows)
	s := &slab{seq: seq, ends: make([]uint32, 0, 3*n), lines: make([]int32, n), source: make([]int32, n), dates: make([]int64, n),
		tokens: make([]int32, n), bytes: make([]int32, n), flags: make([]flags, n)}
	size := 0
	for i := range rows {
		if size += len(rows[i].ID); t.texts != nil {
			size += len(rows[i].Title) + len(rows[i].URL)
		}
	}
	s.str = make([]byte, 0, size)
	for i := range rows {
		s.put(i, n, &rows[i], t.texts != nil)
	}
	if err := t.budget.hold(s.held()); err != nil {
		return err
	}
	if t.texts != nil {
		if err := t.texts.keep(s, rows); err != nil {
			return err
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := range rows {
		s.source[i] = t.number(rows[i].Source)
	}
	t.slabs = append(t.slabs, s)
	return nil
}

// held is the memory that the slab takes, texts excepted, and what looking for equal ids takes for
// it.
func (s *slab) held() int64 {
	const columns = 3*4 + 4*4 + 8 + 1 + 8 // three ends, four of 32 bits, dates, flags, places of texts
	n := int64(unsafe.Sizeof(*s)) + int64(cap(s.str)) + int64(len(s.lines))*(columns+8) + int64(len(s.nanos))*4 + int64(len(s.prints))*8
	for _, r := range s.paths {
		n += int64(unsafe.Sizeof(r)) + int64(len(r.path))
	}
	return n
}

// put copies article i of n.
func (s *slab) put(i, n int, a *Article, titles bool) {
	s.str = append(s.str, a.ID...)
	s.ends = append(s.ends, uint32(len(s.str)))
	if titles {
		s.str = append(s.str, a.Title...)
	}
	s.ends = append(s.ends, uint32(len(s.str)))
	if titles {
		s.str = append(s.str, a.URL...)
	}
	s.ends = append(s.ends, uint32(len(s.str)))
	if k := len(s.paths); k == 0 || s.paths[k-1].path != a.Path {
		s.paths = append(s.paths, pathRun{i, string([]byte(a.Path))})
	}
	s.lines[i], s.tokens[i], s.bytes[i] = int32(a.Line), int32(a.Tokens), int32(min(a.Bytes, math.MaxInt32))
	s.dates[i] = unixOrNone(a.Published)
	if ns := a.Published.Nanosecond(); ns != 0 {
		if s.nanos == nil {
			s.nanos = make([]int32, n)
		}
		s.nanos[i] = int32(ns)
	}
	s.flags[i] = flagIf(a.DateOnly, dateOnly) | flagIf(a.Empty, empty) | flagIf(a.InFile, inFile) | flagIf(a.HasFingerprint, hasPrint)
	if a.HasFingerprint {
		if s.prints == nil {
			s.prints = make([]uint64, n)
		}
		s.prints[i] = a.Fingerprint
	}
}

func flagIf(has bool, f flags) flags {
	if has {
		return f
	}
	return 0
}

func unixOrNone(t time.Time) int64 {
	if t.IsZero() {
		return noDate
	}
	return t.Unix()
}

// number interns a source.
func (t *table) number(source string) int32 {
	k, ok := t.sources[source]
	if !ok {
		source = string([]byte(source)) // the reader's strings do not last
		k = int32(len(t.names))
		t.sources[source] = k
		t.names = append(t.names, source)
	}
	return k
}

// seal puts the batches in input order and makes ids unique. It is called once, when all has been
// added.
func (t *table) seal() error {
	slices.SortFunc(t.slabs, func(a, b *slab) int { return cmp.Compare(a.seq, b.seq) })
	for k, s := range t.slabs {
		t.starts = append(t.starts, int32(t.n))
		end := t.n + len(s.lines)
		for i := (t.n + coarseStep - 1) / coarseStep * coarseStep; i < end; i += coarseStep {
			t.coarse = append(t.coarse, int32(k))
		}
		t.n = end
	}
	t.starts = append(t.starts, int32(t.n))
	if err := t.numberIDs(); err != nil {
		return err
	}
	if t.texts == nil {
		return nil
	}
	return t.texts.seal(t.slabs)
}

// find gives the slab of article i and its place there.
func (t *table) find(i int) (*slab, int) {
	k := t.coarse[i/coarseStep]
	for t.starts[k+1] <= int32(i) {
		k++
	}
	return t.slabs[k], i - int(t.starts[k])
}

// Len is how many articles there are.
func (t *table) Len() int { return t.n }

// string is the k-th of the strings.
func (s *slab) string(k int) string {
	from := uint32(0)
	if k > 0 {
		from = s.ends[k-1]
	}
	return unsafe.String(unsafe.SliceData(s.str[from:]), int(s.ends[k]-from))
}

// Text is the text of article i; it is valid until the corpus is closed.
func (t *table) Text(i int) string {
	s, j := t.find(i)
	return t.body(s, j)
}

func (t *table) body(s *slab, j int) string {
	if s.at == nil {
		return ""
	}
	if s.offset >= 0 {
		t.texts.in.Touch(s.offset+s.at[j], s.at[j+1]-s.at[j])
	}
	return unsafe.String(unsafe.SliceData(s.text[s.at[j]:]), int(s.at[j+1]-s.at[j]))
}

// Source is who published article i.
func (t *table) Source(i int) string {
	s, j := t.find(i)
	return t.names[s.source[j]]
}

// Distance is the Hamming distance of the fingerprints of two articles, -1 where one has none.
func (t *table) Distance(i, j int) int {
	a, x := t.find(i)
	b, y := t.find(j)
	if a.flags[x]&b.flags[y]&hasPrint == 0 {
		return -1
	}
	return sketch.Distance(a.prints[x], b.prints[y])
}

// At is the record of article i.
func (t *table) At(i int) Article {
	s, j := t.find(i)
	k, _ := slices.BinarySearchFunc(s.paths, j+1, func(r pathRun, j int) int { return cmp.Compare(r.from, j) })
	a := Article{
		ID: t.ID(i), Path: s.paths[k-1].path, Source: t.names[s.source[j]], Title: s.string(3*j + 1), URL: s.string(3*j + 2), Line: int(s.lines[j]), Published: s.published(j),
		DateOnly: s.flags[j]&dateOnly != 0, Empty: s.flags[j]&empty != 0, InFile: s.flags[j]&inFile != 0, HasFingerprint: s.flags[j]&hasPrint != 0,
		Text: t.body(s, j), Bytes: int(s.bytes[j]), Tokens: int(s.tokens[j]),
	}
	if s.prints != nil {
		a.Fingerprint = s.prints[j]
	}
	return a
}

func (s *slab) published(j int) time.Time {
	if s.dates[j] == noDate {
		return time.Time{}
	}
	nanos := int32(0)
	if s.nanos != nil {
		nanos = s.nanos[j]
	}
	return time.Unix(s.dates[j], int64(nanos)).UTC()
}
