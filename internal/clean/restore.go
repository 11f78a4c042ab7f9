package clean

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/zeebo/xxh3"

	"dedup/internal/disk"
	"dedup/internal/plural"
)

// Restore puts everything back: an output of Write and its manifest become the files that they were
// made from, byte for byte after decompression; Parquet and Arrow: the same schema and values. Sums of both
// sides are checked, so a changed output is refused rather than restored wrongly. Memory: 24 bytes
// for every entry of one file.

// RestoreOptions say from what to what.
type RestoreOptions struct {
	From     string // what Write wrote
	Manifest string // empty: beside it
	Out      string // file or directory that appears
	Tmp      string // directory for what must be sought in; empty: the system's
}

// DefaultManifest is the name of the manifest of an output.
func DefaultManifest(out string) string { return filepath.Clean(out) + ".manifest.jsonl" }

// NextManifest is the name that a manifest has while its output takes its own.
func NextManifest(manifest string) string { return manifest + nextSuffix }

// Restore rebuilds the input of Write. It returns how many files it wrote.
func Restore(ctx context.Context, opt RestoreOptions) (files int, err error) {
	if _, err := Target("--output", opt.Out); err != nil {
		return 0, err
	}
	names := []string{opt.Manifest}
	if opt.Manifest == "" {
		names = []string{DefaultManifest(opt.From), DefaultManifest(opt.From) + nextSuffix}
	}
	var first error
	for _, name := range names {
		files, err = restoreBy(ctx, opt, name)
		switch {
		case err == nil:
			return files, nil
		case first == nil || errors.Is(first, fs.ErrNotExist) && !errors.Is(err, fs.ErrNotExist):
			first = err
		}
		if !errors.Is(err, errOther) && !errors.Is(err, fs.ErrNotExist) {
			break
		}
	}
	if errors.Is(first, fs.ErrNotExist) {
		first = fmt.Errorf("%w\nhint: name the manifest that clean wrote: --manifest FILE", first)
	}
	return 0, first
}

// errOther says that output and manifest are not of one run.
var errOther = errors.New("it is not what the manifest describes\nhint: restore needs an output of dedup clean as it was written, and its manifest")

// restorer is one restoration.
type restorer struct {
	ctx      context.Context
	opt      RestoreOptions
	manifest *disk.File
	name     string
	single   bool
	stage    *stage
	gone     []entryAt // of the file that comes
	files    int
}

// entryAt is where an entry stands in the manifest.
type entryAt struct {
	at, line int64
	n        int
}

func restoreBy(ctx context.Context, opt RestoreOptions, name string) (files int, err error) {
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() { // it is sought in, and a FIFO would not open
		return 0, fmt.Errorf("manifest %s is not a file", name)
	}
	f, err := disk.Open(name)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	r := &restorer{ctx: ctx, opt: opt, manifest: f, name: name}
	defer func() {
		if r.stage != nil {
			err = errors.Join(err, r.stage.close())
		}
	}()
	if err := ReadManifest(name, f, r.entry); err != nil {
		return 0, err
	}
	if err := r.stage.publishOutput(ctx); err != nil {
		return 0, err
	}
	return r.files, nil
}

func (r *restorer) entry(e *Entry, at int64, n int) (err error) {
	switch e.Kind {
	case "manifest":
		r.single = e.Head.Single
		if err := r.free(); err != nil {
			return err
		}
		r.stage, err = newStage(r.opt.Out, r.opt.Out, r.single, r.opt.Tmp)
		return err
	case "file":
		if int64(len(r.gone)) != e.File.Gone {
			return fmt.Errorf("%s before file %q, which has %d", plural.Count(len(r.gone), "entry"), e.File.Path, e.File.Gone)
		}
		slices.SortStableFunc(r.gone, func(a, b entryAt) int { return cmp.Compare(a.at, b.at) })
		if err := r.file(e.File); err != nil {
			return fmt.Errorf("restore %q: %w", e.File.Path, err)
		}
		r.files++
		r.gone = r.gone[:0]
	case "end":
		if len(r.gone) > 0 {
			return fmt.Errorf("%s that no file follows", plural.Count(len(r.gone), "entry"))
		}
	case "supersedes", "protected": // it stayed
	default:
		r.gone = append(r.gone, entryAt{e.Gone.At, at, n})
	}
	return nil
}

