package article

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"

	"dedup/internal/plural"
)

// Web archives (ISO 28500; Common Crawl's WET are the same with texts in place of pages). What
// comes in is a row of records: a version line, fields, a blank line, Content-Length bytes, two
// line ends. What goes out are the records that hold a text: answers of web servers with a page or
// plain text in them (warcdecode.go), conversions, and resources that are either.
//
//  1. The head of a record is parsed, and of an answer also the head of the HTTP message. That
//     decides whether the record is wanted; others are counted by reason.
//  2. A wanted record is a record of the block. One that is not, or is longer than an article may
//     be, is read past without being kept, so memory does not grow with it.
//  3. Two line ends follow a record, or at least another record or the end of the file. Where none
//     of these is so, its length is wrong: it is named, and reading goes on at the next line that
//     starts a record.
//
// Cost: decompression; of a record only its head is looked at while the input is held.

var warcFormat = &inputFormat{
	name: "warc", what: "a web archive (WARC, WET)", ext: []string{".warc", ".wet", ".wat"}, is: isWARC,
	reading: reading{rewrite: RewriteRecords, kind: RawRecord, open: (*stream).openWARC, cut: (*stream).cutWARC, decode: (*worker).decodeWARC},
}

const (
	maxWARCHead = 64 << 10 // bytes of the fields of a record
	maxHTTPHead = 32 << 10 // bytes of the head of an HTTP message
	maxWARCLost = 1000     // damaged records after which a file is given up
)

// isWARC wants the version and, in its head, a field that only WARC has.
func isWARC(b []byte) bool {
	line, rest, ok := cutLine(b)
	if !ok || !isWARCVersion(line) {
		return false
	}
	h := readHead(rest)
	return h.fields["warc-type"] || h.fields["warc-record-id"]
}

func isWARCVersion(line []byte) bool {
	return len(line) == len("WARC/1.0") && bytes.HasPrefix(line, []byte("WARC/")) && line[6] == '.'
}

// warcReader is what is known between two blocks.
type warcReader struct {
	passed [warcReasons]int // records that were passed over
	lost   int              // damaged ones
	search bool             // the next record is being looked for
}

// warcReason says why a record was passed over.
type warcReason int

const (
	warcWanted warcReason = iota
	warcRevisit
	warcRequest
	warcMeta
	warcStatus
	warcNoText
	warcOther
	warcReasons
)

// of names the records of a reason, after their number.
func (r warcReason) of(n int) string {
	what := [...]string{"", "revisit", "request", "record of metadata", "answer without a page (status other than 200)", "record that is no text", "record of another type"}[r]
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprint(n) + " " + [...]string{"", "revisits", "requests", "records of metadata", "answers without a page (status other than 200)", "records that are no text", "records of other types"}[r]
}

// openWARC has damage of one gzip member cost that member alone: archives have a member a record.
func (st *stream) openWARC(*os.File) (Bad, bool) {
	st.warc = &warcReader{}
	if m, ok := st.r.(*members); ok {
		st.err = m.apart(st.err)
	}
	return Bad{}, true
}

// cutWARC takes whole records that are wanted.
func (st *stream) cutWARC(b *block) bool {
	buf := st.take(b)
	target, pos := st.rd.opt.block, 0
	for {
		buf = st.fill(buf, target)
		need := 0
		buf, pos, need = st.scanWARC(b, buf, pos)
		if lost, ok := errors.AsType[*lostMember](st.err); ok { // what is left of the record was in that member
			if pos == len(buf) {
				st.n++
			}
			st.lostWARC(b, lost.Error()+"; reading went on at the next record")
			buf, st.err = buf[:pos], nil
			st.warc.search = false
			continue
		}
		if st.ended || st.err != nil || len(b.recs) > 0 {
			break
		}
		buf = buf[:copy(buf, buf[pos:])] // nothing of it is wanted
		target, pos = max(len(buf)+st.rd.opt.block, need), 0
	}
	if st.err != nil && !st.ended {
		st.ended = true
		st.endWARC(b, buf[pos:])
	}
	if st.ended {
		st.passedWARC(b)
	}
	st.carry = append(st.carry[:0], buf[pos:]...)
	b.data = buf[:pos]
	return len(b.recs) > 0
}

const cutShort = "cut short: the file ends in the middle of it"

// endWARC reports what is wrong at the end of the file; rest is what no record was made of.
func (st *stream) endWARC(b *block, rest []byte) {
	if st.broken(b, st.n+1) {
		return
	}
	if len(bytes.TrimSpace(rest)) > 0 && !st.warc.search {
		st.n++
		st.lostWARC(b, cutShort)
	}
}

// passedWARC says what was passed over.
func (st *stream) passedWARC(b *block) {
	var parts []string
	for r, n := range st.warc.passed {
		if n > 0 {
			parts = append(parts, warcReason(r).of(n))
		}
	}
	if len(parts) > 0 {
		b.bad = append(b.bad, Bad{Path: st.path, Reason: "passed over " + strings.Join(parts, ", ") + " of " + plural.Count(st.n, "record"), Hint: "they hold no text of their own", Kept: true})
	}
}

