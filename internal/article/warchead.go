package article

import (
	"bytes"
	"strconv"
	"strings"
)

// warcHead is the head of a record. Its values are parts of the record.
type warcHead struct {
	head, length int    // bytes of the head with its blank line, and of what follows
	kind         string // WARC-Type, in lower case
	content      string // Content-Type
	uri, date    []byte
	language     []byte
	http         bool   // an HTTP message follows
	short        bool   // more bytes are needed to tell
	cut          bool   // the file ends in it
	wrong        string // what else is wrong with it
}

// parseWARC reads the head of a record at the start of b; last says that nothing follows b.
func parseWARC(b []byte, last bool) (h warcHead, ok bool) {
	line, rest, whole := cutLine(b)
	if !whole || !isWARCVersion(line) {
		h.short = !whole && !last && len(b) < 64
		h.wrong = "it does not start with a version of WARC"
		return h, false
	}
	h.length = -1
	for {
		line, rest, whole = cutLine(rest)
		switch {
		case !whole || len(b)-len(rest) > maxWARCHead:
			h.short = !whole && !last && len(b) <= maxWARCHead
			h.cut = !whole && len(b) <= maxWARCHead
			h.wrong = "its head does not end"
			return h, false
		case len(line) == 0:
			h.head = len(b) - len(rest)
			if h.length < 0 {
				h.wrong = "its Content-Length is missing or no number"
			}
			return h, h.length >= 0
		}
		name, value, _ := bytes.Cut(line, []byte{':'})
		h.field(name, bytes.TrimSpace(value))
	}
}

// field takes in one field. Names of WARC have no more than 32 letters.
func (h *warcHead) field(name, value []byte) {
	var lower [32]byte
	if len(name) > len(lower) {
		return
	}
	for i, c := range name {
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		lower[i] = c
	}
	switch string(lower[:len(name)]) {
	case "content-length":
		if n, err := strconv.ParseInt(string(value), 10, 48); err == nil && n >= 0 {
			h.length = int(n)
		}
	case "warc-type":
		h.kind = strings.ToLower(string(value))
	case "content-type":
		h.content = strings.ToLower(string(value))
		h.http = strings.HasPrefix(h.content, "application/http")
	case "warc-target-uri":
		h.uri = bytes.Trim(value, "<>") // WARC 1.0 wrote them so
	case "warc-date":
		h.date = value
	case "warc-identified-content-language":
		h.language = value
	}
}

// reason tells whether a record is wanted, by its head and what follows it, of which the start is
// enough.
func (h *warcHead) reason(content []byte) warcReason {
	switch h.kind {
	case "response":
		if !h.http {
			break
		}
		m, ok := parseHTTP(content)
		switch {
		case !ok:
			return warcNoText
		case m.status != 200:
			return warcStatus
		case !isTextType(m.kind, content[m.head:]):
			return warcNoText
		}
		return warcWanted
	case "conversion", "resource":
		if isTextType(h.content, content) {
			return warcWanted
		}
		return warcNoText
	case "revisit":
		return warcRevisit
	case "request":
		return warcRequest
	case "warcinfo", "metadata":
		return warcMeta
	}
	return warcOther
}

// isTextType tells whether a content type is a page or plain text; without one the content decides.
func isTextType(kind string, content []byte) bool {
	kind, _, _ = strings.Cut(kind, ";")
	switch strings.TrimSpace(kind) {
	case "text/plain", "text/html", "application/xhtml+xml":
		return true
	case "":
		return isMarkup(markupHTML)(bytes.TrimLeft(content[:min(len(content), markupFor)], " \t\r\n"))
	}
	return false
}
