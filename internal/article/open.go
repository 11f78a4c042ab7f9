package article

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"os"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"dedup/internal/disk"
)

const peekSize = 64 << 10 // bytes looked at to tell the format

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
	if st.format == nil {
		st.format, _ = formatOfName(st.path)
	}
	return noArticles(st.path), st.format != nil && st.format.plain
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

// recognise sets the format by content where that is sure, else by name, else by a closer look, and
// brings UTF-16 to UTF-8.
func (st *stream) recognise(file *os.File) (Bad, bool) {
	forced := st.rd.format
	if f := st.binary(); f != nil {
		if f.name == "" {
			return f.bad(st.path), false
		}
		st.format = f
		return f.open(st, file)
	}
	st.fromUTF16()
	if st.err == io.EOF && len(bytes.TrimSpace(st.carry)) == 0 {
		return st.nothing()
	}
	if b, ok := clash(st.path, st.carry, forced); ok {
		return b, false
	}
	st.format = st.rd.schema.choose(st.path, st.carry, forced)
	if st.format.name == "" {
		return st.format.bad(st.path), false
	}
	if i := bytes.IndexByte(st.carry, 0); i >= 0 && st.format.plain {
		return binaryFile(st.path, i), false
	}
	if st.format.open != nil {
		return st.format.open(st, file)
	}
	return Bad{}, true
}

// binary finds which format that is no text this is: by content, or because it was named, or by
// name where the content says nothing else. What is to be read as text is none.
func (st *stream) binary() *inputFormat {
	forced := st.rd.format
	if forced != nil && forced.plain {
		return nil
	}
	if forced != nil && !forced.text {
		return forced
	}
	f := formatOfContent(st.carry, false)
	if f == nil && forced == nil {
		if f, _ = formatOfName(st.path); f != nil && (f.text || f.name == "") {
			return nil
		}
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
