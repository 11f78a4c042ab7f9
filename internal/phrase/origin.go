package phrase

import (
	"strings"
	"time"
)

// Why an origin is named.
const (
	ByAgency      = "agency"      // half of the carriers or more credit one agency
	ByDate        = "date"        // it was published before all others
	ByContainment = "containment" // dates do not tell, and the others are made of what it has
	Unknown       = "unknown"
)

// Carrier is an article that has a shared passage.
type Carrier struct {
	Source    string
	Agency    string    // that the article credits, see Credit; empty: none
	Published time.Time // zero: unknown; midnight UTC sharp: the day alone is known
	Shared    float64   // share of the article's text that also stands in other sources, see Shared
}

// Source is where a passage most likely came from.
type Source struct {
	Carrier int    // place among the carriers, -1: none of them, or unknown
	Agency  string // where it came from an agency
	By      string // ByAgency, ByDate, ByContainment or Unknown
}

// Shares that tell an excerpt from the article that it was cut from.
const (
	excerpt = 0.8 // at least so much of an excerpt stands elsewhere
	whole   = 0.5 // at most so much of the whole article does
)

// Origin says which of the carriers of a passage it most likely came from.
//
// An agency that at least half of them credit is the origin, unless another one was surely
// published before: its own article if it is among them, else none of them. Otherwise the article
// that was surely published before every other one (a day without time of day is before another day
// only). Where dates leave several, an article with text of its own whose rivals are all made of
// shared text. Else, and whenever a date that matters is missing: unknown. It never says more than
// these three rules; a passage that all carriers took from an article outside the set gets a wrong
// origin by date.
func Origin(carriers []Carrier) Source {
	if agency := mostCredited(carriers); agency != "" {
		s := Source{Carrier: -1, Agency: agency, By: ByAgency}
		for i, c := range carriers {
			if ownArticle(c.Source, agency) && (s.Carrier < 0 || surelyBefore(c.Published, carriers[s.Carrier].Published)) {
				s.Carrier = i
			}
		}
		return s
	}
	first := earliest(carriers)
	switch {
	case len(carriers) < 2 || len(first) == 0:
		return Source{Carrier: -1, By: Unknown}
	case len(first) == 1:
		return Source{Carrier: first[0], By: ByDate}
	}
	if i := container(carriers, first); i >= 0 {
		return Source{Carrier: i, By: ByContainment}
	}
	return Source{Carrier: -1, By: Unknown}
}

// mostCredited is the agency that at least half of the carriers credit or are, none of the others
// surely before all of those. Of several it is the one with most, then the first by name.
func mostCredited(carriers []Carrier) string {
	best, most := "", 0
	for _, c := range carriers {
		if n := credits(carriers, c.Agency); c.Agency != "" && 2*n >= len(carriers) && (n > most || n == most && c.Agency < best) {
			best, most = c.Agency, n
		}
	}
	return best
}

// credits counts the carriers that credit the agency or are its own, 0 if another one was surely
// published before all of them.
func credits(carriers []Carrier, agency string) int {
	n := 0
	for _, c := range carriers {
		if c.Agency == agency || ownArticle(c.Source, agency) {
			n++
			continue
		}
		earlier := true
		for _, d := range carriers {
			earlier = earlier && (d.Agency != agency && !ownArticle(d.Source, agency) || surelyBefore(c.Published, d.Published))
		}
		if earlier {
			return 0
		}
	}
	return n
}

// ownArticle says whether source is the agency itself, by one of its names or its host.
func ownArticle(source, agency string) bool {
	source = strings.TrimSpace(source)
	if agencyOf[source] == agency {
		return true
	}
	label := strings.ToLower(source)
	if parts := strings.Split(label, "."); len(parts) > 1 {
		label = parts[len(parts)-2]
	}
	name := strings.ToLower(strings.ReplaceAll(agency, " ", ""))
	return label == name || label == name+"news" || label == name+"net"
}

// earliest lists the carriers that no other one was surely published before. It is empty where a
// date is missing: that one could be the first.
func earliest(carriers []Carrier) []int {
	var first []int
	for i, c := range carriers {
		if c.Published.IsZero() {
			return nil
		}
		beaten := false
		for _, d := range carriers {
			beaten = beaten || surelyBefore(d.Published, c.Published)
		}
		if !beaten {
			first = append(first, i)
		}
	}
	return first
}

// surelyBefore compares two dates of which either may be a day alone.
func surelyBefore(a, b time.Time) bool {
	if a.IsZero() || b.IsZero() {
		return false
	}
	if dayAlone(a) || dayAlone(b) {
		return a.UTC().Truncate(24 * time.Hour).Before(b.UTC().Truncate(24 * time.Hour))
	}
	return a.Before(b)
}

func dayAlone(t time.Time) bool { return t.UTC().Truncate(24 * time.Hour).Equal(t) }

// container is the only one of the carriers named by first that has text of its own while all
// others are excerpts, or -1.
func container(carriers []Carrier, first []int) int {
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
