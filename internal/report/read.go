package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Read reads a report that JSON wrote.
func Read(r io.Reader) (*Report, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	var rep Report
	if err := json.Unmarshal(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), &rep); err != nil {
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			return nil, fmt.Errorf("not a JSON report: %w at byte %d", err, syntax.Offset)
		}
		return nil, fmt.Errorf("not a JSON report: %w", err)
	}
	if rep.Schema != Schema {
		return nil, fmt.Errorf("its schema is %q, not %q", rep.Schema, Schema)
	}
	rep.Summary.Dated = 0 // reports of earlier versions do not say
	for i := range rep.Articles {
		if rep.Articles[i].Published != "" {
			rep.Summary.Dated++
		}
	}
	return &rep, nil
}

// PartsOf tells which questions a report answers, as far as it shows: a report does not say what
// was asked.
func PartsOf(r *Report) Parts {
	return Parts{
		Clusters: len(r.Clusters) > 0 || len(r.Stories) > 0, Stories: len(r.Stories) > 0,
		Passages: len(r.Passages)+len(r.Repeats)+len(r.Furniture) > 0 || len(r.Phrases) > 0, Phrases: len(r.Phrases) > 0 || len(r.Stories) > 0,
	}
}
