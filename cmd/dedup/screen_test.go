package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"dedup/internal/article"
)

// terminal is what a person sees: lines, the last of which the cursor is on.
type terminal struct {
	lines []string
	at    int // column of the cursor
}

// Write interprets what the bar and messages are made of.
func (t *terminal) Write(p []byte) (int, error) {
	if len(t.lines) == 0 {
		t.lines = []string{""}
	}
	for rest := string(p); rest != ""; {
		last := &t.lines[len(t.lines)-1]
		switch {
		case strings.HasPrefix(rest, "\x1b[2K"):
			*last, rest = "", rest[4:]
			*last = strings.Repeat(" ", t.at)
		case strings.HasPrefix(rest, "\x1b[0K"):
			*last, rest = string([]rune(*last)[:min(t.at, len([]rune(*last)))]), rest[4:]
		case rest[0] == '\r':
			t.at, rest = 0, rest[1:]
		case rest[0] == '\n':
			t.lines, t.at, rest = append(t.lines, ""), 0, rest[1:]
		default:
			r := []rune(rest)[0]
			cells := []rune(*last)
			for len(cells) <= t.at {
				cells = append(cells, ' ')
			}
			cells[t.at] = r
			*last, rest = string(cells), rest[len(string(r)):]
			t.at++
		}
	}
	return len(p), nil
}

func (t *terminal) seen() []string {
	var seen []string
	for _, l := range t.lines {
		seen = append(seen, strings.TrimRight(l, " "))
	}
	return seen
}

// TestWarningsStandBesideTheBar: a warning was printed into the line of the bar, which then
// overwrote it.
func TestWarningsStandBesideTheBar(t *testing.T) {
	var tty terminal
	s := &screen{w: &tty}
	p := &progress{w: drawing{s}}
	c := complaints{w: s, all: true}
	p.update("reading", 1, 100, 0)
	for i := range 3 {
		c.add(article.Bad{Path: fmt.Sprintf("%c.txt", 'a'+i), Reason: "no text"})
		if now := tty.seen(); !strings.HasPrefix(now[len(now)-1], "reading") {
			t.Fatalf("the bar is gone after warning %d: %q", i, now)
		}
	}
	fmt.Fprint(s, "a line in ")
	p.update("reading", 100, 100, 0)
	fmt.Fprintln(s, "two parts")
	p.update("finding stories", 1, 2, 0)
	p.done()
	p.update("finding stories", 2, 2, 0)
	fmt.Fprintln(s, "done")
	want := []string{"dedup: skipped a.txt: no text", "dedup: skipped b.txt: no text", "dedup: skipped c.txt: no text", "a line in two parts", "done", ""}
	if got := tty.seen(); !slices.Equal(got, want) {
		t.Errorf("on the screen stands\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestScreenKeepsMessages: whatever comes between them, all messages stand on the screen, whole and
// in order, and the bar below them.
func TestScreenKeepsMessages(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var tty terminal
		s := &screen{w: &tty}
		var said strings.Builder
		bar := ""
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			switch rapid.SampledFrom([]string{"line", "part", "draw", "clear"}).Draw(t, "step") {
			case "line":
				said.WriteString("message\n")
				fmt.Fprint(s, "message\n")
			case "part":
				said.WriteString("part")
				fmt.Fprint(s, "part")
			case "draw":
				bar = rapid.StringMatching(`bar{0,9} [0-9]%`).Draw(t, "bar")
				fmt.Fprintf(drawing{s}, "\r%s\x1b[0K", bar)
			case "clear":
				bar = ""
				fmt.Fprint(drawing{s}, eraseLine)
			}
		}
		want := said.String()
		if said.Len() == 0 || strings.HasSuffix(want, "\n") {
			want += bar
		}
		if got := strings.Join(tty.seen(), "\n"); got != want {
			t.Fatalf("on the screen stands\n%q\nwant\n%q", got, want)
		}
	})
}

// TestPlainScreen: without a bar, what is written is what was said.
func TestPlainScreen(t *testing.T) {
	var b bytes.Buffer
	s := &screen{w: &b}
	fmt.Fprint(s, "a ")
	fmt.Fprintln(s, "b")
	if b.String() != "a b\n" {
		t.Errorf("%q", b.String())
	}
	if p := newProgress(s, false); p != nil {
		t.Error("a bar where there is no terminal")
	}
}
