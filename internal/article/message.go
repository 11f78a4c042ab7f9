package article

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"

	"golang.org/x/net/html/charset"
)

// Mail: messages (RFC 5322, MIME), one a file as .eml and Maildir have them, or one behind the
// other in a mailbox (mbox). The text of a message is its parts of text, in order; of parts that
// say the same (multipart/alternative) it is the plain one, else the page, as a reader sees it.
// Attachments are passed over. Offsets count bytes of that text, so clean takes whole messages out.
//
// The standard library reads it: it adds 0.01 MB to the program, enmime 1.3 MB.

var mailFormat = &inputFormat{
	name: "mail", what: "a message (.eml, Maildir)", ext: []string{".eml"}, is: isMail, text: true,
	reading: reading{whole: true, rewrite: RewriteRecords, kind: RawText, cut: (*stream).cutWhole, decode: (*worker).decodeMail},
}

var mboxFormat = &inputFormat{
	name: "mbox", what: "a mailbox (mbox)", ext: []string{".mbox", ".mbx"}, is: isMbox, text: true,
	reading: reading{rewrite: RewriteRecords, kind: RawRecord, cut: (*stream).cutMbox, decode: (*worker).decodeMbox},
}

const (
	maxMailDepth = 10  // parts in parts
	maxMailParts = 500 // of a message
)

// decodeMail makes an article of a file.
func (w *worker) decodeMail(b *block) {
	w.record = b.data
	w.message(b.st, b.data, 1, 1)
}

// cutMbox takes whole messages. A line "From " behind a blank line starts one.
func (st *stream) cutMbox(b *block) bool {
	buf := st.take(b)
	limit := int(st.rd.opt.MaxArticle)
	target, pos, line, seen := st.rd.opt.block, 0, st.line, 0
	for {
		buf = st.fill(buf, target)
		for pos < len(buf) {
			next, ok := mboxNext(buf, max(pos, seen), st.err != nil)
			if !ok {
				seen = max(pos, len(buf)-len("\n\nFrom "))
				break
			}
			switch {
			case st.long: // the end of a message that was told
				st.long = false
			case next-pos > limit:
				b.bad = append(b.bad, tooLong(st.path, line, int64(limit)))
			default:
				b.recs = append(b.recs, record{pos, next, line})
			}
			line += bytes.Count(buf[pos:next], newline)
			pos, seen = next, 0
		}
		if st.err != nil || len(b.recs) > 0 {
			break
		}
		if len(buf)-pos > limit+len("\nFrom ") { // it is read past: what is left of it is not kept
			if !st.long {
				b.bad = append(b.bad, tooLong(st.path, line, int64(limit)))
			}
			st.long = true
			line += bytes.Count(buf[pos:seen], newline)
			buf = buf[:copy(buf, buf[seen:])]
			pos, seen = 0, 0
		}
		target = len(buf) + st.rd.opt.block
	}
	return st.hand(b, buf, pos, line)
}

// mboxNext gives where the message that starts at or before b[pos] ends; false when b does not hold
// all of it. last says that nothing follows b.
func mboxNext(b []byte, pos int, last bool) (int, bool) {
	for i := pos; ; {
		n := bytes.Index(b[i:], []byte("\nFrom "))
		if n < 0 {
			return len(b), last
		}
		i += n + 1
		if before := bytes.TrimSuffix(b[:i-1], []byte{'\r'}); len(before) > 0 && before[len(before)-1] == '\n' {
			return i, true
		}
	}
}

// quotedFrom is how a mailbox writes a line of a message that would start another one.
var quotedFrom = []byte("\n>From ")

// decodeMbox makes articles of messages.
func (w *worker) decodeMbox(b *block) {
	for i, r := range b.recs {
		w.record = b.data[r.start:r.end]
		msg := w.record
		if line, rest, ok := cutLine(msg); ok && bytes.HasPrefix(line, []byte("From ")) {
			msg = rest
		}
		if bytes.Contains(msg, quotedFrom) {
			msg = bytes.ReplaceAll(msg, quotedFrom, []byte("\nFrom "))
		}
		w.message(b.st, msg, r.line, b.n+i+1)
	}
}

// message makes an article of a message, the n-th of its file.
func (w *worker) message(st *stream, b []byte, line, n int) {
	m, err := mail.ReadMessage(bytes.NewReader(b))
	if err != nil {
		w.report(Bad{Path: st.path, Line: line, Reason: "a message whose head is broken: " + strings.TrimPrefix(err.Error(), "malformed MIME header: "), Hint: "correct or delete the message"})
		return
	}
	var v values
	head := func(name string) []byte { return []byte(headerText(m.Header.Get(name))) }
	v[fieldTitle].b, v[fieldPublished].b = head("Subject"), head("Date")
	v[fieldURL].b = bytes.Trim(head("Archived-At"), "<> ")
	v[fieldSource].b = []byte(sender(m.Header.Get("From")))
	if !st.format.whole {
		v[fieldID].b = bytes.Trim(head("Message-Id"), "<> ")
	}
	t := mailText{w: w}
	err = t.part(mailPart{m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), m.Header.Get("Content-Disposition"), m.Body}, maxMailDepth)
	if err != nil {
		w.report(Bad{Path: st.path, Line: line, Reason: "a message that cannot be read to its end: " + err.Error(), Hint: "what was read before is kept", Kept: true})
	}
	v[fieldText].b, v[fieldText].set = bytes.ToValidUTF8(t.text, []byte("\uFFFD")), true
	w.language = strings.TrimSpace(m.Header.Get("Content-Language"))
	w.article(st, &v, line, n, 0)
}

