package clean

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"strings"
	"unicode/utf8"

	dest "dedup/internal/output"
)

// Schema names the format of the manifest, which docs/manifest.md describes. Fields are only ever
// added.
const Schema = "dedup.manifest/1"

// A manifest is JSON Lines: a line of kind "manifest", then for every file a line "file" behind the
// lines "article", "span" and "separator" of what went from it, at last a line "end". Lines
// "supersedes" and "protected" name, right behind the first, what stays (Stay). A manifest
// without its "end" was cut short and is refused.

// Entry is one line of a manifest.
type Entry struct {
	Kind string // manifest, article, span, separator, supersedes, protected, file or end; that one is set
	Head *Head
	Stay *Stay // supersedes, protected
	File *FileEntry
	Gone *Gone
	End  *Counts
}

// Head is the first line.
type Head struct {
	Kind   string `json:"kind"`
	Schema string `json:"schema"`
	Single bool   `json:"single_file"`     // the output is a file, not a directory
	Plan   bool   `json:"plan,omitempty"`  // of a dry run: nothing was written by it
	Index  string `json:"index,omitempty"` // the corpus index that the articles were held against, as it was given
	Added  bool   `json:"added,omitempty"` // what stays went into it
}

// Gone is what was taken out at one place.
type Gone struct {
	Kind string `json:"kind"` // article, span; or separator: bytes between records that had to go too
	Place
	At int64 `json:"at"` // where the bytes stood: offset in the decompressed input; in a table the row, from 0
	Reason
	Raw    string  `json:"raw,omitempty"`        // the bytes
	Base64 string  `json:"raw_base64,omitempty"` // the bytes, where they are not UTF-8; of rows of tables see docs/manifest.md
	Column int     `json:"column,omitempty"`     // of a span in Parquet: the leaf column; in Arrow: the field
	Text   *string `json:"text,omitempty"`       // of a span, where its bytes have escapes: what they stand for
}

// FileEntry is one input.
type FileEntry struct {
	Kind     string  `json:"kind"`
	Path     string  `json:"path"`
	Name     string  `json:"name"`                  // of the output and of what is restored, below the directory; slash-separated
	Base64   string  `json:"name_base64,omitempty"` // the name, where it is not UTF-8; Name is empty then in the file, and set once it is read
	Absent   bool    `json:"absent,omitempty"`      // nothing is left of it: there is no output
	Format   string  `json:"format"`                // bytes, parquet, arrow, or file: copied as it is, compressed or not
	Packed   string  `json:"packed,omitempty"`      // compression of the output: gzip, zstd
	Bytes    int64   `json:"bytes"`                 // of the input, decompressed; rows of a table
	Sum      string  `json:"xxh3"`                  // XXH3-128 of the input, decompressed; of all rows of a table
	OutBytes int64   `json:"output_bytes"`
	OutSum   string  `json:"output_xxh3"`
	Gone     int64   `json:"gone"`                 // lines of this manifest that belong to it, right before this one
	Groups   []int64 `json:"row_groups,omitempty"` // rows of each row group of a Parquet input, or batch of an Arrow input
}

type endEntry struct {
	Kind string `json:"kind"`
	Counts
}

// setBytes puts bytes into an entry, as text where they are text.
func (g *Gone) setBytes(b []byte) {
	if utf8.Valid(b) {
		g.Raw = string(b)
	} else {
		g.Base64 = base64.StdEncoding.EncodeToString(b)
	}
}

func (g *Gone) bytes() ([]byte, error) {
	if g.Base64 == "" {
		return []byte(g.Raw), nil
	}
	return base64.StdEncoding.DecodeString(g.Base64)
}

// manifestWriter writes a manifest, line by line.
type manifestWriter struct {
	w   *bufio.Writer
	enc *json.Encoder
}

func newManifestWriter(w io.Writer, head Head) (*manifestWriter, error) {
	m := &manifestWriter{w: bufio.NewWriterSize(w, 1<<18)}
	m.enc = json.NewEncoder(m.w)
	m.enc.SetEscapeHTML(false)
	head.Kind, head.Schema = "manifest", Schema
	return m, m.enc.Encode(head)
}

func (m *manifestWriter) gone(g *Gone) error { return m.enc.Encode(g) }

func (m *manifestWriter) stays(s *Stay) error { return m.enc.Encode(s) }

func (m *manifestWriter) file(f *FileEntry) error {
	f.Kind = "file"
	if utf8.ValidString(f.Name) {
		return m.enc.Encode(f)
	}
	e := *f
	e.Name, e.Base64 = "", base64.StdEncoding.EncodeToString([]byte(f.Name))
	return m.enc.Encode(&e)
}

func (m *manifestWriter) end(c Counts) error {
	if err := m.enc.Encode(endEntry{"end", c}); err != nil {
		return err
	}
	return m.w.Flush()
}

// ErrPlan says that a manifest is what a dry run would have written.
var ErrPlan = errors.New("it is the plan of a dry run, by which nothing was taken out\nhint: use the manifest of a run of dedup clean without --dry-run")

// maxEntry is the longest line of a manifest that is read: an article of the largest size, escaped.
const maxEntry = 1 << 30

