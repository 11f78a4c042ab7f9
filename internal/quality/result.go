package quality

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/valyala/fastjson"

	"dedup/internal/article"
	"dedup/internal/report"
)

// A result is one of three, told apart by its first bytes: a JSON report (one object with a schema), JSON Lines (an object a line)
// or TSV with a header line. The last two are what the stage commands print; columns are found by name.

// Result is what a run found; which fields are set depends on what is scored and on what the result is.
type Result struct {
	Partition *Partition // clusters, stories; pairs where the result is clusters or stories
	Pairs     []Pair     // pairs
	Matches   []Match    // passages, pairwise
	Groups    []Group    // passages, grouped
}

// ReadResult reads what is needed to score of. Errors name the input and, in all but reports, the line.
func ReadResult(of Of, in Input) (Result, error) {
	l := newLines(in)
	first, err := l.next()
	if err == io.EOF {
		return Result{}, fmt.Errorf("read %q: it is empty; give a JSON report or what `dedup %s` prints", in.Name, of)
	}
	if err != nil {
		return Result{}, err
	}
	if !strings.HasPrefix(strings.TrimSpace(first), "{") {
		return readRecords(of, l, newTSV(first))
	}
	if isRecord(first) {
		rec, err := newJSONLines(first)
		if err != nil {
			return Result{}, l.blame(err)
		}
		return readRecords(of, l, rec)
	}
	return readReport(of, l, first)
}

// isRecord tells a line of JSON Lines from the first line of a report, which is an object with a schema or only its beginning.
func isRecord(line string) bool {
	v, err := fastjson.Parse(line)
	return err == nil && !v.Exists("schema")
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

// readReport reads the rest of a JSON report that begins with the line first.
func readReport(of Of, l *lines, first string) (Result, error) {
	rest, err := io.ReadAll(l.r)
	if err != nil {
		return Result{}, fmt.Errorf("read %q: %w", l.name, err)
	}
	data := append([]byte(first+"\n"), rest...)
	var rep report.Report
	if err := json.Unmarshal(data, &rep); err != nil {
		return Result{}, fmt.Errorf("read %q line %d: %w; is the report complete?", l.name, l.n+lineOf(data, err), err)
	}
	if rep.Schema != report.Schema {
		return Result{}, fmt.Errorf("read %q: schema is %q, want %q; make it with this version of dedup", l.name, rep.Schema, report.Schema)
	}
	res, err := fromReport(of, &rep)
	if err != nil {
		return Result{}, fmt.Errorf("read %q: %w", l.name, err)
	}
	return res, nil
}

// lineOf gives the number of lines before the place that a JSON error points at.
func lineOf(data []byte, err error) int {
	offset := int64(len(data))
	if e, ok := errors.AsType[*json.SyntaxError](err); ok {
		offset = e.Offset
	} else if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		offset = e.Offset
	}
	before := data[:min(max(offset-1, 0), int64(len(data)))]
	return bytes.Count(bytes.TrimRight(before, "\n"), []byte("\n"))
}

func fromReport(of Of, rep *report.Report) (Result, error) {
	switch of {
	case Passages:
		var res Result
		for i, p := range rep.Passages {
			for _, o := range p.Occurrences {
				if o.Start < 0 || o.Start >= o.End || o.End > maxOffset {
					return Result{}, fmt.Errorf("passages[%d]: bytes %d to %d of %q are no span", i, o.Start, o.End, o.Article)
				}
			}
			res.Groups = append(res.Groups, p.Occurrences)
		}
		return res, nil
	case Stories:
		return storiesOf(rep)
	}
	return clustersOf(rep)
}

func storiesOf(rep *report.Report) (Result, error) {
	if len(rep.Stories) == 0 && len(rep.Articles) > 0 {
		return Result{}, errors.New("the report has no stories; make it with `dedup scan`, or with stories in --only")
	}
	g := newGrouper()
	for i, s := range rep.Stories {
		for _, id := range s.Articles {
			if err := g.add(id, strconv.Itoa(i)); err != nil {
				return Result{}, fmt.Errorf("stories[%d]: %w", i, err)
			}
		}
	}
	return Result{Partition: &g.p}, nil
}

// clustersOf gives the clusters of rep; an article in none is a group of its own.
func clustersOf(rep *report.Report) (Result, error) {
	g := newGrouper()
	for i, c := range rep.Clusters {
		for _, m := range c.Members {
			if err := g.add(m.Article, strconv.Itoa(i)); err != nil {
				return Result{}, fmt.Errorf("clusters[%d]: %w", i, err)
			}
		}
	}
	for i, a := range rep.Articles {
		if _, ok := g.at[a.ID]; ok {
			continue
		}
		if err := g.add(a.ID, "alone "+strconv.Itoa(i)); err != nil {
			return Result{}, fmt.Errorf("articles[%d]: %w", i, err)
		}
	}
	return Result{Partition: &g.p}, nil
}
