// Package score compares partitions of articles with gold labels.
package score

import (
	"errors"
	"fmt"
)

// Partition scores: Bagga & Baldwin, "Algorithms for scoring coreference chains", 1998 (B-cubed,
// each article weighs the same); Hubert & Arabie, "Comparing partitions", 1985 (adjusted Rand
// index). Invariant: every score is a function of the contingency table n[gold group][result group]
// over the gold articles alone. Cost: linear in articles. The table is never laid out: the articles
// are bucketed by gold group, and one counter a result group serves all of them in turn, so that
// sums run in a fixed order and the same input gives the same bits.

// Partition puts articles into groups: IDs[i] is in group Group[i], one of 0..Groups-1. No id
// stands twice.
type Partition struct {
	IDs    []string
	Group  []int32
	Groups int
}

// Ratio is precision, recall and their harmonic mean. Where nothing is claimed, nothing is wrong: 0
// of 0 is 1.
type Ratio struct {
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	F1        float64 `json:"f1"`
}

// Count is what a Ratio over pairs of articles was made from.
type Count struct {
	Correct  int64 `json:"correct"`
	Reported int64 `json:"reported"`
	Gold     int64 `json:"gold"`
	Ratio
}

// PartitionScore says how well a result's groups agree with the gold. Scores are over the gold
// articles: one that the result does not list (Unlisted) counts as a group of one, and one that
// only the result has (Extra) is taken out of its group.
type PartitionScore struct {
	Articles     int     `json:"articles"` // in the gold
	GoldGroups   int     `json:"gold_groups"`
	ResultGroups int     `json:"result_groups"` // over the gold articles
	Unlisted     int     `json:"unlisted"`
	Extra        int     `json:"extra"`
	BCubed       Ratio   `json:"bcubed"`
	ARI          float64 `json:"ari"` // 1: same partition, 0: as by chance; below 0: worse than chance
	Pairs        Count   `json:"pairs"`
}

// Partitions compares result with gold. It fails when gold is empty and when a result that
// lists articles lists none of gold's.
func Partitions(gold, result Partition) (PartitionScore, error) {
	var s PartitionScore
	if len(gold.IDs) == 0 {
		return s, errors.New("the gold names no article")
	}
	group, groups, extra := Align(gold, result)
	s.Articles, s.GoldGroups, s.ResultGroups, s.Extra = len(gold.IDs), gold.Groups, groups, extra
	s.Unlisted = len(gold.IDs) - (len(result.IDs) - extra)
	if len(result.IDs) > 0 && s.Unlisted == len(gold.IDs) {
		return s, fmt.Errorf("no article of the gold is in the result: the gold has %q, the result %q; ids must be spelt the same", gold.IDs[0], result.IDs[0])
	}
	s.tally(gold.Group, gold.Groups, group, groups)
	return s, nil
}

// Align gives each gold article its result group, renumbered densely over the gold articles; an
// article that result does not list gets a group of its own. extra counts the articles of result
// that gold does not have.
func Align(gold, result Partition) (group []int32, groups, extra int) {
	at := make(map[string]int32, len(gold.IDs))
	for i, id := range gold.IDs {
		at[id] = int32(i)
	}
	group = make([]int32, len(gold.IDs))
	for i := range group {
		group[i] = -1
	}
	dense := make([]int32, result.Groups) // 0: not met yet, else number + 1
	for i, id := range result.IDs {
		g, ok := at[id]
		if !ok {
			extra++
			continue
		}
		if d := &dense[result.Group[i]]; *d == 0 {
			groups++
			*d = int32(groups)
		}
		group[g] = dense[result.Group[i]] - 1
	}
	for i := range group {
		if group[i] < 0 {
			group[i] = int32(groups)
			groups++
		}
	}
	return group, groups, extra
}

// tally fills in the scores of the partition b (nb groups) against a (na groups) of the same
// articles.
func (s *PartitionScore) tally(a []int32, na int, b []int32, nb int) {
	order, start := bucket(a, na)
	sizeB := make([]int64, nb)
	for _, g := range b {
		sizeB[g]++
	}
	var precision, recall float64
	var both, inA, inB int64 // pairs of articles that are together in a and b, in a, in b
	cell := make([]int64, nb)
	for g := range na {
		items := order[start[g]:start[g+1]]
		for _, i := range items {
			cell[b[i]]++
		}
		size := int64(len(items))
		inA += Choose2(size)
		for _, i := range items {
			n := cell[b[i]]
			if n == 0 {
				continue // this cell is done
			}
			cell[b[i]] = 0
			both += Choose2(n)
			precision += float64(n) * float64(n) / float64(sizeB[b[i]])
			recall += float64(n) * float64(n) / float64(size)
		}
	}
	for _, n := range sizeB {
		inB += Choose2(n)
	}
	n := float64(len(a))
	s.BCubed = NewRatio(precision/n, recall/n)
	s.Pairs = NewCount(both, inB, inA)
	s.ARI = adjustedRand(both, inA, inB, Choose2(int64(len(a))))
}

// bucket sorts the indexes of group, whose values are in [0, n), by group: those of g are
// order[start[g]:start[g+1]], ascending.
func bucket(group []int32, n int) (order, start []int32) {
	start = make([]int32, n+1)
	for _, g := range group {
		start[g+1]++
	}
	for g := range n {
		start[g+1] += start[g]
	}
	order = make([]int32, len(group))
	next := append([]int32(nil), start...)
	for i, g := range group {
		order[next[g]] = int32(i)
		next[g]++
	}
	return order, start
}

// adjustedRand is (index − expected) / (maximum − expected). Both are equal only where both
// partitions are all alone or all together, and so the same: 1.
func adjustedRand(both, inA, inB, all int64) float64 {
	if inA == inB && (inA == 0 || inA == all) {
		return 1
	}
	expected := float64(inA) * float64(inB) / float64(all)
	return (float64(both) - expected) / ((float64(inA)+float64(inB))/2 - expected)
}

// Choose2 is the number of pairs of n.
func Choose2(n int64) int64 { return n * (n - 1) / 2 }

// NewCount is precision and recall by numbers.
func NewCount(correct, reported, gold int64) Count {
	return Count{correct, reported, gold, NewRatio(Share(correct, reported), Share(correct, gold))}
}

// NewRatio adds F1, the harmonic mean.
func NewRatio(precision, recall float64) Ratio {
	r := Ratio{Precision: precision, Recall: recall}
	if precision+recall > 0 {
		r.F1 = 2 * precision * recall / (precision + recall)
	}
	return r
}

// Share is part/whole; 1 where there is no whole.
func Share(part, whole int64) float64 {
	if whole == 0 {
		return 1
	}
	return float64(part) / float64(whole)
}
