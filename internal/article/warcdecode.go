package article

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
)

// decodeWARC makes articles of the records of a block. A page goes through the extractor; plain
// text stays as it is.
func (w *worker) decodeWARC(b *block) {
	for _, r := range b.recs {
		w.record = b.data[r.start:r.end]
		h, _ := parseWARC(w.record, true)
		content := w.record[h.head : h.head+h.length]
		kind := h.content
		if h.http {
			var err error
			if content, kind, err = httpBody(content, w.rd.opt.MaxArticle); err != nil {
				w.report(Bad{Path: b.st.path, Line: r.line, Reason: "a damaged record: " + err.Error(), Hint: hintDamaged})
				continue
			}
		}
		var v values
		v[fieldURL].b, v[fieldURL].set = h.uri, true
		v[fieldPublished].b = h.date
		if !w.pageOrText(b.st, content, kind, &v, r.line) {
			continue
		}
		if len(h.language) > 0 {
			w.language = string(h.language)
		}
		w.article(b.st, &v, r.line, r.line, 0)
	}
}

// httpMessage is what the head of an answer says.
type httpMessage struct {
	head    int // bytes, with the blank line
	status  int
	kind    string // Content-Type, in lower case
	coding  string // Content-Encoding
	chunked bool
}

// parseHTTP reads the head of an answer of a web server.
func parseHTTP(b []byte) (m httpMessage, ok bool) {
	line, rest, whole := cutLine(b)
	if !whole || !bytes.HasPrefix(line, []byte("HTTP/")) {
		return m, false
	}
	if words := bytes.Fields(line); len(words) > 1 {
		m.status, _ = strconv.Atoi(string(words[1])) // no number is no status
	}
	for {
		line, rest, whole = cutLine(rest)
		if !whole || len(b)-len(rest) > maxHTTPHead {
			return m, false
		}
		if len(line) == 0 {
			m.head = len(b) - len(rest)
			return m, true
		}
		name, value, _ := bytes.Cut(line, []byte{':'})
		text := strings.ToLower(string(bytes.TrimSpace(value)))
		switch strings.ToLower(string(name)) {
		case "content-type":
			m.kind = text
		case "content-encoding":
			m.coding = text
		case "transfer-encoding":
			m.chunked = strings.Contains(text, "chunked")
		}
	}
}

// httpBody gives the content of an answer without its codings, and its type.
func httpBody(b []byte, limit int64) (body []byte, kind string, err error) {
	m, ok := parseHTTP(b)
	if !ok {
		return nil, "", errors.New("the head of the answer does not end")
	}
	body = b[m.head:]
	if m.chunked { // archives keep it, or take it away and leave the field
		if plain, ok := unchunk(body); ok {
			body = plain
		}
	}
	if body, err = decoded(body, m.coding, limit); err != nil {
		return nil, "", errors.New("its content cannot be unpacked: " + err.Error())
	}
	return body, m.kind, nil
}

// unchunk joins the chunks of a body; false where it has none.
func unchunk(b []byte) (out []byte, ok bool) {
	for {
		line, rest, whole := cutLine(b)
		size, _, _ := strings.Cut(string(line[:min(len(line), 32)]), ";")
		n, err := strconv.ParseUint(strings.TrimSpace(size), 16, 31)
		if !whole || err != nil || n > uint64(len(rest)) {
			return out, len(out) > 0
		}
		if n == 0 {
			return out, true
		}
		out, b = append(out, rest[:n]...), bytes.TrimPrefix(bytes.TrimPrefix(rest[n:], []byte{'\r'}), newline)
	}
}

// decoded undoes a content coding. What is not known is taken as it is; archives take codings away
// and leave the field, so what does not start like the coding is taken as it is too.
func decoded(b []byte, coding string, limit int64) ([]byte, error) {
	var r io.Reader
	var err error
	switch coding {
	case "gzip", "x-gzip":
		if !bytes.HasPrefix(b, gzipMagic[:2]) {
			return b, nil
		}
		r, err = gzip.NewReader(bytes.NewReader(b))
	case "deflate":
		if len(b) > 1 && b[0]&0x0f == 8 && (uint(b[0])<<8|uint(b[1]))%31 == 0 {
			r, err = zlib.NewReader(bytes.NewReader(b))
		} else if len(b) > 0 && b[0] != '<' {
			r = flate.NewReader(bytes.NewReader(b))
		} else {
			return b, nil
		}
	case "br":
		if len(bytes.TrimSpace(b)) > 0 && bytes.TrimSpace(b)[0] == '<' {
			return b, nil
		}
		r = brotli.NewReader(bytes.NewReader(b))
	default:
		return b, nil
	}
	if err != nil {
		return nil, err
	}
	out, err := io.ReadAll(io.LimitReader(r, limit+1))
	switch {
	case int64(len(out)) > limit:
		return nil, errors.New("longer than the limit of " + bytesText(limit))
	case err != nil && len(out) == 0:
		return nil, err
	}
	return out, nil // what was cut short is a page cut short
}
