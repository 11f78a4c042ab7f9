package forest

import (
	"testing"

	"pgregory.net/rapid"
)

// Sets are those that joins make, each called by its least number.
func TestForest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 30).Draw(t, "n")
		f := Of[int32](nil).Alone(n / 2).Alone(n)
		want := make([]int32, n)
		for i := range want {
			want[i] = int32(i)
		}
		number := rapid.Int32Range(0, int32(n-1))
		for range rapid.IntRange(0, 40).Draw(t, "joins") {
			a, b := number.Draw(t, "a"), number.Draw(t, "b")
			f.Join(a, b)
			from, to := max(want[a], want[b]), min(want[a], want[b])
			for i := range want {
				if want[i] == from {
					want[i] = to
				}
			}
		}
		for i := range want {
			if got := f.Root(int32(i)); got != want[i] {
				t.Fatalf("the root of %d is %d, want %d", i, got, want[i])
			}
		}
	})
}
