package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// class is what a character does to the word that it stands in.
type class uint8

const (
	other   class = iota // ends a word: space, punctuation, symbol, emoji, broken UTF-8
	letter               // starts and continues a word
	digit                // starts and continues a word
	mark                 // continues a word, never starts one
	ignored              // as if it were not there: soft hyphen, zero-width and other format characters
	apos                 // apostrophe: stays between letters or digits
	point                // , . : and the Arabic decimal and thousands signs: stay between digits
	hyphen               // joins a word broken at a line end, else ends it
	cluster              // a letter of a script without spaces: a token of its own, with its marks
)

// tabled is the number of characters with an entry in classes: the planes where news is written.
// 128 KiB, filled in 0.2 ms.
const tabled = 0x20000

var classes = func() (t [tabled]class) {
	set := func(c class, tables ...*unicode.RangeTable) {
		for _, rt := range tables {
			for _, r := range rt.R16 {
				for x := rune(r.Lo); x <= rune(r.Hi); x += rune(r.Stride) {
					t[x] = c
				}
			}
			for _, r := range rt.R32 {
				for x := rune(r.Lo); x <= rune(r.Hi) && x < tabled; x += rune(r.Stride) {
					t[x] = c
				}
			}
		}
	}
	set(letter, unicode.L)
	set(mark, unicode.M)
	set(ignored, unicode.Cf, unicode.Variation_Selector)
	for _, rt := range spaceless {
		for _, r := range rt.R16 {
			for x := rune(r.Lo); x <= rune(r.Hi); x += rune(r.Stride) {
				if t[x] == letter {
					t[x] = cluster
				}
			}
		}
	}
	set(digit, unicode.Nd)
	for _, rt := range []*unicode.RangeTable{unicode.Nl, unicode.No} {
		for _, r := range rt.R16 {
			for x := rune(r.Lo); x <= rune(r.Hi); x += rune(r.Stride) {
				t[x] = numberClass(x)
			}
		}
	}
	for _, x := range []struct {
		c     class
		chars string
	}{
		{apos, "'‘’‛ʼʻ＇׳״"},
		{point, ",.:٫٬"},
		{hyphen, "-‐"},
		{mark, "ำຳﾞﾟ"}, // spacing vowels and sound marks that Unicode counts to the cluster before them
		{cluster, "ー々〇〻ｰ"},
	} {
		for _, r := range x.chars {
			t[r] = x.c
		}
	}
	return t
}()

// spaceless are the scripts that are written without spaces between words (line-break class SA, and
// East Asian).
var spaceless = []*unicode.RangeTable{
	unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Bopomofo, unicode.Yi, unicode.Thai, unicode.Lao, unicode.Khmer,
	unicode.Myanmar, unicode.Tai_Le, unicode.New_Tai_Lue, unicode.Tai_Tham, unicode.Tai_Viet,
}

// numberClass sorts the numbers that are no decimal digits: CO₂ and Ⅻ are words, ½ and ① … are what
// their compatibility form is.
func numberClass(r rune) class {
	c := other
	for _, x := range norm.NFKD.String(string(r)) {
		switch {
		case unicode.IsDigit(x):
			c = digit
		case unicode.IsLetter(x):
			c = letter
		default:
			return other
		}
	}
	if !norm.NFKD.IsNormalString(string(r)) {
		return c
	}
	return other
}

func classOf(r rune) class {
	if r < tabled {
		return classes[r]
	}
	switch {
	case unicode.Is(unicode.Han, r):
		return cluster
	case unicode.IsLetter(r):
		return letter
	case unicode.Is(unicode.Cf, r), unicode.Is(unicode.Variation_Selector, r):
		return ignored
	}
	return other
}

// dropped are the marks that a reader leaves out: accents, vowel points of Arabic and Hebrew, and
// Arabic's lengthening stroke. Marks of other scripts carry vowels and stay.
func dropped(r rune) bool {
	switch {
	case r < 0x600:
		return classOf(r) == mark
	case r < 0x700:
		return r >= 0x610 && r <= 0x61a || r >= 0x64b && r <= 0x65f || r == 0x640 || r == 0x670 || r >= 0x6d6 && classOf(r) == mark
	}
	return r >= 0x1ab0 && r <= 0x1aff || r >= 0x1dc0 && r <= 0x1dff || r >= 0x20d0 && r <= 0x20ff || r >= 0xfe20 && r <= 0xfe2f
}

