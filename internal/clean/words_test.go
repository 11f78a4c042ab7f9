package clean

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"dedup/internal/article"
	"dedup/internal/text"
)

func TestCopies(t *testing.T) {
	kept := "The ferry stops. It sails again in March, the company hopes. Nobody knows more about it. The mayor waits."
	for _, c := range []struct {
		s     string
		least int
		want  []string
	}{
		{"THE FERRY STOPS. It sails again in March, the company hopes. Nobody knows more about it.", 3, []string{"THE FERRY STOPS. It sails again in March, the company hopes. Nobody knows more about it."}},
		{"The ferry stops. It sails again in May, the company hopes. Nobody knows more about it.", 3, []string{"The ferry stops.", "Nobody knows more about it."}},
		{"The ferry stops. It sails again in May, the company hopes. Nobody knows more about it.", 4, []string{"Nobody knows more about it."}},
		{"Nobody knows more about it. He resigned. The ferry stops.", 3, []string{"Nobody knows more about it.", "The ferry stops."}},
		{"Nobody knows more about it. The ferry stops.", 3, []string{"Nobody knows more about it.", "The ferry stops."}}, // not neighbours in what stays
		{"Somebody knows more about it.", 1, nil},
	} {
		var got []string
		for _, u := range NewCutter(c.s).Copies(nil, article.Span{End: len(c.s)}, NewWords(kept), c.least) {
			got = append(got, c.s[u.Start:u.End])
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%q: %q, want %q", c.s, got, c.want)
		}
	}
}

// What Copies takes stands word for word in what stays, is as long as it must be, and lies apart in
// the span.
func TestCopiesStand(t *testing.T) {
	word := rapid.SampledFrom(strings.Fields("a b c d. e. f, g ha ha. “i j” k\n l\n\n"))
	rapid.Check(t, func(t *rapid.T) {
		s := strings.Join(rapid.SliceOfN(word, 1, 60).Draw(t, "s"), " ")
		kept := strings.Join(rapid.SliceOfN(word, 1, 60).Draw(t, "kept"), " ")
		least := rapid.IntRange(1, 5).Draw(t, "least")
		span := article.Span{Start: rapid.IntRange(0, len(s)-1).Draw(t, "from")}
		span.End = rapid.IntRange(span.Start, len(s)).Draw(t, "to")
		if !OnCharacters(s, []Cut{{Span: span}}) {
			return
		}
		w, end := NewWords(kept), 0
		hash := func(s string) (out []uint64) {
			for _, t := range text.AppendTokens(nil, s) {
				out = append(out, t.Hash)
			}
			return out
		}
		all := hash(kept)
		for _, u := range NewCutter(s).Copies(nil, span, w, least) {
			unit := hash(s[u.Start:u.End])
			stands := false
			for i := range all {
				stands = stands || i+len(unit) <= len(all) && slices.Equal(all[i:i+len(unit)], unit)
			}
			if !stands || len(unit) < least || u.Start < end {
				t.Fatalf("%q of %q, kept %q", s[u.Start:u.End], s, kept)
			}
			end = u.End
		}
	})
}
