package engine

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"golang.org/x/sync/errgroup"

	"dedup/internal/article"
	"dedup/internal/lsh"
	"dedup/internal/report"
	"dedup/internal/shingle"
	"dedup/internal/sketch"
	"dedup/internal/text"
)

// Filter lets the first of each near-duplicates of a stream through. A reader takes what input there is, up to whole lines; workers decode and
// sketch pieces side by side; one goroutine, in the order of the input, looks each sketch up among those that were let through, and writes.
// It writes out whenever no more input waits, so a line is answered at once, and a reader that does not keep up holds everything back.

// FilterOptions say what is let through and where the rest goes.
type FilterOptions struct {
	Threshold   float64   // estimated resemblance from which an article is left out
	Index       string    // directory of a corpus index whose articles are left out too; empty: none
	Removed     io.Writer // what is left out, and why; nil: nowhere
	Superseding io.Writer // what is let through although it contains a shorter article of the index; nil: nowhere
	Others      bool      // records that are no articles pass
}

// FilterCounts is what went by. Known are those of Removed that the index holds; Superseding were let through.
type FilterCounts struct{ Articles, Removed, Known, Superseding, Skipped int }

// filterPiece is some lines on their way.
type filterPiece struct {
	raw  []byte // as read: written as it is
	data []byte // decoded in place
	line int
	arts []filterArticle
	bad  []article.Bad
	done chan struct{}
}

// filterArticle is one record of a piece.
type filterArticle struct {
	start, end int // of its line in raw, with the line end
	line       int
	id         string
	same       uint64 // of all its words
	sig        []uint16
	known      *filterKnown // the entry of the index that it is a near-duplicate of
}

// filterLeast is how many shingles an article needs for resemblance to say something; shorter ones are compared word by word.
const filterLeast = 6

// Filter reads JSON Lines from in and writes those to out that resemble no earlier one.
func Filter(ctx context.Context, cfg Config, opt FilterOptions, in io.Reader, out io.Writer) (c FilterCounts, err error) {
	cfg.setDefaults()
	scheme := cfg.Scheme
	scheme.Slots = lsh.SeenSlots
	corpus, err := openFilterIndex(cfg, opt)
	if err != nil {
		return c, err
	}
	defer func() { err = errors.Join(err, corpus.close()) }()
	g, ctx := errgroup.WithContext(ctx)
	queue := make(chan *filterPiece, 2*cfg.Workers) // in order
	jobs := make(chan *filterPiece, 2*cfg.Workers)
	read := make(chan error, 1)
	go func() { // not of the group: when writing fails, nobody waits for a read of a pipe that is silent
		defer close(queue)
		defer close(jobs)
		read <- readPieces(ctx, in, cfg.Article.MaxArticle, func(p *filterPiece) error {
			for _, to := range []chan *filterPiece{queue, jobs} {
				select {
				case to <- p:
				case <-ctx.Done():
					return ctx.Err()
				}
			}
			return nil
		})
	}()
	var decoders []*article.Lines
	for range cfg.Workers {
		lines, err := article.NewLines("-", cfg.Article)
		if err != nil {
			return c, err
		}
		decoders = append(decoders, lines)
		d := &filterDecoder{lines: lines, sketcher: sketch.NewSketcher(scheme), w: scheme.W, keep: corpus != nil}
		g.Go(func() error {
			for {
				select {
				case p, more := <-jobs:
					if !more {
						return nil
					}
					d.decode(p)
					if err := corpus.lookUp(ctx, p, d.words); err != nil {
						return err
					}
					close(p.done)
				case <-ctx.Done():
					return ctx.Err()
				}
			}
		})
	}
	f := filter{opt: opt, cfg: cfg, out: bufio.NewWriterSize(out, 1<<18), same: map[uint64]int32{}, told: map[string]bool{}}
	if opt.Removed != nil {
		f.removed = bufio.NewWriterSize(opt.Removed, 1<<18)
	}
	if opt.Superseding != nil {
		f.superseding = bufio.NewWriterSize(opt.Superseding, 1<<16)
	}
	g.Go(func() error { return f.run(ctx, queue) })
	if err = g.Wait(); err == nil {
		err = <-read
	}
	for _, d := range decoders {
		cfg.Dates.Add(d.Dates())
	}
	return f.counts, err
}

// pieceSize is what a piece holds at most, unless a line is longer: small enough for the second-level cache.
const pieceSize = 256 << 10

