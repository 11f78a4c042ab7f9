package dist

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"

	"github.com/zeebo/xxh3"

	"dedup/internal/article"
	"dedup/internal/corpus"
)

// Reading. In: pieces of the input. Out, of each piece: how many articles it has; the words of
// these; and of each article the sum of its text and its id, by which equal ones come together.
//
// Cost: what reading and tokenising cost on one machine, and ~5 ns a word to write it down in two
// or three bytes.

// Piece is a piece of the input.
type Piece struct {
	Origin
	Path   string
	Format string    // of what is read; empty: looked for
	Rows   uint64    // records of it, by which articles without ids are called; 0: its lines
	Reader io.Reader // nil: the file at Path is read
}

// Origin says where in the input a piece is. Pieces are in the order of their origins.
type Origin struct {
	File  uint32 // place of the file in the order of the input
	Start uint64 // where a stretch of the file begins, in bytes
	Chunk uint32 // of the stretch
}

func (o Origin) compare(p Origin) int {
	return cmp.Or(cmp.Compare(o.File, p.File), cmp.Compare(o.Start, p.Start), cmp.Compare(o.Chunk, p.Chunk))
}

func (o Origin) append(dst []byte) []byte {
	dst = binary.AppendUvarint(dst, uint64(o.File))
	dst = binary.AppendUvarint(dst, o.Start)
	return binary.AppendUvarint(dst, uint64(o.Chunk))
}

func (c *cursor) origin() Origin { return Origin{c.number(), c.uint(), c.number()} }

// TextFrame is a piece as a frame: its origin, rows, path and format, and then its bytes.
func TextFrame(p Piece, data []byte) Frame {
	b := p.append(nil)
	b = binary.AppendUvarint(b, p.Rows)
	b = appendString(b, p.Path)
	b = appendString(b, p.Format)
	return Frame{Kind: Text, Data: append(b, data...)}
}

// ReadPieces is the stage read for pieces that are not in frames.
func ReadPieces(ctx context.Context, opt Options, pieces iter.Seq2[Piece, error], out func(Frame) error) error {
	r := &run{ctx: ctx, opt: opt}
	if _, err := r.opt.check(); err != nil {
		return err
	}
	x := newPieceReader(r, out)
	for p, err := range pieces {
		if err == nil {
			err = x.piece(p)
		}
		if err != nil {
			return fmt.Errorf("stage read: %w", err)
		}
	}
	return x.close()
}

// read is the stage.
func (r *run) read(in frames, out func(Frame) error) error {
	x := newPieceReader(r, out)
	for f, err := range in {
		if err != nil {
			return err
		}
		p, err := r.readText(f)
		if err == nil {
			err = x.piece(p)
		}
		if err != nil {
			return err
		}
	}
	return x.close()
}

// readText reads a frame of text.
func (r *run) readText(f Frame) (Piece, error) {
	c := cursor{b: f.Data}
	p := Piece{Origin: c.origin(), Rows: c.uint(), Path: c.str(), Format: c.str()}
	p.Reader = bytes.NewReader(c.b)
	return p, c.err
}

// pieceReader reads pieces.
type pieceReader struct {
	run     *run
	out     func(Frame) error
	now     *Piece
	n       uint32 // articles of the piece
	unnamed bool   // one of them has no id
	pack    packer
	sums    []labels // by key
	ids     []labels
	size    int // of both
	scratch []byte
}

const (
	wordsFrame = 1 << 20  // bytes of a frame of words
	heldLabels = 16 << 20 // bytes of sums and ids that wait
)

func newPieceReader(r *run, out func(Frame) error) *pieceReader {
	return &pieceReader{run: r, out: out, sums: make([]labels, r.opt.Parts), ids: make([]labels, r.opt.Parts)}
}

// piece reads one piece.
func (x *pieceReader) piece(p Piece) error {
	x.now, x.n, x.unnamed = &p, 0, false
	x.pack.begin(p.Origin)
	counts, lines, err := x.run.each(&p, x.article)
	if err != nil {
		return fmt.Errorf("read %q: %w", p.Path, err)
	}
	if err := x.flushWords(); err != nil {
		return err
	}
	b := p.append(nil)
	p.Rows = cmp.Or(p.Rows, lines)
	for _, v := range []uint64{uint64(x.n), p.Rows, uint64(counts.Skipped), uint64(counts.Articles), uint64(counts.Dated)} {
		b = binary.AppendUvarint(b, v)
	}
	if b = appendString(b, ""); x.unnamed {
		b = appendString(b[:len(b)-1], p.Path)
	}
	return x.out(Frame{Kind: Split, Data: b})
}

