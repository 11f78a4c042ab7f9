package near

import (
	"fmt"
	"math"
)

// Judge decides whether two articles are near-duplicates, and which of them may go for the other.
// It is the one rule for candidates, however they were found.
type Judge struct {
	Threshold   float64 // least resemblance
	Containment float64 // least containment of the smaller set; above 1: containment alone never suffices
}

// Judge gives the rule of the options, with the defaults for what is zero. Its error says what is
// out of range.
func (o Options) Judge() (Judge, error) {
	j := Judge{o.Threshold, o.Containment}
	if j.Threshold == 0 {
		j.Threshold = DefaultThreshold
	}
	if j.Containment == 0 {
		j.Containment = 0.9
	}
	if !(j.Threshold > 0 && j.Threshold <= 1 && j.Containment > 0) {
		return j, fmt.Errorf("near-duplicates: threshold %g must be above 0 and at most 1, containment %g above 0", j.Threshold, j.Containment)
	}
	return j, nil
}

// leastAlike is how many shingles the longer of two articles must have for them to be alike without
// being the same: of fewer than ten words, one more or less at an end makes another text.
const leastAlike = 6

// leastContained is how many shingles an article must have for containment in a longer one to say
// something: a brief of 24 words.
const leastContained = 20

// Near decides on a pair, by the sizes of its sets of shingles and what they share.
//
// No further rule is needed to keep articles apart that fill the same template with other things:
// where each shares at most 80 % of its shingles with the other, resemblance is at most 0.8/1.2 =
// 0.67 and containment 0.8, both below the defaults, and a changed word costs five shingles.
func (j Judge) Near(e Edge) (Rule, bool) {
	small, large := min(e.NA, e.NB), max(e.NA, e.NB)
	switch {
	case e.Shared == 0:
		return 0, false
	case large < leastAlike && (e.Shared < e.NA || e.Shared < e.NB):
		return 0, false
	case e.Resemblance() >= j.Threshold:
		return RuleResemblance, true
	case small >= leastContained && e.contained() >= j.Containment:
		return RuleContainment, true
	}
	return 0, false
}

// Goes decides whether A may be left out for B: they resemble each other, or B contains A. A longer
// article never goes for one that it contains.
func (j Judge) Goes(e Edge) (Rule, bool) {
	rule, ok := j.Near(e)
	return rule, ok && (rule == RuleResemblance || e.NA <= e.NB)
}

// Share is the least share of the smaller set that two near-duplicates have in common.
func (j Judge) Share() float64 { return min(2*j.Threshold/(1+j.Threshold), j.Containment) }

// Missing is how many shingles of the smaller set, of size, may be absent from the other one at
// most.
func (j Judge) Missing(size int) int {
	return int((1-j.Share())*float64(size) + 1e-9)
}

// MissingOf is how many shingles of a set of small may be absent from one of large in a pair of
// near-duplicates, and whether there can be one of these sizes. By resemblance t, two sets of a and
// b share t(a+b)/(1+t) or more.
func (j Judge) MissingOf(small, large int) (most int, ok bool) {
	least := j.Threshold * float64(small+large) / (1 + j.Threshold)
	if j.Containment <= 1 && small >= leastContained {
		least = min(least, j.Containment*float64(small))
	}
	left := float64(small) - least + 1e-9
	return int(max(left, 0)), left >= 0
}

// rules says when a pair is no edge, by what is known of the two sets while one is read.
type rules struct {
	most int // shingles of the set that is read that may be missing from the other one
}

// rules are those for a set of size shingles and one that has at most total. Let u different
// shingles of the second be missing from the first: at most total−u are shared. Then the pair is no
// edge by resemblance when total−u < t·(size+u), nor as the first stands in the second when total−u
// < c·size, nor as the second stands in the first when u > (1−c)·total. Each of these stays true as
// u grows, so there is a greatest u that is none of them.
func (j Judge) rules(size, total int) rules {
	most := (float64(total) - j.Threshold*float64(size)) / (1 + j.Threshold)
	if j.Containment <= 1 {
		most = max(most, float64(total)-j.Containment*float64(size), (1-j.Containment)*float64(total))
	}
	return rules{int(math.Floor(most + 1e-6))}
}

// out tells whether so many missing shingles rule an edge out.
func (r rules) out(missing int) bool { return missing > r.most }

// DefaultThreshold is the least resemblance of near-duplicates where none is asked for.
const DefaultThreshold = 0.7
