package main

import (
	"encoding/json"
	"encoding/xml"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dedup/internal/gate"
)

// docCode is a fence of commands, with what they print where that stands below.
var docCode = regexp.MustCompile("(?s)```sh\n(.*?)```\n(?:\n```text\n(.*?)```\n)?")

// walk runs the commands of a document in dir, one fence after another, and holds what they print
// against what stands below each; with -update it writes that down.
func walk(t *testing.T, file, dir string) (scripts, printed []string) {
	t.Helper()
	doc := readFile(t, file)
	steps := docCode.FindAllStringSubmatch(doc, -1)
	for _, s := range steps {
		scripts = append(scripts, s[1])
	}
	printed = runFences(t, dir, scripts...)
	fresh := doc
	for i, s := range steps {
		if *update {
			with := "```sh\n" + s[1] + "```\n"
			if printed[i] != "" {
				with += "\n```text\n" + printed[i] + "```\n"
			}
			fresh = strings.Replace(fresh, s[0], with, 1)
		} else if d := cmp.Diff(s[2], printed[i]); d != "" {
			t.Errorf("\n%sprints something else (-documented +now; make golden renews it):\n%s", s[1], d)
		}
	}
	if fresh != doc {
		if err := os.WriteFile(file, []byte(fresh), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return scripts, printed
}

// The walkthrough of docs/ci.md prints what it says, command by command, and its three planted
// problems are in every format.
func TestWalkthrough(t *testing.T) {
	needTools(t, "sh", "dedup", "sed", "grep", "sort")
	root := repoRoot(t)
	file := filepath.Join(root, "docs", "ci.md")
	dir := t.TempDir()
	for _, name := range []string{"seeds", "testdata/articles", "testdata/ci"} {
		if err := copyTree(filepath.Join(dir, filepath.FromSlash(name)), filepath.Join(root, filepath.FromSlash(name))); err != nil {
			t.Fatal(err)
		}
	}
	scripts, printed := walk(t, file, dir)
	i := slices.IndexFunc(scripts, func(s string) bool { return strings.Contains(s, "--format github") })
	walked := filepath.Join(dir, "walk")
	for format, got := range map[string][]string{
		"text":   plantedInText(t, filepath.Join(walked, "check.txt")),
		"json":   plantedInJSON(t, filepath.Join(walked, "check.json")),
		"sarif":  plantedInSARIF(t, filepath.Join(walked, "check.sarif")),
		"junit":  plantedInJUnit(t, filepath.Join(walked, "check.xml")),
		"github": plantedInGitHub(printed[i]),
	} {
		want := []string{"drop/bees.txt repeat", "drop/postcards.txt in-corpus", "drop/signal-box.txt copied-passage"}
		slices.Sort(got)
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: the planted problems (-want +got):\n%s", format, d)
		}
	}
}

// The report for people has a heading for each rule, and under it lines of path:line:column.
func plantedInText(t *testing.T, name string) (found []string) {
	t.Helper()
	rule := ""
	for line := range strings.Lines(readFile(t, name)) {
		for _, r := range gate.Rules {
			if strings.HasPrefix(strings.ToLower(line), r.About().Many) {
				rule = string(r)
			}
		}
		if m := regexp.MustCompile(`^  ([^ :]+)(:\d+)+$`).FindStringSubmatch(strings.TrimRight(line, "\n")); m != nil {
			found = append(found, m[1]+" "+rule)
		}
	}
	return found
}

func plantedInJSON(t *testing.T, name string) (found []string) {
	t.Helper()
	var res struct {
		Findings []struct{ Rule, Path string }
	}
	if err := json.Unmarshal([]byte(readFile(t, name)), &res); err != nil {
		t.Fatal(err)
	}
	for _, f := range res.Findings {
		found = append(found, f.Path+" "+f.Rule)
	}
	return found
}

func plantedInSARIF(t *testing.T, name string) (found []string) {
	t.Helper()
	var log struct {
		Runs []struct {
			Results []struct {
				RuleID    string
				Locations []struct {
					PhysicalLocation struct{ ArtifactLocation struct{ URI string } }
				}
			}
		}
	}
	if err := json.Unmarshal([]byte(readFile(t, name)), &log); err != nil {
		t.Fatal(err)
	}
	for _, r := range log.Runs[0].Results {
		found = append(found, r.Locations[0].PhysicalLocation.ArtifactLocation.URI+" "+r.RuleID)
	}
	return found
}

func plantedInJUnit(t *testing.T, name string) (found []string) {
	t.Helper()
	var suites struct {
		Suites []struct {
			Cases []struct {
				Name    string `xml:"name,attr"`
				Failure struct {
					Type string `xml:"type,attr"`
				} `xml:"failure"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal([]byte(readFile(t, name)), &suites); err != nil {
		t.Fatal(err)
	}
	for _, s := range suites.Suites {
		for _, c := range s.Cases {
			if slices.Contains(gate.Rules, gate.Rule(c.Failure.Type)) { // the others are limits
				path, _, _ := strings.Cut(c.Name, ":")
				found = append(found, path+" "+c.Failure.Type)
			}
		}
	}
	return found
}

func plantedInGitHub(out string) (found []string) {
	for _, m := range regexp.MustCompile(`(?m)^::error file=([^,]+),.*title=([^:,]+)`).FindAllStringSubmatch(out, -1) {
		found = append(found, m[1]+" "+m[2])
	}
	return found
}
