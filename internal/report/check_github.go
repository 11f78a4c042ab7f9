package report

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"dedup/internal/gate"
)

// githubTop is how many errors, and how many warnings, GitHub shows of one step; it drops the rest
// without a word.
const githubTop = 10

// CheckGitHub writes the verdict on a drop as workflow commands of GitHub Actions, one a line: the
// verdict, then annotations at the files, errors for what the drop fails for and warnings for what
// else is new. GitHub shows ten of each; those are chosen so that every rule has its say, the
// findings that say most first, and a notice counts the others.
func CheckGitHub(w io.Writer, res *gate.Result) error {
	bw := bufio.NewWriter(w)
	word, why := verdict(res, asIs)
	level, errors := "notice", githubTop
	if !res.Pass {
		level, errors = "error", githubTop-1 // the verdict is one
	}
	command(bw, level, "dedup check", "", why+"; "+looked(res))
	left := 0
	for _, list := range []struct {
		level gate.Level
		name  string
		n     int
	}{{gate.Error, "error", errors}, {gate.Warning, "warning", githubTop}} {
		all := takeTurns(res, list.level)
		for _, f := range all[:min(len(all), list.n)] {
			command(bw, list.name, string(f.Rule), githubPlace(f), githubSays(f))
		}
		left += max(0, len(all)-list.n)
	}
	if left > 0 {
		command(bw, "notice", "dedup check", "", fmt.Sprintf("%s: %s not shown here; the job summary counts them, --report json=FILE lists them",
			word, orNo(left, "finding is", "findings are")))
	}
	return bw.Flush()
}

// takeTurns are the findings of a level, one of each rule in turn, each rule's most telling first.
func takeTurns(res *gate.Result, level gate.Level) []*gate.Judged {
	var rules [][]*gate.Judged
	longest := 0
	for _, t := range res.Counts {
		of := slices.DeleteFunc(ranked(res, t.Rule, 0), func(f *gate.Judged) bool { return f.Level != level })
		rules = append(rules, of)
		longest = max(longest, len(of))
	}
	var out []*gate.Judged
	for turn := range longest {
		for _, of := range rules {
			if turn < len(of) {
				out = append(out, of[turn])
			}
		}
	}
	return out
}

// githubSays is the message of an annotation.
func githubSays(f *gate.Judged) string {
	say := said(f, asIs) + match(f, asIs)
	if name := joinKnown(" · ", inside(f), byline(f.Byline(), math.MaxInt)); name != "" {
		say = name + ": " + say
	}
	if text := quoted(f); text != "" {
		say += ": “" + Truncate(text, excerptMost) + "”"
	}
	return say
}

// githubPlace are the properties of a command that say where; empty where the path could not stand
// in a log.
func githubPlace(f *gate.Judged) string {
	if f.Path == "" || f.Path == "-" || Plain(f.Path) != f.Path {
		return ""
	}
	at := "file=" + propertyEscapes.Replace(filepath.ToSlash(filepath.Clean(f.Path)))
	switch {
	case f.InFile && f.Line > 0:
		at += fmt.Sprintf(",line=%d,endLine=%d", f.Line, f.EndLine)
		if f.Line == f.EndLine { // GitHub takes columns in one line only
			at += fmt.Sprintf(",col=%d,endColumn=%d", f.Column, f.EndColumn)
		}
	case f.Record > 0:
		at += fmt.Sprintf(",line=%d", f.Record)
	}
	return at + ","
}

// command writes one workflow command; the first error stays in w.
func command(w *bufio.Writer, name, title, place, message string) {
	fmt.Fprintf(w, "::%s %stitle=%s::%s\n", name, place, propertyEscapes.Replace(title), dataEscapes.Replace(Plain(message)))
}

// What ends a command's message or property is escaped as the runner unescapes it.
var (
	dataEscapes     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	propertyEscapes = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)
