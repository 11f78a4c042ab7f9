package nearest

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestWord(t *testing.T) {
	commands := []string{"add", "background", "build", "check", "clean", "clusters", "index", "info", "pairs", "scan", "stories"}
	for in, want := range map[string]string{
		"scna": "scan", "bulid": "build", "ad": "add", "Check": "check", "cluster": "clusters", "storys": "stories", "indx": "index",
		"": "", "x": "", "nonsense": "", "frobnicate": "",
	} {
		if got := Word(in, commands); got != want {
			t.Errorf("%q is taken for %q, want %q", in, got, want)
		}
	}
	keys := []string{"baseline", "index", "max-duplicates", "max-per-source", "max-repeats", "rules", "threshold", "tiny"}
	for in, want := range map[string]string{
		"max-duplicates": "max-duplicates", "duplicates": "", "treshold": "threshold", "max-per-sources": "max-per-source", "tin": "tiny", "indx": "index",
		strings.Repeat("x", 1000): "",
	} {
		if got := Word(in, keys); got != want {
			t.Errorf("%q is taken for %q, want %q", in, got, want)
		}
	}
	if got := Hint("jsno", "json", "text"); got != "\nhint: did you mean json?" {
		t.Errorf("the hint is %q", got)
	}
	if got := Hint("nonsense", "json", "text"); got != "" {
		t.Errorf("nothing is near, and the hint is %q", got)
	}
}

// TestDistance holds the distance against its definition: symmetric, zero for the same word alone,
// and one for one change.
func TestDistance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[a-c]{0,8}`)
		a, b := word.Draw(t, "a"), word.Draw(t, "b")
		d := distance(a, b, 100)
		if d != distance(b, a, 100) || (d == 0) != (a == b) || d > max(len(a), len(b)) {
			t.Fatalf("%q and %q are %d apart", a, b, d)
		}
		if len(a) > 1 {
			i := rapid.IntRange(0, len(a)-2).Draw(t, "i")
			swapped := a[:i] + a[i+1:i+2] + a[i:i+1] + a[i+2:]
			if d := distance(a, swapped, 100); d > 1 || (d == 0) != (a == swapped) {
				t.Fatalf("%q and %q are %d apart", a, swapped, d)
			}
		}
	})
}
