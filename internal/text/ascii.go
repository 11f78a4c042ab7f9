package text

import (
	"math/bits"
	"unicode/utf8"

	"github.com/zeebo/xxh3"
)

// appendFast is appendGeneral for text that is mostly ASCII: it takes words of ASCII letters and digits, whatever punctuation ends them, and
// leaves every other word to scan.
//
// A bitmap says which bytes of the next two kilobytes are letters or digits (see blocks), so that the start and the end of a word cost
// one count of zeros each instead of a loop with a branch that is guessed wrong once a word. In an ASCII word every byte (a-z A-Z 0-9 ' , . :)
// is lower-cased by setting bit 5.
func appendFast(dst []Token, s string) []Token {
	var b blocks
	var sc *scratch
	for i := 0; i < len(s); {
		if i >= b.refill {
			b.fill(s, i)
		}
		skip := b.starts(i)
		if skip == 64 {
			i += 64
			continue
		}
		if i += skip; i >= len(s) {
			break
		}
		if i >= b.refill {
			b.fill(s, i)
		}
		end := i + b.run(i)
		if end == i { // not ASCII
			r, n := utf8.DecodeRuneInString(s[i:])
			if c := classOf(r); c != letter && c != digit && c != cluster {
				i += n
				continue
			}
		} else {
			next := end
			if end < len(s) && ending[s[end]]&before[s[end-1]] != 0 {
				end, next = asciiTail(s, end)
			}
			if end > 0 {
				dst = append(dst, Token{hashASCII(s[i:end]), uint32(i), uint32(end)})
				i = next
				continue
			}
		}
		if sc == nil {
			sc = scratches.Get().(*scratch)
		}
		w, ok := sc.scan(s, i)
		if !ok {
			break
		}
		dst = append(dst, Token{xxh3.Hash(sc.normal), uint32(w.start), uint32(w.end)})
		i = w.next
	}
	if sc != nil {
		scratches.Put(sc)
	}
	return dst
}

// What a byte that ends a run of letters and digits asks for: a closer look if the run ends in a digit, in a letter, or either.
const (
	afterDigit = 1 << iota
	afterLetter
	afterAny
)

var ending = func() (t [256]uint8) {
	t[','], t['.'], t[':'] = afterDigit, afterDigit, afterDigit
	t['-'] = afterLetter
	t['\''] = afterAny
	for b := range t {
		if alnum[b] || b >= utf8.RuneSelf {
			t[b] = afterAny // letters and digits, when a word is longer than the bitmap shows at once
		}
	}
	return t
}()

var before = func() (t [256]uint8) {
	for b := range t {
		if t[b] = afterLetter | afterAny; b >= '0' && b <= '9' {
			t[b] = afterDigit | afterAny
		}
	}
	return t
}()

// alnum says which bytes are ASCII letters and digits.
var alnum = func() (t [256]bool) {
	for b := range t {
		c := byte(b) | 0x20
		t[b] = b >= '0' && b <= '9' || b < 0x80 && c >= 'a' && c <= 'z'
	}
	return t
}()

// asciiTail is scratch.collect for a word of ASCII characters that goes on to i at least; end is 0 where it takes the general path to tell.
func asciiTail(s string, i int) (end, next int) {
	for {
		for i < len(s) && alnum[s[i]] {
			i++
		}
		if i == len(s) {
			return i, i
		}
		switch b := s[i]; {
		case b == '\'':
			switch d := peek(s, i+1); {
			case d >= utf8.RuneSelf:
				return 0, 0
			case !alnum[d]:
				return i, i
			case d|0x20 == 's':
				switch e := peek(s, i+2); {
				case e >= utf8.RuneSelf || e == '\'':
					return 0, 0
				case !alnum[e]:
					return i, i + 2
				}
			}
		case b == ',' || b == '.' || b == ':':
			if s[i-1] > '9' {
				return i, i
			}
			switch d := peek(s, i+1); {
			case d >= utf8.RuneSelf:
				return 0, 0
			case d < '0' || d > '9':
				return i, i
			}
		case b == '-' && s[i-1] > '9':
			if peek(s, i+1) <= ' ' && i+1 < len(s) {
				return 0, 0
			}
			return i, i
		case b >= utf8.RuneSelf:
			return beforeWide(s, i)
		default:
			return i, i
		}
		i++
	}
}

// beforeWide is asciiTail for a word with a character outside ASCII at i.
func beforeWide(s string, i int) (end, next int) {
	r, n := utf8.DecodeRuneInString(s[i:])
	if classOf(r) == other {
		return i, i
	}
	if r == '’' {
		d, e := peek(s, i+n), peek(s, i+n+1)
		switch {
		case d < utf8.RuneSelf && !alnum[d]:
			return i, i
		case d|0x20 == 's' && e < utf8.RuneSelf && e != '\'' && !alnum[e]:
			return i, i + n + 1
		}
	}
	return 0, 0
}

// peek is the byte at i, or a space past the end.
func peek(s string, i int) byte {
	if i < len(s) {
		return s[i]
	}
	return ' '
}

// blocks is a bitmap of a stretch of a text, from base to base + 64·words.
type blocks struct {
	base, refill int           // from refill on, look-ups need another fill
	alnum        [words]uint64 // 1: ASCII letter or digit
	wide         [words]uint64 // 1: letter, digit, or byte of a character outside ASCII
}

const words = 33 // 32 and one that look-ups near the end reach into: 528 bytes of stack a bitmap

// fill maps s from i on.
func (b *blocks) fill(s string, i int) {
	b.base = i
	b.refill = i + 64*(words-1)
	s = s[i:]
	n := 0
	for ; n < words && len(s) >= 64; n++ {
		b.alnum[n], b.wide[n] = classify((*[64]byte)([]byte(s[:64])))
		s = s[64:]
	}
	if n == words {
		return
	}
	var last [64]byte
	copy(last[:], s)
	b.alnum[n], b.wide[n] = classify(&last)
	clear(b.alnum[n+1:])
	clear(b.wide[n+1:])
}

// starts counts the bytes from i on that start no word, up to 64.
func (b *blocks) starts(i int) int { return bits.TrailingZeros64(window(&b.wide, i-b.base)) }

// run counts the letters and digits from i on, up to 64.
func (b *blocks) run(i int) int { return bits.TrailingZeros64(^window(&b.alnum, i-b.base)) }

// window is the 64 bits from bit i on.
func window(m *[words]uint64, i int) uint64 {
	k := i >> 6 & (words - 2)
	return m[k]>>(i&63) | m[k+1]<<1<<(63-i&63)
}

// classify maps 64 bytes, eight at a time: in each byte of a word the high bit tells whether it is at least some value, by an addition
// that carries into it and no further.
func classify(p *[64]byte) (alnum, wide uint64) {
	const (
		ones  = 0x0101010101010101
		highs = 0x80 * ones
	)
	for k := range 8 {
		x := load64(string(p[8*k : 8*k+8]))
		low := x &^ highs
		folded := low | 0x20*ones
		letters := (folded + (0x80-'a')*ones) &^ (folded + (0x7f-'z')*ones)
		digits := (low + (0x80-'0')*ones) &^ (low + (0x7f-'9')*ones)
		a := (letters | digits) &^ x & highs
		alnum |= gather(a) << (8 * k)
		wide |= gather(a|x&highs) << (8 * k)
	}
	return alnum, wide
}

// gather makes eight bits of the high bits of eight bytes.
func gather(x uint64) uint64 { return x >> 7 * 0x0102040810204080 >> 56 }
