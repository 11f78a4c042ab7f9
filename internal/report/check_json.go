package report

import (
	"fmt"
	"io"

	"dedup/internal/gate"
)

// checkResult is the contract "dedup.check/1" (docs/check.md).
type checkResult struct {
	Schema   string         `json:"schema"`
	Pass     bool           `json:"pass"`
	Summary  checkSummary   `json:"summary"`
	Reasons  []checkReason  `json:"reasons"`
	Rules    []checkRule    `json:"rules"`
	Findings []checkFinding `json:"findings"`
	Gone     []checkGone    `json:"gone"`
}

type checkSummary struct {
	Articles int  `json:"articles"`
	Empty    int  `json:"empty"` // of them without text
	Skipped  int  `json:"skipped"`
	Findings int  `json:"findings"`
	Omitted  int  `json:"omitted,omitempty"` // of them, the last in the order of the drop: counted and not listed
	New      int  `json:"new"`
	Known    int  `json:"known"`
	Gone     int  `json:"gone"`
	Baseline bool `json:"baseline"`

	Dated         int `json:"dated"`
	NotUnderstood int `json:"dates_not_understood"`
}

type checkReason struct {
	Limit   string      `json:"limit"`
	Allowed string      `json:"allowed"`
	Found   int         `json:"found"`
	Of      int         `json:"of"`
	Rules   []gate.Rule `json:"rules"`
	Source  string      `json:"source,omitempty"`
	Cluster string      `json:"cluster,omitempty"`
	Message string      `json:"message"`
}

type checkRule struct {
	Rule     gate.Rule `json:"rule"`
	Limit    string    `json:"limit"`
	Allowed  string    `json:"allowed"`
	Found    int       `json:"found"`
	New      int       `json:"new"`
	Known    int       `json:"known"`
	Exceeded bool      `json:"exceeded"`
}

type checkFinding struct {
	Rule    gate.Rule  `json:"rule"`
	Level   gate.Level `json:"level"`
	New     bool       `json:"new"`
	Key     string     `json:"key"` // "%016x"
	Nth     int        `json:"nth"`
	Name    string     `json:"fingerprint"`
	Show    string     `json:"show,omitempty"`
	Article string     `json:"article"`
	Path    string     `json:"path"`
	Record  int        `json:"record"`
	Source  string     `json:"source"`
	Title   string     `json:"title"`
	Date    string     `json:"published"`
	*checkPlace
	Text   string  `json:"text"`
	Tokens int     `json:"tokens"`
	Share  float64 `json:"share,omitempty"`
	*checkMatch
}

// checkPlace is where in the article's text a finding is; nil where the whole article is meant.
type checkPlace struct {
	Start     int  `json:"start"`
	End       int  `json:"end"`
	Line      int  `json:"line"`
	Column    int  `json:"column"`
	EndLine   int  `json:"end_line"`
	EndColumn int  `json:"end_column"`
	InFile    bool `json:"in_file"`
}

// checkMatch is what an article or a passage is like; nil for none.
type checkMatch struct {
	Matched     string  `json:"matched"`
	Where       string  `json:"where,omitempty"`
	Title       string  `json:"matched_title"`
	Source      string  `json:"matched_source"`
	Published   string  `json:"matched_published"`
	Resemblance float64 `json:"resemblance"`
	Containment float64 `json:"containment"`
	How         string  `json:"how,omitempty"`
}

type checkGone struct {
	Rule     gate.Rule `json:"rule"`
	Key      string    `json:"key"`
	Articles []string  `json:"articles"`
	Text     string    `json:"text"`
}

// CheckJSON writes the verdict on a drop as one indented JSON object.
func CheckJSON(w io.Writer, res *gate.Result) error {
	n := fresh(res)
	out := checkResult{
		Schema: res.Schema, Pass: res.Pass,
		Summary: checkSummary{res.Articles + res.Empty, res.Empty, res.Skipped, found(res), res.Omitted, n, found(res) - n, gate.Occurrences(res.Gone), res.Baseline,
			res.Dated, res.NotUnderstood},
		Reasons:  make([]checkReason, 0, len(res.Reasons)),
		Rules:    make([]checkRule, 0, len(res.Counts)),
		Findings: make([]checkFinding, 0, len(res.Findings)),
		Gone:     make([]checkGone, 0, len(res.Gone)),
	}
	for i := range res.Reasons {
		r := &res.Reasons[i]
		out.Reasons = append(out.Reasons, checkReason{r.Limit, r.Allowed.String(), r.Found, r.Of, r.Rules, r.Source, r.Cluster, reason(r, asIs)})
	}
	for _, t := range res.Counts {
		out.Rules = append(out.Rules, checkRule{t.Rule, t.Limit, t.Allowed.String(), t.Found, t.New, t.Known, t.Exceeded})
	}
	for i := range res.Findings {
		out.Findings = append(out.Findings, findingOf(&res.Findings[i], res.Reading))
	}
	for _, k := range res.Gone {
		out.Gone = append(out.Gone, checkGone{k.Rule, fmt.Sprintf("%016x", k.Key), k.Articles, k.Text})
	}
	e := NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(out)
}

func findingOf(f *gate.Judged, how gate.Reading) checkFinding {
	out := checkFinding{
		Rule: f.Rule, Level: f.Level, New: f.New, Key: fmt.Sprintf("%016x", f.Key), Nth: f.Nth, Name: f.Fingerprint(), Show: findingCommand(f, how),
		Article: f.Article, Path: f.Path, Record: f.Record, Source: f.Source, Title: f.Title, Date: f.Published, Text: f.Text, Tokens: f.Tokens, Share: Ratio(f.Share),
	}
	if f.Line > 0 {
		out.checkPlace = &checkPlace{f.Start, f.End, f.Line, f.Column, f.EndLine, f.EndColumn, f.InFile}
	}
	if f.Matched != "" {
		out.checkMatch = &checkMatch{f.Matched, f.Where, f.About.Title, f.About.Source, f.About.Published, Ratio(f.Resemblance), Ratio(f.Containment), f.How}
	}
	return out
}
