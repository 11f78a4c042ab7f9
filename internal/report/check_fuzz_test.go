package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"net/url"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"dedup/internal/gate"
)

// fuzzed is a drop with one finding that fails it, made of words of articles.
func fuzzed(id, file, source, text, title, matched string) *gate.Result {
	text = strings.ToValidUTF8(text, "?")
	f := gate.Finding{Rule: gate.NearDuplicate, Article: id, Path: file, Record: 7, Source: source, Text: text, Title: title, Tokens: 3, Matched: matched, Where: file + ":9", How: "resemblance",
		About: gate.Byline{Title: title, Source: source}}
	limits := gate.DefaultLimits()
	limits.Duplicates = gate.Count(0)
	return gate.Judge(gate.Drop{Articles: 2, Sources: map[string]int{source: 2}, Findings: []gate.Finding{f}}, limits, nil)
}

func addFuzzed(f *testing.F) {
	f.Add("a1", "drop.jsonl", "The Paper", "Some words", "A title", "a0")
	f.Add("::error::x", "a,b:c%.txt", "x\ny", "%0A::warning::", "]]>", "\xff")
	f.Add("{0}", "../up", "[x](http://example.org)", "</failure><script>", "\u202e\x1b[31m", "](1)")
	f.Add("", "-", "", "", "", "")
}

// asJSON is what a string is once it was JSON: each byte that is not UTF-8 is U+FFFD.
func asJSON(s string) string { return string([]rune(s)) }

// FuzzSARIF reads the log back: ids, titles and texts are those of the finding, and the URI leads
// to its file, whatever all of them are called.
func FuzzSARIF(f *testing.F) {
	addFuzzed(f)
	f.Fuzz(func(t *testing.T, id, file, source, text, title, matched string) {
		res := fuzzed(id, file, source, text, title, matched)
		var b bytes.Buffer
		if err := CheckSARIF(&b, res, "1"); err != nil {
			t.Fatal(err)
		}
		var log struct {
			Runs []struct {
				Results []struct {
					Message    struct{ Text string }
					Properties map[string]any
					Locations  []struct {
						PhysicalLocation *struct {
							ArtifactLocation struct{ URI, URIBaseID string }
							Region           struct{ Snippet struct{ Text string } }
						}
					}
				}
			}
		}
		if err := json.Unmarshal(b.Bytes(), &log); err != nil {
			t.Fatalf("%v in %s", err, b.Bytes())
		}
		if len(log.Runs) != 1 || len(log.Runs[0].Results) != 1 || len(log.Runs[0].Results[0].Locations) != 1 {
			t.Fatalf("not one result at one place: %s", b.Bytes())
		}
		r := log.Runs[0].Results[0]
		for name, want := range map[string]string{"article": id, "source": source, "title": title, "matched": matched} {
			if got, _ := r.Properties[name].(string); got != asJSON(want) {
				t.Errorf("%s is %q, want %q", name, got, asJSON(want))
			}
		}
		if strings.ContainsAny(strings.ReplaceAll(strings.ReplaceAll(r.Message.Text, "{{", ""), "}}", ""), "{}") {
			t.Errorf("a placeholder in %q", r.Message.Text)
		}
		at := r.Locations[0].PhysicalLocation
		if file == "" || file == "-" || runtime.GOOS == "windows" {
			return
		}
		if at == nil {
			t.Fatalf("no file: %s", b.Bytes())
		}
		u, err := url.Parse(at.ArtifactLocation.URI)
		if err != nil || u.Host != "" || u.RawQuery != "" || u.Fragment != "" || u.Path != path.Clean(file) {
			t.Errorf("the URI %q leads to %+v, %v, not to %q", at.ArtifactLocation.URI, u, err, file)
		}
		if got := at.Region.Snippet.Text; got != asJSON(strings.ToValidUTF8(text, "?")) {
			t.Errorf("the snippet is %q, want %q", got, text)
		}
	})
}

// readCommand reads a workflow command as the runner does (actions/runner, ActionCommand.cs).
func readCommand(line string) (name string, properties map[string]string, data string, ok bool) {
	rest, ok := strings.CutPrefix(line, "::")
	head, data, whole := strings.Cut(rest, "::")
	if !ok || !whole {
		return "", nil, "", false
	}
	name, list, _ := strings.Cut(head, " ")
	properties = map[string]string{}
	for p := range strings.SplitSeq(list, ",") {
		key, value, _ := strings.Cut(p, "=")
		properties[key] = strings.NewReplacer("%25", "%", "%0D", "\r", "%0A", "\n", "%3A", ":", "%2C", ",").Replace(value)
	}
	return name, properties, strings.NewReplacer("%25", "%", "%0D", "\r", "%0A", "\n").Replace(data), true
}

// FuzzGitHub reads the workflow commands back: one command a line, none that an article brought,
// and the path and the text in it are those of the finding.
func FuzzGitHub(f *testing.F) {
	addFuzzed(f)
	f.Fuzz(func(t *testing.T, id, file, source, text, title, matched string) {
		res := fuzzed(id, file, source, text, title, matched)
		var b bytes.Buffer
		if err := CheckGitHub(&b, res); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
		if len(lines) != 2 || strings.ContainsAny(b.String(), "\r\x1b\x00") {
			t.Fatalf("%q is not two commands", b.String())
		}
		for i, want := range []string{"dedup check", string(gate.NearDuplicate)} {
			name, properties, data, ok := readCommand(lines[i])
			if !ok || name != "error" || properties["title"] != want {
				t.Fatalf("%q: %s %v", lines[i], name, properties)
			}
			if data != Plain(data) {
				t.Errorf("%q is not plain", data)
			}
			at, placed := properties["file"]
			if i == 0 && placed || placed && at != filepath.ToSlash(filepath.Clean(file)) {
				t.Errorf("file %q, want %q", at, file)
			}
		}
	})
}

// FuzzJUnit reads the test suites back: one test fails, and what it says is the text of the finding
// as it may stand in XML.
func FuzzJUnit(f *testing.F) {
	addFuzzed(f)
	f.Fuzz(func(t *testing.T, id, file, source, text, title, matched string) {
		res := fuzzed(id, file, source, text, title, matched)
		var b bytes.Buffer
		if err := CheckJUnit(&b, res); err != nil {
			t.Fatal(err)
		}
		var suites junitSuites
		if err := xml.Unmarshal(b.Bytes(), &suites); err != nil {
			t.Fatalf("%v in %s", err, b.Bytes())
		}
		failed := 0
		for _, s := range suites.Suites {
			for _, c := range s.Cases {
				if c.Failure == nil || c.Failure.Type != string(gate.NearDuplicate) {
					continue
				}
				if c.Failure.Data == xmlText(strings.ToValidUTF8(text, "?")) {
					failed++
				}
			}
		}
		if failed != 1 {
			t.Errorf("%d tests fail with the text %q: %s", failed, text, b.Bytes())
		}
	})
}
