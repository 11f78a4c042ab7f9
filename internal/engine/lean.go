package engine

import (
	"cmp"
	"math"
	"slices"
	"sync"
	"time"
	"unsafe"

	"dedup/internal/article"
)

// lean is what clusters and pairs keep of the articles: ids, and what a keep policy and a
// fingerprint distance need. Some 25 bytes and its id an article, 33 with fingerprints, where Meta
// takes 200: ten million articles are the case that it is for. What a batch left stays where it is;
// nothing is copied at the end.
type lean struct {
	prints bool // keep fingerprints

	mu      sync.Mutex
	slabs   []leanSlab
	sources map[string]int32
	names   []string // of sources, by number
	n       int
	starts  []int32          // first article of each slab, and n behind the last
	coarse  []int32          // slab of each article whose number is divisible by leanStep
	renamed map[int32]string // ids that stood for two articles
}

// leanStep is how many articles share an entry of the table that finds an article's slab.
const leanStep = 256

// noDate sorts articles without a date behind all others.
const noDate = math.MaxInt64

// leanSlab is what one batch left behind.
type leanSlab struct {
	seq    int
	ids    []byte
	ends   []uint32 // in ids
	dates  []int64  // Unix seconds, noDate: unknown
	bytes  []int32
	source []int32
	print  []uint64
	has    []bool
}

func newLean(prints bool) *lean { return &lean{prints: prints, sources: map[string]int32{}} }

// add copies the batch; meta(i) supplies what was derived from article i. Safe for concurrent use.
func (l *lean) add(b *article.Batch, derive func(i int, m *Meta)) {
	n, size := len(b.Articles), 0
	for i := range b.Articles {
		size += len(b.Articles[i].ID)
	}
	s := leanSlab{seq: b.Seq, ids: make([]byte, 0, size), ends: make([]uint32, n), dates: make([]int64, n), bytes: make([]int32, n), source: make([]int32, n)}
	if l.prints {
		s.print, s.has = make([]uint64, n), make([]bool, n)
	}
	for i := range b.Articles {
		a := &b.Articles[i]
		s.ids = append(s.ids, a.ID...)
		s.ends[i] = uint32(len(s.ids))
		s.dates[i] = unixOrNone(a.Published)
		s.bytes[i] = int32(min(len(a.Text), math.MaxInt32))
		m := Meta{ID: a.ID}
		derive(i, &m)
		if l.prints {
			s.print[i], s.has[i] = m.Fingerprint, m.HasFingerprint
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range b.Articles {
		s.source[i] = l.number(b.Articles[i].Source)
	}
	l.slabs = append(l.slabs, s)
}

func unixOrNone(t time.Time) int64 {
	if t.IsZero() {
		return noDate
	}
	return t.Unix()
}

// number interns a source.
func (l *lean) number(source string) int32 {
	k, ok := l.sources[source]
	if !ok {
		source = string([]byte(source)) // the reader's strings do not last
		k = int32(len(l.names))
		l.sources[source] = k
		l.names = append(l.names, source)
	}
	return k
}

// seal puts the batches in input order and makes ids unique. Call it once, when all has been added.
func (l *lean) seal() {
	slices.SortFunc(l.slabs, func(a, b leanSlab) int { return cmp.Compare(a.seq, b.seq) })
	for k := range l.slabs {
		l.starts = append(l.starts, int32(l.n))
		end := l.n + len(l.slabs[k].ends)
		for i := (l.n + leanStep - 1) / leanStep * leanStep; i < end; i += leanStep {
			l.coarse = append(l.coarse, int32(k))
		}
		l.n = end
	}
	l.starts = append(l.starts, int32(l.n))
	l.renamed = map[int32]string{}
	uniqueIDs(l.n, l.id, func(i int, id string) { l.renamed[int32(i)] = id })
}

// find gives the slab of article i and its place there.
func (l *lean) find(i int) (*leanSlab, int) {
	k := l.coarse[i/leanStep]
	for l.starts[k+1] <= int32(i) {
		k++
	}
	return &l.slabs[k], i - int(l.starts[k])
}

func (l *lean) id(i int) string {
	if len(l.renamed) > 0 {
		if id, ok := l.renamed[int32(i)]; ok {
			return id
		}
	}
	s, j := l.find(i)
	from := uint32(0)
	if j > 0 {
		from = s.ends[j-1]
	}
	return unsafe.String(unsafe.SliceData(s.ids[from:]), int(s.ends[j]-from))
}

// key is what keep policies look at.
func (l *lean) key(i int) keepKey {
	s, j := l.find(i)
	return keepKey{id: l.id(i), source: l.names[s.source[j]], date: s.dates[j], bytes: int(s.bytes[j])}
}

// fingerprint is article i's, false for none.
func (l *lean) fingerprint(i int) (uint64, bool) {
	s, j := l.find(i)
	return s.print[j], s.has[j]
}
