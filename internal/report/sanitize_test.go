package report

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestPlain(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"plain words", "plain words"},
		{"  two\n lines\t here ", "two lines here"},
		{"\x1b[31mred\x1b[0m", "\ufffd[31mred\ufffd[0m"},
		{"a\x00b\x7fc\u0085d", "a\ufffdb\ufffdc d"},
		{"safe\u202etxt.exe", "safe\ufffdtxt.exe"},
		{"bro\xffken", "bro\ufffdken"},
		{"soft\u00adhyphen", "softhyphen"},
		{"Москва 東京", "Москва 東京"},
	} {
		if got := Plain(c.in); got != c.want {
			t.Errorf("Plain(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestPlainIsSafeForAnyBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := Plain(string(rapid.SliceOf(rapid.Byte()).Draw(t, "s")) + rapid.String().Draw(t, "u"))
		if !utf8.ValidString(s) {
			t.Fatalf("%q is not UTF-8", s)
		}
		for _, r := range s {
			if unicode.IsControl(r) || dangerous(r) {
				t.Fatalf("%q holds %U", s, r)
			}
		}
		if s != strings.TrimSpace(s) || strings.Contains(s, "  ") {
			t.Fatalf("%q has loose white space", s)
		}
	})
}

func TestCutsStayWithinTheWidth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := Plain(rapid.String().Draw(t, "s"))
		width := rapid.IntRange(4, 40).Draw(t, "width")
		if got := Truncate(s, width); Width(got) > width {
			t.Fatalf("Truncate(%q, %d) = %q takes %d cells", s, width, got, Width(got))
		}
		if got := truncateMiddle(s, width); Width(got) > width {
			t.Fatalf("truncateMiddle(%q, %d) = %q takes %d cells", s, width, got, Width(got))
		}
		lines := wrap(s, width)
		for _, l := range lines {
			if Width(l) > width {
				t.Fatalf("wrap(%q, %d): line %q takes %d cells", s, width, l, Width(l))
			}
		}
		if got, want := strings.Join(strings.Fields(strings.Join(lines, "")), ""), strings.Join(strings.Fields(s), ""); got != want {
			t.Fatalf("wrap(%q, %d) lost text: %q", s, width, got)
		}
	})
}

func TestTruncateMeasuresWideCharacters(t *testing.T) {
	if got := Truncate("東京の平和会談が終わる", 9); got != "東京の平…" {
		t.Errorf("got %q", got)
	}
	if got := truncateMiddle("corpus/2024/articles/a-very-long-name.txt", 20); got != "corpus…long-name.txt" {
		t.Errorf("got %q", got)
	}
}

func TestUnits(t *testing.T) {
	for n, want := range map[int64]string{0: "0 B", 999: "999 B", 15837: "15.8 kB", 999_960: "1.0 MB", 76_100_000: "76.1 MB"} {
		if got := Size(n); got != want {
			t.Errorf("Size(%d) = %q, want %q", n, got, want)
		}
	}
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1000: "-1,000"} {
		if got := thousands(n); got != want {
			t.Errorf("thousands(%d) = %q, want %q", n, got, want)
		}
	}
}
