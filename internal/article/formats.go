package article

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"dedup/internal/nearest"
)

// The table of input formats. All that the program knows of a format stands in one row: detection,
// --input-format and its completion, the reader, what clean may do, refusals with their hints, and
// the list in docs/formats.md read it. A new format is a file with its row and its reader, and a
// line in formats; TestFormatRows says what a row lacks.

// inputFormat is a row of the table: a format that is read, or one that is known and refused.
type inputFormat struct {
	name string   // of --input-format; empty: it is refused
	what string   // for messages, with an article: "a web page (HTML)"
	ext  []string // ends of names, in lower case, without the end that names a compression

	// is tells the format by the first bytes of an input, after decompression; those of a text are
	// in UTF-8 and without leading white space. It outweighs the name. Nil: the name decides, or
	// looks.
	is func(head []byte) bool
	// looks tells it where neither a name nor is does, and, with named set, between formats whose
	// names end alike.
	looks func(s *schema, head []byte, named bool) bool

	text    bool   // its bytes are text: UTF-16 is decoded, and --input-format text takes them as they stand
	hint    string // what to do about a format that is refused
	reading        // of a format that is read
}

// reading is how a format is read and written again.
type reading struct {
	whole   bool // a file is one article, called by its path
	plain   bool // the text of that article is all of the file, so an empty file is an article
	inBytes bool // offsets count bytes of what stands in the file; else of a text that was made of it
	rewrite Rewrite
	kind    RawKind                                     // of its records
	lines   bool                                        // a record has a line of its own
	delim   byte                                        // between fields; 0: the first line shows it
	open    func(st *stream, file *os.File) (Bad, bool) // reads what stands before the records; nil: nothing does
	seeks   bool                                        // open needs the file itself: nothing is decoded before it
	cut     func(st *stream, b *block) bool             // moves whole records into b
	decode  func(w *worker, b *block)                   // makes articles of them
}

// Rewrite is what clean can do to the records of a format.
type Rewrite uint8

const (
	RewriteNot     Rewrite = iota // nothing: the format is not read
	RewriteRecords                // a whole record goes or stays
	RewriteSpans                  // records go, and spans of the text of those that stay
)

func (r Rewrite) String() string {
	return [...]string{"no", "whole articles", "articles and passages"}[r]
}

// formats are looked through from the top: the first row that fits counts.
var formats = slices.Concat(
	[]*inputFormat{parquetFormat, arrowFormat, warcFormat},
	foreignFiles,
	[]*inputFormat{linesFormat, jsonFormat, csvFormat, tsvFormat},
	foreignTexts,
	[]*inputFormat{mboxFormat, mailFormat, htmlFormat, feedFormat},
	[]*inputFormat{textFormat},
)

// parseFormat finds a format by its name; nil for none.
func parseFormat(name string) (*inputFormat, error) {
	if name == "" {
		return nil, nil
	}
	if i := slices.IndexFunc(formats, func(f *inputFormat) bool { return f.name == name }); i >= 0 {
		return formats[i], nil
	}
	names := FormatNames()
	return nil, fmt.Errorf("input format %q: use %s%s", name, listed(names), nearest.Hint(name, names...))
}

// listed is "a, b or c".
func listed(names []string) string {
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

// FormatNames are the names of the formats that are read, those that people meet most first.
func FormatNames() (names []string) {
	for _, f := range Formats() {
		names = append(names, f.Name)
	}
	return names
}

// Format describes an input format that is read.
type Format struct {
	Name    string   // of --input-format
	What    string   // with an article: "a web page (HTML)"
	Ext     []string // ends of names
	Clean   Rewrite
	InBytes bool // offsets count bytes of the text as it stands in the file; else of a text that was made of it
}

// Formats describes the formats that are read, plain text first.
func Formats() []Format {
	out := make([]Format, 1, len(formats))
	for _, f := range formats {
		d := Format{f.name, f.what, f.ext, f.rewrite, f.inBytes}
		switch {
		case f.plain:
			out[0] = d
		case f.name != "":
			out = append(out, d)
		}
	}
	return out
}

// extOf is the end of a name that tells the format, in lower case, and whether it names a
// compression too.
func extOf(path string) (ext string, compressed bool) {
	ext = strings.ToLower(filepath.Ext(path))
	if compressed = packedNames[ext]; compressed {
		ext = strings.ToLower(filepath.Ext(path[:len(path)-len(ext)]))
	}
	return ext, compressed
}

// packedNames are ends of the names of compressed files.
var packedNames = map[string]bool{".gz": true, ".gzip": true, ".zst": true, ".zstd": true, ".bz2": true}

// formatsByExt are the rows of each end of a name, in the order of the table.
var formatsByExt = func() map[string][]*inputFormat {
	m := map[string][]*inputFormat{}
	for _, f := range formats {
		for _, e := range f.ext {
			m[e] = append(m[e], f)
		}
	}
	return m
}()

// formatOfName tells the format by the end of the name, and whether it names a compression. Of
// formats whose names end alike it is the first. Nil: the name tells none.
func formatOfName(path string) (f *inputFormat, compressed bool) {
	ext, compressed := extOf(path)
	if rows := formatsByExt[ext]; len(rows) > 0 {
		f = rows[0]
	}
	return f, compressed
}

// formatOfContent finds the format of the first bytes of an input among those that are texts, or
// those that are not, whatever its name; nil: none of them.
func formatOfContent(head []byte, text bool) *inputFormat {
	if text {
		head = bytes.TrimLeft(bytes.TrimPrefix(head, bomUTF8), " \t\r\n")
	}
	for _, f := range formats {
		if f.text == text && f.is != nil && f.is(head) {
			return f
		}
	}
	return nil
}

// look tells the format of a text among rows: those of its name, or all.
func (s *schema) look(rows []*inputFormat, head []byte, named bool) *inputFormat {
	for _, f := range rows {
		if f.looks != nil && f.looks(s, head, named) {
			return f
		}
	}
	return rows[0]
}

// choose says in which format a text is read that starts with head: by content where that is sure,
// else by name, else by a closer look. forced was named by the user; nil: none was.
func (s *schema) choose(path string, head []byte, forced *inputFormat) *inputFormat {
	if forced != nil {
		return forced
	}
	if f := formatOfContent(head, true); f != nil {
		return f
	}
	ext, _ := extOf(path)
	if rows := formatsByExt[ext]; len(rows) > 0 {
		return s.look(rows, head, true)
	}
	return s.look(formats, head, false)
}

// clash is the report of an input whose content is surely of another format than the one that was
// named; false where it is not.
func clash(path string, head []byte, forced *inputFormat) (Bad, bool) {
	if forced == nil || forced.plain {
		return Bad{}, false
	}
	f := formatOfContent(head, true)
	if f == nil || f == forced {
		return Bad{}, false
	}
	if f.name == "" {
		return f.bad(path), true
	}
	return Bad{Path: path, Reason: f.what + ", not " + forced.name, Hint: "--input-format " + f.name + " reads it, and so does the program when no format is named"}, true
}
