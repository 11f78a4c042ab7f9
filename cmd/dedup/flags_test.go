package main

import (
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestShares(t *testing.T) {
	for in, want := range map[string]share{"0.8": 0.8, "80%": 0.8, " 80 % ": 0.8, "0": 0, "0%": 0, "1": 1, "100%": 1, "0.5%": 0.005, "1e-3": 0.001} {
		var s share
		if err := s.Set(in); err != nil || math.Abs(float64(s-want)) > 1e-12 {
			t.Errorf("%q is %g, error %v; want %g", in, s, err, want)
		}
	}
	for in, want := range map[string]string{
		"80": "write 80% or 0.8", "1.5": "write 1.5% or 0.015", "101%": "up to 100%", "1000": "up to 1", "-1": "no share", "NaN": "no share", "": "no share", "%": "no share",
		"eighty": "no share", "Inf": "up to 1",
	} {
		s := share(0.5)
		if err := s.Set(in); err == nil || !strings.Contains(err.Error(), want) || s != 0.5 {
			t.Errorf("%q: error %v, the share is %g; want %q", in, err, s, want)
		}
	}
}

func TestPeriods(t *testing.T) {
	for in, want := range map[string]time.Duration{
		"3d": 3 * day, "90d": 90 * day, "12w": 84 * day, "36h": 36 * time.Hour, "0": 0, "0d": 0, "1w3d": 10 * day, "1d12h": 36 * time.Hour, "1h30m": 90 * time.Minute,
	} {
		var p period
		if err := p.Set(in); err != nil || time.Duration(p) != want {
			t.Errorf("%q is %s, error %v; want %s", in, time.Duration(p), err, want)
		}
	}
	for _, bad := range []string{"", "3", "-3d", "-3h", "d", "w", "soon", "3 d", "1.5d", "3d2w", "20000w", "106751d24h", "+3d", "3d3", "9223372036854775808d"} {
		var p period
		if err := p.Set(bad); err == nil {
			t.Errorf("%q is taken for %s", bad, time.Duration(p))
		}
	}
}

// TestPeriodRoundTrip: what a period prints as, it is read from.
func TestPeriodRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := period(rapid.Int64Min(0).Draw(t, "p"))
		var again period
		if err := again.Set(p.String()); err != nil || again != p {
			t.Fatalf("%s is read as %s, error %v", p.String(), again.String(), err)
		}
	})
}

// FuzzPeriod: no input is read as a negative length.
func FuzzPeriod(f *testing.F) {
	for _, s := range []string{"1w3d", "36h", "15250w1d23h47m16.854775807s"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var p period
		if p.Set(s) == nil && p < 0 {
			t.Errorf("%q is %d", s, p)
		}
	})
}