// strokes are letters whose stroke or ligature Unicode does not decompose, as an English newspaper
// spells them.
var strokes = strings.NewReplacer("ß", "ss", "ı", "i", "ø", "o", "ł", "l", "đ", "d", "ð", "d", "þ", "th", "æ", "ae", "œ", "oe",
	"ħ", "h", "ŧ", "t", "ς", "σ", "ſ", "s")

// simple is the number of characters that fold one by one, whatever stands beside them: Latin,
// Greek, Cyrillic, Armenian, Hebrew.
const simple = 0x600

// folds holds the folded form of each such character, at most 7 bytes.
var folds = func() (t [simple]struct {
	n uint8
	b [7]byte
}) {
	for r := rune(0); r < simple; r++ {
		n := 0
		for _, x := range norm.NFKD.String(string(r)) {
			for _, y := range strokes.Replace(string(unicode.ToLower(x))) {
				n += copy(t[r].b[n:], appendKept(nil, y))
			}
		}
		t[r].n = uint8(n)
	}
	return t
}()

// appendKept appends what is left of r, a lower-case character without decomposition, in a normal
// form.
func appendKept(dst []byte, r rune) []byte {
	switch classOf(r) {
	case apos:
		return append(dst, '\'')
	case point:
		switch r {
		case '٫':
			r = '.'
		case '٬':
			r = ','
		}
	case letter, digit, mark, cluster:
		if dropped(r) {
			return dst
		}
	default:
		return dst
	}
	return utf8.AppendRune(dst, r)
}

// appendFold appends the normal form of sc.raw, the letters, digits, marks, apostrophes and points
// of one word. Cost: a table look-up a character below U+0600 and of the common scripts above; else
// two passes of x/text's norm.
func (sc *scratch) appendFold(dst []byte) []byte {
	n := len(dst)
	for i := 0; i < len(sc.raw); {
		r, w := utf8.DecodeRune(sc.raw[i:])
		switch {
		case r < simple:
			f := &folds[r]
			switch f.n {
			case 1:
				dst = append(dst, f.b[0])
			case 2:
				dst = append(dst, f.b[0], f.b[1])
			default:
				dst = append(dst, f.b[:f.n]...)
			}
		case isInert(r):
			dst = append(dst, sc.raw[i:i+w]...)
		default:
			return sc.appendFoldFull(dst[:n])
		}
		i += w
	}
	return dst
}

// inert are ranges of characters from U+0600 on that are their own normal form, whatever other
// inert or simple character stands beside them.
var inert = [][2]rune{
	{0x621, 0x621}, {0x627, 0x63a}, {0x641, 0x64a}, {0x660, 0x669}, {0x679, 0x6bf}, {0x6c3, 0x6d2}, // Arabic
	{0x904, 0x928}, {0x92a, 0x930}, {0x932, 0x933}, {0x935, 0x939}, {0x93e, 0x94d}, {0x966, 0x96f}, // Devanagari
	{0xe01, 0xe32}, {0xe40, 0xe45}, {0xe50, 0xe59}, // Thai, letters
	{0x10d0, 0x10fa},                   // Georgian
	{0x1200, 0x135a},                   // Ethiopic
	{0x3041, 0x3096}, {0x30a1, 0x30fe}, // Kana
	{0x3400, 0x4dbf}, {0x4e00, 0x9fff}, // Han
	{0xac00, 0xd7a3}, // Hangul
}

var inertBits = func() (t [0xd800 / 64]uint64) {
	for _, x := range inert {
		for r := x[0]; r <= x[1]; r++ {
			t[r/64] |= 1 << (r % 64)
		}
	}
	return t
}()

func isInert(r rune) bool {
	return r/64 < rune(len(inertBits)) && inertBits[r/64]>>(r%64)&1 == 1
}

// appendFoldFull is NFC(drop(fold(NFKD(raw)))).
func (sc *scratch) appendFoldFull(dst []byte) []byte {
	b := norm.NFKD.Append(sc.tmp[:0], sc.raw...)
	nd := len(b)
	for i := 0; i < nd; {
		r, w := utf8.DecodeRune(b[i:nd])
		i += w
		if r >= simple {
			r = unicode.ToLower(r)
		}
		if r < simple {
			f := &folds[r]
			b = append(b, f.b[:f.n]...)
		} else {
			b = appendKept(b, r)
		}
	}
	sc.tmp = b
	return norm.NFC.Append(dst, b[nd:]...)
}
