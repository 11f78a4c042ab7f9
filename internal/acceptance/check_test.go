package acceptance

import (
	"encoding/xml"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/jstemmer/go-junit-report/v2/junit"
	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
)

// outputs are what check writes in a format: the golden file of the formats' own tests, and what the
// program prints for the seeds, for the articles of the tests and for hostile ones.
func outputs(t *testing.T, format, golden string) map[string][]byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, "internal", "report", "testdata", golden))
	if err != nil {
		t.Fatal(err)
	}
	hostile := filepath.Join(t.TempDir(), "{0} [x](y) %41.jsonl")
	if err := os.WriteFile(hostile, []byte(hostileArticles()), 0o666); err != nil {
		t.Fatal(err)
	}
	all := map[string][]byte{golden: b}
	for _, in := range []string{filepath.Join(root, "seeds"), filepath.Join(root, "testdata", "articles.jsonl"), hostile} {
		out, err := exec.Command(program, "check", "-q", "--format", format, in).Output()
		if exit := (*exec.ExitError)(nil); err != nil && (!errors.As(err, &exit) || exit.ExitCode() != 1) {
			t.Fatalf("check %s: %v", in, err)
		}
		all[in] = out
	}
	return all
}

// TestSARIFIsValid holds logs against the published schema, which the package embeds.
func TestSARIFIsValid(t *testing.T) {
	for name, b := range outputs(t, "sarif", "check.sarif") {
		log, err := sarif.FromBytes(b)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := log.Validate(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if len(log.Runs) != 1 || len(log.Runs[0].Results) == 0 {
			t.Errorf("%s: no results", name)
		}
		log.Runs[0].ColumnKind = &name
		if log.Validate() == nil {
			t.Errorf("%s: a column kind that there is none of passed", name)
		}
	}
}

// TestJUnitIsRead holds the totals against the test cases that a reader of JUnit sees.
func TestJUnitIsRead(t *testing.T) {
	for name, b := range outputs(t, "junit", "check.xml") {
		var suites junit.Testsuites
		if err := xml.Unmarshal(b, &suites); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		tests, failures := 0, 0
		for _, s := range suites.Suites {
			for _, c := range s.Testcases {
				tests++
				if c.Failure != nil {
					failures++
				}
			}
		}
		if tests != suites.Tests || failures != suites.Failures || failures == 0 {
			t.Errorf("%s: %d tests and %d failures, says %d and %d", name, tests, failures, suites.Tests, suites.Failures)
		}
	}
}
