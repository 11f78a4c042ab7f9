package clean

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"dedup/internal/article"
	"dedup/internal/report"
)

// Protection is what stays whatever the rules say: what a reader of a plan decided. Its file has a
// line for each removal that was refused, in fields that tabs part and that are escaped as those of
// all rows (report.AppendField):
//
//	ID                 the article stays, byte for byte
//	ID <tab> 120 <tab> 348   bytes 120 to 348 of its text stay
//
// Empty lines, and those that begin with "# ", say nothing.
type Protection struct {
	whole map[string]bool
	spans map[string][]article.Span
	used  map[string]bool // ids that something would have gone of
}

// ReadProtection reads a file of that form.
func ReadProtection(r io.Reader) (*Protection, error) {
	p := &Protection{whole: map[string]bool{}, spans: map[string][]article.Span{}, used: map[string]bool{}}
	sc := bufio.NewScanner(r)
	sc.Buffer(nil, 1<<20)
	for n := 1; sc.Scan(); n++ {
		line := strings.TrimSuffix(sc.Text(), "\r")
		if line == "" || strings.HasPrefix(line, "# ") {
			continue
		}
		if err := p.line(line); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
	}
	return p, sc.Err()
}

func (p *Protection) line(line string) error {
	fields := strings.Split(line, "\t")
	id, err := report.ReadField(fields[0])
	if err != nil {
		return err
	}
	switch len(fields) {
	case 1:
		p.whole[id] = true
		return nil
	case 3:
		start, err1 := strconv.Atoi(fields[1])
		end, err2 := strconv.Atoi(fields[2])
		if err1 == nil && err2 == nil && 0 <= start && start < end {
			p.spans[id] = append(p.spans[id], article.Span{Start: start, End: end})
			return nil
		}
	}
	return errors.New("neither an article id, nor an id with the first byte and the end of what stays, parted by tabs")
}

// AppendProtection appends the line that keeps an article, or where end is not 0 a span of its text.
func AppendProtection(dst []byte, id string, start, end int) []byte {
	dst = report.AppendField(dst, id)
	if end > 0 {
		dst = fmt.Appendf(dst, "\t%d\t%d", start, end)
	}
	return append(dst, '\n')
}

// Unused lists the ids of which nothing would have gone, in order.
func (p *Protection) Unused() (ids []string) {
	if p == nil {
		return nil
	}
	for id := range p.whole {
		if !p.used[id] {
			ids = append(ids, id)
		}
	}
	for id := range p.spans {
		if !p.used[id] && !p.whole[id] {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// goes removes an article, unless it is protected, and tells whether it did. What is not done is
// noted.
func (d *decisions) goes(i int32, why *Reason) bool {
	if id := d.ID(int(i)); d.protection != nil && d.protection.whole[id] {
		d.protection.used[id] = true
		d.stays = append(d.stays, Stay{"protected", d.place(int(i)), *why, i})
		return false
	}
	d.whole[i] = why
	return true
}

// spare leaves out the cuts of article i that are protected.
func (d *decisions) spare(i int) {
	n := &d.notes[i]
	if d.protection == nil || len(n.cuts) == 0 {
		return
	}
	id := d.ID(i)
	whole, spans := d.protection.whole[id], d.protection.spans[id]
	noted := whole && d.protection.used[id] // all of it would have gone
	n.cuts = slices.DeleteFunc(n.cuts, func(c Cut) bool {
		if !whole && !slices.ContainsFunc(spans, func(s article.Span) bool { return overlap(s, c.Span) }) {
			return false
		}
		d.protection.used[id] = true
		if noted {
			return true
		}
		at := d.place(i)
		at.Start, at.End = c.Start, c.End
		d.stays = append(d.stays, Stay{"protected", at, c.Reason, int32(i)})
		return true
	})
}
