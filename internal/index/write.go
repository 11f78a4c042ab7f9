package index

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"path/filepath"

	"github.com/zeebo/xxh3"
)

// segmentWriter writes a segment. Batches are put down and entries added, some thousand at a time;
// then seeds and ids come sorted; finish writes the contents. Memory: 30 bytes a block.
type segmentWriter struct {
	file    *file
	buf     *bufio.Writer
	name    string
	at      int64
	s       segment // what is known of it so far
	columns [columns]columnWriter
	words   wordsWriter
	bytes   int64
	tokens  int64
	seated  bool // it is known of entries in which cluster, event and story they are when they are added
}

// newSegment makes the file of a segment.
func newSegment(dir string, d disk, name string) (*segmentWriter, error) {
	f, err := d.create(filepath.Join(dir, name))
	if err != nil {
		return nil, err
	}
	w := &segmentWriter{file: f, buf: bufio.NewWriterSize(f, 1<<20), name: name}
	_, err = w.buf.WriteString(segmentMagic)
	w.at = int64(len(segmentMagic))
	return w, err
}

// block writes a block of n rows or pairs.
func (w *segmentWriter) block(p []byte, n int) (block, error) {
	b := block{off: w.at, size: len(p), n: n, sum: sumOf(p)}
	w.at += int64(len(p))
	_, err := w.buf.Write(p)
	return b, err
}

// number puts down which entry is in the next row.
func (w *segmentWriter) number(n uint32) {
	row := uint32(w.s.rows)
	if k := len(w.s.runs); k == 0 || w.s.runs[k-1].number+row-w.s.runs[k-1].row != n {
		w.s.runs = append(w.s.runs, numberRun{row, n})
	}
	w.s.rows++
}

// entry adds what is known of an article to the columns.
func (w *segmentWriter) entry(e *Entry, date []byte) {
	for c, v := range [...]string{columnID: e.ID, columnPath: e.Path, columnSource: e.Source, columnTitle: e.Title, columnDate: string(date)} {
		w.columns[c].addText(v)
	}
	w.columns[columnLine].addNumber(int64(e.Line))
	w.columns[columnBytes].addNumber(int64(e.Bytes))
	w.columns[columnTokens].addNumber(int64(e.Tokens))
	if w.s.stories {
		w.columns[columnProfile].addText(e.Profile)
	}
	if w.seated {
		w.seat(e.Number, e.Seat)
	}
	w.bytes += int64(e.Bytes)
	w.tokens += int64(e.Tokens)
}

// wordsWriter collects blocks of words.
type wordsWriter struct {
	buf []byte
	n   int
}

// stripe writes a dictionary for the rows that follow.
func (w *segmentWriter) stripe(d *dictionary, rows int) error {
	b, err := w.block(d.append(nil), rows)
	w.s.stripes = append(w.s.stripes, b)
	return err
}

// codes adds the words of an article, coded. A block ends with its stripe.
func (w *segmentWriter) codes(row []byte) error {
	w.words.buf = append(w.words.buf, row...)
	if w.words.n++; w.words.n < wordsRows && len(w.words.buf) < wordsMost {
		return nil
	}
	return w.flushWords()
}

func (w *segmentWriter) flushWords() error {
	if w.words.n == 0 {
		return nil
	}
	b, err := w.block(w.words.buf, w.words.n)
	w.s.words = append(w.s.words, b)
	w.words.buf, w.words.n = w.words.buf[:0], 0
	return err
}

// postings begins seeds or ids. All entries are in.
func (w *segmentWriter) postings(of *postings) *postingsWriter {
	of.rowBits = uint(bits.Len(uint(max(w.s.rows-1, 0))))
	return &postingsWriter{w: w, to: of}
}

// finish writes the contents and gives what the manifest is to say.
func (w *segmentWriter) finish() (part, error) {
	contents := w.contents()
	p := part{name: w.name, sum: xxh3.Hash(contents), live: w.s.rows, bytes: w.bytes, tokens: w.tokens}
	_, err := w.buf.Write(contents)
	if err == nil {
		_, err = w.buf.Write(footerOf(w.at, len(contents), p.sum))
	}
	if err == nil {
		err = w.buf.Flush()
	}
	if err == nil {
		err = w.file.keep()
	}
	if e := w.file.Close(); err == nil {
		err = pathError(e, w.name)
	}
	p.size = w.at + int64(len(contents)) + footerSize
	w.file = nil
	return p, err
}

// discard ends the writing without a segment.
func (w *segmentWriter) discard(dir string, d disk) error {
	var err error
	if w.file != nil {
		err = w.file.Close()
	}
	return errors.Join(err, d.remove(filepath.Join(dir, w.name)))
}

func (w *segmentWriter) contents() []byte {
	dst := binary.AppendUvarint(nil, uint64(w.s.rows))
	section := func(name string, body []byte) {
		dst = appendString(dst, name)
		dst = binary.AppendUvarint(dst, uint64(len(body)))
		dst = append(dst, body...)
	}
	list := func(b []block) []byte { return appendBlocks(nil, len(b), func(i int) block { return b[i] }) }
	body := binary.AppendUvarint(nil, uint64(len(w.s.batches)))
	for i := range w.s.batches {
		body = w.s.batches[i].append(body)
	}
	section("batches", body)
	body = binary.AppendUvarint(nil, uint64(len(w.s.runs)))
	last := numberRun{}
	for _, r := range w.s.runs {
		body = binary.AppendUvarint(binary.AppendUvarint(body, uint64(r.row-last.row)), uint64(r.number-last.number))
		last = r
	}
	section("numbers", body)
	section("stripes", list(w.s.stripes))
	section("words", list(w.s.words))
	for c := range w.columns {
		if w.s.has(c) {
			section(columnNames[c], list(w.columns[c].blocks))
		}
	}
	if w.s.stories {
		section("moves", appendMoves(nil, w.s.moves))
	}
	if w.s.linked {
		section("came", w.s.cameBytes)
		section("copies", w.s.copiesBytes)
	}
	section("seeds", w.s.seeds.append(nil))
	section("ids", w.s.ids.append(nil))
	return dst
}

// sorted writes seeds or ids from pairs that each brings in order.
func (w *segmentWriter) sorted(of *postings, each func(fn func(key uint64, row uint32) error) error) error {
	p := w.postings(of)
	if err := each(p.add); err != nil {
		return fmt.Errorf("write %s: %w", w.name, err)
	}
	return p.flush()
}
