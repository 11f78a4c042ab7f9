package text

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/zeebo/xxh3"
	"pgregory.net/rapid"
)

// spell writes tokens as "span=normal", or "word" where both are the same.
func spell(s string, toks []Token) []string {
	var out []string
	for _, t := range toks {
		span := s[t.Start:t.End]
		normal := string(AppendNormal(nil, span))
		if span == normal {
			out = append(out, span)
		} else {
			out = append(out, span+"="+normal)
		}
	}
	return out
}

// appendGeneral is AppendTokens by the general path alone: the oracle of the tests.
func appendGeneral(dst []Token, s string) []Token {
	sc := scratches.Get().(*scratch)
	defer scratches.Put(sc)
	for i := 0; ; {
		w, ok := sc.scan(s, i)
		if !ok {
			return dst
		}
		dst = append(dst, Token{xxh3.Hash(sc.normal), uint32(w.start), uint32(w.end)})
		i = w.next
	}
}

func TestTokens(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"Hello, World!", "Hello=hello World=world"},
		{"don't don’t DON'T", "don't don’t=don't DON'T=don't"},
		{"Russia's RUSSIA’S workers' 'tis rock'n'roll", "Russia=russia RUSSIA=russia workers tis rock'n'roll"},
		{"it's's x's- 1990's 's", "it x 1990 s"},
		{"1,000 for 1,000. 13:30, 2.5m 1.2.3 3.x x.3 1,", "1,000 for 1,000 13:30 2.5m 1.2.3 3 x x 3 1"},
		{"U.S. a.m. foo_bar x/y F-16 30-day", "U=u S=s a m foo bar x y F=f 16 30 day"},
		{"Erdoğan İstanbul Dışişleri Dolmabahçe", "Erdoğan=erdogan İstanbul=istanbul Dışişleri=disisleri Dolmabahçe=dolmabahce"},
		{"ﬁne Straße Østergaard Wałęsa Æsir", "ﬁne=fine Straße=strasse Østergaard=ostergaard Wałęsa=walesa Æsir=aesir"},
		{"cafe\u0301 naïve ＡＢＣ１２ CO₂ Ⅻ ½", "cafe\u0301=cafe naïve=naive ＡＢＣ１２=abc12 CO₂=co2 Ⅻ=xii"},
		{"co\u00adoperate zero\u200bwidth \ufeffbom", "co\u00adoperate=cooperate zero\u200bwidth=zerowidth bom"},
		{"inter-\nnational inter- \r\n  national co\u00ad\noperate", "inter-\nnational=international inter- \r\n  national=international co\u00ad\noperate=cooperate"},
		{"Russia-\nUkraine 30-\nday end-\n\nnext a--\nb", "Russia=russia Ukraine=ukraine 30 day end next a b"},
		{"東京タワー ー", "東 京 タ ワ ー ー"},
		{"กินน้ำ", "กิ น น้ำ=น้ํา"},
		{"ガ ﾊﾟ", "ガ ﾊﾟ=パ"},
		{"мой ёлка Ελλάς", "мой=мои ёлка=елка Ελλάς=ελλασ"},
		{"العَرَبِيَّة हिन्दी 한국어", "العَرَبِيَّة=العربية हिन्दी 한국어"},
		{"🎉👩‍👩‍👧 1️⃣ ™ © € № +", "1️⃣=1"},
		{"“Yes” — ‘no’… a–b\u00a0c•d", "Yes=yes no a b c d"},
		{"", ""},
		{"\xff\xfe a\xe2\x80b \xc3", "a b"},
		{"O'Brien L’État d'\u00c9tat x'\u00e9's", "O'Brien=o'brien L’État=l'etat d'État=d'etat x'é=x'e"},
	} {
		got := strings.Join(spell(c.text, AppendTokens(nil, c.text)), " ")
		if got != c.want {
			t.Errorf("%q:\n got %q\nwant %q", c.text, got, c.want)
		}
		checkTokens(t, c.text)
	}
}

