package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"dedup/internal/gate"
)

// hostile draws words that an article, its id, its source or its file may be made of.
func hostile() *rapid.Generator[string] {
	pieces := []string{
		"\x00", "\x1b[31m", "\n", "\r", "\u2028", "\u202e", "\ufffe", "\uffff", "\xff", "]]>", "<script>", "</failure>", "&amp;", "`", "```", "|", "@team",
		"[x](http://example.org)", "https://example.org", "::error::x", "%0A", "%", ",", ":", "{0}", "\\", "<!--", "# ", "*", "_", "東京", "é", "a", " ", "../", "\U000e0041",
	}
	return rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 8), func(s []string) string { return strings.Join(s, "") }))
}

// drawn is the verdict on a drop of hostile articles.
func drawn(t *rapid.T) *gate.Result {
	words := hostile()
	d := gate.Drop{Articles: rapid.IntRange(0, 50).Draw(t, "articles"), Skipped: rapid.IntRange(0, 2).Draw(t, "skipped"), Sources: map[string]int{}}
	for range rapid.IntRange(0, 40).Draw(t, "findings") {
		f := gate.Finding{
			Rule: rapid.SampledFrom(gate.Rules).Draw(t, "rule"), Article: words.Draw(t, "article"), Path: words.Draw(t, "path"),
			Record: rapid.IntRange(0, 3).Draw(t, "record"), Source: words.Draw(t, "source"), Text: strings.ToValidUTF8(words.Draw(t, "text"), "?"),
			Tokens: rapid.IntRange(0, 9).Draw(t, "tokens"), Key: rapid.Uint64Range(0, 9).Draw(t, "key"),
		}
		if rapid.Bool().Draw(t, "placed") {
			f.Line, f.Column, f.EndLine, f.EndColumn, f.InFile = 1, 1, rapid.IntRange(1, 2).Draw(t, "end"), 2, rapid.Bool().Draw(t, "in file")
		}
		if rapid.Bool().Draw(t, "known") {
			f.Title, f.Published = words.Draw(t, "title"), words.Draw(t, "published")
			f.About = gate.Byline{Title: words.Draw(t, "matched title"), Source: words.Draw(t, "matched source"), Published: words.Draw(t, "matched published")}
		}
		if f.Rule == gate.NearDuplicate || f.Rule == gate.InCorpus {
			f.Matched, f.Where, f.How = words.Draw(t, "matched"), words.Draw(t, "where"), "resemblance"
		}
		d.Findings = append(d.Findings, f)
	}
	limits := gate.DefaultLimits()
	limits.Tiny, limits.PerSource, limits.Cluster = gate.Count(2), gate.Count(1), gate.Count(2)
	var baseline *gate.Baseline
	if rapid.Bool().Draw(t, "baseline") {
		baseline = gate.NewBaseline(d.Findings[:len(d.Findings)/2])
	}
	return gate.Judge(d, limits, baseline)
}

// TestCheckFormatsHoldHostileText: whatever articles say, each output stays what it is.
func TestCheckFormatsHoldHostileText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		res := drawn(t)
		for name, write := range formats {
			var b bytes.Buffer
			if err := write(&b, res); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if !utf8.Valid(b.Bytes()) {
				t.Fatalf("%s: not UTF-8", name)
			}
			if err := holds[name](b.String(), res); err != nil {
				t.Fatalf("%s: %v in\n%s", name, err, b.String())
			}
		}
	})
}

var holds = map[string]func(out string, res *gate.Result) error{
	"check.json": func(out string, res *gate.Result) error {
		var v struct{ Findings []struct{ Text string } }
		if err := json.Unmarshal([]byte(out), &v); err != nil {
			return err
		}
		for i, f := range v.Findings {
			if f.Text != res.Findings[i].Text {
				return errors.New("the text of a finding changed")
			}
		}
		return nil
	},
	"check.sarif": func(out string, _ *gate.Result) error {
		_, err := sarifOf([]byte(out))
		return err
	},
	"check.xml":        holdsXML,
	"check.gh":         holdsGitHub,
	"check.md":         holdsSummary,
	"check.txt":        func(out string, res *gate.Result) error { return holdsText(out, res, math.MaxInt) },
	"check-narrow.txt": func(out string, res *gate.Result) error { return holdsText(out, res, 40) },
	"check-color.txt":  func(out string, _ *gate.Result) error { return plainText(styles.ReplaceAllString(out, "")) },
}

