package article

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"dedup/internal/disk"
	"dedup/internal/nearest"
)

const peekSize = 64 << 10 // bytes looked at to tell the format

type inputFormat uint8

const (
	formatUnknown inputFormat = iota
	formatText
	formatLines // JSON Lines
	formatJSON  // a JSON array, or objects that span lines
	formatCSV
	formatTSV
	formatParquet
)

func parseFormat(name string) (inputFormat, error) {
	switch name {
	case "":
		return formatUnknown, nil
	case "text":
		return formatText, nil
	case "jsonl":
		return formatLines, nil
	case "json":
		return formatJSON, nil
	case "csv":
		return formatCSV, nil
	case "tsv":
		return formatTSV, nil
	case "parquet":
		return formatParquet, nil
	}
	return 0, fmt.Errorf("input format %q: use text, jsonl, json, csv, tsv or parquet%s", name, nearest.Hint(name, "text", "jsonl", "json", "csv", "tsv", "parquet"))
}

var formatsByExtension = map[string]inputFormat{
	".txt": formatText, ".text": formatText, ".md": formatText, ".markdown": formatText,
	".jsonl": formatLines, ".ndjson": formatLines, ".jsonlines": formatLines, ".ldjson": formatLines, ".json": formatLines,
	".csv": formatCSV, ".tsv": formatTSV, ".tab": formatTSV, ".parquet": formatParquet, ".pq": formatParquet,
}

// formatOfName tells the format by the end of the name, and whether it names a compression. All
// JSON is formatLines here: its content says which kind it is.
func formatOfName(path string) (f inputFormat, compressed bool) {
	ext := strings.ToLower(filepath.Ext(path))
	if compressed = packedNames[ext]; compressed {
		ext = strings.ToLower(filepath.Ext(path[:len(path)-len(ext)]))
	}
	return formatsByExtension[ext], compressed
}

// packedNames are ends of the names of compressed files.
var packedNames = map[string]bool{".gz": true, ".gzip": true, ".zst": true, ".zstd": true, ".bz2": true}

// open opens a path and tells what is in it; nil after a report. scratch takes the first bytes.
func (rd *reader) open(path string, scratch []byte, bad *[]Bad) *stream {
	st := &stream{path: path, rd: rd, line: 1, carry: scratch[:0]}
	report := func(b Bad) *stream {
		if rd.ctx.Err() == nil {
			*bad = append(*bad, b)
		}
		st.close()
		return nil
	}
	var file *os.File
	from, copied := rd.opt.From[path]
	if path == "-" && !copied {
		st.r = rd.opt.Stdin
		if f, ok := st.r.(*os.File); !ok || !regular(f) {
			st.r = newPatient(rd.ctx, st.r)
		}
	} else {
		f, err := openWaiting(rd.ctx, cmp.Or(from, path))
		if err != nil {
			return report(unreadable(path, err))
		}
		st.close_ = append(st.close_, func() { f.Close() })
		if st.r, file = disk.Of(f), f; !regular(f) {
			st.r = newPatient(rd.ctx, f)
		}
	}
	if rd.opt.Seen != nil {
		st.r = &summed{r: st.r, end: func(s Seen) { rd.opt.Seen(path, s) }}
	}
	st.r = &counted{st.r, &rd.out}
	if b, ok := st.unpack(); !ok {
		return report(b)
	}
	if st.err != nil && st.err != io.EOF && len(st.carry) == 0 {
		b := unreadable(path, st.err)
		if st.packed != "" {
			b.Reason, b.Hint = damage(st.packed, st.err), "get the file again"
		}
		return report(b)
	}
	if len(st.carry) == 0 {
		b, ok := st.nothing()
		if !ok {
			return report(b)
		}
		return st
	}
	b, ok := st.recognise(file)
	if !ok {
		return report(b)
	}
	return st
}

func regular(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode().IsRegular()
}

// nothing decides what a file of no bytes, or of nothing but white space, is: where its name or
// --input-format says text an article without text, else a file without articles.
func (st *stream) nothing() (Bad, bool) {
	st.format = st.rd.format
	if st.format == formatUnknown {
		st.format, _ = formatOfName(st.path)
	}
	return noArticles(st.path), st.format == formatText
}

// noArticles reports a file that could be read and holds no article. Nothing is left out.
func noArticles(path string) Bad {
	if path == "-" {
		return Bad{Path: path, Reason: "standard input is empty, no articles in it", Hint: "check the command before the pipe", Kept: true}
	}
	return Bad{Path: path, Reason: "empty, no articles in it", Hint: "leave it out", Kept: true}
}

