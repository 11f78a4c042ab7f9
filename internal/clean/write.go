package clean

import (
	"bufio"
	"cmp"
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/zstd"
	"github.com/zeebo/xxh3"

	"dedup/internal/article"
	"dedup/internal/disk"
)

// Options of Write.
type Options struct {
	Out      string // file or directory that appears
	Manifest string // file that appears beside it
	Single   bool   // Out is a file
	Tmp      string // directory for what must be sought in; empty: the system's
	Progress func() // a file is done; nil: nobody
	// Unchanged is asked, when all is written, whether the inputs are still what they were; an
	// error leaves the old output.
	Unchanged func() error

	head  Head
	stays []Stay
	into  *into // what takes the output in before it is published; nil: nothing
}

// Write writes files without their items, and the manifest, whole or not at all: both are made in a
// temporary directory beside Out and take their names at the end (stage.go).
func Write(ctx context.Context, files []File, opt Options) (c Counts, err error) {
	st, err := newStage(opt.Out, opt.Manifest, opt.Single, opt.Tmp)
	if err != nil {
		return c, err
	}
	defer func() { err = errors.Join(err, st.close()) }()
	mf, err := disk.OpenFile(st.manifest(), os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o666)
	if err != nil {
		return c, err
	}
	defer mf.Close()
	m, err := newManifestWriter(mf, opt.manifestHead(false))
	if err != nil {
		return c, err
	}
	if err := writeFiles(ctx, files, m, &c, opt, st.create); err != nil {
		return c, err
	}
	if err := mf.Close(); err != nil {
		return c, fmt.Errorf("write the manifest: %w", err)
	}
	if err := prove(ctx, st, files); err != nil {
		return c, err
	}
	if opt.into != nil {
		if err := opt.into.take(ctx, st, files, opt.Out); err != nil {
			return c, err
		}
		ctx = context.WithoutCancel(ctx) // the index has it
	}
	if err := st.publish(ctx); err != nil {
		return c, err
	}
	st.owed = false
	return c, nil
}

// manifestHead is the first line of the manifest.
func (o *Options) manifestHead(plan bool) Head {
	h := o.head
	h.Single, h.Plan = o.Single, plan
	return h
}

// WritePlan writes to w the manifest that Write would write, and no output. Its first line says that it
// is a plan.
func WritePlan(ctx context.Context, files []File, opt Options, w io.Writer) (c Counts, err error) {
	m, err := newManifestWriter(w, opt.manifestHead(true))
	if err != nil {
		return c, err
	}
	nowhere := func(string, string) (*packedFile, error) { return &packedFile{Writer: io.Discard}, nil }
	return c, writeFiles(ctx, files, m, &c, opt, nowhere)
}

// writeFiles writes all files, each to what create makes for it, and the lines of the manifest.
func writeFiles(ctx context.Context, files []File, m *manifestWriter, c *Counts, opt Options, create func(name, packed string) (*packedFile, error)) error {
	for i := range opt.stays {
		if err := m.stays(&opt.stays[i]); err != nil {
			return fmt.Errorf("write the manifest: %w", err)
		}
	}
	for i := range files {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := writeFile(ctx, &files[i], m, c, opt, create); err != nil {
			return err
		}
		if opt.Progress != nil {
			opt.Progress()
		}
	}
	if opt.Unchanged != nil {
		if err := opt.Unchanged(); err != nil {
			return err
		}
	}
	c.Files = len(files)
	if err := m.end(*c); err != nil {
		return fmt.Errorf("write the manifest: %w", err)
	}
	return nil
}

// writeFile writes one file and its lines of the manifest.
func writeFile(ctx context.Context, f *File, m *manifestWriter, c *Counts, opt Options, create func(name, packed string) (*packedFile, error)) error {
	entry := &FileEntry{Path: f.Path, Name: f.Out, Format: "bytes"}
	if f.AsIs {
		entry.Format = "file"
	}
	in, err := openAs(ctx, f.From, entry.Format)
	if err != nil {
		return err
	}
	defer in.Close()
	name := f.Out
	if opt.Single {
		name = opt.Out
	}
	if entry.Packed, err = packing(in.Packed, f.Path, name, opt.Single); err != nil {
		return err
	}
	head := bufio.NewReaderSize(in, 1<<20)
	if format := rowFormat(head); format != "" && !f.AsIs {
		entry.Format = format
	}
	w, err := create(f.Out, entry.Packed)
	if err != nil {
		return err
	}
	defer w.Close()
	entry.Absent = !opt.Single && textGone(f)
	gone := func(g *Gone) error {
		entry.Gone++
		return m.gone(g)
	}
	if entry.tabular() {
		err = writeTable(ctx, f, head, w, opt.Tmp, entry, gone, c)
	} else {
		err = writeBytes(ctx, f, head, w, entry, gone, c)
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%s cannot be copied to its end: %w\nhint: get the file again, or leave it out", f.Path, err)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", f.Path, err)
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("write %s: %w", cmp.Or(w.name, f.Path), err)
	}
	seen, err := in.Seen()
	if entry.tabular() {
		seen.Rows = entry.Bytes
	}
	if err == nil && !seen.Same(f.Seen) {
		err = errChanged
	}
	if err != nil {
		return fmt.Errorf("%s: %w", f.Path, err)
	}
	if entry.Absent {
		if err := w.remove(); err != nil {
			return err
		}
	}
	return m.file(entry)
}