var styles = regexp.MustCompile("\x1b\\[[0-9;]*m")

func plainText(out string) error {
	for _, r := range out {
		if r != '\n' && (unicode.IsControl(r) || dangerous(r)) {
			return errors.New("an unsafe character")
		}
	}
	return nil
}

func holdsText(out string, res *gate.Result, width int) error {
	if word, _, _ := strings.Cut(out, " "); (word == "PASS") != res.Pass {
		return errors.New("the first word is not the verdict")
	}
	for line := range strings.Lines(out) {
		if line = strings.TrimSuffix(line, "\n"); Width(line) > width && !isCommand(line) {
			return errors.New("too wide: " + line)
		}
	}
	return plainText(out)
}

// holdsXML decodes all of it and looks at every attribute.
func holdsXML(out string, _ *gate.Result) error {
	dec := xml.NewDecoder(strings.NewReader(out))
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return plainText(strings.ReplaceAll(out, "\t", ""))
		}
		if err != nil {
			return err
		}
		start, ok := tok.(xml.StartElement)
		if !ok {
			continue
		}
		switch start.Name.Local {
		case "testsuites", "testsuite", "testcase", "failure", "system-out":
		default:
			return errors.New("an element of an article: " + start.Name.Local)
		}
		for _, a := range start.Attr {
			if a.Name.Local == "time" && a.Value != "0" || a.Name.Local == "timestamp" || a.Name.Local == "hostname" {
				return errors.New("a time or a host")
			}
		}
	}
}

var githubLine = regexp.MustCompile(`^::(error|warning|notice) (?:file=[^:,\r\n]*,(?:line=\d+,)?(?:endLine=\d+,)?(?:col=\d+,endColumn=\d+,)?)?title=[a-z -]+::[^\r\n]*$`)

func holdsGitHub(out string, _ *gate.Result) error {
	n := map[string]int{}
	for line := range strings.Lines(out) {
		m := githubLine.FindStringSubmatch(strings.TrimSuffix(line, "\n"))
		if m == nil {
			return errors.New("no workflow command: " + line)
		}
		n[m[1]]++
		if i := strings.IndexByte(line, '%'); i >= 0 && !regexp.MustCompile(`^%(25|0A|0D|3A|2C)`).MatchString(line[i:]) {
			return errors.New("a percent sign that is not escaped: " + line)
		}
	}
	if n["error"] > githubTop || n["warning"] > githubTop || n["notice"] > 2 {
		return errors.New("more annotations than GitHub shows")
	}
	return plainText(out)
}

// holdsSummary takes the code spans out as CommonMark finds them; what is left must be our own
// words.
func holdsSummary(out string, _ *gate.Result) error {
	var rest strings.Builder
	for i := 0; i < len(out); {
		run := len(out[i:]) - len(strings.TrimLeft(out[i:], "`"))
		if run == 0 {
			rest.WriteByte(out[i])
			i++
			continue
		}
		end := fenceEnd(out[i+run:], run)
		if end < 0 {
			return errors.New("a code span without an end")
		}
		if strings.Contains(out[i+run:i+run+end], "\n") {
			return errors.New("a code span over two lines")
		}
		i += run + end + run
	}
	left := strings.ReplaceAll(rest.String(), "<br>", "")
	if i := strings.IndexFunc(left, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(" \n#,.:;()|-*%…", r)
	}); i >= 0 {
		return errors.New("outside of code spans: " + left[i:])
	}
	if strings.Contains(left, "http") || strings.Contains(left, "script") {
		return errors.New("words of an article outside of code spans")
	}
	return plainText(out)
}

// fenceEnd is where in s the next run of exactly n backticks starts; -1 for none.
func fenceEnd(s string, n int) int {
	for i := 0; i < len(s); {
		run := len(s[i:]) - len(strings.TrimLeft(s[i:], "`"))
		if run == n {
			return i
		}
		i += max(1, run)
	}
	return -1
}
