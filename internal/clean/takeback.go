package clean

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/zeebo/xxh3"

	"dedup/internal/disk"
)

// TakeBack puts back what went of some articles, and nothing else. What comes out is an output with a
// manifest, as Write makes them: the rest can be restored from it as before, and the line
// "protected" in the manifest says what was taken back. Output and manifest of before are checked by
// their sums while they are read.
//
// The one thing that bytes alone do not tell is the comma between elements of a JSON array: one that
// went with the last element comes back before an element that follows it, and one that an element
// brings along to the end of its array goes.

// TakenBack counts what came back.
type TakenBack struct {
	Articles int    // removed ones
	Spans    int    // of articles that had stayed
	Index    string // that the output had been added to; empty: none
}

// taker is one run of TakeBack.
type taker struct {
	restorer
	ids   map[string]bool
	found map[string]bool
	m     *manifestWriter
	to    *disk.File
	done  TakenBack
	added int64 // bytes
}

// TakeBack writes to opt.Out, which may be opt.From.
func TakeBack(ctx context.Context, opt RestoreOptions, ids []string) (done TakenBack, err error) {
	if opt.Manifest == "" {
		opt.Manifest = DefaultManifest(opt.From)
	}
	final := DefaultManifest(opt.Out)
	if filepath.Clean(opt.Out) == filepath.Clean(opt.From) {
		final = opt.Manifest
	}
	f, err := disk.Open(opt.Manifest)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			err = fmt.Errorf("%w\nhint: name the manifest that clean wrote: --manifest FILE", err)
		}
		return done, err
	}
	defer f.Close()
	t := &taker{restorer: restorer{ctx: ctx, opt: opt, manifest: f, name: opt.Manifest}, ids: map[string]bool{}, found: map[string]bool{}}
	for _, id := range ids {
		t.ids[id] = true
	}
	defer func() {
		if t.stage != nil {
			err = errors.Join(err, t.stage.close())
		}
	}()
	if err := ReadManifest(opt.Manifest, f, func(e *Entry, at int64, n int) error { return t.line(e, at, n, final) }); err != nil {
		return done, err
	}
	for _, id := range slices.Sorted(maps.Keys(t.ids)) {
		if !t.found[id] {
			return done, fmt.Errorf("nothing of article %q went, as %s says\nhint: its lines \"article\" and \"span\" name what did", id, opt.Manifest)
		}
	}
	if err := t.to.Close(); err != nil {
		return done, fmt.Errorf("write the manifest: %w", err)
	}
	return t.done, t.stage.publish(ctx)
}

// line takes a line of the manifest.
func (t *taker) line(e *Entry, at int64, n int, final string) (err error) {
	switch e.Kind {
	case "manifest":
		t.single = e.Head.Single
		if e.Head.Added {
			t.done.Index = e.Head.Index
		}
		if filepath.Clean(t.opt.Out) != filepath.Clean(t.opt.From) {
			if err := t.free(); err != nil {
				return err
			}
		}
		if t.stage, err = newStage(t.opt.Out, final, t.single, t.opt.Tmp); err != nil {
			return err
		}
		if t.to, err = disk.OpenFile(t.stage.manifest(), os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o666); err != nil {
			return err
		}
		t.m, err = newManifestWriter(t.to, *e.Head)
		return err
	case "supersedes", "protected":
		return t.m.stays(e.Stay)
	case "file":
		slices.SortStableFunc(t.gone, func(a, b entryAt) int { return int(min(max(a.at-b.at, -1), 1)) })
		if err := t.file(e.File); err != nil {
			return fmt.Errorf("take back from %q: %w", e.File.Path, err)
		}
		t.gone = t.gone[:0]
		return t.m.file(e.File)
	case "end":
		c := *e.End
		c.Removed, c.Cuts = c.Removed-t.done.Articles, c.Cuts-t.done.Spans
		c.Bytes, c.Gone = c.Bytes+t.added, c.Gone-t.added
		return t.m.end(c)
	}
	t.gone = append(t.gone, entryAt{e.Gone.At, at, n})
	return nil
}

// file writes one file, and changes f to what was written.
func (t *taker) file(f *FileEntry) error {
	name := ""
	from := t.opt.From
	if !t.single {
		name, from = f.Name, filepath.Join(t.opt.From, filepath.FromSlash(f.Name))
	}
	in, packed, err := t.source(f, from)
	if err != nil {
		return err
	}
	defer in.Close()
	w, err := t.stage.create(name, packed)
	if err != nil {
		return err
	}
	defer w.Close()
	if f.tabular() {
		err = t.table(f, in, w)
	} else {
		err = t.bytes(f, bufio.NewReaderSize(in, 1<<20), w)
	}
	f.Packed = packed
	if err = errors.Join(err, w.Close()); err != nil {
		return err
	}
	if f.Absent {
		return w.remove()
	}
	return nil
}

