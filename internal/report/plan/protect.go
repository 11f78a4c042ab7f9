package plan

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"dedup/internal/article"
	"dedup/internal/clean"
	"dedup/internal/report"
)

// ReadProtection reads what stays whatever the rules say. The file has a line for each removal that
// was refused, in fields that tabs part and that are escaped as those of all rows
// (report.AppendField):
//
//	ID                 the article stays, byte for byte
//	ID <tab> 120 <tab> 348   bytes 120 to 348 of its text stay
//
// Empty lines, and those that begin with "# ", say nothing.
func ReadProtection(r io.Reader) (*clean.Protection, error) {
	p := clean.NewProtection()
	sc := bufio.NewScanner(r)
	sc.Buffer(nil, 1<<20)
	for n := 1; sc.Scan(); n++ {
		line := strings.TrimSuffix(sc.Text(), "\r")
		if line == "" || strings.HasPrefix(line, "# ") {
			continue
		}
		if err := protect(p, line); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
	}
	return p, sc.Err()
}

func protect(p *clean.Protection, line string) error {
	fields := strings.Split(line, "\t")
	id, err := report.ReadField(fields[0])
	if err != nil {
		return err
	}
	switch len(fields) {
	case 1:
		p.Whole(id)
		return nil
	case 3:
		start, err1 := strconv.Atoi(fields[1])
		end, err2 := strconv.Atoi(fields[2])
		if err1 == nil && err2 == nil && 0 <= start && start < end {
			p.Span(id, article.Span{Start: start, End: end})
			return nil
		}
	}
	return errors.New("neither an article id, nor an id with the first byte and the end of what stays, parted by tabs")
}

// appendProtection appends the line that keeps an article, or where end is not 0 a span of its
// text.
func appendProtection(dst []byte, id string, start, end int) []byte {
	dst = report.AppendField(dst, id)
	if end > 0 {
		dst = fmt.Appendf(dst, "\t%d\t%d", start, end)
	}
	return append(dst, '\n')
}