// readPieces cuts the input into whole lines, as many as are there.
func readPieces(ctx context.Context, in io.Reader, most int64, yield func(*filterPiece) error) error {
	if most <= 0 {
		most = 64 << 20
	}
	line, carry := 1, []byte(nil)
	buf := make([]byte, pieceSize)
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := in.Read(buf)
		end := bytes.LastIndexByte(buf[:n], '\n') + 1
		if line == 1 && carry == nil && n > 0 {
			if e := checkLines(buf[:n]); e != nil {
				return e
			}
		}
		if end > 0 || err != nil && len(carry)+n > 0 {
			if err != nil {
				end = n
			}
			raw := append(carry, buf[:end]...)
			carry = append([]byte(nil), buf[end:n]...)
			p := &filterPiece{raw: raw, data: bytes.Clone(raw), line: line, done: make(chan struct{})}
			line += bytes.Count(raw, []byte{'\n'})
			if e := yield(p); e != nil {
				return e
			}
		} else if carry = append(carry, buf[:n]...); int64(len(carry)) > 2*most {
			return fmt.Errorf("line %d is longer than twice --max-article\nhint: filter reads JSON Lines, one record a line", line)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("standard input: %w", err)
		}
	}
}

// checkLines refuses what cannot be JSON Lines.
func checkLines(head []byte) error {
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\ufeff")), " \t\r\n")
	if name, hint, ok := article.Foreign(head); ok {
		return fmt.Errorf("standard input is %s, not JSON Lines\nhint: %s", name, hint)
	}
	if len(head) > 0 && head[0] != '{' {
		return errors.New("standard input is not JSON Lines\nhint: filter passes lines through as they are; unpack first (zstdcat, zcat), or use dedup clean for other formats")
	}
	return nil
}

// filterDecoder is one worker's scratch.
type filterDecoder struct {
	lines    *article.Lines
	sketcher *sketch.Sketcher
	w        int
	toks     []text.Token
	sums     []uint64
	sig      []uint32
	keep     bool       // the words
	words    [][]uint64 // hashes, by article of the piece
}

// decode fills a piece.
func (d *filterDecoder) decode(p *filterPiece) {
	arts, bad := d.lines.Decode(p.data, p.line)
	p.bad = append(p.bad, bad...)
	p.arts = make([]filterArticle, 0, len(arts))
	sigs := make([]uint16, 0, len(arts)*lsh.SeenSlots)
	d.words = d.words[:0]
	for i := range arts {
		a := &arts[i]
		f := filterArticle{start: int(a.Raw.Offset), line: a.Line, id: string([]byte(a.ID))}
		f.end = f.start + a.Raw.Len
		if n := bytes.IndexByte(p.raw[f.end:], '\n'); n >= 0 {
			f.end += n + 1
		} else {
			f.end = len(p.raw)
		}
		d.toks = text.AppendTokens(d.toks[:0], a.Text)
		toks := text.Once(d.toks, a.Text)
		f.same = sameWords(toks)
		if d.keep {
			d.words = append(d.words, hashes(toks))
		}
		d.sums = shingle.Append(d.sums[:0], toks, d.w)
		if len(d.sums) >= filterLeast {
			d.sig = d.sketcher.Signature(d.sig[:0], d.sums)
			from := len(sigs)
			for _, v := range d.sig {
				sigs = append(sigs, uint16(v>>8))
			}
			f.sig = sigs[from:len(sigs):len(sigs)]
		}
		p.arts = append(p.arts, f)
	}
	p.data = nil
}

// sameWords is a hash of all words in their order.
func sameWords(toks []text.Token) uint64 {
	h := uint64(len(toks))
	for _, t := range toks {
		h = shingle.Mix(h ^ t.Hash)
	}
	return h
}

// filter is the goroutine that decides and writes.
type filter struct {
	opt     FilterOptions
	cfg     Config
	out     *bufio.Writer
	removed *bufio.Writer

	superseding *bufio.Writer

	same   map[uint64]int32
	told   map[string]bool // kinds of warnings that are given once
	seen   lsh.Seen
	ofSig  []int32 // article of each signature
	ids    []string
	lines  []int32
	counts FilterCounts
}

func (f *filter) run(ctx context.Context, queue <-chan *filterPiece) error {
	for {
		var p *filterPiece
		var more bool
		select {
		case p, more = <-queue:
		case <-ctx.Done():
			return ctx.Err()
		}
		if !more {
			return f.flush()
		}
		select {
		case <-p.done:
		case <-ctx.Done():
			return ctx.Err()
		}
		if err := f.piece(p); err != nil {
			return err
		}
		if len(queue) == 0 { // nothing waits: what there is must be seen now
			if err := f.flush(); err != nil {
				return err
			}
		}
	}
}