// ReadManifest reads a manifest and calls fn with every line and its place in r. The first error
// ends it; it names the line.
func ReadManifest(name string, r io.Reader, fn func(e *Entry, at int64, n int) error) error {
	return readManifest(name, r, false, fn)
}

// ReadPlan is ReadManifest, and takes the plan of a dry run too.
func ReadPlan(name string, r io.Reader, fn func(e *Entry) error) error {
	return readManifest(name, r, true, func(e *Entry, _ int64, _ int) error { return fn(e) })
}

func readManifest(name string, r io.Reader, plan bool, fn func(e *Entry, at int64, n int) error) error {
	br := bufio.NewReaderSize(r, 1<<18)
	at, line, done := int64(0), 0, false
	for {
		b, err := readLine(br)
		if err == io.EOF && len(b) == 0 {
			break
		}
		line++
		fail := func(err error) error { return fmt.Errorf("manifest %s line %d: %w", name, line, err) }
		if err == io.EOF {
			return fail(errors.New("cut short in the middle of a line"))
		}
		if err != nil {
			return fail(err)
		}
		if done {
			return fail(errors.New("more behind the line that ends it"))
		}
		e, err := parseEntry(b)
		if err != nil {
			return fail(err)
		}
		if e.Kind == "manifest" && e.Head.Plan && !plan {
			return fail(ErrPlan)
		}
		if (line == 1) != (e.Kind == "manifest") {
			return fail(errors.New("not a manifest of dedup clean: its first line does not name " + Schema))
		}
		done = e.Kind == "end"
		if err := fn(e, at, len(b)); err != nil {
			return fail(err)
		}
		at += int64(len(b)) + 1
	}
	if !done {
		return fmt.Errorf("manifest %s: cut short, its last line is missing\nhint: restore needs the whole manifest", name)
	}
	return nil
}

// readLine reads to a line end, which it leaves out.
func readLine(r *bufio.Reader) ([]byte, error) {
	var long []byte
	for {
		part, err := r.ReadSlice('\n')
		if err == bufio.ErrBufferFull {
			if long = append(long, part...); len(long) > maxEntry {
				return nil, errors.New("longer than a gibibyte")
			}
			continue
		}
		if long = append(long, part...); err != nil {
			return long, err
		}
		return long[:len(long)-1], nil
	}
}

// parseEntry reads one line and checks it.
func parseEntry(b []byte) (*Entry, error) {
	var k struct {
		Kind   string `json:"kind"`
		Schema string `json:"schema"`
	}
	if err := json.Unmarshal(b, &k); err != nil {
		return nil, fmt.Errorf("broken JSON: %w", err)
	}
	e := &Entry{Kind: k.Kind}
	var err error
	switch k.Kind {
	case "manifest":
		if k.Schema != Schema {
			return nil, fmt.Errorf("schema %q, this program reads %s", k.Schema, Schema)
		}
		e.Head = new(Head)
		err = json.Unmarshal(b, e.Head)
	case "article", "span", "separator":
		e.Gone = new(Gone)
		if err = json.Unmarshal(b, e.Gone); err == nil && e.Gone.At < 0 {
			err = errors.New("a place before the start")
		}
	case "supersedes", "protected":
		e.Stay = new(Stay)
		err = json.Unmarshal(b, e.Stay)
	case "file":
		e.File = new(FileEntry)
		if err = json.Unmarshal(b, e.File); err == nil && e.File.Base64 != "" {
			var name []byte
			name, err = base64.StdEncoding.DecodeString(e.File.Base64)
			e.File.Name, e.File.Base64 = string(name), ""
		}
		if err == nil {
			err = e.File.check()
		}
	case "end":
		e.End = new(Counts)
		err = json.Unmarshal(b, e.End)
	default:
		err = fmt.Errorf("unknown kind %q", k.Kind)
	}
	return e, err
}

// check refuses names that lead out of the output directory: a manifest may come from anywhere.
func (f *FileEntry) check() error {
	n := f.Name
	if path.Clean("/"+n) == "/"+n { // others are refused for what they are
		if err := dest.CheckName(n); err != nil {
			return err
		}
	}
	if n != "" && (path.Clean(n) != n || path.IsAbs(n) || n == ".." || strings.HasPrefix(n, "../") || strings.Contains(n, "\x00") || !filepath.IsLocal(filepath.FromSlash(n)) ||
		filepath.Separator == '\\' && strings.Contains(n, `\`)) {
		return fmt.Errorf("file name %q does not stay below the output directory", f.Name)
	}
	switch {
	case f.Format != "bytes" && f.Format != "file" && !f.tabular():
		return fmt.Errorf("file format %q", f.Format)
	case f.Packed != "" && f.Packed != "gzip" && f.Packed != "zstd":
		return fmt.Errorf("compression %q", f.Packed)
	case f.Format == "file" && (f.Packed != "" || f.Gone > 0 || f.Absent):
		return errors.New("something of a file that is copied as it is")
	case f.Bytes < 0 || f.OutBytes < 0 || f.Gone < 0:
		return errors.New("a negative size")
	}
	return nil
}
