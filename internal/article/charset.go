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

// validText tells whether b is valid UTF-8 without NUL bytes. Bytes are looked at eight at a time: (v-1)|v has the high
// bit of a byte set that is NUL or not ASCII (and of bytes after a NUL, which is refused anyhow).
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

// plainRune gives the length of the character at the start of b if its first byte allows any continuation; 0: look closer.
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

// utf16Order tells whether the first bytes of a stream are UTF-16, by its mark or by where its NUL bytes are.
func utf16Order(b []byte) (unicode.Endianness, bool) {
	if bytes.HasPrefix(b, []byte{0xff, 0xfe}) {
		return unicode.LittleEndian, true
	}
	if bytes.HasPrefix(b, []byte{0xfe, 0xff}) {
		return unicode.BigEndian, true
	}
	b = b[:min(len(b), 8192)&^1]
	if bytes.IndexByte(b, 0) < 0 {
		return unicode.LittleEndian, false
	}
	var nul [2]int
	for i, c := range b {
		if c == 0 {
			nul[i&1]++
		}
	}
	// The high bytes of ASCII characters are NUL, and some of those (blanks, digits) are in text of any script.
	switch {
	case nul[0] == 0 && nul[1]*50 >= len(b) && plausibleUTF16(b, binary.LittleEndian):
		return unicode.LittleEndian, true
	case nul[1] == 0 && nul[0]*50 >= len(b) && plausibleUTF16(b, binary.BigEndian):
		return unicode.BigEndian, true
	}
	return unicode.LittleEndian, false
}

// plausibleUTF16 tells whether b, read as UTF-16, is nearly all printable and of one script besides ASCII: characters of
// one script share a high byte or two, and only the East Asian ones, which do not, need a longer look.
func plausibleUTF16(b []byte, order binary.ByteOrder) bool {
	var high [256]int
	units, odd, wide := 0, 0, 0
	for i := 0; i+1 < len(b); i += 2 {
		r := rune(order.Uint16(b[i:]))
		if utf16.IsSurrogate(r) {
			continue
		}
		units++
		high[r>>8]++
		if !stdunicode.IsPrint(r) && !stdunicode.IsSpace(r) && r != '\ufeff' {
			odd++
		}
		if r < 0x80 || r >= 0x2000 && r < 0xd800 || r >= 0xf900 {
			wide++
		}
	}
	most := slices.Max(high[1:])
	return odd*100 <= units && ((high[0]+most)*10 >= units*9 || units >= 64 && wide*100 >= units*98)
}

// toUTF8 brings text that is not valid UTF-8 to it. name says what it was taken for, with the word that fits after
// "not UTF-8: "; the text is a copy.
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

// guessCharset guesses by what the text declares (an HTML meta element), else by statistics. Text that is mostly ASCII
// letters is too little for statistics to tell Latin charsets from others: windows-1252 is most likely by far.
func guessCharset(b []byte) (encoding.Encoding, string) {
	head := b[:min(len(b), 256<<10)]
	if enc, name, certain := charset.DetermineEncoding(head, ""); certain && name != "utf-8" {
		return enc, name
	}
	res := chardet.Detect(head)
	enc, name := charset.Lookup(res.Encoding)
	if enc == nil || res.Confidence < 0.5 || name == "utf-8" || name == "replacement" {
		return charmap.Windows1252, "windows-1252"
	}
	if !latinCharsets[name] && mostlyASCII(head) {
		return charmap.Windows1252, "windows-1252"
	}
	return enc, name
}

// latinCharsets are those whose text is ASCII letters with some others among them.
var latinCharsets = map[string]bool{
	"windows-1250": true, "windows-1252": true, "windows-1254": true, "windows-1257": true, "windows-1258": true,
	"iso-8859-2": true, "iso-8859-3": true, "iso-8859-4": true, "iso-8859-10": true, "iso-8859-13": true,
	"iso-8859-14": true, "iso-8859-15": true, "iso-8859-16": true, "macintosh": true,
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
