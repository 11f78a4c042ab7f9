// Package filter copies a stream of JSON Lines, and leaves out articles that are near-duplicates of
// an earlier one.
//
// The work has three stages. A reader takes the input that is there, in pieces of whole lines.
// Workers decode and sketch pieces in parallel. One goroutine takes the sketches in the order of
// the input, compares each with those of the articles let through, and writes. It writes out
// whenever no more input waits, so a line is answered at once. If its output is not taken, it stops
// taking pieces, and the reader stops reading.
package filter

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"golang.org/x/sync/errgroup"

	"dedup/internal/article"
	"dedup/internal/corpus"
	"dedup/internal/lsh"
	"dedup/internal/report"
	"dedup/internal/shingle"
	"dedup/internal/sketch"
	"dedup/internal/text"
)

// The stream goes through three hands. A reader takes what input
// there is, up to whole lines; workers decode and sketch pieces side by side; one goroutine, in the
// order of the input, looks each sketch up among those that were let through, and writes. It writes
// out whenever no more input waits, so a line is answered at once, and a reader that does not keep
// up holds everything back.

// Options say what is let through and where the rest goes.
type Options struct {
	Threshold   float64   // estimated resemblance from which an article is left out
	Index       string    // directory of a corpus index whose articles are left out too; empty: none
	Removed     io.Writer // what is left out, and why; nil: nowhere
	Superseding io.Writer // what is let through although it contains a shorter article of the index; nil: nowhere
	Others      bool      // records that are no articles pass
	DropEmpty   bool      // articles without text are left out
}

// Counts is what went by. Known are those of Removed that the index holds; Superseding were
// let through.
type Counts struct {
	article.Dates
	Removed, Known, Superseding, Skipped int

	Records int            // lines that are not blank: Out, and all that are left out
	Out     int            // were let through,
	Empty   int            // of them articles without text
	Left    map[string]int // were left out, by rule
}

// piece is some lines of one input on their way, or what is wrong with an input.
type piece struct {
	path string
	seq  int
	raw  []byte // as read: written as it is
	bom  int    // bytes of raw that are a byte order mark
	data []byte // what follows it, decoded in place
	line int
	arts []record
	bad  []article.Bad
	done chan struct{}
}

// record is one record of a piece.
type record struct {
	start, end int // of its line in raw, with the line end
	line       int
	id         string
	same       uint64 // of all its words
	sig        []uint16
	empty      bool   // it has no text
	mute       bool   // it has no word
	known      *known // the entry of the index that it is a near-duplicate of
}

// leastShingles is how many shingles an article needs for resemblance to say something; shorter
// ones are compared word by word.
const leastShingles = 6

