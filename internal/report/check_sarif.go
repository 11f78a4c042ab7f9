package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"runtime"
	"slices"
	"strings"

	"dedup/internal/gate"
	"dedup/internal/plural"
)

// fingerprintName is the name under which results carry their identity.
const fingerprintName = "dedup/v1"

// sarifSchema is where the schema of the log is published.
const sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

// CheckSARIF writes the verdict on a drop as a SARIF 2.1.0 log with one run and one result a
// finding, in the order of the drop. version is that of the program. Columns count Unicode code
// points. Results are made one by one: a log of a million takes no more memory than one of ten.
func CheckSARIF(w io.Writer, res *gate.Result, version string) error {
	log := sarifLog{Schema: sarifSchema, Version: "2.1.0", Runs: []sarifRun{sarifRunOf(res, version)}}
	frame, err := sarifJSON(log, "")
	if err != nil {
		return err
	}
	const results = `"results": [` // a quotation mark inside a string would be escaped
	head, tail, _ := strings.Cut(frame, results)
	bw := bufio.NewWriterSize(w, 1<<16)
	bw.WriteString(head + results)
	const indent = "        "
	for i := range res.Findings {
		f := &res.Findings[i]
		result, err := sarifJSON(sarifResultOf(res, f, slices.IndexFunc(res.Counts, func(t gate.Tally) bool { return t.Rule == f.Rule })), indent)
		if err != nil {
			return err
		}
		if i > 0 {
			bw.WriteByte(',')
		}
		bw.WriteString("\n" + indent + result)
	}
	if len(res.Findings) > 0 {
		bw.WriteString("\n      ")
	}
	bw.WriteString(tail + "\n")
	return bw.Flush()
}

// sarifJSON is v as JSON of a line a property; each line but the first starts with indent.
func sarifJSON(v any, indent string) (string, error) {
	var full, b bytes.Buffer
	if err := NewEncoder(&full).Encode(v); err != nil {
		return "", err
	}
	err := json.Indent(&b, bytes.TrimSuffix(full.Bytes(), []byte("\n")), indent, "  ")
	return b.String(), err
}

// sarifRunOf is the run without its results.
func sarifRunOf(res *gate.Result, version string) sarifRun {
	driver := sarifDriver{Contents: []string{"localizedData", "nonLocalizedData"}, Language: sarifLanguage, Name: "dedup", Version: version}
	for _, t := range res.Counts {
		driver.Rules = append(driver.Rules, sarifRuleOf(t.Rule))
	}
	word, why := verdict(res, Plain)
	return sarifRun{
		Bases:       map[string]sarifArtifact{sourceRoot: {Description: &sarifMessage{"the directory that dedup was run in"}}},
		ColumnKind:  "unicodeCodePoints",
		Invocations: []sarifInvocation{sarifInvocationOf(res)},
		Language:    sarifLanguage,
		Newlines:    []string{"\r\n", "\n"},
		Properties:  map[string]any{"verdict": strings.ToLower(word), "why": why, "articles": res.Articles + res.Empty, "empty": res.Empty, "skipped": res.Skipped},
		Results:     []*sarifResult{},
		Tool:        sarifTool{driver},
	}
}

func sarifRuleOf(r gate.Rule) sarifRule {
	about := r.About()
	return sarifRule{
		Default: sarifDefault{Enabled: true, Level: "warning"},
		Full:    sarifMessage{about.Full}, Help: sarifMessage{about.Help}, Short: sarifMessage{about.Short},
		ID: string(r), Name: camel(string(r)),
	}
}

// camel is the name of a rule as SARIF wants names: NearDuplicate.
func camel(name string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(name, "-") {
		b.WriteString(strings.ToUpper(part[:1]) + part[1:])
	}
	return b.String()
}

