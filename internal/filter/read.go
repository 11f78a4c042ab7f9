package filter

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"dedup/internal/article"
)

// The input of a filter: standard input, or files one after the other, as "cat" gives them. A piece
// is some whole lines of one of them. A byte order mark belongs to no record. What cannot be opened
// or is not JSON Lines is told in its turn, by a piece without lines.

var (
	bom     = []byte("\ufeff")
	newline = []byte{'\n'}
)

const (
	hintLines  = "filter passes lines through as they are; dedup clean reads and writes other formats"
	hintPacked = "unpack it first (zstdcat, zcat), or give filter the file: dedup filter FILE"
)

// reader cuts the inputs into pieces.
type reader struct {
	ctx   context.Context
	stdin io.Reader
	limit int64 // bytes of the longest line
	seq   int
	yield func(*piece) error
}

// paths reads all inputs, each once, in the order they are given.
func (r *reader) paths(paths []string) error {
	seen := map[string]bool{}
	for _, path := range paths {
		var bad []article.Bad
		inputs := article.Expand([]string{path}, func(b article.Bad) { bad = append(bad, b) })
		if err := r.tell(bad...); err != nil {
			return err
		}
		for _, in := range inputs {
			if seen[in.Path] {
				continue
			}
			seen[in.Path] = true
			if err := r.path(in.Path); err != nil {
				return err
			}
		}
	}
	return nil
}

// path reads one input. A file that breaks off is told; standard input that does ends the run.
func (r *reader) path(path string) error {
	if path == "-" {
		err := r.lines(path, r.stdin)
		var broken *brokenInput
		if errors.As(err, &broken) {
			return fmt.Errorf("standard input%s%w\nhint: %s", broken.verb(), broken.err, broken.hint)
		}
		return err
	}
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() { // a pipe is not looked into: that would hold up what it has to say
		f, err := article.Open(r.ctx, path)
		if err != nil {
			return r.tell(article.Bad{Path: path, Reason: err.Error(), Hint: "check that the file can be read"})
		}
		defer f.Close()
		return r.told(path, r.lines(path, f))
	}
	u, err := article.OpenUnpacked(path)
	if e, ok := errors.AsType[*article.WindowError](err); ok {
		return r.tell(article.Bad{Path: path, Reason: e.Error(), Hint: e.Hint()})
	}
	if err != nil {
		return r.tell(article.Bad{Path: path, Reason: err.Error(), Hint: "check that the file can be read, or get it again"})
	}
	defer u.Close()
	err = r.lines(path, u)
	var broken *brokenInput
	if errors.As(err, &broken) && broken.read {
		broken.err = errors.New(u.Damage(broken.err))
	}
	return r.told(path, err)
}

// brokenInput is an input that could not be read to its end.
type brokenInput struct {
	err  error
	line int
	hint string
	read bool // err is that of reading
}

func (b *brokenInput) Error() string { return b.err.Error() }

// verb joins the name of an input to what is wrong: "standard input is not JSON Lines".
func (b *brokenInput) verb() string {
	if b.line == 0 {
		return " is "
	}
	return ": "
}

// told turns what is wrong with an input into a report.
func (r *reader) told(path string, err error) error {
	var broken *brokenInput
	if !errors.As(err, &broken) {
		return err
	}
	return r.tell(article.Bad{Path: path, Line: broken.line, Reason: broken.Error(), Hint: broken.hint})
}

func (r *reader) tell(bad ...article.Bad) error {
	if len(bad) == 0 {
		return nil
	}
	return r.piece(&piece{bad: bad})
}

func (r *reader) piece(p *piece) error {
	p.seq, p.done = r.seq, make(chan struct{})
	r.seq++
	return r.yield(p)
}

// pieceSize is what a piece holds at most, unless a line is longer: small enough for the
// second-level cache.
const pieceSize = 256 << 10

// lines cuts one input into whole lines, as many as are there.
func (r *reader) lines(path string, in io.Reader) error {
	line, carry, looked := 1, []byte(nil), false
	buf := make([]byte, pieceSize)
	for {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		n, err := in.Read(buf)
		if all := len(carry) + n; !looked && (all > len(bom) || err != nil) {
			looked = true
			if what := notLines(append(bytes.Clone(carry), buf[:n]...)); what != nil {
				return what
			}
		}
		end := bytes.LastIndexByte(buf[:n], '\n') + 1
		if end > 0 && looked || err != nil && len(carry)+n > 0 {
			if err != nil {
				end = n
			}
			raw := append(carry, buf[:end]...)
			carry = append([]byte(nil), buf[end:n]...)
			p := &piece{path: path, raw: raw, line: line}
			if line == 1 && bytes.HasPrefix(raw, bom) {
				p.bom = len(bom)
			}
			p.data = bytes.Clone(raw[p.bom:])
			line += bytes.Count(raw, newline)
			if e := r.piece(p); e != nil {
				return e
			}
		} else if carry = append(carry, buf[:n]...); int64(len(carry)) > r.limit {
			return &brokenInput{fmt.Errorf("line %d is longer than %d MB, the rest is left out", line, r.limit>>20), line, "filter reads JSON Lines, one record a line; --memory sets how long a line may be", false}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return &brokenInput{err, line, "get the file again; what was read before is kept", true}
		}
	}
}

// notLines refuses what cannot be JSON Lines.
func notLines(head []byte) error {
	for _, magic := range []string{"\x1f\x8b", "\x28\xb5\x2f\xfd", "BZh"} {
		if bytes.HasPrefix(head, []byte(magic)) {
			return &brokenInput{errNotLines, 0, hintPacked, false}
		}
	}
	head = bytes.TrimLeft(bytes.TrimPrefix(head, bom), " \t\r\n")
	if name, hint, ok := article.Foreign(head); ok {
		return &brokenInput{fmt.Errorf("%s, not JSON Lines", name), 0, hint, false}
	}
	if len(head) > 0 && head[0] != '{' {
		return &brokenInput{errNotLines, 0, hintLines, false}
	}
	return nil
}

var errNotLines = errors.New("not JSON Lines")