// Run reads JSON Lines from the files of cfg.Paths, or from in, and writes those to out that
// resemble no earlier one.
func Run(ctx context.Context, cfg corpus.Config, opt Options, in io.Reader, out io.Writer) (c Counts, err error) {
	cfg.Options = cfg.Defaults()
	if len(cfg.Paths) == 0 {
		cfg.Paths = []string{"-"}
	}
	scheme := sketch.Default
	scheme.Slots = lsh.SeenSlots
	corpus, err := openIndex(cfg, opt)
	if err != nil {
		return c, err
	}
	defer func() { err = errors.Join(err, corpus.close()) }()
	g, ctx := errgroup.WithContext(ctx)
	queue := make(chan *piece, 2*cfg.Workers) // in order
	jobs := make(chan *piece, 2*cfg.Workers)
	read := make(chan error, 1)
	go func() { // not of the group: when writing fails, nobody waits for a read of a pipe that is silent
		defer close(queue)
		defer close(jobs)
		r := reader{ctx: ctx, stdin: in, limit: max(2*cfg.MaxArticle, cfg.Memory/8)}
		r.yield = func(p *piece) error {
			for _, to := range []chan *piece{queue, jobs} {
				select {
				case to <- p:
				case <-ctx.Done():
					return ctx.Err()
				}
			}
			return nil
		}
		read <- r.paths(cfg.Paths)
	}()
	var decoders []*article.Lines
	for range cfg.Workers {
		lines, err := article.NewLines(article.Options{Fields: article.Fields(cfg.Fields), MaxArticle: cfg.MaxArticle})
		if err != nil {
			return c, err
		}
		decoders = append(decoders, lines)
		d := &decoder{lines: lines, sketcher: sketch.NewSketcher(scheme), w: scheme.W, keep: corpus != nil}
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
	f := filter{opt: opt, cfg: cfg, out: bufio.NewWriterSize(out, 1<<18), same: map[uint64]int32{}}
	f.warned, f.counts.Left = map[string]bool{}, map[string]int{}
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
	var census article.Census
	for _, l := range decoders {
		f.counts.Dates.Add(l.Dates())
		census.Add(l.Census())
	}
	if err == nil {
		err = f.outcome(&census)
	}
	return f.counts, err
}

// decoder is one worker's scratch.
type decoder struct {
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
func (d *decoder) decode(p *piece) {
	arts, bad := d.lines.Decode(p.path, p.seq, p.data, p.line)
	p.bad = append(p.bad, bad...)
	p.arts = make([]record, 0, len(arts))
	sigs := make([]uint16, 0, len(arts)*lsh.SeenSlots)
	d.words = d.words[:0]
	for i := range arts {
		a := &arts[i]
		f := record{start: p.bom + int(a.Raw.Offset), line: a.Line, id: string([]byte(a.ID)), empty: a.Empty()}
		f.end = f.start + a.Raw.Len
		if n := bytes.IndexByte(p.raw[f.end:], '\n'); n >= 0 {
			f.end += n + 1
		} else {
			f.end = len(p.raw)
		}
		d.toks = text.AppendTokens(d.toks[:0], a.Text)
		toks := text.Once(d.toks, a.Text)
		f.same, f.mute = sameWords(toks), len(toks) == 0
		if d.keep {
			d.words = append(d.words, text.Hashes(toks))
		}
		d.sums = shingle.Append(d.sums[:0], toks, d.w)
		if len(d.sums) >= leastShingles {
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
	opt     Options
	cfg     corpus.Config
	out     *bufio.Writer
	removed *bufio.Writer

	superseding *bufio.Writer

	same   map[uint64]int32
	seen   lsh.Seen
	ofSig  []int32 // article of each signature
	ids    []string
	lines  []int32
	paths  []string // of what was let through and can be matched, as ids and lines
	path   string   // of the input that is being read
	warned map[string]bool
	mark   bool // a byte order mark is to be written
	open   bool // what was written last has no line end
	counts Counts
}

func (f *filter) run(ctx context.Context, queue <-chan *piece) error {
	for {
		var p *piece
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

func (f *filter) piece(p *piece) error {
	f.path = p.path
	f.mark = f.mark || p.bom > 0 && p.seq == 0
	why := f.reasons(p)
	at, line := p.bom, p.line
	for i := range p.arts {
		a := &p.arts[i]
		if err := f.others(p.raw[at:a.start], line, why); err != nil {
			return err
		}
		at, line = a.end, a.line+1
		f.counts.Records++
		decide := f.article
		if a.mute {
			decide = f.withoutWords
		}
		if err := decide(a, p.raw[a.start:a.end]); err != nil {
			return err
		}
		for len(f.paths) < len(f.ids) {
			f.paths = append(f.paths, f.named())
		}
	}
	return f.others(p.raw[at:], line, why)
}

// article decides about one article.
func (f *filter) article(a *record, line []byte) error {
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
		l := leftOut{Article: a.id, Line: a.line, Rule: rule, Resemblance: report.Ratio(estimate), Matched: f.ids[match], MatchedPath: f.paths[match], MatchedLine: int(f.lines[match])}
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
			l := a.known.leftOut(a)
			l.Path = f.named()
			if err := encodeLine(f.superseding, l); err != nil {
				return err
			}
		}
	}
	return f.pass(line)
}

// leftOut is a line of the file of what was removed, or of what supersedes. Resemblance is an
// estimate unless the rule is "same" or the match is in the index.
type leftOut struct {
	Article     string  `json:"article"`
	Line        int     `json:"line"`
	Rule        string  `json:"rule"`
	Resemblance float64 `json:"resemblance"`
	Error       float64 `json:"standard_error"`
	Containment float64 `json:"containment,omitempty"` // of the shorter one in the longer one, where it was counted
	Matched     string  `json:"matched"`
	InIndex     bool    `json:"in_index,omitempty"`     // Matched is an entry of the index, with its path and line
	MatchedPath string  `json:"matched_path,omitempty"` // else it is an earlier line
	MatchedLine int     `json:"matched_line"`
	Path        string  `json:"path,omitempty"` // of the article; none on standard input
	leftRecord
}

func (f *filter) leaveOut(line []byte, l leftOut) error {
	l.leftRecord, l.Path = recordOf(line), f.named()
	return f.list(l.Rule, l)
}