// openAs opens a file as an entry of its format describes it: decompressed, unless it is copied as
// it is.
func openAs(ctx context.Context, name, format string) (*article.Unpacked, error) {
	if format == "file" {
		return article.OpenPacked(name)
	}
	return article.OpenUnpackedContext(ctx, name)
}

// textGone tells whether the file is one article, which goes.
func textGone(f *File) bool {
	for it := range f.Items {
		return it.Raw.Kind == article.RawText && it.Whole != nil
	}
	return false
}

func writeBytes(ctx context.Context, f *File, in *bufio.Reader, w io.Writer, entry *FileEntry, gone func(*Gone) error, c *Counts) error {
	e := &editor{ctx: ctx, path: f.Path, in: in, inSum: xxh3.New(), out: &output{w: w, sum: xxh3.New()}, gone: gone, counts: c}
	if err := e.file(f.Items); err != nil {
		return err
	}
	entry.Bytes, entry.Sum = e.pos, sumText(e.inSum)
	entry.OutBytes, entry.OutSum = e.out.n, sumText(e.out.sum)
	c.Bytes += e.out.n
	c.Gone += e.pos - e.out.n
	return nil
}

func sumText(h *xxh3.Hasher) string {
	s := h.Sum128()
	var b [16]byte
	binary.BigEndian.PutUint64(b[:], s.Hi)
	binary.BigEndian.PutUint64(b[8:], s.Lo)
	return hex.EncodeToString(b[:])
}

// packing gives the compression of an output: that of the input, unless the output is one file
// whose name says another.
func packing(in []string, from, to string, single bool) (string, error) {
	if len(in) > 1 {
		return "", fmt.Errorf("%s is compressed twice\nhint: unpack it once and clean that", from)
	}
	packed := ""
	if len(in) == 1 {
		packed = in[0]
	}
	if single {
		if to == "" && packed == "bzip2" { // of a plan, whose output has no name yet
			packed = ""
		}
		switch ext := strings.ToLower(path.Ext(filepath.ToSlash(to))); ext {
		case ".gz", ".gzip":
			packed = "gzip"
		case ".zst", ".zstd":
			packed = "zstd"
		case ".bz2":
			packed = "bzip2"
		case "":
		default:
			packed = ""
		}
	}
	if packed == "bzip2" {
		return "", fmt.Errorf("%s: bzip2 is read and not written\nhint: %s", from, bzip2Hint(single))
	}
	return packed, nil
}

func bzip2Hint(single bool) string {
	if single {
		return "name the output .gz, .zst or without compression"
	}
	return "pack it otherwise first: bzcat FILE.bz2 | zstd -o FILE.zst"
}

// packedFile is a file that is written compressed. Closing it twice does nothing the second time.
type packedFile struct {
	io.Writer
	close_ []func() error
	name   string // empty: there is no file
}

// remove takes the file away again.
func (p *packedFile) remove() error {
	if p.name == "" {
		return nil
	}
	return disk.Remove(p.name)
}

func newPackedFile(name, packed string) (*packedFile, error) {
	f, err := disk.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if errors.Is(err, fs.ErrExist) { // the directory was empty
		return nil, fmt.Errorf("%q and another file have one name on this file system, which makes no difference between capitals, or between forms of letters\nhint: write to a file system that does", filepath.Base(name))
	}
	if err != nil {
		return nil, err
	}
	b := bufio.NewWriterSize(&eager{f: f}, 1<<18)
	p := &packedFile{b, []func() error{b.Flush, f.Close}, name}
	switch packed {
	case "gzip":
		z := newRecordGzip(b)
		p.Writer, p.close_ = z, append([]func() error{z.Close}, p.close_...)
	case "zstd":
		z, err := zstd.NewWriter(b, zstd.WithEncoderConcurrency(1))
		if err != nil {
			f.Close()
			return nil, err
		}
		p.Writer, p.close_ = z, append([]func() error{z.Close}, p.close_...)
	}
	return p, nil
}

func (p *packedFile) Close() error {
	var errs []error
	for _, c := range p.close_ {
		errs = append(errs, c())
	}
	p.close_ = nil
	return errors.Join(errs...)
}
