package text

import (
	"strings"
	"testing"

	"github.com/clipperhouse/uax29/v2/sentences"
	"pgregory.net/rapid"
)

func TestSentences(t *testing.T) {
	for _, c := range []string{
		"The ferry sank.| Nobody was hurt.",
		"Mr. Olsen and Dr. Berg met Gov. Hale.| They talked.",
		"On Jan. 5 the U.S. Senate voted.| It passed in the U.S.| The house follows in Dec.| Nobody objects.",
		"George W. Berg won.| So did J. K. Olsen.| This was plan B.| The first had failed.",
		"It opens at 9 a.m. Friday.| It closes at 5 p.m.| Visitors leave then.",
		"“We are done.”| “Are you?”| She left.",
		"“Are you done?” he asked.| \"Yes!\" she said.",
		"He said it (twice.)| She did not.",
		"Acme Inc. shares fell.| It sold Acme Corp.| The buyer is unknown.",
		"A headline without a stop|\n\nThe first sentence.| The second… goes on.| Third?! |Fourth",
		"Two lines of a list|\nOne is milk|\nTwo is eggs|\n• bread",
		"A town in the north of the country\nhas a new mayor.| He was elected.",
		"The council of the town voted to open a\nFerry line to the island of the same\nName, which has none since the War and\nmay get one now.| Mr.\nOlsen objects.",
		"It was late in the night.| He\nsaw the town before him on the hill and\nwent there.",
		"1. First item.|\n2. Second item.",
		"It cost 3.5 million, i.e. more than No. 2 did, see example.com.",
		"東京は晴れ。|明日は雨。",
		"",
		" \n ",
	} {
		s := strings.ReplaceAll(c, "|", "")
		var want, got []string
		for _, w := range strings.Split(c, "|") {
			if w = strings.TrimSpace(w); w != "" {
				want = append(want, w)
			}
		}
		for _, sp := range AppendSentences(nil, s) {
			got = append(got, s[sp.Start:sp.End])
		}
		if strings.Join(got, "|") != strings.Join(want, "|") {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	}
}

// TestSentencesCover holds that sentences are in order, trimmed, and leave out white space only.
func TestSentencesCover(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := randomText(t)
		last := 0
		for _, sp := range AppendSentences(nil, s) {
			if sp.Start < last || sp.End <= sp.Start || strings.TrimSpace(s[last:sp.Start]) != "" || strings.TrimSpace(s[sp.Start:sp.End]) != s[sp.Start:sp.End] {
				t.Fatalf("%q: sentence %v after %d", s, sp, last)
			}
			last = sp.End
		}
		if strings.TrimSpace(s[last:]) != "" {
			t.Fatalf("%q: %q left out", s, s[last:])
		}
	})
}

// TestSentenceWordsAreRead: what is no entry is told with its line.
func TestSentenceWordsAreRead(t *testing.T) {
	for _, bad := range []string{"always", "always Mr", "never mr"} {
		if err := readSentenceWords("# a comment\n" + bad + "\n"); err == nil || !strings.Contains(err.Error(), bad) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if abbreviations["mr"] != always || !starters["the"] || !times["gmt"] {
		t.Error("the list is not read")
	}
}

// Asked from the last word before a mark, uax29 ends sentences where it does when asked from their
// starts.
func FuzzSentenceEnd(f *testing.F) {
	for _, s := range []string{
		"He said so. She did not! (Why?) \"Well.\" U.S. troops, 3.5 of them… go.", "one\r\ntwo\u2028three\u0085four.\nfive", "«Да.» Нет! é. É.A “x.” y ‘a’. b",
		"a.\u0301 b", "A.\u00adB. c", "no. 5?! ok", "。中文。 句子", "\xff.\xc3", "x\u0301. Y", ". . .", "1.", "a\tb.\tc",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		plain := sentences.FromString(s)
		it := sentences.FromString(s)
		for start := 0; start < len(s); {
			if !plain.Next() || plain.Start() != start {
				t.Fatalf("%q: a sentence starts at %d, not at %d", s, start, plain.Start())
			}
			if start = sentenceEnd(it, s, start); start != plain.End() {
				t.Fatalf("%q: a sentence ends at %d, not at %d", s, start, plain.End())
			}
		}
	})
}