func (f *filter) flush() error {
	if f.removed != nil {
		if err := f.removed.Flush(); err != nil {
			return fmt.Errorf("--removed: %w", err)
		}
	}
	if f.superseding != nil {
		if err := f.superseding.Flush(); err != nil {
			return fmt.Errorf("--superseding: %w", err)
		}
	}
	return f.out.Flush()
}

func (f *filter) piece(p *filterPiece) error {
	at := 0
	for i := range p.arts {
		a := &p.arts[i]
		if err := f.others(p.raw[min(at, a.start):a.start]); err != nil {
			return err
		}
		at = max(at, a.end)
		f.counts.Articles++
		if err := f.article(a, p.raw[a.start:a.end]); err != nil {
			return err
		}
	}
	for _, b := range p.bad {
		if kind := b.Once(); kind != "" {
			if f.told[kind] {
				continue
			}
			f.told[kind] = true
		}
		if !f.opt.Others || b.Kept {
			f.cfg.Bad(b)
			if !b.Kept {
				f.counts.Skipped++
			}
		}
	}
	return f.others(p.raw[at:])
}

// others lets what is no article pass, where that is wanted.
func (f *filter) others(b []byte) error {
	if !f.opt.Others || len(bytes.TrimSpace(b)) == 0 {
		return nil
	}
	_, err := f.out.Write(b)
	return err
}

// article decides about one article.
func (f *filter) article(a *filterArticle, line []byte) error {
	if a.known != nil && !a.known.superseded {
		f.counts.Removed, f.counts.Known = f.counts.Removed+1, f.counts.Known+1
		return f.leaveOut(line, a.known.leftOut(a))
	}
	rule, match, estimate := "same", int32(-1), 1.0
	if i, ok := f.same[a.same]; ok {
		match = i
	} else if a.sig != nil {
		var k int
		if k, estimate = f.seen.Find(a.sig, f.opt.Threshold); k >= 0 {
			rule, match = "resemblance", f.ofSig[k]
		}
	}
	if match >= 0 {
		f.counts.Removed++
		l := leftOut{Article: a.id, Line: a.line, Rule: rule, Resemblance: report.Ratio(estimate), Matched: f.ids[match], MatchedLine: int(f.lines[match])}
		if rule != "same" {
			l.Error = report.Ratio(lsh.SeenError(estimate))
		}
		return f.leaveOut(line, l)
	}
	i := int32(len(f.ids))
	f.ids, f.lines = append(f.ids, a.id), append(f.lines, int32(a.line))
	f.same[a.same] = i
	if a.sig != nil {
		f.seen.Add(a.sig)
		f.ofSig = append(f.ofSig, i)
	}
	if a.known != nil {
		f.counts.Superseding++
		if f.superseding != nil {
			if err := encodeLine(f.superseding, a.known.leftOut(a)); err != nil {
				return err
			}
		}
	}
	_, err := f.out.Write(line)
	return err
}

// leftOut is a line of the file of what was removed, or of what supersedes. Resemblance is an estimate unless the rule is "same" or the match is in the index.
type leftOut struct {
	Article     string          `json:"article"`
	Line        int             `json:"line"`
	Rule        string          `json:"rule"`
	Resemblance float64         `json:"resemblance"`
	Error       float64         `json:"standard_error"`
	Containment float64         `json:"containment,omitempty"` // of the shorter one in the longer one, where it was counted
	Matched     string          `json:"matched"`
	InIndex     bool            `json:"in_index,omitempty"`     // Matched is an entry of the index, with its path and line
	MatchedPath string          `json:"matched_path,omitempty"` // else it is an earlier line
	MatchedLine int             `json:"matched_line"`
	Record      json.RawMessage `json:"record,omitempty"`
	Raw         string          `json:"raw,omitempty"` // a record that is not strictly JSON
}

func (f *filter) leaveOut(line []byte, l leftOut) error {
	if f.removed == nil {
		return nil
	}
	if line = bytes.TrimSpace(line); json.Valid(line) {
		l.Record = line
	} else {
		l.Raw = string(line)
	}
	return encodeLine(f.removed, l)
}

func encodeLine(w io.Writer, l leftOut) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(l)
}
