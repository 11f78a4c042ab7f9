package report

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// hostileNames are strings that did something to a terminal, or hid in a line.
var hostileNames = []string{
	"\x1b]0;pwned\x07\x1b[2J", "c1 \u009b2J", "raw \x9b2J", "next\u0085line", "evil\u202egpj.exe", "\u2066iso\u2069late", "line\u2028end\u2029",
	"zero\u200bwidth\u2060\ufeff", "a\u200dscii", "tag\U000e0041", "tab\tnl\ncr\rdel\x7f", `back\slash \u0041`, "\u061c\u200e\u200f",
}

func TestFieldsComeBack(t *testing.T) {
	for _, s := range append(slices.Clone(hostileNames), "", "plain", "Москва 東京", "\u0645\u06cc\u200c\u062e\u0648", "\U0001f469\u200d\U0001f467", "naïve") {
		fieldComesBack(t, s)
	}
	for s, want := range map[string]string{
		"\u0085": `\u0085`, "\x85": `\x85`, "\x1b": `\x1b`, "\u202e": `\u202e`, "a\u200bb": `a\u200bb`, "a\u200db": `a\u200db`, "\U000e0041": `\U000e0041`,
		`\`: `\\`, "\u0645\u06cc\u200c\u062e\u0648": "\u0645\u06cc\u200c\u062e\u0648", "\U0001f469\u200d\U0001f467": "\U0001f469\u200d\U0001f467",
	} {
		if got := string(AppendField(nil, s)); got != want {
			t.Errorf("%q is written as %s, want %s", s, got, want)
		}
	}
	for _, s := range []string{`\`, `\q`, `\x`, `\x1`, `\u12`, `\xzz`, `\ud800`, `\U00110000`, `\U0000004`} {
		if got, err := ReadField(s); err == nil {
			t.Errorf("%s is read as %q", s, got)
		}
	}
}

type failing interface {
	Helper()
	Fatalf(format string, args ...any)
}

// fieldComesBack wants a string to be shown without anything hidden, and to be the same again.
func fieldComesBack(t failing, s string) {
	t.Helper()
	field := string(AppendField(nil, s))
	if got, err := ReadField(field); got != s || err != nil {
		t.Fatalf("%q is written as %q and read as %q, %v", s, field, got, err)
	}
	for _, shown := range []string{field, Visible(s), string(AppendVisible(nil, []byte(s)))} {
		harmless(t, strings.NewReplacer("\n", "", "\t", "").Replace(shown))
	}
	if strings.ContainsAny(field+Visible(s), "\t\n\r") {
		t.Fatalf("%q does not fit into a line", s)
	}
	var b bytes.Buffer
	if err := NewEncoder(&b).Encode(map[string]string{"s": s}); err != nil {
		t.Fatalf("%v", err)
	}
	var back, want map[string]string
	plain, _ := json.Marshal(map[string]string{"s": s}) // broken UTF-8 is replaced by any encoder
	if err := json.Unmarshal(b.Bytes(), &back); err != nil || json.Unmarshal(plain, &want) != nil || back["s"] != want["s"] {
		t.Fatalf("%q is %q in JSON, %v", s, b.Bytes(), err)
	}
	harmless(t, strings.TrimSuffix(b.String(), "\n"))
}

// harmless wants no character that a terminal acts on or that nobody sees.
func harmless(t failing, s string) {
	t.Helper()
	if !utf8.ValidString(s) {
		t.Fatalf("%q is not UTF-8", s)
	}
	for _, r := range s {
		if unicode.IsControl(r) || dangerous(r) || r != '\u200c' && r != '\u200d' && hidden(0, r, 0) {
			t.Fatalf("%q holds %U", s, r)
		}
	}
}

func TestAnyFieldComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		fieldComesBack(t, string(rapid.SliceOf(rapid.Byte()).Draw(t, "s"))+rapid.String().Draw(t, "u")+rapid.SampledFrom(hostileNames).Draw(t, "h"))
	})
}

func FuzzReadField(f *testing.F) {
	for _, s := range hostileNames {
		f.Add(s)
		f.Add(string(AppendField(nil, s)))
	}
	f.Fuzz(func(t *testing.T, s string) {
		if _, err := ReadField(s); err == nil {
			fieldComesBack(t, s)
		}
	})
}
