package gate

import (
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

func TestParseLimit(t *testing.T) {
	for in, want := range map[string]string{
		"0": "0", "10": "10", " 7 ": "7", "none": "none", "0.5%": "0.5%", "0.50 %": "0.5%", "5%": "5%", "100%": "100%", "250%": "250%",
		"0.000000001%": "0.000000001%", "007": "7", "0%": "0%",
	} {
		l, err := ParseLimit(in)
		if err != nil || l.String() != want {
			t.Errorf("ParseLimit(%q) = %s, %v, want %s", in, l, err, want)
		}
	}
	for _, in := range []string{
		"", " ", "-1", "+1", "1.5", "0x10", "1_000", "1,000", "ten", "%", ".5%", "5.%", "5%%", "-5%", "+5%", "1e3%", "NaN%", "5. 5%", "0.0000000001%",
		"99999999999999999999", "99999999999%", "no", "None", "5 0%",
	} {
		if l, err := ParseLimit(in); err == nil {
			t.Errorf("ParseLimit(%q) = %s, want an error", in, l)
		}
	}
}

func TestLimitExceeded(t *testing.T) {
	for _, c := range []struct {
		limit string
		n, of int
		want  bool
	}{
		{"0", 0, 10, false}, {"0", 1, 10, true}, {"5", 5, 1, false}, {"5", 6, 1, true},
		{"0.5%", 5, 1000, false}, {"0.5%", 6, 1000, true}, {"0.5%", 1, 199, true}, {"0.5%", 1, 200, false},
		{"0.1%", 3, 3000, false}, {"33.333333333%", 1, 3, true}, {"33.333333334%", 1, 3, false},
		{"0%", 0, 0, false}, {"0%", 1, 10, true}, {"10%", 1, 0, true}, {"10%", 0, 0, false}, {"100%", 7, 7, false}, {"100%", 8, 7, true},
		{"none", math.MaxInt, 0, false}, {"100%", math.MaxInt, math.MaxInt, false}, {"99.999999999%", math.MaxInt, math.MaxInt, true},
	} {
		l, err := ParseLimit(c.limit)
		if err != nil {
			t.Fatal(err)
		}
		if got := l.Exceeded(c.n, c.of); got != c.want {
			t.Errorf("%s: %d of %d exceed: %v", c.limit, c.n, c.of, got)
		}
	}
}

// TestLimitAgainstRationals: a share is exceeded exactly when n/of is more than it.
func TestLimitAgainstRationals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`[0-9]{1,3}(\.[0-9]{1,9})?`).Draw(t, "percent")
		n, of := rapid.IntRange(0, math.MaxInt).Draw(t, "n"), rapid.IntRange(1, math.MaxInt).Draw(t, "of")
		l, err := ParseLimit(s + "%")
		if err != nil {
			t.Fatal(err)
		}
		allowed, _ := new(big.Rat).SetString(s)
		allowed.Mul(allowed, big.NewRat(int64(of), 100))
		if got, want := l.Exceeded(n, of), new(big.Rat).SetInt64(int64(n)).Cmp(allowed) > 0; got != want {
			t.Fatalf("%s%%: %d of %d exceed: %v", s, n, of, got)
		}
		again, err := ParseLimit(l.String())
		if err != nil || again != l {
			t.Fatalf("%s reads as %s, %v", l, again, err)
		}
	})
}

func TestLimitIsAFlag(t *testing.T) {
	l := Count(3)
	if err := l.Set("x"); err == nil || l != Count(3) {
		t.Errorf("a bad value: %v, %s", err, l)
	}
	if err := l.Set("0.5%"); err != nil || l.String() != "0.5%" || !l.IsShare() || l.Type() != "limit" {
		t.Errorf("%v, %s, %s", err, l, l.Type())
	}
}
