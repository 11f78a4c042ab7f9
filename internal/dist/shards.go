package dist

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"dedup/internal/article"
	"dedup/internal/output"
)

// Stages by files alone, for schedulers of jobs. All that a run has is a directory that every job
// sees. Call i of n of a stage writes one file, whole or not at all, and reads those of the stages
// before: its own one where it needs no more, else its keys out of all of them. A call whose file is
// there is not made again. So jobs may fail and be run again, in any order that the stages allow.

// Shards is a run of n calls a stage.
type Shards struct {
	Dir string
	N   int
	Opt Options
}

// MostShards is how many calls a stage may have.
const MostShards = 1 << 16

// stamp is the kind of the first frame of a file: the options that it was made with.
const stamp = 'O'

// Stages are those that files have: text comes from files of its own.
func (s *Shards) Stages() []Stage {
	return slices.DeleteFunc(slices.Clone(Stages), func(stage Stage) bool { return stage.Name == "drop" })
}

// Calls is how many calls a stage has.
func (s *Shards) Calls(stage Stage) int {
	if stage.Grouping == AtOnce {
		return 1
	}
	return s.N
}

func (s *Shards) file(stage Stage, call int) string {
	return filepath.Join(s.Dir, fmt.Sprintf("%s-%d-of-%d", stage.Name, call, s.Calls(stage)))
}

// stampOf is what a file of the stage must begin with. What is read does not depend on what a
// near-duplicate is.
func (s *Shards) stampOf(stage Stage) (string, error) {
	opt := s.Opt
	judge, err := opt.check()
	text := fmt.Sprintf("parts %d", opt.Parts)
	if stage.Name != "read" {
		text += fmt.Sprintf(" bin %d threshold %v containment %v keep %q pairs %t", opt.Bin, judge.Threshold, judge.Containment, cmp.Or(opt.Keep, "earliest"), opt.Pairs)
	}
	return text, err
}

// Done tells whether a call was made with these options.
func (s *Shards) Done(stage Stage, call int) (bool, error) {
	want, err := s.stampOf(stage)
	if err != nil {
		return false, err
	}
	f, err := os.Open(s.file(stage, call))
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer f.Close()
	for first, err := range Read(f) {
		if err != nil {
			return false, fmt.Errorf("read %s: %w", f.Name(), err)
		}
		return first.Kind == stamp && string(first.Data) == want, nil
	}
	return false, nil
}

// FindShards says how many shards read what is in a directory.
func FindShards(dir string) (int, error) {
	names, err := filepath.Glob(filepath.Join(dir, "read-*-of-*"))
	if err != nil || len(names) == 0 {
		return 0, fmt.Errorf("nothing that dedup shard wrote is in %q\nhint: run dedup shard 1/N --work %s PATH... up to N/N before", dir, dir)
	}
	n := 0
	for _, name := range names {
		var i, of int
		if _, err := fmt.Sscanf(filepath.Base(name), "read-%d-of-%d", &i, &of); err != nil || of < 1 || of > MostShards {
			continue
		}
		if n > 0 && of != n {
			return 0, fmt.Errorf("%q holds shards of %d and of %d\nhint: use a directory of its own for each run", dir, n, of)
		}
		n = of
	}
	if n == 0 {
		return 0, fmt.Errorf("nothing that dedup shard wrote is in %q", dir)
	}
	return n, nil
}

// Read is call i, from 1, of the stage read: of n parts of the files' bytes the i-th. Files of JSON
// Lines are cut between lines; any other one is read by the shard that has its first byte. Files
// that later stages made of another input go.
func (s *Shards) Read(ctx context.Context, i int, inputs []article.Input) error {
	stage := Stages[0]
	for _, later := range Stages[1:] {
		old, err := filepath.Glob(filepath.Join(s.Dir, later.Name+"-*-of-*"))
		if err != nil {
			return err
		}
		for _, name := range old {
			if err := os.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
				return fmt.Errorf("remove what was made of an earlier input: %w", err)
			}
		}
	}
	return s.write(ctx, stage, i, func(out func(Frame) error) error {
		return ReadPieces(ctx, s.Opt, s.pieces(i, inputs), out)
	})
}

// Run is a call, from 1, of any other stage.
func (s *Shards) Run(ctx context.Context, stage Stage, call int) error {
	tables, err := s.open(stage.Tables, 0)
	if err != nil {
		return err
	}
	defer tables.close()
	from := 0
	if stage.Grouping == Any {
		from = call
	}
	in, err := s.open(stage.In, from)
	if err != nil {
		return err
	}
	defer in.close()
	if stage.Grouping == ByKey {
		in.keep(func(key uint32) bool { return int(key)%s.N == call-1 })
	}
	return s.write(ctx, stage, call, func(out func(Frame) error) error {
		return stage.Run(ctx, s.Opt, tables.all(), in.all(), out)
	})
}

// write writes the file of a call.
func (s *Shards) write(ctx context.Context, stage Stage, call int, fn func(out func(Frame) error) error) error {
	text, err := s.stampOf(stage)
	if err != nil {
		return err
	}
	return output.Write(ctx, s.file(stage, call), func(to io.Writer) error {
		w := NewWriter(to)
		if err := w.Write(Frame{Kind: stamp, Data: []byte(text)}); err != nil {
			return err
		}
		if err := fn(w.Write); err != nil {
			return err
		}
		return w.Close()
	})
}