// peek reads ahead so that carry holds the first bytes.
func (st *stream) peek() { st.carry = st.fill(st.carry, peekSize) }

// recognise sets the format by name, then by content, and brings UTF-16 to UTF-8.
func (st *stream) recognise(file *os.File) (Bad, bool) {
	forced := st.rd.format
	byName, _ := formatOfName(st.path)
	if bytes.HasPrefix(st.carry, []byte("PAR1")) || forced == formatParquet || byName == formatParquet && forced == formatUnknown {
		st.format = formatParquet
		return st.openParquet(file)
	}
	if f := foreignHead(st.carry, false); f != nil && forced != formatText {
		return f.bad(st.path), false
	}
	st.fromUTF16()
	if st.err == io.EOF && len(bytes.TrimSpace(st.carry)) == 0 {
		return st.nothing()
	}
	if f := st.foreignText(); f != nil {
		return f.bad(st.path), false
	}
	if i := bytes.IndexByte(st.carry, 0); i >= 0 && (forced|byName == formatUnknown || forced|byName == formatText) {
		return binaryFile(st.path, i), false
	}
	st.format = forced
	if forced == formatUnknown {
		st.format = byName
	}
	switch st.format {
	case formatUnknown:
		st.format = st.look()
	case formatLines, formatJSON:
		if forced != formatLines {
			st.format = jsonKind(st.carry)
		}
	}
	if st.format == formatCSV || st.format == formatTSV {
		return st.header()
	}
	return Bad{}, true
}

// foreignText finds which text that is no article this is: by content unless it is to be read as
// text, by name unless a format was named.
func (st *stream) foreignText() (f *foreignFormat) {
	if st.rd.format == formatText {
		return nil
	}
	if f = foreignHead(st.carry, true); f == nil && st.rd.format == formatUnknown {
		f = foreignName(st.path)
	}
	return f
}

func binaryFile(path string, at int) Bad {
	return Bad{Path: path, Reason: fmt.Sprintf("a binary file (NUL byte at %d)", at), Hint: "leave it out; if it is text, delete the NUL bytes: tr -d '\\000'"}
}

// fromUTF16 strips a byte order mark and decodes UTF-16, with or without one.
func (st *stream) fromUTF16() {
	if bytes.HasPrefix(st.carry, bomUTF8) {
		st.carry = st.carry[:copy(st.carry, st.carry[len(bomUTF8):])]
		return
	}
	order, ok := utf16Order(st.carry)
	if !ok {
		return
	}
	st.r = transform.NewReader(st.raw(), unicode.UTF16(order, unicode.UseBOM).NewDecoder())
	st.err = nil
	st.recode = true
	st.carry = st.carry[:0]
	st.peek()
}

// look tells the format of content whose name says nothing.
func (st *stream) look() inputFormat {
	b := bytes.TrimLeft(st.carry, " \t\r\n")
	if len(b) == 0 {
		return formatText
	}
	if b[0] == '{' || b[0] == '[' {
		rest := bytes.TrimLeft(b[1:], " \t\r\n")
		if len(rest) > 0 && (b[0] == '{' && rest[0] == '"' || b[0] == '[' && rest[0] == '{') {
			return jsonKind(b)
		}
	}
	line, _, _ := bytes.Cut(b, newline)
	if t := st.rd.schema.newTable(line, formatUnknown); t != nil && t.hasText && t.known >= 2 {
		if t.delim == '\t' {
			return formatTSV
		}
		return formatCSV
	}
	return formatText
}

// jsonKind tells JSON Lines from an array or from objects that span lines, by the first line.
func jsonKind(b []byte) inputFormat {
	b = bytes.TrimLeft(b, " \t\r\n")
	if len(b) > 0 && b[0] == '[' {
		return formatJSON
	}
	line, _, more := bytes.Cut(b, newline)
	if more && len(line) > 0 && line[0] == '{' && valueEnd(line, 0, false) < 0 && bracketsOpen(line) {
		return formatJSON
	}
	return formatLines
}

// bracketsOpen tells whether the line is the head of an object written over several lines, rather
// than a broken record: it ends right after a bracket or a comma.
func bracketsOpen(line []byte) bool {
	line = bytes.TrimRight(line, " \t\r")
	switch line[len(line)-1] {
	case '{', '[', ',':
		return true
	}
	return false
}
