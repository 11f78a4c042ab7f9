package report

import (
	"os/exec"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"dedup/internal/gate"
)

// TestCommandsAreWordsToAShell: a shell takes the words of a command apart as they were put in, and
// nothing in an id or a path means anything to it.
func TestCommandsAreWordsToAShell(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("needs bash")
	}
	some := rapid.OneOf(hostile(), rapid.StringN(1, 20, -1), rapid.Map(rapid.SliceOfN(rapid.ByteRange(1, 255), 1, 20), func(b []byte) string { return string(b) }),
		rapid.SampledFrom([]string{"-rf", "--", "$(touch x)", "`id`", "a'b", `a\`, "a\nb", "*", "~", "a;b", "!!", "\x1b[31m", "é", "\xff", "\u202e", "#x", "a b", "a\n"}))
	rapid.Check(t, func(t *rapid.T) {
		var words []string
		line := "printf '%s\\0'"
		for _, w := range rapid.SliceOfN(some, 1, 5).Draw(t, "words") {
			w = strings.ReplaceAll(w, "\x00", "")
			words = append(words, w)
			line += " " + shellWord(w)
		}
		if !utf8.ValidString(line) || strings.ContainsAny(line, "\n\r\x1b") {
			t.Fatalf("%q would act on a terminal", line)
		}
		cmd := exec.Command(bash, "-c", line)
		cmd.Env = []string{"LC_ALL=C"}
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatal(err)
		}
		if want := strings.Join(words, "\x00") + "\x00"; string(out) != want {
			t.Fatalf("%s gives %q, not %q", line, out, want)
		}
	})
}

// isCommand tells the lines that are never cut: a part of a command is none.
func isCommand(line string) bool { return strings.HasPrefix(strings.TrimSpace(line), "dedup ") }

func TestCommandsThatShow(t *testing.T) {
	how := gate.Reading{Paths: []string{"drop"}}
	for _, c := range []struct{ got, want string }{
		{diffCommand(how, shown{"c.jsonl", "a"}, shown{"c.jsonl", "b"}, false), "dedup diff c.jsonl a b"},
		{diffCommand(how, shown{"c.jsonl", "a"}, shown{"d.jsonl", "b"}, false), "dedup diff c.jsonl d.jsonl a b"},
		{diffCommand(how, shown{"a.txt", "a.txt"}, shown{"b.txt", "b.txt"}, false), "dedup diff a.txt b.txt"},
		{diffCommand(how, shown{"c.jsonl", "a"}, shown{"c.jsonl", "a"}, true), "dedup diff c.jsonl c.jsonl a a"},
		{diffCommand(how, shown{"drop/c.jsonl", "a"}, shown{"drop/d.jsonl", "a#2"}, false), "dedup diff drop a a#2"},
		{diffCommand(how, shown{"drop/d.jsonl", "a#2"}, shown{"old.jsonl", "a"}, true), "dedup diff drop old.jsonl a#2 a"},
		{diffCommand(how, shown{"c.csv", "c.csv#2"}, shown{"c.csv", "c.csv#7"}, false), "dedup diff c.csv c.csv#2 c.csv#7"},
		{diffCommand(gate.Reading{Flags: []string{"--field=text=a b"}}, shown{"c", "-1"}, shown{"c", "b"}, false), "dedup diff '--field=text=a b' -- c -1 b"},
		{diffCommand(how, shown{"-", "a"}, shown{"c.jsonl", "b"}, false), ""},
		{diffCommand(how, shown{"c.jsonl", "a"}, shown{"", "b"}, true), ""},
		{diffCommand(gate.Reading{Paths: []string{"-", "d"}}, shown{"c", "a#2"}, shown{"c", "b"}, false), ""},
		{textCommand(how, shown{"c.jsonl", "-a"}), "dedup text --article=-a c.jsonl"},
		{textCommand(how, shown{"-", "a"}), ""},
		{textCommand(how, shown{"c", "a\x00"}), ""},
		{textCommand(how, shown{"a b.txt", "a b.txt"}), "dedup text a b.txt"},
		{textCommand(how, shown{"-c.jsonl", "a"}), "dedup text --article=a -- -c.jsonl"},
	} {
		if strings.ReplaceAll(c.got, "'", "") != strings.ReplaceAll(c.want, "'", "") {
			t.Errorf("%s\nwant %s", c.got, c.want)
		}
	}
}
