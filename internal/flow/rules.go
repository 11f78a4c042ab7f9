package flow

import (
	"time"

	"dedup/internal/phrase"
)

// carrier is an article that has a passage, the earliest of its outlet.
type carrier struct {
	*Article
	at int // its number
}

// Shares that tell an excerpt from the article that it was cut from.
const (
	excerpt = 0.8 // at least so much of an excerpt stands elsewhere
	whole   = 0.5 // at most so much of the whole article does
)

// lead is how far apart two times of day must be for one article to come before the other: clients
// of one wire print within minutes, and clocks and feeds differ by as much.
const lead = 10 * time.Minute

// mostCredited is the agency that at least half of the carriers credit or are, or that the first of
// them does, none of the others surely before all of those. Of several it is the one with most,
// then the first by name.
func mostCredited(carriers []carrier, first []int) string {
	best, most := "", 0
	asked := map[string]bool{}
	for i, c := range carriers {
		alone := len(first) == 1 && first[0] == i
		if c.Agency == "" || asked[c.Agency] && !alone {
			continue
		}
		asked[c.Agency] = true
		n := credits(carriers, c.Agency)
		if (2*n >= len(carriers) || alone) && (n > most || n > 0 && n == most && c.Agency < best) {
			best, most = c.Agency, n
		}
	}
	return best
}

// of says whether the article is the agency's own or credits it.
func (c *carrier) of(agency string) bool {
	return c.Agency == agency || phrase.OwnArticle(c.Source, agency)
}

// credits counts the carriers that credit the agency or are its own, 0 if another one was surely
// published before all of them. Cost: linear.
func credits(carriers []carrier, agency string) int {
	n, dated := 0, true
	var begin time.Time // of the first of them
	for _, c := range carriers {
		if c.of(agency) {
			n++
			dated = dated && !c.Published.IsZero()
			if begin.IsZero() || c.Published.Before(begin) {
				begin = c.Published
			}
		}
	}
	for _, c := range carriers {
		if dated && !c.of(agency) && surelyBefore(c.Published, begin) {
			return 0
		}
	}
	return n
}

// ownArticle is the earliest of the carriers that is the agency's own, -1 for none.
func ownArticle(carriers []carrier, agency string) int {
	own := -1
	for i, c := range carriers {
		if phrase.OwnArticle(c.Source, agency) && (own < 0 || surelyBefore(c.Published, carriers[own].Published)) {
			own = i
		}
	}
	return own
}

// earliest lists the carriers that no other one was surely published before. complete is false
// where a date is missing: that one could be the first, and the list leaves it out.
func earliest(carriers []carrier) (first []int, complete bool) {
	complete = true
	best := time.Time{}
	for _, c := range carriers {
		if complete = complete && !c.Published.IsZero(); !c.Published.IsZero() && (best.IsZero() || endOf(c.Published).Before(endOf(best))) {
			best = c.Published
		}
	}
	for i, c := range carriers {
		if !c.Published.IsZero() && !surelyBefore(best, c.Published) {
			first = append(first, i)
		}
	}
	return first, complete
}

// endOf is the last moment that a date may mean.
func endOf(t time.Time) time.Time {
	if dayAlone(t) {
		return t.Add(24*time.Hour - time.Nanosecond)
	}
	return t
}

// surelyBefore compares two dates of which either may be a day alone.
func surelyBefore(a, b time.Time) bool {
	if a.IsZero() || b.IsZero() {
		return false
	}
	if dayAlone(a) || dayAlone(b) {
		return a.UTC().Truncate(24 * time.Hour).Before(b.UTC().Truncate(24 * time.Hour))
	}
	return b.Sub(a) >= lead
}

func dayAlone(t time.Time) bool { return t.UTC().Truncate(24 * time.Hour).Equal(t) }

// container is the only one of the carriers named by first that has text of its own while all
// others are excerpts, or -1.
func container(carriers []carrier, first []int) int {
	found := -1
	for _, i := range first {
		switch sh := carriers[i].Shared; {
		case sh >= excerpt:
		case sh <= whole && found < 0:
			found = i
		default:
			return -1
		}
	}
	return found
}
