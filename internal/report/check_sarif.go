package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"dedup/internal/gate"
	"dedup/internal/plural"
)

// fingerprintName is the name under which results carry their identity: the key of the finding, and
// the how-manieth of that key it is. Neither has to do with lines, so a finding keeps it when text
// moves.
const fingerprintName = "dedup/v1"

// sarifSchema is where the schema of the log is published.
const sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

// CheckSARIF writes the verdict on a drop as a SARIF 2.1.0 log with one run and one result a
// finding, in the order of the drop. version is that of the program. Columns count Unicode code
// points. Results are made one by one: a log of a million takes no more memory than one of ten.
func CheckSARIF(w io.Writer, res *gate.Result, version string) error {
	log := sarif.NewReport().AddRun(sarifRun(res, version))
	log.Schema = sarifSchema
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
		result, err := sarifJSON(sarifResult(f, slices.IndexFunc(res.Counts, func(t gate.Tally) bool { return t.Rule == f.Rule }), res.Baseline), indent)
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

// sarifJSON is v, pruned, as JSON of a line a property; each line but the first starts with indent.
func sarifJSON(v any, indent string) (string, error) {
	var full, b bytes.Buffer
	if err := NewEncoder(&full).Encode(v); err != nil {
		return "", err
	}
	err := json.Indent(&b, prune(bytes.TrimSuffix(full.Bytes(), []byte("\n"))), indent, "  ")
	return b.String(), err
}

// sarifRun is the run without its results.
func sarifRun(res *gate.Result, version string) *sarif.Run {
	driver := sarif.NewToolComponent().WithName("dedup").WithVersion(version)
	for _, t := range res.Counts {
		driver.AddRule(sarifRule(t.Rule))
	}
	root := *sarif.NewArtifactLocation().WithDescription(sarif.NewTextMessage("the directory that dedup was run in"))
	word, why := verdict(res, Plain)
	return sarif.NewRun().
		WithTool(sarif.NewTool().WithDriver(driver)).
		WithColumnKind("unicodeCodePoints").
		WithOriginalUriBaseIds(map[string]sarif.ArtifactLocation{sourceRoot: root}).
		AddInvocation(sarifInvocation(res)).
		WithProperties(sarif.NewPropertyBag().Add("verdict", strings.ToLower(word)).Add("why", why).Add("articles", res.Articles+res.Empty).Add("empty", res.Empty).Add("skipped", res.Skipped))
}

func sarifRule(r gate.Rule) *sarif.ReportingDescriptor {
	about := r.About()
	text := func(s string) *sarif.MultiformatMessageString { return sarif.NewMultiformatMessageString().WithText(s) }
	return sarif.NewRule(string(r)).
		WithName(camel(string(r))).
		WithShortDescription(text(about.Short)).
		WithFullDescription(text(about.Full)).
		WithHelp(text(about.Help)).
		WithDefaultConfiguration(sarif.NewReportingConfiguration().WithLevel(sarif.LevelWarning))
}

// camel is the name of a rule as SARIF wants names: NearDuplicate.
func camel(name string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(name, "-") {
		b.WriteString(strings.ToUpper(part[:1]) + part[1:])
	}
	return b.String()
}

// sarifInvocation says that the program ran to its end, whatever the verdict, and how much it could
// not read.
func sarifInvocation(res *gate.Result) *sarif.Invocation {
	run := sarif.NewInvocation().WithExecutionSuccessful(true)
	if res.Skipped > 0 {
		run.AddToolExecutionNotification(sarif.NewNotification().WithLevel(sarif.LevelWarning).
			WithMessage(sarif.NewTextMessage(count(res.Skipped, "input") + " could not be read and " + plural.Was(res.Skipped) + " skipped")))
	}
	return run
}

func sarifResult(f *gate.Judged, rule int, baseline bool) *sarif.Result {
	about := sarif.NewPropertyBag().Add("article", f.Article).Add("tokens", f.Tokens)
	add := func(name, value string) {
		if value != "" {
			about.Add(name, value)
		}
	}
	add("source", f.Source)
	add("title", f.Title)
	add("published", f.Published)
	result := sarif.NewRuleResult(string(f.Rule)).
		WithRuleIndex(rule).
		WithLevel(string(f.Level)).
		AddLocation(sarifLocation(f)).
		WithPartialFingerprints(map[string]string{fingerprintName: fmt.Sprintf("%016x:%d", f.Key, f.Nth)}).
		WithProperties(about)
	if baseline {
		state := "unchanged"
		if f.New {
			state = "new"
		}
		result.WithBaselineState(state)
	}
	matched := func(id string) string { return sarifText(id) }
	if f.Matched != "" {
		about.Add("matched", f.Matched)
		add("where", f.Where)
		add("matchedTitle", f.About.Title)
		add("matchedSource", f.About.Source)
		add("matchedPublished", f.About.Published)
		if f.How != "" {
			about.Add("resemblance", Ratio(f.Resemblance)).Add("containment", Ratio(f.Containment)).Add("how", f.How)
		}
		related, linked := sarifMatched(f)
		result.AddRelatedLocation(related)
		if linked {
			matched = func(id string) string { return "[" + linkEscapes.Replace(sarifText(id)) + "](1)" }
		}
	}
	return result.WithMessage(sarif.NewTextMessage(said(f, matched)))
}

// sarifLocation is where a finding is. Lines and columns are those of the article's text, so they
// are only given where that is the whole file.
func sarifLocation(f *gate.Judged) *sarif.Location {
	at := sarif.NewLocation().AddLogicalLocation(sarifArticle(f.Article))
	region := sarif.NewRegion()
	switch {
	case f.InFile && f.Line > 0:
		region.WithStartLine(f.Line).WithStartColumn(f.Column).WithEndLine(f.EndLine).WithEndColumn(f.EndColumn)
	case f.Record > 0:
		region.WithStartLine(f.Record)
	default:
		region = nil
	}
	if region != nil && f.Text != "" {
		region.WithSnippet(sarif.NewArtifactContent().WithText(f.Text))
	}
	if file := sarifFile(f.Path, region); file != nil {
		at.WithPhysicalLocation(file)
	}
	return at
}

// sarifFile is a place in a file; nil for no path.
func sarifFile(path string, region *sarif.Region) *sarif.PhysicalLocation {
	uri, base := fileURI(path, runtime.GOOS == "windows")
	if uri == "" {
		return nil
	}
	artifact := sarif.NewArtifactLocation().WithURI(uri)
	if base != "" {
		artifact.WithURIBaseID(base)
	}
	file := sarif.NewPhysicalLocation().WithArtifactLocation(artifact)
	if region != nil {
		file.WithRegion(region)
	}
	return file
}

func sarifArticle(id string) *sarif.LogicalLocation {
	return sarif.NewLogicalLocation().WithFullyQualifiedName(id).WithKind("article")
}

// sarifMatched is the article that a finding matches; linked tells whether its file is known, so
// that a message may point there.
func sarifMatched(f *gate.Judged) (at *sarif.Location, linked bool) {
	at = sarif.NewLocation().WithID(1).AddLogicalLocation(sarifArticle(f.Matched)).WithMessage(sarif.NewTextMessage("what it matches"))
	path, region := f.Where, (*sarif.Region)(nil)
	if i := strings.LastIndexByte(f.Where, ':'); i > 0 {
		if line, err := strconv.Atoi(f.Where[i+1:]); err == nil && line > 0 {
			path, region = f.Where[:i], sarif.NewRegion().WithStartLine(line)
		}
	}
	if file := sarifFile(path, region); file != nil {
		return at.WithPhysicalLocation(file), true
	}
	return at, false
}

// sarifText makes words of an article fit for a message: braces would be placeholders (SARIF 2.1.0,
// 3.11.5), a bracket before a parenthesis a link (3.11.6).
func sarifText(s string) string { return messageEscapes.Replace(Plain(s)) }

var (
	messageEscapes = strings.NewReplacer("{", "{{", "}", "}}", "](", "] (")
	linkEscapes    = strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`)
)