type failer interface {
	Helper()
	Fatalf(string, ...any)
}

// checkTokens holds what is true of every text: both paths agree, spans are in order and on
// character boundaries, and the normal form of a span has the token's hash.
func checkTokens(t failer, s string) {
	t.Helper()
	want, got := appendGeneral(nil, s), AppendTokens(nil, s)
	if d := cmp.Diff(want, got); d != "" {
		t.Fatalf("%q: paths differ (-general +fast):\n%s", s, d)
	}
	last := uint32(0)
	for _, k := range got {
		if k.Start < last || k.End <= k.Start {
			t.Fatalf("%q: span %d..%d after %d", s, k.Start, k.End, last)
		}
		last = k.End
		span := s[k.Start:k.End]
		if utf8.ValidString(s) && !utf8.ValidString(span) {
			t.Fatalf("%q: span %q cuts a character", s, span)
		}
		normal := AppendNormal(nil, span)
		var sc scratch
		if sc.scan(span, 0); string(sc.normal) != string(normal) {
			t.Fatalf("%q: normal form %q of span %q, in general %q", s, normal, span, sc.normal)
		}
		if Hash(string(normal)) != k.Hash {
			t.Fatalf("%q: normal form %q of span %q has another hash", s, normal, span)
		}
	}
}

// pieces are what random texts are made of: what the paths must agree on, side by side.
var pieces = []string{
	"a", "s", "S", "the", "Word", "x9", "7", "1", "00", " ", " ", "  ", "\n", "\n\n", "\r\n", "\t", "'", "'", "’", "‘", "'s", "’s", "-", "‐",
	"\u00ad", "-\n", "\u00ad\n", ",", ".", ":", "1,0", "…", "—", "\u00a0", "“", "”", "\u200b", "\u200d", "\ufeff", "é", "e\u0301", "\u0301",
	"ğ", "İ", "ı", "ß", "ﬁ", "Ø", "ø", "я", "Й", "東", "カ", "ﾞ", "ำ", "ก", "ิ", "한", "가", "ᄀ", "हि", "्", "ـ", "ع", "َ", "٣", "٫", "٬", "²", "½", "Ⅻ",
	"🎉", "️", "⃣", "_", "/", "\xff", "\xe2\x80", "\x00", "ﷺ", "ŉ", "ſ", "\u2028", "\u3000", "𝐀", "𠀀", "internationalisation", "U.S.", "״", "ʼ",
}

func randomText(t *rapid.T) string {
	return strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 40).Draw(t, "pieces"), "")
}

func TestPathsAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { checkTokens(t, randomText(t)) })
	rapid.Check(t, func(t *rapid.T) { checkTokens(t, rapid.String().Draw(t, "text")) })
}

// TestPathsAgreeInProse puts a stray character somewhere into English.
func TestPathsAgreeInProse(t *testing.T) {
	const prose = "The \"long-awaited\" talks, held on Friday at 13:30 in Istanbul's palace, didn't fail: 1,000 prisoners (a 90-minute swap) went home."
	checkTokens(t, prose)
	rapid.Check(t, func(t *rapid.T) {
		s := prose
		for range rapid.IntRange(1, 4).Draw(t, "n") {
			i := rapid.IntRange(0, len(s)).Draw(t, "place")
			s = s[:i] + rapid.SampledFrom(pieces).Draw(t, "piece") + s[i:]
		}
		checkTokens(t, s)
	})
}