// sarifInvocationOf says that the program ran to its end, whatever the verdict, and how much it
// could not read.
func sarifInvocationOf(res *gate.Result) sarifInvocation {
	run := sarifInvocation{Successful: true}
	if res.Skipped > 0 {
		said := count(res.Skipped, "input") + " could not be read and " + plural.Was(res.Skipped) + " skipped"
		run.Notifications = append(run.Notifications, sarifNotification{"warning", sarifMessage{said}})
	}
	if res.Omitted > 0 {
		run.Notifications = append(run.Notifications, sarifNotification{"warning", sarifMessage{omitted(res)}})
	}
	return run
}

func sarifResultOf(res *gate.Result, f *gate.Judged, rule int) *sarifResult {
	about := map[string]any{"article": f.Article, "tokens": f.Tokens}
	add := func(name, value string) {
		if value != "" {
			about[name] = value
		}
	}
	add("source", f.Source)
	add("title", f.Title)
	add("published", f.Published)
	add("show", findingCommand(f, res.Reading))
	if f.Share > 0 {
		about["share"] = Ratio(f.Share)
	}
	result := &sarifResult{
		Fingerprints: map[string]string{fingerprintName: f.Fingerprint()},
		Kind:         "fail", Level: string(f.Level), Locations: []*sarifLocation{sarifLocationOf(f)},
		Properties: about, RuleID: string(f.Rule), RuleIndex: rule,
	}
	if res.Baseline {
		result.BaselineState = "unchanged"
		if f.New {
			result.BaselineState = "new"
		}
	}
	matched := func(id string) string { return sarifText(id) }
	if f.Matched != "" {
		about["matched"] = f.Matched
		add("where", f.Where)
		add("matchedTitle", f.About.Title)
		add("matchedSource", f.About.Source)
		add("matchedPublished", f.About.Published)
		if f.How != "" {
			about["resemblance"], about["containment"], about["how"] = Ratio(f.Resemblance), Ratio(f.Containment), f.How
		}
		related, linked := sarifMatched(f)
		result.Related = append(result.Related, related)
		if linked {
			matched = func(id string) string { return "[" + linkEscapes.Replace(sarifText(id)) + "](1)" }
		}
	}
	result.Message.Text = said(f, matched)
	return result
}

// sarifLocationOf is where a finding is. Lines and columns are those of the article's text, so they
// are only given where that is the whole file.
func sarifLocationOf(f *gate.Judged) *sarifLocation {
	var region *sarifRegion
	switch {
	case f.InFile && f.Line > 0:
		region = &sarifRegion{StartLine: f.Line, StartColumn: f.Column, EndLine: f.EndLine, EndColumn: f.EndColumn}
	case f.Record > 0:
		region = &sarifRegion{StartLine: f.Record}
	}
	if region != nil && f.Text != "" {
		region.Snippet = &sarifMessage{f.Text}
	}
	return &sarifLocation{Logical: sarifArticle(f.Article), Physical: sarifFileOf(f.Path, region)}
}

// sarifFileOf is a place in a file; nil for no path.
func sarifFileOf(path string, region *sarifRegion) *sarifFile {
	uri, base := fileURI(path, runtime.GOOS == "windows")
	if uri == "" {
		return nil
	}
	return &sarifFile{sarifArtifact{URI: uri, Base: base}, region}
}

func sarifArticle(id string) []sarifLogical { return []sarifLogical{{id, "article"}} }

// sarifMatched is the article that a finding matches; linked tells whether its file is known, so
// that a message may point there.
func sarifMatched(f *gate.Judged) (at *sarifLocation, linked bool) {
	path, line := placeOf(f.Where)
	var region *sarifRegion
	if line > 0 {
		region = &sarifRegion{StartLine: line}
	}
	file := sarifFileOf(path, region)
	return &sarifLocation{ID: 1, Logical: sarifArticle(f.Matched), Message: &sarifMessage{"what it matches"}, Physical: file}, file != nil
}

// sarifText makes words of an article fit for a message: braces would be placeholders (SARIF 2.1.0,
// 3.11.5), a bracket before a parenthesis a link (3.11.6).
func sarifText(s string) string { return messageEscapes.Replace(Plain(s)) }

var (
	messageEscapes = strings.NewReplacer("{", "{{", "}", "}}", "](", "] (")
	linkEscapes    = strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`)
)