// each reads the articles of a piece, and counts its lines.
func (r *run) each(p *Piece, yield func(*corpus.Worded) error) (counts corpus.Counts, lines uint64, err error) {
	cfg := corpus.Config{Options: r.opt.Options, Paths: []string{p.Path}, None: true}
	counted := &lineCount{r: p.Reader}
	if p.Reader != nil {
		cfg.Paths, cfg.Stdin, cfg.Format = []string{"-"}, counted, p.Format
	}
	skipped := cfg.Skipped
	cfg.Skipped = func(err error) {
		if b, ok := err.(article.Bad); ok && p.Reader != nil {
			b.Path = fmt.Sprintf("%s from byte %d", p.Path, p.Start)
			err = b
		}
		skipped(err)
	}
	if counts, err = corpus.Each(r.ctx, cfg, false, yield); errors.Is(err, corpus.ErrNothing) {
		err = nil
	}
	return counts, counted.n, err
}

// lineCount counts the lines of what is read through it.
type lineCount struct {
	r io.Reader
	n uint64
}

func (c *lineCount) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += uint64(bytes.Count(p[:n], []byte{'\n'}))
	return n, err
}

// article takes the next article of the piece.
func (x *pieceReader) article(w *corpus.Worded) error {
	a := worded{local: x.n, id: w.ID, row: x.now.numbered(w), source: w.Source, dated: !w.Published.IsZero(), date: w.Published.Unix(), bytes: uint64(w.Bytes), words: w.Words}
	if a.row > 0 {
		a.id, x.unnamed = "", true
	} else {
		x.label(isID, a.id, a.id)
		if of, ok := stem(a.id); ok {
			x.label(isTaken, of, a.id)
		}
	}
	if x.pack.add(&a); len(a.words) > 0 {
		sum := x.sumOf(a.words)
		x.scratch = binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(x.scratch[:0], sum.Hi), sum.Lo)
		x.size += x.sums[sum.Hi%uint64(len(x.sums))].add(x.now.Origin, x.n, x.scratch)
	}
	x.n++
	if x.pack.size() >= wordsFrame {
		if err := x.flushWords(); err != nil {
			return err
		}
	}
	if x.size >= heldLabels {
		return x.close()
	}
	return nil
}

// Entries of a frame of ids say which of these they are: the article has the id; or it has this id
// with "#" and a number behind it, so that a second article of the id cannot be called that.
const (
	isID byte = iota
	isTaken
)

// label notes an id where all of its kind come together.
func (x *pieceReader) label(kind byte, where, id string) {
	x.scratch = appendString(append(x.scratch[:0], kind), id)
	x.size += x.ids[xxh3.HashString(where)%uint64(len(x.ids))].add(x.now.Origin, x.n, x.scratch)
}

// sumOf is what equal texts are known by.
func (x *pieceReader) sumOf(words []uint64) xxh3.Uint128 {
	x.scratch = x.scratch[:0]
	for _, h := range words {
		x.scratch = binary.LittleEndian.AppendUint64(x.scratch, h)
	}
	return xxh3.Hash128(x.scratch)
}

func (x *pieceReader) flushWords() error {
	if x.pack.n == 0 {
		return nil
	}
	err := x.out(Frame{Kind: Words, Key: x.now.Chunk, Data: x.pack.data()})
	x.pack.begin(x.now.Origin)
	return err
}

// close gives the labels that wait.
func (x *pieceReader) close() error {
	x.size = 0
	for _, of := range []struct {
		kind byte
		list []labels
	}{{Sums, x.sums}, {IDs, x.ids}} {
		for key := range of.list {
			if l := &of.list[key]; len(l.b) > 0 {
				if err := x.out(Frame{Kind: of.kind, Key: uint32(key), Data: l.b}); err != nil {
					return err
				}
				*l = labels{}
			}
		}
	}
	return nil
}

// numbered is the row of an article that the reader named by its row, since the record has no id; 0
// for one that has. The reader of standard input names it "-#n". A record whose own id is "-#" and
// the number of its own row in the piece would be taken for one; where the file is read by its path
// nothing is renamed.
func (p *Piece) numbered(w *corpus.Worded) uint64 {
	n, ok := strings.CutPrefix(w.ID, "-#")
	if p.Reader == nil || !ok || n != strconv.Itoa(w.Line) {
		return 0
	}
	return uint64(w.Line)
}

// stem is an id without the number of a second article that it may stand for: "a" of "a#2".
func stem(id string) (string, bool) {
	i := strings.LastIndexByte(id, '#')
	if i < 0 || i == len(id)-1 || strings.Trim(id[i+1:], "0123456789") != "" {
		return "", false
	}
	return id[:i], true
}

// labels are what articles are brought together by, of one key: of each entry whether another piece
// begins, and where it is; the article's place in the piece; and the entry.
type labels struct {
	b   []byte
	now Origin
}

// add appends an entry and tells how many bytes that took.
func (l *labels) add(o Origin, local uint32, entry []byte) int {
	before := len(l.b)
	if before == 0 || l.now != o {
		l.b, l.now = o.append(append(l.b, 1)), o
	} else {
		l.b = append(l.b, 0)
	}
	l.b = append(binary.AppendUvarint(l.b, uint64(local)), entry...)
	return len(l.b) - before
}

// place begins an entry: o is the origin of its article, and of that of the entry before.
func (c *cursor) place(o *Origin) (local uint32) {
	switch c.number() {
	case 0:
	case 1:
		*o = c.origin()
	default:
		c.fail()
	}
	return c.number()
}
