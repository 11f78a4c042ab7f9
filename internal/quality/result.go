package quality

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/valyala/fastjson"

	"dedup/internal/article"
)

// A result is one of four, told apart by its first line: a JSON report (one object with a schema),
// the same as JSON Lines (each with a kind), the JSON Lines of a stage command (an object a line),
// or its TSV with a header line. Columns are found by name.

// Result is what a run found; which fields are set depends on what is scored and on what the result
// is.
type Result struct {
	Partition *Partition // clusters, stories; pairs where the result is clusters or stories
	Pairs     []Pair     // pairs
	Matches   []Match    // passages, pairwise
	Groups    []Group    // passages, grouped
}

// ReadResult reads what is needed to score of. Errors name the input and, in all but reports, the
// line.
func ReadResult(of Of, in Input) (Result, error) {
	res, _, err := readResult(of, in)
	return res, err
}

// readResult is ReadResult with what its groups and articles are called.
func readResult(of Of, in Input) (Result, *naming, error) {
	l := newLines(in)
	res, err := l.result(of, in)
	return res, &l.naming, err
}

func (l *lines) result(of Of, in Input) (Result, error) {
	first, err := l.next()
	if err == io.EOF {
		return Result{}, fmt.Errorf("read %q: it is empty; give a JSON report or what `dedup %s` prints (JSON Lines of nothing are empty: use TSV there)", in.Name, of)
	}
	if err != nil {
		return Result{}, err
	}
	if !strings.HasPrefix(strings.TrimSpace(first), "{") {
		return readRecords(of, l, newTSV(first))
	}
	v, err := fastjson.Parse(first)
	switch {
	case err != nil: // the first line of an indented report, or broken JSON: reading it as a report tells
		return readReport(of, l, first)
	case v.Exists("kind") && v.Exists("schema"):
		return readReportLines(of, l, first)
	case v.Exists("schema"):
		return readReport(of, l, first)
	}
	rec, err := newJSONLines(first)
	if err != nil {
		return Result{}, l.blame(err)
	}
	return readRecords(of, l, rec)
}

// shape is one kind of row: the columns that tell it, and what takes one in.
type shape struct {
	columns []string
	add     func(*rows) error
}

var (
	clusterRow = shape{[]string{"article", "canonical"}, (*rows).addMember}
	storyRow   = shape{[]string{"article", "story"}, (*rows).addStory}
	pairRow    = shape{[]string{"a", "b"}, (*rows).addPair}
	matchRow   = shape{[]string{"a", "a_start", "a_end", "b", "b_start", "b_end"}, (*rows).addMatch}
)

// shapes are the rows that can be scored as something.
var shapes = map[Of][]shape{
	Clusters: {clusterRow},
	Stories:  {storyRow},
	Pairs:    {pairRow, clusterRow, storyRow},
	Passages: {matchRow},
}

// rows takes in the rows of a result.
type rows struct {
	rec       record
	res       Result
	groups    *grouper
	clustered bool // labels are the ids of canonicals
}

func readRecords(of Of, l *lines, rec record) (Result, error) {
	w := &rows{rec: rec, groups: newGrouper()}
	i := slices.IndexFunc(shapes[of], func(s shape) bool {
		return !slices.ContainsFunc(s.columns, func(c string) bool { return !rec.has(c) })
	})
	if i < 0 {
		err := fmt.Errorf("no columns %s; give a JSON report or what `dedup %s` prints, with its header line", strings.Join(shapes[of][0].columns, ", "), of)
		return Result{}, l.blame(err)
	}
	kind := shapes[of][i]
	for row := rec.first(); ; row = true {
		if row {
			if err := kind.add(w); err != nil {
				return Result{}, l.blame(err)
			}
		}
		line, err := l.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return Result{}, err
		}
		if err := rec.read(line); err != nil {
			return Result{}, l.blame(err)
		}
	}
	if kind.columns[0] == "article" {
		w.res.Partition = &w.groups.p
	}
	if w.clustered {
		if err := w.groups.closeLabels(); err != nil {
			return Result{}, fmt.Errorf("read %q: %w", l.name, err)
		}
	}
	l.naming.groups = w.groups.names()
	return w.res, nil
}

func (w *rows) addMember() error { w.clustered = true; return w.addLabel("canonical") }
func (w *rows) addStory() error  { return w.addLabel("story") }

func (w *rows) addLabel(column string) error {
	id, err := w.rec.text("article")
	if err != nil {
		return err
	}
	label, err := w.rec.text(column)
	if err != nil {
		return err
	}
	return w.groups.add(id, label)
}

func (w *rows) addPair() error {
	p, err := w.ids()
	if err == nil {
		w.res.Pairs = append(w.res.Pairs, p)
	}
	return err
}

func (w *rows) addMatch() error {
	p, err := w.ids()
	if err != nil {
		return err
	}
	m := Match{A: p.A, B: p.B}
	if m.SpanA, err = w.span("a_start", "a_end"); err != nil {
		return err
	}
	if m.SpanB, err = w.span("b_start", "b_end"); err != nil {
		return err
	}
	w.res.Matches = append(w.res.Matches, m)
	return nil
}

func (w *rows) ids() (p Pair, err error) {
	if p.A, err = w.rec.text("a"); err != nil {
		return p, err
	}
	if p.B, err = w.rec.text("b"); err != nil {
		return p, err
	}
	p.A, p.B = strings.Clone(p.A), strings.Clone(p.B)
	return p, checkPair(p.A, p.B)
}

func (w *rows) span(start, end string) (article.Span, error) {
	s, err := w.rec.offset(start)
	if err != nil {
		return article.Span{}, fmt.Errorf("%s: %w", start, err)
	}
	e, err := w.rec.offset(end)
	if err != nil {
		return article.Span{}, fmt.Errorf("%s: %w", end, err)
	}
	return makeSpan(s, e)
}
