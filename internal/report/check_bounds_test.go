package report

import (
	"encoding/xml"
	"fmt"
	"strings"
	"testing"

	"dedup/internal/gate"
)

// many is a drop with n repeats, n pages' leftovers and n tiny articles.
func many(n int) gate.Drop {
	d := gate.Drop{Articles: n}
	for i := range n {
		id := fmt.Sprintf("a%d.txt", i)
		for _, rule := range []gate.Rule{gate.Repeat, gate.Furniture, gate.Tiny} {
			d.Findings = append(d.Findings, gate.Finding{
				Rule: rule, Article: id, Path: id, Record: 1, Line: 1, Column: 1, EndLine: 1, EndColumn: 5, InFile: true, Text: "text", Tokens: i, Key: uint64(i),
			})
		}
	}
	return d
}

// TestGitHubShowsEveryRuleFirst: of more findings than GitHub shows, each rule has its turn, the
// longest first, and a notice counts the rest.
func TestGitHubShowsEveryRuleFirst(t *testing.T) {
	limits := gate.DefaultLimits()
	limits.Tiny = gate.NoLimit
	out := strings.Split(string(written(t, CheckGitHub, gate.Judge(many(30), limits, nil))), "\n")
	for i, want := range []string{
		"::error title=dedup check::30 repeats (limit 0), 30 page leftovers (limit 0); 0 of 30 articles have a date",
		"::error file=a29.txt,line=1,endLine=1,col=1,endColumn=5,title=repeat::repeat of 29 words: “text”",
		"::error file=a29.txt,line=1,endLine=1,col=1,endColumn=5,title=furniture::page leftover: “text”",
		"::error file=a28.txt,line=1,endLine=1,col=1,endColumn=5,title=repeat::repeat of 28 words: “text”",
	} {
		if out[i] != want {
			t.Errorf("line %d: %s\nwant %s", i+1, out[i], want)
		}
	}
	if want := "::notice title=dedup check::FAIL: 71 findings are not shown here; the job summary counts them, --report json=FILE lists them"; out[20] != want {
		t.Errorf("%s\nwant %s", out[20], want)
	}
	if len(out) != 22 {
		t.Errorf("%d lines", len(out))
	}
}

func TestGitHubSaysThatADropPasses(t *testing.T) {
	out := string(written(t, CheckGitHub, gate.Judge(gate.Drop{Articles: 2}, gate.DefaultLimits(), nil)))
	if want := "::notice title=dedup check::nothing found; 0 of 2 articles have a date\n"; out != want {
		t.Errorf("%s, want %s", out, want)
	}
}

// TestJUnitIsBounded: a thousand findings of a rule are test cases, and one says how many more
// there are.
func TestJUnitIsBounded(t *testing.T) {
	limits := gate.DefaultLimits()
	limits.Tiny = gate.NoLimit
	var suites junitSuites
	if err := xml.Unmarshal(written(t, CheckJUnit, gate.Judge(many(1200), limits, nil)), &suites); err != nil {
		t.Fatal(err)
	}
	if suites.Tests != 2*1002+5 || suites.Failures != 2*1002 {
		t.Errorf("%d tests, %d failures", suites.Tests, suites.Failures)
	}
	for _, s := range suites.Suites {
		switch s.Name {
		case "repeat", "furniture":
			if last := s.Cases[len(s.Cases)-1]; last.Name != "and 200 more" || last.Failure == nil {
				t.Errorf("%s ends with %q", s.Name, last.Name)
			}
		case "tiny":
			if len(s.Cases) != 0 {
				t.Errorf("%d test cases of a rule without a limit", len(s.Cases))
			}
		}
	}
}

// TestTextIsCapped: 20 findings of a rule, or as many as asked for.
func TestTextIsCapped(t *testing.T) {
	out := string(written(t, formats["check.txt"], gate.Judge(many(140), gate.DefaultLimits(), nil)))
	if n := strings.Count(out, "“text”"); n != 60 {
		t.Errorf("%d findings are printed, want 20 of each of 3 rules", n)
	}
	if n := strings.Count(out, "… and 120 more (--format json lists all)"); n != 3 {
		t.Errorf("%d lists say that there is more, want 3", n)
	}
}

func TestCheckVerdicts(t *testing.T) {
	d := many(2)
	none := gate.Limits{Duplicates: gate.NoLimit, Repeats: gate.NoLimit, Furniture: gate.NoLimit, Tiny: gate.NoLimit}
	known := gate.NewBaseline(d.Findings)
	for want, res := range map[string]*gate.Result{
		"PASS  nothing found": gate.Judge(gate.Drop{Articles: 2}, gate.DefaultLimits(), nil),
		"PASS  6 findings within the limits\n      0 of 2 articles have a date\n": gate.Judge(d, none, nil),
		"PASS  nothing new\n      0 of 2 articles have a date, 6 findings in the": gate.Judge(d, gate.DefaultLimits(), known),
		"FAIL  2 repeats (limit 0), 2 page leftovers (limit 0),":                  gate.Judge(d, gate.DefaultLimits(), nil),
	} {
		if out := string(written(t, formats["check.txt"], res)); !strings.HasPrefix(out, want) {
			t.Errorf("%s\nwant %s", out, want)
		}
	}
}

func TestBaselineChangesForPeople(t *testing.T) {
	d := drop()
	added, removed := gate.Compare(gate.NewBaseline(d.Findings[:1]), gate.NewBaseline(d.Findings[4:7]))
	var b strings.Builder
	if err := CheckBaseline(&b, added, removed, TextOptions{}); err != nil {
		t.Fatal(err)
	}
	golden(t, "check-baseline.txt", []byte(b.String()))
}

// TestManyReasonsAreCounted: a drop that exceeds its limits for 40 sources says so in a line, and
// for people lists the first.
func TestManyReasonsAreCounted(t *testing.T) {
	d := gate.Drop{Articles: 1000, Sources: map[string]int{}}
	for i := range 40 {
		source := fmt.Sprintf("source %02d", i)
		d.Sources[source] = 4
		d.Findings = append(d.Findings, gate.Finding{Rule: gate.InCorpus, Article: source, Path: "x", Source: source, Matched: "m", Key: uint64(i)})
	}
	limits := gate.Limits{Duplicates: share(t, "3.9%"), PerSource: share(t, "20%"), Cluster: gate.NoLimit}
	res := gate.Judge(d, limits, nil)
	out := strings.Join(strings.Fields(string(written(t, formats["check.txt"], res))), " ")
	const first = "FAIL 40 articles already in the corpus (limit 3.9% of 1,000), 1 of 4 articles from source 00 are duplicates (limit 20%), "
	if !strings.HasPrefix(out, first) || !strings.Contains(out, ", and 35 more limits 0 of 1,000 articles ") {
		t.Errorf("%s", out)
	}
	if out := string(written(t, CheckSummary, res)); !strings.Contains(out, "\n- and 31 more limits\n") || !strings.Contains(out, "\n- … and 30 more\n") {
		t.Errorf("%s", out)
	}
	if out := string(written(t, CheckJUnit, res)); strings.Count(out, `type="max-per-source"`) != 40 {
		t.Errorf("%s", out)
	}
}
