package report

import "testing"

func TestBar(t *testing.T) {
	for share, want := range map[float64]string{
		0: "────", 1e-9: "╸───", 0.125: "╸───", 0.25: "━───", 0.5: "━━──", 0.9: "━━━╸", 0.999999: "━━━╸", 1: "━━━━", 7: "━━━━", -1: "────",
	} {
		full, rest := bar(share, 4)
		if full+rest != want {
			t.Errorf("bar(%v) = %s, want %s", share, full+rest, want)
		}
		if Width(full+rest) != 4 {
			t.Errorf("bar(%v) takes %d cells", share, Width(full+rest))
		}
	}
}

func TestPercent(t *testing.T) {
	for share, want := range map[float64]string{0: "0.0%", 0.0001: "<0.1%", 0.0213: "2.1%", 0.9999: ">99.9%", 1: "100.0%"} {
		if got := percent(share); got != want {
			t.Errorf("percent(%v) = %q, want %q", share, got, want)
		}
	}
}