// free makes sure that nothing but a file, or an empty directory, gives way to what is restored.
func (r *restorer) free() error {
	info, err := os.Stat(r.opt.Out)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if from, err := os.Stat(r.opt.From); err == nil && os.SameFile(from, info) {
		return fmt.Errorf("--output %s is what is to be restored\nhint: name another output", r.opt.Out)
	}
	if info.IsDir() != !r.single {
		return fmt.Errorf("--output %s exists, and is %s", r.opt.Out, map[bool]string{true: "a directory where a file is restored", false: "a file where a directory is restored"}[info.IsDir()])
	}
	if r.single {
		return nil
	}
	entries, err := disk.ReadDir(r.opt.Out)
	if err == nil && len(entries) > 0 {
		err = fmt.Errorf("--output %s exists and is not empty\nhint: name another directory", r.opt.Out)
	}
	return err
}

// load reads an entry again.
func (r *restorer) load(e entryAt) (*Gone, error) {
	b := make([]byte, e.n)
	if _, err := r.manifest.ReadAt(b, e.line); err != nil {
		return nil, err
	}
	p, err := parseEntry(b)
	if err != nil {
		return nil, err
	}
	return p.Gone, nil
}

// file restores one file.
func (r *restorer) file(f *FileEntry) error {
	from, to := r.opt.From, r.stage.out
	if !r.single {
		if f.Name == "" {
			return errors.New("the manifest does not name the file")
		}
		from, to = filepath.Join(from, filepath.FromSlash(f.Name)), filepath.Join(to, filepath.FromSlash(f.Name))
		if err := disk.MkdirAll(filepath.Dir(to), 0o777); err != nil {
			return err
		}
	}
	in, packed, err := r.source(f, from)
	if err != nil {
		return err
	}
	defer in.Close()
	w, err := newPackedFile(to, packed)
	if err != nil {
		return err
	}
	defer w.Close()
	if f.tabular() {
		err = r.restoreTable(f, in, w)
	} else {
		err = r.bytes(f, bufio.NewReaderSize(in, 1<<20), w)
	}
	if err != nil {
		return err
	}
	return w.Close()
}

// source opens what is left of a file, nothing where that has no article, and says how what is made
// of it is packed.
func (r *restorer) source(f *FileEntry, from string) (in io.ReadCloser, packed string, err error) {
	packed = f.Packed
	if r.single {
		if packed, err = packing(list(f.Packed), f.Path, r.opt.Out, true); err != nil {
			return nil, "", err
		}
	}
	if f.Absent {
		return io.NopCloser(eof{}), packed, nil
	}
	in, err = openAs(r.ctx, from, f.Format)
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("%s is gone: %w", from, errOther)
	}
	return in, packed, err
}

func list(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

type eof struct{}

func (eof) Read([]byte) (int, error) { return 0, io.EOF }

// bytes puts ranges of bytes back.
func (r *restorer) bytes(f *FileEntry, in io.Reader, w io.Writer) error {
	inSum, outSum, pos := xxh3.New(), xxh3.New(), int64(0)
	src, dst := io.TeeReader(in, inSum), io.MultiWriter(w, outSum)
	for _, e := range r.gone {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		if e.at < pos {
			return errors.New("entries overlap")
		}
		n, err := io.CopyN(dst, src, e.at-pos)
		if err == io.EOF {
			return errOther
		}
		if err != nil {
			return err
		}
		pos += n
		g, err := r.load(e)
		if err != nil {
			return err
		}
		b, err := g.bytes()
		if err != nil {
			return err
		}
		if _, err := dst.Write(b); err != nil {
			return err
		}
		pos += int64(len(b))
	}
	n, err := io.Copy(dst, src)
	if err != nil {
		return err
	}
	return sums(f, inSum, outSum, pos+n)
}

func sums(f *FileEntry, in, out *xxh3.Hasher, n int64) error {
	if sumText(in) != f.OutSum || sumText(out) != f.Sum || n != f.Bytes {
		return errOther
	}
	return nil
}