// headerText decodes the words of a field that are encoded (RFC 2047).
func headerText(s string) string {
	d := mime.WordDecoder{CharsetReader: func(name string, r io.Reader) (io.Reader, error) { return charset.NewReaderLabel(name, r) }}
	if out, err := d.DecodeHeader(s); err == nil {
		s = out
	}
	if out, note := decodeCharset([]byte(s), ""); note != "" {
		s = string(out)
	}
	return s
}

// sender names who wrote: the name before the address, or the host of it.
func sender(from string) string {
	s := headerText(from)
	name, address, ok := strings.Cut(s, "<")
	if !ok {
		address = s
		if _, comment, ok := strings.Cut(s, "("); ok {
			name = strings.TrimSuffix(strings.TrimSpace(comment), ")")
		} else {
			name = ""
		}
	}
	if name = strings.Trim(strings.TrimSpace(name), `"'`); name != "" {
		return name
	}
	_, host, _ := strings.Cut(strings.TrimRight(address, "> \t"), "@")
	return strings.ToLower(host)
}

// mailText collects the text of a message.
type mailText struct {
	w     *worker
	text  []byte
	parts int
}

type mailPart struct {
	kind, coding, disposition string
	body                      io.Reader
}

// part appends the text of a part, and of the parts in it.
func (t *mailText) part(p mailPart, depth int) error {
	if t.parts++; t.parts > maxMailParts || depth == 0 {
		return errors.New("too many parts")
	}
	kind, params, err := mime.ParseMediaType(p.kind)
	if err != nil || kind == "" {
		if kind, params = "text/plain", nil; strings.Contains(strings.ToLower(p.kind), "html") {
			kind = "text/html"
		}
	}
	switch disposition, _, _ := strings.Cut(p.disposition, ";"); {
	case strings.EqualFold(strings.TrimSpace(disposition), "attachment"):
		return nil
	case kind == "multipart/alternative":
		return t.alternative(multipart.NewReader(p.body, params["boundary"]), depth)
	case strings.HasPrefix(kind, "multipart/"):
		return t.each(multipart.NewReader(p.body, params["boundary"]), depth, nil)
	case kind != "text/plain" && kind != "text/html":
		return nil
	}
	b, err := io.ReadAll(transferred(p.body, p.coding))
	t.add(b, kind, p.kind)
	return err
}

// add appends the text of a part of the given type.
func (t *mailText) add(b []byte, kind, declared string) {
	b, _ = decodeCharset(b, declared)
	b = bytes.ReplaceAll(b, []byte{0}, nil)
	if kind == "text/html" {
		b = []byte(fragmentText(string(b)))
	}
	b = bytes.TrimSpace(bytes.ReplaceAll(b, []byte("\r\n"), newline))
	if len(b) > 0 && len(t.text) > 0 {
		t.text = append(t.text, "\n\n"...)
	}
	t.text = append(t.text, b...)
}

// transferred undoes the coding that a part was sent in.
func transferred(r io.Reader, coding string) io.Reader {
	switch strings.ToLower(strings.TrimSpace(coding)) {
	case "quoted-printable":
		return quotedprintable.NewReader(r)
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, r)
	}
	return r
}

// each calls fn with every part of a body, or takes its text.
func (t *mailText) each(r *multipart.Reader, depth int, fn func(mailPart) error) error {
	if fn == nil {
		fn = func(p mailPart) error { return t.part(p, depth-1) }
	}
	for {
		p, err := r.NextRawPart()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := fn(mailPart{p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), p.Header.Get("Content-Disposition"), p}); err != nil {
			return err
		}
	}
}

// alternative takes one of several parts that say the same: the first plain one that is not empty,
// else the last that has a text.
func (t *mailText) alternative(r *multipart.Reader, depth int) error {
	before := len(t.text)
	var best []byte
	plain := false
	err := t.each(r, depth, func(p mailPart) error {
		err := t.part(p, depth-1)
		got := bytes.Clone(t.text[before:])
		t.text = t.text[:before]
		if len(bytes.TrimSpace(got)) > 0 && !plain {
			best = got
			plain = p.kind == "" || strings.HasPrefix(strings.ToLower(p.kind), "text/plain")
		}
		return err
	})
	t.text = append(t.text, best...)
	return err
}