// Results gives the frames of a kind that the stage cluster made.
func (s *Shards) Results(kind byte) (iter.Seq2[Frame, error], func(), error) {
	set, err := s.open(string(kind), 0)
	if err != nil {
		return nil, nil, err
	}
	return set.all(), set.close, nil
}

// kept is where a frame lies.
type kept struct {
	file *os.File
	key  uint32
	at   int64
	size int64
}

// frameSet is frames of files, in the order of their keys.
type frameSet struct {
	files []*os.File
	list  []kept
}

// open finds all frames of some kinds, in the file of one call or (0) of all.
func (s *Shards) open(kinds string, call int) (*frameSet, error) {
	set := &frameSet{}
	for _, stage := range s.Stages() {
		if !strings.ContainsAny(stage.Out, kinds) || kinds == "" {
			continue
		}
		for i := 1; i <= s.Calls(stage); i++ {
			if call > 0 && i != call {
				continue
			}
			done, err := s.Done(stage, i)
			if err == nil && !done {
				err = fmt.Errorf("call %d of %d of the stage %s was not made yet with these options\nhint: dedup shard %d/%d --stage %s, or dedup merge, which makes all that is left", i, s.Calls(stage), stage.Name, i, s.N, stage.Name)
			}
			if err == nil {
				err = set.index(s.file(stage, i), kinds)
			}
			if err != nil {
				set.close()
				return nil, err
			}
		}
	}
	slices.SortStableFunc(set.list, func(a, b kept) int { return cmp.Compare(a.key, b.key) })
	return set, nil
}

// index finds the frames of a file.
func (x *frameSet) index(name, kinds string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	x.files = append(x.files, f)
	for at := int64(0); ; {
		d := decoder{r: bufio.NewReaderSize(io.NewSectionReader(f, at, headSize), headSize)}
		head, size, err := d.begin()
		if err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
		if head.Kind == End {
			return nil
		}
		size += headSize
		if strings.ContainsRune(kinds, rune(head.Kind)) {
			x.list = append(x.list, kept{f, head.Key, at, size})
		}
		at += size
	}
}

// keep drops the frames whose keys are not wanted.
func (x *frameSet) keep(want func(key uint32) bool) {
	x.list = slices.DeleteFunc(x.list, func(k kept) bool { return !want(k.key) })
}

// all reads the frames.
func (x *frameSet) all() frames {
	return func(yield func(Frame, error) bool) {
		for _, k := range x.list {
			d := decoder{r: bufio.NewReader(io.NewSectionReader(k.file, k.at, k.size))}
			f, err := d.next()
			if err != nil {
				err = fmt.Errorf("read %s at byte %d: %w", k.file.Name(), k.at, err)
			}
			if !yield(f, err) || err != nil {
				return
			}
		}
	}
}

func (x *frameSet) close() {
	for _, f := range x.files {
		f.Close()
	}
}

// pieces are those of call i.
func (s *Shards) pieces(i int, inputs []article.Input) iter.Seq2[Piece, error] {
	total := int64(0)
	for _, in := range inputs {
		total += in.Size
	}
	from, to := share(total, i-1, s.N), share(total, i, s.N)
	return func(yield func(Piece, error) bool) {
		at := int64(0) // bytes of the inputs before
		for k, in := range inputs {
			start, end := max(from-at, 0), min(to-at, in.Size)
			first := start == 0 && end > 0 || in.Size == 0 && i == 1
			at += in.Size
			if start >= end && !first {
				continue
			}
			if !s.piece(Piece{Origin: Origin{File: uint32(k)}, Path: in.Path}, start, end, in.Size, yield) {
				return
			}
		}
	}
}

// share is where part i of n begins.
func share(total int64, i, n int) int64 {
	return total/int64(n)*int64(i) + total%int64(n)*int64(i)/int64(n)
}

// piece yields what the lines that begin in a stretch of a file are, or the whole file.
func (s *Shards) piece(p Piece, start, end, size int64, yield func(Piece, error) bool) bool {
	f, err := os.Open(p.Path)
	if err != nil {
		return yield(p, err)
	}
	defer f.Close()
	if s.Opt.Format != "" && s.Opt.Format != "jsonl" || !isLines(f, p.Path, size) {
		return start > 0 || yield(p, nil)
	}
	if start, err = lineStart(f, start); err == nil {
		end, err = lineStart(f, end)
	}
	if err != nil {
		return yield(p, fmt.Errorf("look for a line of %s: %w", p.Path, err))
	}
	if start >= end {
		return true
	}
	p.Start, p.Format, p.Reader = uint64(start), "jsonl", io.NewSectionReader(f, start, end-start)
	return yield(p, nil)
}

// isLines tells whether a file is plain JSON Lines for certain: by its name, and since its first
// line is an object.
func isLines(f *os.File, path string, size int64) bool {
	if ext := filepath.Ext(path); ext != ".jsonl" && ext != ".ndjson" {
		return false
	}
	line, err := bufio.NewReaderSize(io.NewSectionReader(f, 0, size), 1<<16).ReadBytes('\n')
	return (err == nil || err == io.EOF) && len(line) > 0 && line[0] == '{' && json.Valid(bytes.TrimSpace(line))
}

// lineStart is where the first line begins at or behind a byte.
func lineStart(f *os.File, at int64) (int64, error) {
	if at == 0 {
		return 0, nil
	}
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	r := bufio.NewReader(io.NewSectionReader(f, at-1, max(info.Size()-at+1, 0)))
	for at--; ; {
		line, err := r.ReadSlice('\n')
		at += int64(len(line))
		if err == nil || err == io.EOF {
			return at, nil
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return 0, err
		}
	}
}
