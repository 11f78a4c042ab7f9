package article

import (
	"context"
	"io"
	"os"
	"runtime"
	"slices"
	"sync"

	"github.com/go-shiori/go-readability"
	"golang.org/x/sync/errgroup"
)

// Reading is done by the workers themselves: whoever is free takes the lock, cuts the next block of
// about a megabyte off the input at a record boundary, lets go and decodes it. No goroutine only
// hands blocks on, and a block is decoded by the core that has it in its cache.
//
// Invariant: blocks are cut by the content of the inputs alone, so batches are the same for any
// number of workers; reports of bad input are held back until those of all earlier blocks are out.
// Cost: a block a worker, and what is left over of a record between two blocks.

const (
	defaultBlock      = 1 << 20  // bytes of a block: fits the second-level cache
	defaultMaxArticle = 64 << 20 // bytes of the longest article
	smallFile         = 256 << 10
	maxGroup          = 1024 // small files in a batch
	keepBuffer        = 8 << 20
)

// Options say how to read; the zero value reads everything by its usual names.
type Options struct {
	Fields     Fields
	Format     string             // one of FormatNames; empty: told by content where that is sure, else by name
	Workers    int                // 0: one a processor
	MaxArticle int64              // bytes of the longest article or record; 0: 64 MiB
	Tmp        string             // directory for Parquet that comes compressed or from a pipe; empty: the system's
	Stdin      io.Reader          // what "-" reads; nil: os.Stdin
	From       map[string]string  // files that are read in place of these paths; nil: none
	Bad        func(Bad)          // what could not be read, in input order; called by one goroutine at a time, never together with Progress
	Census     *Census            // is filled at the end of Read; nil: nobody asks
	Progress   func(bytes int64)  // bytes taken from disk (compressed ones) since the last call
	Dates      *Dates             // what came of the dates is added to it before Read returns; nil: nowhere
	Seen       func(string, Seen) // what an input was, by its path; maybe twice, and from several goroutines; nil: nobody asks

	block int // bytes of a block, for tests
}

// Input is one file to read.
type Input struct {
	Path string // as given, or found under a directory that was given; "-" is standard input
	Size int64  // bytes on disk; 0 for standard input and pipes
}

// Batch is what one block of input held. Its strings are valid only until the function it was given
// to returns.
type Batch struct {
	Seq      int // 0, 1, 2… in input order
	Articles []Article
}

// Read reads inputs in order and hands their articles, in batches, to fn, which Workers goroutines
// call at once; worker is in [0, Workers). A batch may be empty. What cannot be read is told to
// opt.Bad and left out. The error is fn's or ctx's, or an unknown format.
func Read(ctx context.Context, inputs []Input, opt Options, fn func(worker int, b *Batch) error) error {
	rd, err := newReader(inputs, opt)
	if err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	rd.ctx = ctx
	for i := range rd.opt.Workers {
		g.Go(func() error { return rd.work(ctx, i, fn) })
	}
	err = g.Wait()
	rd.close()
	if err == nil {
		rd.out.tell(rd.seq, rd.tail)
	}
	if opt.Census != nil {
		*opt.Census = rd.census
	}
	return err
}

type reader struct {
	opt    Options
	schema *schema
	format *inputFormat // forced; nil: looked for
	out    reporter
	ctx    context.Context // ends waiting for pipes

	mu      sync.Mutex // guards the rest
	inputs  []Input
	current *stream
	scratch []byte // first bytes of the current stream
	seq     int
	tail    []Bad // reports after the last batch
	census  Census
}

func newReader(inputs []Input, opt Options) (*reader, error) {
	f, err := parseFormat(opt.Format)
	if err != nil {
		return nil, err
	}
	if opt.Workers <= 0 {
		opt.Workers = runtime.GOMAXPROCS(0)
	}
	if opt.MaxArticle <= 0 {
		opt.MaxArticle = defaultMaxArticle
	}
	if opt.block <= 0 {
		opt.block = defaultBlock
	}
	if opt.Stdin == nil {
		opt.Stdin = os.Stdin
	}
	if opt.Bad == nil {
		opt.Bad = func(Bad) {}
	}
	rd := &reader{opt: opt, schema: newSchema(opt.Fields), format: f, inputs: inputs}
	rd.out = reporter{bad: opt.Bad, progress: opt.Progress, held: map[int][]Bad{}, seen: map[string]bool{}}
	return rd, nil
}

// block is a stretch of input that holds whole records.
type block struct {
	seq   int
	st    *stream
	files []Input // small files to read instead of data
	data  []byte
	recs  []record // where the records are in data, where the cutter knows
	line  int      // line of data[0], 1-based
	n     int      // records of the stream before this block
	pos   int64    // where data starts in the decompressed input
	cells []values // rows of a Parquet file
	early []Bad    // found before the block
	bad   []Bad    // found with it
}

type record struct{ start, end, line int }

func (b *block) reset() {
	if cap(b.data) > keepBuffer {
		b.data = nil
	}
	*b = block{data: b.data[:0], recs: b.recs[:0], cells: b.cells[:0], early: b.early[:0:0], bad: b.bad[:0]}
}

