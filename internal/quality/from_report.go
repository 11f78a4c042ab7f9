package quality

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"

	"dedup/internal/report"
)

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
	return l.fromReport(of, &rep)
}

// readReportLines reads the rest of a report as JSON Lines that begins with the line first.
func readReportLines(of Of, l *lines, first string) (Result, error) {
	var rep report.Report
	err := error(nil)
	for line := first; err == nil; line, err = l.next() {
		if err := addLine(&rep, []byte(line)); err != nil {
			return Result{}, l.blame(fmt.Errorf("%w; is the report complete?", err))
		}
	}
	if err != io.EOF {
		return Result{}, err
	}
	return l.fromReport(of, &rep)
}

// addLine adds one line of a report to rep. Kinds that no score needs are left out.
func addLine(rep *report.Report, line []byte) error {
	var head struct{ Kind, Schema string }
	if err := json.Unmarshal(line, &head); err != nil {
		return err
	}
	switch head.Kind {
	case "summary":
		rep.Schema = head.Schema
	case "article":
		return addTo(&rep.Articles, line)
	case "cluster":
		return addTo(&rep.Clusters, line)
	case "story":
		return addTo(&rep.Stories, line)
	case "passage":
		return addTo(&rep.Passages, line)
	}
	return nil
}

func addTo[T any](list *[]T, line []byte) error {
	var v T
	err := json.Unmarshal(line, &v)
	*list = append(*list, v)
	return err
}

// fromReport takes out of rep what is needed to score of.
func (l *lines) fromReport(of Of, rep *report.Report) (Result, error) {
	if rep.Schema != report.Schema {
		return Result{}, fmt.Errorf("read %q: schema is %q, want %q; make it with this version of dedup", l.name, rep.Schema, report.Schema)
	}
	l.naming.fromReport(of, rep)
	res, err := fromReport(of, rep)
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
