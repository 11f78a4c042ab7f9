package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"dedup/internal/gate"
)

func sarifBytes(t *testing.T, res *gate.Result) []byte {
	t.Helper()
	return written(t, func(w io.Writer, res *gate.Result) error { return CheckSARIF(w, res, "1.2.3") }, res)
}

// sarifOf reads a log and refuses properties that the part of SARIF written here does not have.
// That it validates against the published schema is tested in internal/acceptance.
func sarifOf(b []byte) (*sarifLog, error) {
	var log sarifLog
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&log); err != nil {
		return nil, err
	}
	if len(log.Runs) != 1 || log.Runs[0].Results == nil {
		return nil, errors.New("not one run with results")
	}
	for _, r := range log.Runs[0].Results {
		if rules := log.Runs[0].Tool.Driver.Rules; r.RuleIndex < 0 || r.RuleIndex >= len(rules) || rules[r.RuleIndex].ID != r.RuleID || len(r.Locations) != 1 {
			return nil, errors.New("a result without its rule or its place")
		}
	}
	return &log, nil
}

// TestSARIFIsWhole: what is read from the bytes makes the same bytes, with a result a finding.
func TestSARIFIsWhole(t *testing.T) {
	for name, res := range map[string]*gate.Result{
		"drop":        judged(t),
		"no baseline": gate.Judge(drop(), gate.DefaultLimits(), nil),
		"nothing":     gate.Judge(gate.Drop{Articles: 3}, gate.DefaultLimits(), nil),
		"no articles": gate.Judge(gate.Drop{}, gate.DefaultLimits(), &gate.Baseline{}),
	} {
		b := sarifBytes(t, res)
		log, err := sarifOf(b)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		again, err := sarifJSON(log, "")
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(b), again+"\n"); d != "" {
			t.Errorf("%s: %s", name, d)
		}
		if len(log.Runs[0].Results) != len(res.Findings) {
			t.Errorf("%s: %d results for %d findings", name, len(log.Runs[0].Results), len(res.Findings))
		}
	}
}

// TestSARIFFingerprintsSurviveMovedLines: a blank line before everything moves all places, and no
// identity.
func TestSARIFFingerprintsSurviveMovedLines(t *testing.T) {
	moved := drop()
	for i := range moved.Findings {
		f := &moved.Findings[i]
		f.Record++
		if f.Line > 0 {
			f.Line, f.EndLine, f.Start, f.End = f.Line+1, f.EndLine+1, f.Start+1, f.End+1
		}
	}
	fingerprints := func(d gate.Drop) (ids []string, lines []int) {
		log, err := sarifOf(sarifBytes(t, gate.Judge(d, gate.DefaultLimits(), nil)))
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range log.Runs[0].Results {
			ids = append(ids, r.Fingerprints[fingerprintName])
			lines = append(lines, r.Locations[0].Physical.Region.StartLine)
		}
		return ids, lines
	}
	before, linesBefore := fingerprints(drop())
	after, linesAfter := fingerprints(moved)
	if d := cmp.Diff(before, after); d != "" {
		t.Error(d)
	}
	seen := map[string]bool{}
	for i, id := range before {
		if seen[id] {
			t.Errorf("two results are %s", id)
		}
		seen[id] = true
		if linesAfter[i] != linesBefore[i]+1 {
			t.Errorf("result %d is on line %d, was on %d", i, linesAfter[i], linesBefore[i])
		}
	}
}

func TestFileURI(t *testing.T) {
	for _, c := range []struct {
		path    string
		windows bool
		uri     string
		base    string
	}{
		{"drop/a.txt", false, "drop/a.txt", sourceRoot},
		{"./drop//a.txt", false, "drop/a.txt", sourceRoot},
		{"a b#c%d?e.txt", false, "a%20b%23c%25d%3Fe.txt", sourceRoot},
		{"Привет/東京.txt", false, "%D0%9F%D1%80%D0%B8%D0%B2%D0%B5%D1%82/%E6%9D%B1%E4%BA%AC.txt", sourceRoot},
		{"bro\xffken\n\x00.txt", false, "bro%FFken%0A%00.txt", sourceRoot},
		{"http://example.org/x", false, "http%3A/example.org/x", sourceRoot},
		{"javascript:alert(1)", false, "javascript%3Aalert%281%29", sourceRoot},
		{"../other/a.txt", false, "../other/a.txt", ""},
		{"a/../../b", false, "../b", ""},
		{"..a/b", false, "..a/b", sourceRoot},
		{"/srv/a b.txt", false, "file:///srv/a%20b.txt", ""},
		{"//srv/a.txt", false, "file:///srv/a.txt", ""},
		{`C:\x\a.txt`, false, "C%3A%5Cx%5Ca.txt", sourceRoot},
		{`C:\x\a b.txt`, true, "file:///C:/x/a%20b.txt", ""},
		{`\\host\share\a.txt`, true, "file://host/share/a.txt", ""},
		{`drop\a.txt`, true, "drop/a.txt", sourceRoot},
		{"-", false, "stdin", sourceRoot},
		{"", false, "", ""},
	} {
		uri, base := fileURI(c.path, c.windows)
		if uri != c.uri || base != c.base {
			t.Errorf("fileURI(%q, %v) = %q, %q, want %q, %q", c.path, c.windows, uri, base, c.uri, c.base)
		}
	}
}

// TestFileURIsAreURIs: any path makes a URI that parses, relative to where it was or with the
// scheme file and nothing else.
func TestFileURIsAreURIs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		path := string(rapid.SliceOfN(rapid.Byte(), 1, 40).Draw(t, "path"))
		windows := rapid.Bool().Draw(t, "windows")
		uri, base := fileURI(path, windows)
		u, err := url.Parse(uri)
		if err != nil {
			t.Fatalf("%q: %v", uri, err)
		}
		if u.RawQuery != "" || u.Fragment != "" || u.User != nil || u.Scheme != "" && u.Scheme != "file" || u.Host != "" && !windows {
			t.Fatalf("%q is more than a path", uri)
		}
		if base == sourceRoot && (u.Scheme != "" || strings.HasPrefix(u.Path, "/") || strings.HasPrefix(u.Path+"/", "../")) {
			t.Fatalf("%q leads out of %s", uri, sourceRoot)
		}
	})
}

func TestSARIFMessagesHoldNoLinksOfArticles(t *testing.T) {
	res := gate.Judge(gate.Drop{Findings: []gate.Finding{
		{Rule: gate.NearDuplicate, Article: "a", Path: "a", Matched: "[x](http://example.org) {0} \\]", Where: "b:1", How: "resemblance"},
		{Rule: gate.NearDuplicate, Article: "a", Path: "a", Matched: "[x](http://example.org) {0} \\]", How: "resemblance"},
	}}, gate.DefaultLimits(), nil)
	log, err := sarifOf(sarifBytes(t, res))
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{
		`near-duplicate of [\[x\] (http://example.org) {{0}} \\\]](1), resemblance 0.00`,
		`near-duplicate of [x] (http://example.org) {{0}} \], resemblance 0.00`,
	} {
		if got := log.Runs[0].Results[i].Message.Text; got != want {
			t.Errorf("%s\nwant %s", got, want)
		}
	}
}