// table copies a table, of which nothing comes back.
func (t *taker) table(f *FileEntry, in io.Reader, w io.Writer) error {
	for _, e := range t.gone {
		g, err := t.load(e)
		if err != nil {
			return err
		}
		if t.ids[g.Article] {
			return fmt.Errorf("article %q stood in a table (%s), which is restored as a whole\nhint: clean the input again with --protect", g.Article, f.Format)
		}
		if err := t.m.gone(g); err != nil {
			return err
		}
	}
	_, err := io.Copy(w, in) // tables are not read for it
	return err
}

// bytes copies a file, with what comes back.
func (t *taker) bytes(f *FileEntry, in *bufio.Reader, w io.Writer) error {
	before, whole := xxh3.New(), xxh3.New()
	o := &output{w: w, sum: xxh3.New()}
	pos, owner, brought, stays := int64(0), Place{}, false, int64(0)
	kept := func(to int64) error { // copies what had stayed up to an offset of the input; -1: to the end
		for first := true; pos != to; first = false {
			p, err := in.Peek(512)
			if len(p) == 0 {
				switch {
				case err == io.EOF && to < 0:
					return nil
				case err == io.EOF:
					return errOther
				}
				return err
			}
			p, _ = in.Peek(in.Buffered())
			if to >= 0 {
				p = p[:min(int64(len(p)), to-pos)]
			}
			if rest := bytes.TrimLeft(p, " \t\r\n"); first && brought && len(rest) > 0 && rest[0] == ']' {
				if sep, at := o.takeComma(); sep != nil {
					s := &Gone{Kind: "separator", Place: owner, At: at}
					s.setBytes(sep)
					if err := t.m.gone(s); err != nil {
						return err
					}
					t.added -= int64(len(sep))
					stays++
				}
			}
			brought = false
			_, _ = before.Write(p)
			_, _ = whole.Write(p)
			if err := o.write(p, pos); err != nil {
				return err
			}
			pos += int64(len(p))
			_, _ = in.Discard(len(p))
		}
		return nil
	}
	for k := range t.gone {
		if err := t.ctx.Err(); err != nil {
			return err
		}
		g, err := t.load(t.gone[k])
		if err != nil {
			return err
		}
		b, err := g.bytes()
		if err != nil {
			return err
		}
		if err := kept(g.At); err != nil {
			return err
		}
		_, _ = whole.Write(b)
		pos += int64(len(b))
		back := t.ids[g.Article]
		if g.Kind == "separator" {
			if back, err = t.follows(k, pos); err != nil {
				return err
			}
		}
		if !back {
			if g.Kind != "separator" {
				owner = g.Place
			}
			o.stale = true
			stays++
			if err := t.m.gone(g); err != nil {
				return err
			}
			continue
		}
		if err := t.back(g, b); err != nil {
			return err
		}
		f.Absent = false
		if err := o.write(b, g.At); err != nil {
			return err
		}
		brought = g.Kind == "article" && element(b)
		owner = g.Place
	}
	if err := kept(-1); err != nil {
		return err
	}
	if err := o.flush(); err != nil {
		return err
	}
	if sumText(before) != f.OutSum || sumText(whole) != f.Sum || pos != f.Bytes {
		return errOther
	}
	f.OutBytes, f.OutSum, f.Gone = o.n, sumText(o.sum), stays
	return nil
}

// back counts and notes what comes back.
func (t *taker) back(g *Gone, b []byte) error {
	t.added += int64(len(b))
	switch g.Kind {
	case "article":
		t.done.Articles++
	case "span":
		t.done.Spans++
	default:
		return nil
	}
	t.found[g.Article] = true
	return t.m.stays(&Stay{Kind: "protected", Place: g.Place, Reason: g.Reason})
}

// follows tells whether something comes back that follows entry k, which ends at an offset, with
// nothing that had stayed in between.
func (t *taker) follows(k int, end int64) (bool, error) {
	for _, e := range t.gone[k+1:] {
		if e.at != end {
			return false, nil
		}
		g, err := t.load(e)
		if err != nil {
			return false, err
		}
		if t.ids[g.Article] && g.Kind == "article" {
			return true, nil
		}
		b, err := g.bytes()
		if err != nil {
			return false, err
		}
		end += int64(len(b))
	}
	return false, nil
}

// element tells whether the bytes of a record are an element of a JSON array, with its comma.
func element(b []byte) bool {
	rest, comma := bytes.CutSuffix(bytes.TrimRight(b, " \t\r\n"), []byte(","))
	return comma && len(rest) > 0 && rest[0] == '{' && json.Valid(rest)
}
