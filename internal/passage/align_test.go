package passage

import (
	"context"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestAlign(t *testing.T) {
	a := "Nothing to do with it. The minister said on Friday that the bridge over the river would be closed for repairs until the end of March. Unrelated end."
	b := "A different start here! The minister said on Monday that the old bridge over the river would be closed until the end of March, officials added."
	got, err := Align(context.Background(), a, b, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 1 {
		t.Fatalf("got %d passages, want 1", len(got))
	}
	var lines []string
	for _, e := range got[0].Edits {
		lines = append(lines, e.Op.String()+": "+a[e.A.Start:e.A.End]+" | "+b[e.B.Start:e.B.End])
	}
	want := []string{
		"equal: The minister said on | The minister said on",
		"changed: Friday | Monday",
		"equal: that the | that the",
		"inserted:  | old",
		"equal: bridge over the river would be closed | bridge over the river would be closed",
		"deleted: for repairs | ",
		"equal: until the end of March | until the end of March",
	}
	if !slices.Equal(lines, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(lines, "\n"), strings.Join(want, "\n"))
	}
}

func TestAlignSameText(t *testing.T) {
	s := strings.Repeat("one two three four five six seven eight nine ten eleven twelve. ", 1)
	got, err := Align(context.Background(), s, strings.ToUpper(s), Options{})
	if err != nil || len(got) != 1 || len(got[0].Edits) != 1 || got[0].Matched != 12 {
		t.Errorf("got %+v, %v", got, err)
	}
}

// TestLCS compares with the quadratic table.
func TestLCS(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.Uint32Range(1, 4)
		a, b := rapid.SliceOfN(word, 0, 20).Draw(t, "a"), rapid.SliceOfN(word, 0, 20).Draw(t, "b")
		table := make([][]int, len(a)+1)
		for i := range table {
			table[i] = make([]int, len(b)+1)
			for j := range table[i] {
				switch {
				case i == 0 || j == 0:
				case a[i-1] == b[j-1]:
					table[i][j] = table[i-1][j-1] + 1
				default:
					table[i][j] = max(table[i-1][j], table[i][j-1])
				}
			}
		}
		n, x, y := 0, 0, 0
		for _, s := range lcs(a, b) {
			if s.a < x || s.b < y || s.n < 1 || !slices.Equal(a[s.a:s.a+s.n], b[s.b:s.b+s.n]) {
				t.Fatalf("bad stretch %v", s)
			}
			x, y, n = s.a+s.n, s.b+s.n, n+s.n
		}
		if n != table[len(a)][len(b)] {
			t.Fatalf("%d tokens, want %d", n, table[len(a)][len(b)])
		}
	})
}

// FuzzAlign holds what Align promises of any two texts.
func FuzzAlign(f *testing.F) {
	f.Add("one two three four five six seven eight nine ten. eleven", "zero. one two three four six seven eight nine ten. twelve")
	f.Add("ha ha ha ha ha ha ha ha ha ha ha ha", "ha ha ha ha ha ha ha ha ha ha ha ha ha ho")
	f.Add("a b c d e f g h i j\xff", "語 a b c d e f g h i j k l m n o p")
	f.Fuzz(func(t *testing.T, a, b string) {
		got, err := Align(context.Background(), a, b, Options{MinTokens: 3})
		if err != nil {
			t.Fatal(err)
		}
		for _, al := range got {
			if n := len(al.Edits); n == 0 || al.Edits[0].Op != Equal || al.Edits[n-1].Op != Equal {
				t.Fatalf("%+v", al)
			}
			atA, atB := al.A.Start, al.B.Start
			for _, e := range al.Edits {
				if e.A.Start < atA || e.B.Start < atB || e.A.End < e.A.Start || e.B.End < e.B.Start {
					t.Fatalf("%+v in %+v", e, al)
				}
				atA, atB = e.A.End, e.B.End
			}
			if atA != al.A.End || atB != al.B.End || atA > len(a) || atB > len(b) {
				t.Fatalf("%+v", al)
			}
		}
	})
}
