package article

import (
	"bytes"
	"strings"
)

// mailFields are names of fields in the head of a message. One that is marked tells a message from
// a text that starts like one: people write "Subject:" and "Date:" above an article, machines write
// the others.
var mailFields = map[string]bool{
	"from": false, "to": false, "cc": false, "bcc": false, "subject": false, "date": false, "reply-to": false, "sender": false, "organization": false,
	"lines": false, "status": false, "path": false, "content-type": false, "user-agent": false, "references": false,
	"message-id": true, "received": true, "return-path": true, "mime-version": true, "content-transfer-encoding": true, "delivered-to": true,
	"in-reply-to": true, "newsgroups": true, "dkim-signature": true, "x-mailer": true, "nntp-posting-host": true,
}

// messageHead is what the lines "name: value" before the first blank line say.
type messageHead struct {
	fields  map[string]bool // names, in lower case
	kind    string          // value of content-type, in lower case
	address bool            // from has an address
	whole   bool            // a blank line ends it
}

const maxHeadName = 64

// readHead reads fields up to a blank line. The first line that is neither a field nor the
// continuation of one ends it, and whole is false.
func readHead(b []byte) messageHead {
	h := messageHead{fields: map[string]bool{}}
	last := ""
	for len(b) > 0 {
		line, rest, ok := cutLine(b)
		if !ok {
			return h
		}
		b = rest
		if len(line) == 0 {
			h.whole = true
			return h
		}
		if (line[0] == ' ' || line[0] == '\t') && last != "" {
			h.value(last, line)
			continue
		}
		name, value, ok := bytes.Cut(line, []byte{':'})
		if !ok || !fieldName(name) {
			return h
		}
		last = strings.ToLower(string(name))
		h.fields[last] = true
		h.value(last, value)
	}
	return h
}

func (h *messageHead) value(name string, value []byte) {
	switch name {
	case "content-type":
		h.kind += strings.ToLower(string(bytes.TrimSpace(value)))
	case "from":
		h.address = h.address || bytes.IndexByte(value, '@') > 0
	}
}

func fieldName(b []byte) bool {
	for _, c := range b {
		if c|0x20 < 'a' || c|0x20 > 'z' {
			if c != '-' && (c < '0' || c > '9') {
				return false
			}
		}
	}
	return len(b) > 0 && len(b) <= maxHeadName
}

// message tells whether this is the head of a message: at least two of its fields, one of which
// people do not write above a text.
func (h *messageHead) message() bool {
	known, sure := 0, h.address
	for name := range h.fields {
		if mark, ok := mailFields[name]; ok {
			known++
			sure = sure || mark
		}
	}
	return h.whole && sure && known >= 2
}

func isMail(b []byte) bool {
	h := readHead(b)
	return h.message()
}

func isMHTML(b []byte) bool {
	h := readHead(b)
	return h.message() && strings.HasPrefix(h.kind, "multipart/related") && strings.Contains(h.kind, "text/html")
}

// isMbox wants the line that starts a message in a mailbox, and its head.
func isMbox(b []byte) bool {
	line, rest, ok := cutLine(b)
	return ok && bytes.HasPrefix(line, []byte("From ")) && isMail(rest)
}
