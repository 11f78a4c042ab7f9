package article

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"slices"
	stdunicode "unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/wlynxg/chardet"
	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

const hintCharset = "convert it if that is wrong: iconv -f CHARSET -t UTF-8"

var bomUTF8 = []byte("\xef\xbb\xbf")

// validText tells whether b is valid UTF-8 without NUL bytes. Bytes are looked at eight at a time:
// (v-1)|v has the high bit of a byte set that is NUL or not ASCII (and of bytes after a NUL, which
// is refused anyhow).
func validText(b []byte) bool {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	for i := 0; ; {
		for i+32 <= len(b) {
			c := b[i : i+32 : i+32]
			v0, v1 := binary.LittleEndian.Uint64(c), binary.LittleEndian.Uint64(c[8:])
			v2, v3 := binary.LittleEndian.Uint64(c[16:]), binary.LittleEndian.Uint64(c[24:])
			if ((v0-ones)|v0|(v1-ones)|v1|(v2-ones)|v2|(v3-ones)|v3)&highs != 0 {
				break
			}
			i += 32
		}
		for i+8 <= len(b) {
			v := binary.LittleEndian.Uint64(b[i:])
			if odd := ((v - ones) | v) & highs; odd != 0 {
				i += bits.TrailingZeros64(odd) / 8
				break
			}
			i += 8
		}
		for i < len(b) && b[i] < utf8.RuneSelf { // the last bytes, or a NUL
			if b[i] == 0 {
				return false
			}
			i++
		}
		for i < len(b) && b[i] >= utf8.RuneSelf {
			if n := plainRune(b[i:]); n > 0 {
				i += n
				continue
			}
			r, size := utf8.DecodeRune(b[i:])
			if r == utf8.RuneError && size == 1 {
				return false
			}
			i += size
		}
		if i == len(b) {
			return true
		}
	}
}

// plainRune gives the length of the character at the start of b if its first byte allows any
// continuation; 0: look closer.
func plainRune(b []byte) int {
	switch c := b[0]; {
	case len(b) < 3:
	case c >= 0xc2 && c <= 0xdf && b[1]&0xc0 == 0x80:
		return 2
	case c >= 0xe1 && c <= 0xef && c != 0xed && b[1]&0xc0 == 0x80 && b[2]&0xc0 == 0x80:
		return 3
	}
	return 0
}

// utf16Order tells whether the first bytes of a stream are UTF-16, by its mark or by where its NUL
// bytes are.
func utf16Order(b []byte) (unicode.Endianness, bool) {
	if bytes.HasPrefix(b, []byte{0xff, 0xfe}) {
		return unicode.LittleEndian, true
	}
	if bytes.HasPrefix(b, []byte{0xfe, 0xff}) {
		return unicode.BigEndian, true
	}
	b = b[:min(len(b), 8192)&^1]
	if validText(b) {
		return unicode.LittleEndian, false
	}
	little, big := plausibleUTF16(b, binary.LittleEndian), plausibleUTF16(b, binary.BigEndian)
	if big && !little {
		return unicode.BigEndian, true
	}
	return unicode.LittleEndian, little && !big
}

// plausibleUTF16 tells whether b, read as UTF-16, is nearly all printable and text of one script:
// most characters share the high byte of that script or of ASCII, and there is ASCII among them
// (every other byte is NUL then). East Asian scripts spread over many high bytes; they are taken
// for such by their full stops and commas, which other charsets do not have by chance.
func plausibleUTF16(b []byte, order binary.ByteOrder) bool {
	var high [256]int
	units, odd, wide, marks := 0, 0, 0, 0
	for i := 0; i+1 < len(b); i += 2 {
		r := rune(order.Uint16(b[i:]))
		if utf16.IsSurrogate(r) {
			continue
		}
		units++
		high[r>>8]++
		switch {
		case !stdunicode.IsPrint(r) && !stdunicode.IsSpace(r) && r != '\ufeff':
			odd++
		case r < 0x80 || r >= 0x2000 && r < 0xd800 || r >= 0xf900:
			wide++
		}
		if r == '。' || r == '、' || r == '，' || r == ' ' || r == '\n' {
			marks++
		}
	}
	if odd*100 > units || units == 0 {
		return false
	}
	oneScript := (high[0]+slices.Max(high[1:]))*10 >= units*9 && high[0]*50 >= units
	return oneScript || units >= 64 && wide*100 >= units*98 && marks*100 >= units
}

// toUTF8 brings text that is not valid UTF-8 to it. name says what it was taken for, with the word
// that fits after "not UTF-8: "; the text is a copy.
func toUTF8(b []byte) (out []byte, name string) {
	if broken, multi := countUTF8(b); multi >= 4*broken {
		return bytes.ToValidUTF8(b, []byte("\uFFFD")), "UTF-8 with broken bytes, replaced by U+FFFD"
	}
	enc, label := guessCharset(b)
	out, err := enc.NewDecoder().Bytes(b)
	if err != nil || !utf8.Valid(out) {
		return bytes.ToValidUTF8(b, []byte("\uFFFD")), "no charset fits, broken bytes are replaced by U+FFFD"
	}
	return out, "read as " + label
}

// countUTF8 counts the bytes that are no UTF-8 and the characters of more than one byte that are.
func countUTF8(b []byte) (broken, multi int) {
	for i := 0; i < len(b); {
		if b[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, size := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && size == 1 {
			broken++
		} else {
			multi++
		}
		i += size
	}
	return broken, multi
}

// guessCharset guesses by what the text declares (an HTML meta element), else by statistics. These
// are believed about scripts that differ from Latin only: among the Latin charsets they are often
// wrong, and windows-1252 is most likely by far.
func guessCharset(b []byte) (encoding.Encoding, string) {
	head := b[:min(len(b), 256<<10)]
	if enc, name, certain := charset.DetermineEncoding(head, ""); certain && name != "utf-8" {
		return enc, name
	}
	res := chardet.Detect(head)
	enc, name := charset.Lookup(res.Encoding)
	if enc == nil || res.Confidence < 0.5 || !otherScripts[name] || mostlyASCII(head) {
		return charmap.Windows1252, "windows-1252"
	}
	return enc, name
}

// otherScripts are the charsets of scripts other than Latin.
var otherScripts = map[string]bool{
	"koi8-r": true, "koi8-u": true, "windows-1251": true, "iso-8859-5": true, "ibm866": true, "x-mac-cyrillic": true,
	"iso-8859-7": true, "windows-1253": true, "iso-8859-8": true, "windows-1255": true, "iso-8859-6": true, "windows-1256": true,
	"windows-874": true, "gbk": true, "gb18030": true, "big5": true, "shift_jis": true, "euc-jp": true, "euc-kr": true,
}

// mostlyASCII tells whether at most one letter in four is not ASCII.
func mostlyASCII(b []byte) bool {
	high, letters := 0, 0
	for _, c := range b {
		switch {
		case c >= utf8.RuneSelf:
			high++
		case c|0x20 >= 'a' && c|0x20 <= 'z':
			letters++
		}
	}
	return high*3 <= letters
}
