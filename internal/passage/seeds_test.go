package passage

import (
	"os"
	"path/filepath"
	"testing"
)

// seed reads one of the five seed articles by the number its name begins with.
func seed(t testing.TB, n string) string {
	t.Helper()
	m, err := filepath.Glob("../../seeds/" + n + "_*.txt")
	if err != nil || len(m) != 1 {
		t.Fatalf("seed %s: %v %v", n, m, err)
	}
	b, err := os.ReadFile(m[0])
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestFurnitureOfSeeds(t *testing.T) {
	want := map[string]string{
		"001": "Related Sources:\n\n•\u00a0Source 1\u00a0•\u00a0Source 2\u00a0•\u00a0Source 3",
		"002": "What's Your Reaction?",
	}
	for _, n := range []string{"000", "001", "002", "003", "004"} {
		s := seed(t, n)
		got := Furniture(s)
		if want[n] == "" {
			if len(got) != 0 {
				t.Errorf("seed %s: furniture %q", n, s[got[0].Start:got[0].End])
			}
			continue
		}
		if len(got) != 1 || s[got[0].Start:got[0].End] != want[n] {
			t.Errorf("seed %s: got %v, want %q", n, got, want[n])
		}
	}
}

func TestRepeatsOfSeeds(t *testing.T) {
	want := map[string]string{
		"000": "Ukrainian Government Resistance Fails to Halt Russia-Ukraine Talks in Istanbul, Signaling Fragile Diplomatic Progress",
		"004": "Ukrainian and Russian Delegations Meet Amid Hostilities, Agree on Prisoner Swap",
	}
	for _, n := range []string{"000", "001", "002", "003", "004"} {
		s := seed(t, n)
		got := Repeats(s)
		if want[n] == "" {
			if len(got) != 0 {
				t.Errorf("seed %s: repeat %q", n, s[got[0].Spans[0].Start:got[0].Spans[0].End])
			}
			continue
		}
		if len(got) != 1 || len(got[0].Spans) != 2 {
			t.Fatalf("seed %s: got %v", n, got)
		}
		for _, p := range got[0].Spans {
			if s[p.Start:p.End] != want[n] {
				t.Errorf("seed %s: got %q, want %q", n, s[p.Start:p.End], want[n])
			}
		}
	}
}