// scanWARC takes the records in buf from pos on. It gives where the first stands that is not all in
// buf, and how many bytes buf needs to hold to go on.
func (st *stream) scanWARC(b *block, buf []byte, pos int) (rest []byte, at, need int) {
	for !st.ended {
		if st.warc.search {
			next := warcStart(buf, pos, st.err != nil)
			if next < 0 {
				return buf, max(pos, len(buf)-len("\nWARC/1.0\r")), 0
			}
			pos, st.warc.search = next, false
		}
		n := len(buf[pos:]) - len(bytes.TrimLeft(buf[pos:], "\r\n"))
		h, ok := parseWARC(buf[pos+n:], st.err != nil)
		switch {
		case len(buf) == pos+n && st.err != nil:
			return buf, len(buf), 0
		case !ok && h.short:
			return buf, pos, len(buf) - pos + maxWARCHead
		case !ok && h.cut:
			st.n++
			st.lostWARC(b, cutShort)
			return buf, len(buf), 0
		case !ok:
			st.n++
			st.lostWARC(b, h.wrong+"; reading went on at the next record")
			pos, st.warc.search = pos+n+1, true
			continue
		}
		pos += n
		end := pos + h.head + h.length
		if end+warcBehind > len(buf) && st.err == nil {
			if buf, at, need = st.partWARC(b, buf, pos, &h); need >= 0 {
				return buf, at, need
			}
			pos = at
			continue
		}
		if end > len(buf) {
			return buf, pos, 0 // the file ends in it
		}
		pos = st.wholeWARC(b, buf, pos, &h)
	}
	return buf, pos, 0
}

const warcBehind = len("\r\n\r\nWARC/") // bytes behind a record that tell whether its length is right

// partWARC handles a record of which only the start is in buf: need < 0 where it was read past, and
// goes on at the given place.
func (st *stream) partWARC(b *block, buf []byte, pos int, h *warcHead) (rest []byte, at, need int) {
	size := h.head + h.length
	if len(b.recs) > 0 { // what is before it makes a block
		return buf, pos, 0
	}
	if h.http && len(buf)-pos < min(size, h.head+maxHTTPHead) {
		return buf, pos, min(size, h.head+maxHTTPHead) + warcBehind
	}
	reason := h.reason(buf[pos+h.head : min(len(buf), pos+size)])
	long := int64(h.length) > st.rd.opt.MaxArticle
	if reason == warcWanted && !long {
		return buf, pos, size + warcBehind
	}
	st.n++
	if reason == warcWanted {
		b.bad = append(b.bad, tooLong(st.path, st.n, st.rd.opt.MaxArticle))
	} else {
		st.warc.passed[reason]++
	}
	left := size - (len(buf) - pos)
	if left <= 0 {
		return buf, pos + size, -1
	}
	buf = st.discard(buf, left)
	return buf, 0, -1
}

// discard reads n bytes of the stream and forgets them; buf is its scratch, and empty afterwards.
func (st *stream) discard(buf []byte, n int) []byte {
	for n > 0 && st.err == nil {
		buf = st.fill(buf[:0], min(n, max(cap(buf), 64<<10)))
		n -= len(buf)
	}
	return buf[:0]
}

// wholeWARC takes the record at buf[pos], all of which is in buf, and gives where the next starts.
func (st *stream) wholeWARC(b *block, buf []byte, pos int, h *warcHead) int {
	end := pos + h.head + h.length
	next := end
	for range 4 { // two line ends
		if next < len(buf) && (buf[next] == '\r' || buf[next] == '\n') {
			next++
		}
	}
	st.n++
	rest := buf[next:]
	if len(rest) > 0 && string(buf[end:next]) != "\r\n\r\n" && !bytes.HasPrefix(rest, []byte("WARC/")[:min(len(rest), 5)]) {
		st.lostWARC(b, fmt.Sprintf("its Content-Length of %d does not lead to another record; reading went on at the next one", h.length))
		st.warc.search = true
		return pos + 1
	}
	switch reason := h.reason(buf[pos+h.head : end]); {
	case reason != warcWanted:
		st.warc.passed[reason]++
	case int64(h.length) > st.rd.opt.MaxArticle:
		b.bad = append(b.bad, tooLong(st.path, st.n, st.rd.opt.MaxArticle))
	default:
		b.recs = append(b.recs, record{pos, next, st.n})
	}
	return next
}

// lostWARC reports a damaged record, the one that was counted last.
func (st *stream) lostWARC(b *block, reason string) {
	bad := Bad{Path: st.path, Line: st.n, Reason: "a damaged record: " + reason, Hint: hintDamaged}
	if st.warc.lost++; st.warc.lost > maxWARCLost {
		bad.Reason = "too many damaged records, the rest of the file is left out"
		st.ended = true
	}
	b.bad = append(b.bad, bad)
}

// warcStart finds the next line that starts a record; -1: none is in sight.
func warcStart(buf []byte, pos int, last bool) int {
	for pos < len(buf) {
		i := bytes.Index(buf[pos:], []byte("\nWARC/"))
		if i < 0 {
			return -1
		}
		pos += i + 1
		line, _, ok := cutLine(buf[pos:])
		if ok && isWARCVersion(line) {
			return pos
		}
		if !ok && !last {
			return -1
		}
	}
	return -1
}