// TestPathsAgreeInHan puts stray characters into Chinese and Japanese.
func TestPathsAgreeInHan(t *testing.T) {
	for r := rune(0x2f00); r < 0xa100; r++ {
		s := string(r)
		checkTokens(t, "東"+s+"京"+s+s+" a"+s)
	}
	prose := []rune("市长5月5日为新桥剪彩，晚了两年。市長は「新しい橋」を開通させた、ガギグ　ｶﾞー々〇")
	more := append([]string{"\u3099", "\u309a", "\ufe0f", "\u200b", "\u302a", "\U00020000", "\xe6\x9d", "\xe6", "豈", "㈱", "㍿", "ゟ", "ヿ"}, pieces...)
	rapid.Check(t, func(t *rapid.T) {
		s := string(prose)
		for range rapid.IntRange(1, 6).Draw(t, "n") {
			i := rapid.IntRange(0, len(s)).Draw(t, "place")
			s = s[:i] + rapid.SampledFrom(more).Draw(t, "piece") + s[i:]
		}
		checkTokens(t, s)
	})
}

// TestPathsAgreeFarIn moves words over every place of the bitmap, and past its end.
func TestPathsAgreeFarIn(t *testing.T) {
	long := strings.Repeat("x", 200)
	for n := range 70 {
		for _, far := range []int{0, 64, 128} {
			pad := strings.Repeat(" ", far+n-far*n/100)
			checkTokens(t, pad+"Word’s “end” don't 1,000.5 "+long+"'s "+long[:64]+" "+long[:63]+"é "+long[:128])
			checkTokens(t, pad+long[:n])
			checkTokens(t, pad+strings.Repeat("Ab, ", 600)+"x")
		}
	}
}

// TestFold compares the short ways of folding with the general one.
func TestFold(t *testing.T) {
	short := []rune{}
	for r := rune(0); r < 0x20000; r++ {
		if c := classOf(r); c == letter || c == digit || c == mark || c == cluster {
			var sc scratch
			sc.raw = utf8.AppendRune(nil, r)
			if a, b := sc.appendFold(nil), sc.appendFoldFull(nil); string(a) != string(b) {
				t.Errorf("%U folds to %q, in full to %q", r, a, b)
			}
			if r < simple || isInert(r) {
				short = append(short, r)
			}
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		var sc scratch
		sc.raw = []byte(string(rapid.SliceOfN(rapid.SampledFrom(short), 1, 12).Draw(t, "word")))
		if a, b := sc.appendFold(nil), sc.appendFoldFull(nil); string(a) != string(b) {
			t.Fatalf("%q folds to %q, in full to %q", sc.raw, a, b)
		}
	})
}

// TestDecode compares the short way with the library's.
func TestDecode(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := string(rapid.SliceOfN(rapid.SampledFrom([]byte("a\x7f\x80\xbf\xc1\xc2\xdf\xe0\xe1\xec\xed\xef\xf0\xf4\xff\xa0\x9f")), 1, 5).Draw(t, "bytes"))
		r, n := decode(s, 0)
		if wr, wn := utf8.DecodeRuneInString(s); r != wr || n != wn {
			t.Fatalf("%q: %U %d, want %U %d", s, r, n, wr, wn)
		}
	})
}

// TestLongRuns repeats what each rule looks ahead for a hundred thousand times: where a look-ahead
// is not bounded, this takes minutes.
func TestLongRuns(t *testing.T) {
	for _, unit := range []string{"'s", "’s", "a'", "-\n", "a-\n", "a\u00ad", "\u00ad\n", "a-  ", "1,", "e\u0301", "\u0301", "東", "\n", "a\n\n", "\xff", "x",
		"U.S. ", "a\r", "A\n", ")", ". ) ", "\u200b"} {
		s := "a" + strings.Repeat(unit, 100_000)
		Once(AppendTokens(nil, s), s)
		AppendSentences(nil, s)
		AppendLines(nil, s)
		Headline(s)
	}
}

func FuzzTokens(f *testing.F) {
	for _, s := range pieces {
		f.Add(s + "word" + s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		checkTokens(t, s)
		Once(AppendTokens(nil, s), s)
		AppendLines(nil, s)
		AppendSentences(nil, s)
	})
}
