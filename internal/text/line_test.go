package text

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func hashes(toks []Token) []uint64 {
	var h []uint64
	for _, t := range toks {
		h = append(h, t.Hash)
	}
	return h
}

func once(s string) []uint64 { return hashes(Once(AppendTokens(nil, s), s)) }

func TestOnce(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"Head\n\nHead\nBody", "Head Body"},
		{"Head\nHEAD!\n***\nhead\nBody", "Head Body"},
		{"a b\nc d\n\na b\nc d\n\nrest", "a b c d rest"},
		{"a b\nc d\n\na b c d\n\nrest", "a b c d rest"},
		{"a\nb\na\nb", "a b a b"},
		{"a\na\nb\n\na\nb\nend", "a b a b end"},
		{"a\na\nb\n\na\nb", "a b"},
		{"x\n\nx y", "x x y"},
		{"one two", "one two"},
		{"", ""},
	} {
		if got, want := once(c.text), hashes(AppendTokens(nil, c.want)); !slices.Equal(got, want) {
			t.Errorf("%q: want %q", c.text, c.want)
		}
	}
}

// TestOnceSeeds deletes the second headline of the two seeds that print theirs twice.
func TestOnceSeeds(t *testing.T) {
	for _, name := range []string{"000_e4c884ea56731e73.txt", "004_e5dc5441f684e6ff.txt"} {
		raw, err := os.ReadFile(filepath.Join("../../seeds", name))
		if err != nil {
			t.Fatal(err)
		}
		s := string(raw)
		h, ok := Headline(s)
		if !ok {
			t.Fatalf("%s: no headline", name)
		}
		head := s[h.Start:h.End]
		if n := strings.Count(s, head); n != 2 {
			t.Fatalf("%s: headline stands %d times", name, n)
		}
		i := strings.LastIndex(s, head)
		less := s[:i] + s[i+len(head):]
		if slices.Equal(hashes(AppendTokens(nil, s)), hashes(AppendTokens(nil, less))) {
			t.Errorf("%s: nothing deleted", name)
		}
		bare := s[:i] + strings.TrimLeft(s[i+len(head):], "\n")
		if !slices.Equal(once(s), once(less)) || !slices.Equal(once(s), once(bare)) {
			t.Errorf("%s: the second headline counts", name)
		}
	}
}

// TestOnceRepeats prints a line or a paragraph of a random text twice.
func TestOnceRepeats(t *testing.T) {
	line := rapid.SampledFrom([]string{"a", "b", "a b", "c d", "--", "a c"})
	gap := rapid.SampledFrom([]string{"\n", "\n\n", "\n \n***\n"})
	rapid.Check(t, func(t *rapid.T) {
		// No paragraph repeats in it by chance: each ends in a word of its own.
		var paras []string
		for i := range rapid.IntRange(1, 4).Draw(t, "paragraphs") {
			lines := rapid.SliceOfN(line, 1, 4).Draw(t, "lines")
			paras = append(paras, strings.Join(append(lines, "e"+strings.Repeat("e", i)), "\n"))
		}
		s := strings.Join(paras, "\n\n")
		k := rapid.IntRange(0, len(paras)-1).Draw(t, "which")
		twice := slices.Clone(paras)
		if rapid.Bool().Draw(t, "line") {
			lines := strings.Split(paras[k], "\n")
			j := rapid.IntRange(0, len(lines)-1).Draw(t, "at")
			lines[j] += gap.Draw(t, "gap") + lines[j]
			twice[k] = strings.Join(lines, "\n")
		} else {
			twice[k] += "\n\n" + paras[k]
		}
		if more := strings.Join(twice, "\n\n"); !slices.Equal(once(s), once(more)) {
			t.Fatalf("%q and %q differ", s, more)
		}
	})
}

func TestLines(t *testing.T) {
	const s = "  one \n\n\ttwo\r\n \n\u00a0three"
	var got []string
	for _, sp := range AppendLines(nil, s) {
		got = append(got, s[sp.Start:sp.End])
	}
	if strings.Join(got, "|") != "one|two|three" {
		t.Errorf("got %q", got)
	}
}

// position is Lines.Position, counted from the start of the text.
func position(s string, offset int) (line, column int) {
	start := strings.LastIndexByte(s[:offset], '\n') + 1
	return strings.Count(s[:start], "\n") + 1, utf8.RuneCountInString(s[start:offset]) + 1
}

func TestPosition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := randomText(t)
		x := NewLines(s)
		line, column := 1, 1
		for i, r := range s {
			l, c := position(s, i)
			if l != line || c != column {
				t.Fatalf("%q at %d: %d:%d, want %d:%d", s, i, l, c, line, column)
			}
			if l, c := x.Position(i); l != line || c != column {
				t.Fatalf("%q at %d: Lines says %d:%d, want %d:%d", s, i, l, c, line, column)
			}
			column++
			if r == '\n' {
				line, column = line+1, 1
			}
		}
	})
}
