package quality

import (
	"fmt"
	"strings"

	"github.com/valyala/fastjson"

	"dedup/internal/plural"
	"dedup/internal/report"
)

// record gives the columns of one row of a result.
type record interface {
	first() bool            // whether the line that it was made from is a row, not a header
	read(line string) error // makes line the row
	has(column string) bool
	text(column string) (string, error) // valid until the next read
	offset(column string) (int, error)
}

// tsv is a row under a header line.
type tsv struct {
	index map[string]int
	cells []string
}

func newTSV(header string) *tsv {
	t := &tsv{index: make(map[string]int)}
	for i, name := range strings.Split(header, "\t") {
		t.index[name] = i
	}
	return t
}

func (t *tsv) first() bool { return false }

func (t *tsv) read(line string) error {
	t.cells = strings.Split(line, "\t")
	return nil
}

func (t *tsv) has(column string) bool { _, ok := t.index[column]; return ok }

func (t *tsv) text(column string) (string, error) {
	i := t.index[column]
	if i >= len(t.cells) {
		return "", fmt.Errorf("%s, too few for %q; is the line cut off?", plural.Count(len(t.cells), "tab-separated column"), column)
	}
	return report.ReadField(t.cells[i])
}

func (t *tsv) offset(column string) (int, error) {
	s, err := t.text(column)
	if err != nil {
		return 0, err
	}
	return parseOffset(s)
}

// jsonLines is a row that is a JSON object.
type jsonLines struct {
	parser fastjson.Parser
	row    *fastjson.Value
}

func newJSONLines(line string) (*jsonLines, error) {
	j := &jsonLines{}
	return j, j.read(line)
}

func (j *jsonLines) first() bool { return true }

func (j *jsonLines) read(line string) error {
	var err error
	if j.row, err = j.parser.Parse(line); err != nil {
		return fmt.Errorf("broken JSON: %w", err)
	}
	return nil
}

func (j *jsonLines) has(column string) bool { return j.row.Exists(column) }

func (j *jsonLines) text(column string) (string, error) {
	v := j.row.Get(column)
	if v == nil {
		return "", fmt.Errorf("no field %q", column)
	}
	b, err := v.StringBytes()
	if err != nil {
		return "", fmt.Errorf("field %q is not a string", column)
	}
	return string(b), nil
}

func (j *jsonLines) offset(column string) (int, error) {
	v := j.row.Get(column)
	if v == nil {
		return 0, fmt.Errorf("no field %q", column)
	}
	if v.Type() != fastjson.TypeNumber {
		return 0, fmt.Errorf("%s is not a number", v)
	}
	return parseOffset(string(v.MarshalTo(nil)))
}