// next cuts the next block; false at the end of the input.
func (rd *reader) next(ctx context.Context, b *block) (bool, error) {
	rd.mu.Lock()
	defer rd.mu.Unlock()
	b.reset()
	for {
		if err := ctx.Err(); err != nil {
			return false, context.Cause(ctx)
		}
		if rd.current != nil {
			if rd.current.cut(b) {
				break
			}
			rd.current.close()
			rd.current = nil
			b.early, b.bad = append(b.early, b.bad...), b.bad[:0]
		}
		if len(rd.inputs) == 0 {
			rd.tail = append(rd.tail, b.early...)
			return false, nil
		}
		if n := rd.group(); n > 0 {
			b.files, rd.inputs = rd.inputs[:n], rd.inputs[n:]
			break
		}
		if rd.scratch == nil {
			rd.scratch = make([]byte, 0, peekSize)
		}
		rd.current = rd.open(rd.inputs[0].Path, rd.scratch, &b.early)
		rd.inputs = rd.inputs[1:]
	}
	b.seq = rd.seq
	rd.seq++
	return true, nil
}

// group counts the small files at the head of the inputs that are read as one batch.
func (rd *reader) group() (n int) {
	size := 0
	for _, in := range rd.inputs {
		if n == maxGroup || size >= rd.opt.block || !small(in) {
			break
		}
		size += int(in.Size)
		if _, compressed := formatOfName(in.Path); compressed {
			size += 3 * int(in.Size) // text grows about fourfold
		}
		n++
	}
	return n
}

func small(in Input) bool {
	if in.Size <= 0 || in.Size > smallFile || in.Path == "-" {
		return false
	}
	f, compressed := formatOfName(in.Path)
	if compressed {
		return f != nil && f.whole && in.Size <= smallFile/4
	}
	return f == nil || !f.seeks
}

func (rd *reader) close() {
	if rd.current != nil {
		rd.current.close()
	}
}

// worker is one goroutine's scratch.
type worker struct {
	rd      *reader
	block   block
	inner   block // a block of a small file
	batch   Batch
	json    jsonScanner
	arena   []byte // texts of small files
	scratch []byte
	ids     []byte
	bad     []Bad
	row     [][]byte
	dates   Dates
	warned  [2]*stream // in which a date, and a zone, that is not understood was told last
	census  Census
	oneEach bool   // a record is one article, also where it holds a list of them
	now     *block // what is being decoded
	record  []byte // the record that is, as it stands in the block

	pages    *readability.Parser // finds articles on pages; nil: none came yet
	language string              // of the record that is being decoded; empty: it does not say
}

func (rd *reader) work(ctx context.Context, i int, fn func(worker int, b *Batch) error) error {
	w := &worker{rd: rd, json: jsonScanner{schema: rd.schema}}
	defer func() { rd.count(&w.dates) }()
	defer w.counted()
	for {
		more, err := rd.next(ctx, &w.block)
		if err != nil || !more {
			return err
		}
		w.batch.Seq, w.batch.Articles = w.block.seq, w.batch.Articles[:0]
		w.bad, w.ids = w.bad[:0], w.ids[:0]
		if w.block.files != nil {
			w.readFiles(w.block.files)
		} else {
			w.decode(&w.block)
			w.bad = append(w.bad, w.block.bad...)
			slices.SortStableFunc(w.bad, byLine)
		}
		w.dates.All(w.batch.Articles)
		rd.out.tell(w.block.seq, append(w.block.early, w.bad...))
		if err := fn(i, &w.batch); err != nil {
			return err
		}
	}
}

// byLine orders the reports of one input; what concerns all of it comes last.
func byLine(a, b Bad) int {
	switch {
	case a.Line == b.Line:
		return 0
	case a.Line == 0 || b.Line != 0 && a.Line > b.Line:
		return 1
	}
	return -1
}

// readFiles reads small files one after the other into one batch.
func (w *worker) readFiles(files []Input) {
	if w.scratch == nil {
		w.scratch = make([]byte, 0, peekSize)
	}
	w.arena = w.arena[:0]
	for _, in := range files {
		st := w.rd.open(in.Path, w.scratch, &w.bad)
		if st == nil {
			continue
		}
		from := len(w.bad)
		for !st.ended {
			w.inner.reset()
			w.inner.data = w.room(int(in.Size) + 512)
			if !st.cut(&w.inner) {
				break
			}
			w.decode(&w.inner)
			w.bad = append(w.bad, w.inner.bad...)
			w.inner.bad = w.inner.bad[:0] // a last cut may report without records
		}
		w.bad = append(w.bad, w.inner.bad...)
		w.inner.bad = w.inner.bad[:0]
		slices.SortStableFunc(w.bad[from:], byLine)
		st.close()
	}
	w.inner.data = nil
}

// room gives n bytes that stay until the batch is done.
func (w *worker) room(n int) []byte {
	if cap(w.arena)-len(w.arena) < n {
		w.arena = make([]byte, 0, max(n, w.rd.opt.block+2*smallFile))
	}
	l := len(w.arena)
	w.arena = w.arena[:l+n]
	return w.arena[l : l : l+n]
}

// decode appends the articles of b to the batch.
func (w *worker) decode(b *block) {
	w.now = b
	b.st.format.decode(w, b)
}
