package sketch

import (
	"fmt"

	"dedup/internal/text"
)

// Scheme is all that makes two sketches comparable: they must come from equal schemes.
type Scheme struct {
	Version      int    // of the methods of this package
	Tokens       int    // text.Version
	FingerprintW int    // tokens of a shingle of the fingerprint, 1 to 63
	W            int    // tokens of a shingle of the signature, 1 to 63
	Slots        int    // values of a signature: a power of two, 16 to 4096
	Seed         uint64 // of the signature's permutation
}

// Version is the version of the methods of this package: it changes whenever the same text would
// get another sketch.
const Version = 1

// Default is the scheme of this program unless it is told another.
var Default = Scheme{Version: Version, Tokens: text.Version, FingerprintW: 2, W: 5, Slots: 128}

// String writes a scheme as one word, which ReadScheme reads:
// "sketch1-tokens1-f2-w5-slots128-seed0".
func (s Scheme) String() string {
	return fmt.Sprintf("sketch%d-tokens%d-f%d-w%d-slots%d-seed%x", s.Version, s.Tokens, s.FingerprintW, s.W, s.Slots, s.Seed)
}

// ReadScheme reads what String wrote, and returns an error for anything else. The scheme may be one
// of another version, or with numbers out of range: Validate tells.
func ReadScheme(str string) (Scheme, error) {
	var s Scheme
	_, err := fmt.Sscanf(str, "sketch%d-tokens%d-f%d-w%d-slots%d-seed%x", &s.Version, &s.Tokens, &s.FingerprintW, &s.W, &s.Slots, &s.Seed)
	if err != nil || s.String() != str {
		return Scheme{}, fmt.Errorf("%q is not a sketch scheme such as %s", str, Default)
	}
	return s, nil
}

// Validate says why sketches cannot be made by s: a version that this program does not have, or a
// number out of range.
func (s Scheme) Validate() error {
	switch {
	case s.Version != Version:
		return fmt.Errorf("sketch version %d, this program makes %d", s.Version, Version)
	case s.Tokens != text.Version:
		return fmt.Errorf("token version %d, this program makes %d", s.Tokens, text.Version)
	case s.FingerprintW < 1 || s.FingerprintW > 63:
		return fmt.Errorf("fingerprint shingles of %d tokens, not 1 to 63", s.FingerprintW)
	case s.W < 1 || s.W > 63:
		return fmt.Errorf("signature shingles of %d tokens, not 1 to 63", s.W)
	case s.Slots < 16 || s.Slots > 4096 || s.Slots&(s.Slots-1) != 0:
		return fmt.Errorf("%d slots, not a power of two from 16 to 4096", s.Slots)
	}
	return nil
}

// Difference is a field in which two schemes differ.
type Difference struct {
	Field string
	A, B  any
}

// Differences lists the fields in which two schemes differ; there are none when sketches made by
// one can be compared with sketches made by the other.
func (s Scheme) Differences(other Scheme) []Difference {
	var list []Difference
	for _, d := range []Difference{
		{"sketch version", s.Version, other.Version},
		{"token version", s.Tokens, other.Tokens},
		{"tokens of a fingerprint shingle", s.FingerprintW, other.FingerprintW},
		{"tokens of a signature shingle", s.W, other.W},
		{"slots of a signature", s.Slots, other.Slots},
		{"seed", s.Seed, other.Seed},
	} {
		if d.A != d.B {
			list = append(list, d)
		}
	}
	return list
}
