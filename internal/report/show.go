package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"dedup/internal/gate"
)

// A finding says which command shows it: two articles side by side, or the text of one. Ids and
// paths come from whoever wrote the articles, so each is one word to a shell, whatever it holds.

// shown is an article as a command names it.
type shown struct{ path, id string }

// again tells whether the article can be read again: standard input cannot, and no argument holds a
// NUL.
func (s shown) again() bool {
	return s.path != "" && s.path != "-" && s.id != "" && !strings.Contains(s.path+s.id, "\x00")
}

// mostPaths is how many paths of a run a command names.
const mostPaths = 16

// numbered tells whether the id got a number, because several articles had it. Which number depends
// on all that was read.
func (s shown) numbered() bool {
	id, numbered := gate.Unnumbered(s.id)
	return numbered && id != s.path
}

// diffCommand shows two articles side by side; empty where one of them cannot be read again. The
// second one was read in another run where they are apart.
func diffCommand(how gate.Reading, a, b shown, apart bool) string {
	if !a.again() || !b.again() {
		return ""
	}
	if a.id == a.path && b.id == b.path { // a file each
		return commandLine("diff", how.Flags, a.path, b.path)
	}
	files := []string{a.path}
	whole := a.numbered() || !apart && b.numbered()
	if whole {
		if files = slices.Clone(how.Paths); len(files) == 0 || len(files) > mostPaths || slices.Contains(files, "-") {
			return ""
		}
	}
	if apart || !whole && a.path != b.path {
		files = append(files, b.path)
	}
	return commandLine("diff", how.Flags, append(files, a.id, b.id)...)
}

// textCommand shows the text of one article; empty where it cannot be read again.
func textCommand(how gate.Reading, a shown) string {
	switch {
	case !a.again():
		return ""
	case a.id == a.path:
		return commandLine("text", how.Flags, a.path)
	}
	return commandLine("text", append(slices.Clone(how.Flags), "--article="+a.id), a.path)
}

// commandLine is a line for a POSIX shell.
func commandLine(name string, flags []string, args ...string) string {
	line := "dedup " + name
	for _, s := range flags {
		line += " " + shellWord(s)
	}
	if slices.ContainsFunc(args, func(s string) bool { return strings.HasPrefix(s, "-") }) {
		line += " --"
	}
	for _, s := range args {
		line += " " + shellWord(s)
	}
	return line
}

// shellSafe are the characters besides letters and digits that mean nothing to a shell.
const shellSafe = "%+,-./:=@_"

// shellWord quotes s. What cannot be seen, or is no UTF-8, stands in octal: such a word is for
// shells that know $'…' (POSIX 2024, bash, zsh), and others take it for a name that does not exist.
func shellWord(s string) string {
	special := func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9') && !strings.ContainsRune(shellSafe, r)
	}
	switch {
	case s != "" && strings.IndexFunc(s, special) < 0:
		return s
	case Plain(s) == s && !strings.Contains(s, "\n") && Visible(s) == s:
		return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
	}
	b := []byte("$'")
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < ' ' || c >= 0x7f || c == '\'' || c == '\\' {
			b = fmt.Appendf(b, `\%03o`, c)
		} else {
			b = append(b, c)
		}
	}
	return string(append(b, '\''))
}

// findingCommand shows a finding of a check: beside what it matches, or by itself.
func findingCommand(f *gate.Judged, how gate.Reading) string {
	a := shown{f.Path, f.Article}
	if f.Matched == "" {
		return textCommand(how, a)
	}
	path, _ := placeOf(f.Where)
	return diffCommand(how, a, shown{path, f.Matched}, f.Rule.NeedsIndex())
}

// placeOf takes a place apart: path and line, 0 where it has none.
func placeOf(where string) (path string, line int) {
	if i := strings.LastIndexByte(where, ':'); i > 0 {
		if line, err := strconv.Atoi(where[i+1:]); err == nil && line > 0 {
			return where[:i], line
		}
	}
	return where, 0
}
