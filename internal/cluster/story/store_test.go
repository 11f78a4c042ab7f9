package story

import "testing"

// An article without words has no part of a stretch that lies in the file: asking for it ended the
// program, where an index with stories was built of more than fits into memory.
func TestNothingOfWhatIsInTheFile(t *testing.T) {
	s := newStore(1, t.TempDir(), 0)
	defer s.close()
	if err := s.put(0, []uint64{1, 2, 3}); err != nil {
		t.Fatal(err)
	}
	var buf []uint64
	for _, c := range []struct{ from, to, want int }{{2, 2, 0}, {3, 3, 0}, {1, 3, 2}} {
		if got, err := s.part(0, c.from, c.to, &buf); err != nil || len(got) != c.want {
			t.Errorf("%d to %d: %v, %v", c.from, c.to, got, err)
		}
	}
}
