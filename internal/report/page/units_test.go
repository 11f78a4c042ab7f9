package page

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// hostileText draws text of all that has bitten somebody: markup, quotes, controls, broken UTF-8,
// bidirectional overrides, emoji, other scripts.
var hostileText = rapid.Custom(func(t *rapid.T) string {
	parts := []string{
		"<script>", "</script>", "<!--", "]]>", "&amp;", "\"", "\\", "\n", "\r\n", "\r", "\t", "\x00", "\x1b", "\x7f", "\u0085", "\u2028", "\u202e", "\u2066", "\u200f",
		"\xff", "\xc3", "\xed\xa0\x80", "\xf0\x9f", "🙂", "👩‍👩‍👧", "𝔘", "\U000e0041", "漢字", "עברית", "العربية", "é", "e\u0301", "\ufeff", "plain words", "\ufffd",
	}
	return strings.Join(rapid.SliceOf(rapid.OneOf(rapid.SampledFrom(parts), rapid.String())).Draw(t, "parts"), "")
})

// Offsets and text agree: cutting what the script gets at the converted offsets is the same as
// cutting the text first and converting then.
func TestUnitsCutTheSameText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := hostileText.Draw(t, "text")
		whole := units(t, s)
		start := rapid.IntRange(0, len(s)).Draw(t, "start")
		end := rapid.IntRange(start, len(s)).Draw(t, "end")
		for _, p := range []*int{&start, &end} {
			for *p < len(s) && !boundary(s, *p) {
				*p++
			}
		}
		c := counter{s: s}
		from, until := c.at(start), c.at(end)
		got := string(utf16.Decode(whole[from:until]))
		want := string(utf16.Decode(units(t, s[start:end])))
		if strings.HasSuffix(s[start:end], "\r") && strings.HasPrefix(s[end:], "\n") { // cut between CR and LF: the one blank stands for the CR
			want = strings.TrimSuffix(want, "\n") + " "
		}
		if got != want {
			t.Fatalf("bytes %d to %d of %q are units %d to %d: %q, want %q", start, end, s, from, until, got, want)
		}
	})
}

// boundary tells whether i is between two characters of s, as decoding it from the start sees them.
func boundary(s string, i int) bool {
	for at := 0; at < len(s); {
		if at == i {
			return true
		}
		_, n := utf8.DecodeRuneInString(s[at:])
		at += n
	}
	return i == len(s)
}

// units is the string that a script gets for s.
func units(t *rapid.T, s string) []uint16 {
	var got string
	data := appendString(nil, s, len(s))
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatalf("%q is no JSON: %v", data, err)
	}
	return utf16.Encode([]rune(got))
}

// Nothing that ends a script element, opens a comment or hides text gets into the page.
func TestAppendTextIsInert(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := hostileText.Draw(t, "text")
		out := string(appendText(nil, s))
		if strings.ContainsAny(out, "<>&\x00\x1b\x7f\n\r\t\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069") || !utf8.ValidString(out) {
			t.Fatalf("%q became %q", s, out)
		}
	})
}

func TestClipKeepsCharactersWhole(t *testing.T) {
	for _, c := range []struct {
		s    string
		max  int
		want string
	}{{"abc", 5, "abc"}, {"abc", 2, "ab"}, {"aé", 2, "a"}, {"🙂🙂", 7, "🙂"}, {"é", 1, ""}, {"\x80\x80\x80\x80\x80\x80", 5, "\x80\x80\x80\x80\x80"}} {
		if got := clip(c.s, c.max); got != c.want {
			t.Errorf("clip(%q, %d) = %q, want %q", c.s, c.max, got, c.want)
		}
	}
}

func BenchmarkAppendText(b *testing.B) {
	s := strings.Repeat("The vessel had left the harbour at dawn, \"in thick fog\".\n", 1000)
	var buf []byte
	b.SetBytes(int64(len(s)))
	for b.Loop() {
		buf = appendText(buf[:0], s)
	}
}
