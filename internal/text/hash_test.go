package text

import (
	"strings"
	"testing"

	"github.com/zeebo/xxh3"
	"pgregory.net/rapid"
)

// TestHashASCII holds the short-key branches against the library, and the loads against each other,
// for every length.
func TestHashASCII(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[a-zA-Z0-9',.:]{1,70}`).Draw(t, "word")
		if got, want := hashASCII(word), xxh3.HashString(strings.ToLower(word)); got != want {
			t.Fatalf("%q: %x, want %x", word, got, want)
		}
	})
	const word = "Internationalisation's1,000.00:30'xABCdefghijklmnopqrstuvwxyz"
	for i := range word {
		for j := i + 1; j <= len(word); j++ {
			if got, want := hashASCII(word[i:j]), xxh3.HashString(strings.ToLower(word[i:j])); got != want {
				t.Errorf("%q: %x, want %x", word[i:j], got, want)
			}
		}
	}
}

func TestClassify(t *testing.T) {
	for b := range 256 {
		var p [64]byte
		for k := range p {
			p[k] = byte(b + k*k)
		}
		a, w := classify(string(p[:]))
		for k, c := range p {
			if got, want := a>>k&1 == 1, alnum[c]; got != want {
				t.Fatalf("byte %#x at %d: alnum %v", c, k, got)
			}
			if got, want := w>>k&1 == 1, c >= 0x80; got != want {
				t.Fatalf("byte %#x at %d: wide %v", c, k, got)
			}
		}
	}
}
