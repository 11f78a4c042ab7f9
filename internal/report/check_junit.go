package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"strings"

	"dedup/internal/gate"
)

// junitTop is how many findings of a rule become test cases: a drop that fails by a million
// findings must not end in a file nobody can open.
const junitTop = 1000

// CheckJUnit writes the verdict on a drop as JUnit XML: a test suite for each rule, in it a test
// case for each limit of the rule, and a failing one for each finding that the drop fails for. It
// holds neither times nor host names: the same drop makes the same bytes.
func CheckJUnit(w io.Writer, res *gate.Result) error {
	suites := junitSuites{Name: "dedup check"}
	for i := range res.Counts {
		suite := junitSuiteOf(res, &res.Counts[i], i)
		suites.Suites = append(suites.Suites, suite)
		suites.Tests += suite.Tests
		suites.Failures += suite.Failures
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "\t")
	if err := enc.Encode(suites); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// The elements of JUnit XML, as Jenkins and GitLab read them.

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr,omitempty"`
	Failures int          `xml:"failures,attr,omitempty"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	ID       int         `xml:"id,attr"`
	Time     string      `xml:"time,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name      string        `xml:"name,attr"`
	Classname string        `xml:"classname,attr"`
	Failure   *junitFailure `xml:"failure"`
	SystemOut *junitOutput  `xml:"system-out"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Data    string `xml:",cdata"`
}

type junitOutput struct {
	Data string `xml:",cdata"`
}

func (s *junitSuite) add(c junitCase) {
	s.Cases = append(s.Cases, c)
	s.Tests++
	if c.Failure != nil {
		s.Failures++
	}
}

func junitSuiteOf(res *gate.Result, t *gate.Tally, id int) junitSuite {
	suite := junitSuite{Name: string(t.Rule), ID: id, Time: "0"}
	class := "dedup." + string(t.Rule)
	limits := []string{t.Limit}
	if t.Rule == gate.NearDuplicate || t.Rule == gate.InCorpus {
		limits = append(limits, gate.MaxPerSource)
	}
	if t.Rule == gate.NearDuplicate {
		limits = append(limits, gate.MaxCluster)
	}
	for _, limit := range limits {
		for _, c := range junitLimit(res, t, limit) {
			c.Classname = class
			suite.add(c)
		}
	}
	failing, n := ranked(res, t.Rule, 0), 0
	for _, f := range failing {
		if f.Level != gate.Error { // those that count come first
			break
		}
		if n++; n <= junitTop {
			suite.add(junitFinding(f, class))
		}
	}
	if more := n - junitTop; more > 0 {
		suite.add(junitCase{
			Name: "and " + thousands(more) + " more", Classname: class,
			Failure: &junitFailure{Message: thousands(more) + " more findings are not listed; --format json lists all", Type: string(t.Rule)},
		})
	}
	return suite
}

// junitLimit is the test case of one limit, or where sources or clusters exceed it, one for each of
// them. A limit that allows everything has none.
func junitLimit(res *gate.Result, t *gate.Tally, limit string) []junitCase {
	allowed := t.Allowed
	switch limit {
	case gate.MaxPerSource:
		allowed = res.Limits.PerSource
	case gate.MaxCluster:
		allowed = res.Limits.Cluster
	}
	if allowed == gate.NoLimit {
		return nil
	}
	name := limit + " " + allowed.String()
	var failed []junitCase
	for i := range res.Reasons {
		r := &res.Reasons[i]
		if r.Limit != limit || !hasRule(r, t.Rule) {
			continue
		}
		of := ""
		if whose := r.Source + r.Cluster; whose != "" {
			of = ": " + xmlText(whose)
		}
		failed = append(failed, junitCase{Name: name + of, Failure: &junitFailure{Message: xmlText(reason(r, asIs)), Type: limit}})
		if len(failed) == junitTop {
			break
		}
	}
	if failed != nil {
		return failed
	}
	say := fmt.Sprintf("%d found, %d new, %d known", t.Found, t.New, t.Known)
	return []junitCase{{Name: name, SystemOut: &junitOutput{Data: say}}}
}

func hasRule(r *gate.Reason, rule gate.Rule) bool {
	for _, of := range r.Rules {
		if of == rule {
			return true
		}
	}
	return false
}

func junitFinding(f *gate.Judged, class string) junitCase {
	name := spot(f)
	if in := inside(f); in != "" {
		name += " " + in
	}
	say := said(f, asIs) + match(f, asIs)
	if by := byline(f.Byline(), math.MaxInt); by != "" {
		say = by + ": " + say
	}
	return junitCase{
		Name: xmlText(name), Classname: class,
		Failure: &junitFailure{Message: xmlText(say), Type: string(f.Rule), Data: xmlText(f.Text)},
	}
}

// xmlText makes words of an article fit for XML 1.0 and one line; what neither a terminal nor XML
// may hold becomes U+FFFD.
func xmlText(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\ufffe' || r == '\uffff' {
			return '\ufffd'
		}
		return r
	}, Plain(s))
}
