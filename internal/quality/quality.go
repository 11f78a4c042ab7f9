// Package quality measures a result against gold labels: B-cubed and adjusted Rand index for
// clusters and stories, precision and recall for pairs, character precision, recall and granularity
// for passages. docs/algorithms/quality.md says what each means.
package quality

import (
	"dedup/internal/quality/score"
	"fmt"
	"io"
	"strings"

	"dedup/internal/nearest"
	"dedup/internal/plural"
)

// Schema names the JSON that a Score prints as; fields are only ever added to it.
const Schema = "dedup.eval/1"

// Of is what is scored.
type Of string

// What can be scored.
const (
	Clusters Of = "clusters"
	Stories  Of = "stories"
	Pairs    Of = "pairs"
	Passages Of = "passages"
)

// ParseOf reads the name of what is scored.
func ParseOf(s string) (Of, error) {
	switch of := Of(s); of {
	case Clusters, Stories, Pairs, Passages:
		return of, nil
	}
	return "", fmt.Errorf("cannot score %q: want clusters, stories, pairs or passages%s", s, nearest.Hint(s, string(Clusters), string(Stories), string(Pairs), string(Passages)))
}

// Score is how well a result agrees with the gold; one of the pointers is set.
type Score struct {
	Schema    string          `json:"schema"`
	Of        Of              `json:"of"`
	Partition *PartitionScore `json:"partition,omitempty"` // clusters, stories
	Pairs     *PairScore      `json:"pairs,omitempty"`
	Passages  *PassageScore   `json:"passages,omitempty"`
	Worst     []Worst         `json:"worst,omitempty"` // of a partition, where it was asked for
}

// Input is a named stream; Name is what errors call it.
type Input struct {
	Name string
	R    io.Reader
}

// Options says how to score.
type Options struct {
	Min   float64 // pairs: gold pairs that score less need not be found
	Worst int     // clusters, stories: list so many of the worst articles
}

// Evaluate reads gold and result and scores what of says.
func Evaluate(of Of, gold, result Input, opt Options) (Score, error) {
	s := Score{Schema: Schema, Of: of}
	var err error
	switch of {
	case Pairs:
		s.Pairs, err = evaluatePairs(gold, result, opt.Min)
	case Passages:
		s.Passages, err = evaluatePassages(gold, result)
	default:
		err = s.partition(gold, result, opt.Worst)
	}
	return s, err
}

// partition scores clusters or stories.
func (s *Score) partition(gold, result Input, worstArticles int) error {
	want, wanted, err := readLabels(gold)
	if err != nil {
		return err
	}
	got, named, err := readResult(s.Of, result)
	if err != nil {
		return err
	}
	p, err := score.Partitions(want, *got.Partition)
	if err == nil && worstArticles > 0 {
		s.Worst = worst(want, *got.Partition, wanted, named, worstArticles)
	}
	s.Partition = &p
	return blame(err, gold, result)
}

func evaluatePairs(gold, result Input, min float64) (*PairScore, error) {
	want, err := ReadPairs(gold)
	if err != nil {
		return nil, err
	}
	got, err := ReadResult(Pairs, result)
	if err != nil {
		return nil, err
	}
	var s PairScore
	if got.Partition != nil {
		s, err = ScoreGrouped(want, min, *got.Partition)
	} else {
		s, err = ScorePairs(want, min, got.Pairs)
	}
	return &s, blame(err, gold, result)
}

func evaluatePassages(gold, result Input) (*PassageScore, error) {
	want, err := ReadPassages(gold)
	if err != nil {
		return nil, err
	}
	got, err := ReadResult(Passages, result)
	if err != nil {
		return nil, err
	}
	s, err := ScorePassages(want, got.Matches, got.Groups)
	return &s, blame(err, gold, result)
}

func blame(err error, gold, result Input) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("score %q against %q: %w", result.Name, gold.Name, err)
}

// Text gives the score as lines for a person.
func (s Score) Text() string {
	var b strings.Builder
	switch {
	case s.Partition != nil:
		partitionText(s.Partition, &b, s.Of)
		worstText(&b, s.Worst, groupOf[s.Of])
	case s.Pairs != nil:
		s.Pairs.text(&b)
	case s.Passages != nil:
		s.Passages.text(&b)
	}
	return b.String()
}

// groupOf is what one group is called.
var groupOf = map[Of]string{Clusters: "cluster", Stories: "story"}

func partitionText(s *PartitionScore, b *strings.Builder, of Of) {
	group := groupOf[of]
	fmt.Fprintf(b, "%s, %s in the gold, %d in the result\n", plural.Count(s.Articles, "article"), plural.Count(s.GoldGroups, group), s.ResultGroups)
	row(b, "B-cubed", s.BCubed)
	row(b, "pairs", s.Pairs.Ratio)
	fmt.Fprintf(b, "%-11sadjusted Rand index %.4f\n", "", s.ARI)
	if s.Unlisted > 0 {
		fmt.Fprintf(b, "note: %s %s not in the result; each counts as alone\n", plural.Count(s.Unlisted, "gold article"), plural.Word(s.Unlisted, "is", "are"))
	}
	if s.Extra > 0 {
		fmt.Fprintf(b, "note: %s of the result %s not in the gold, and left out\n", plural.Count(s.Extra, "article"), plural.Word(s.Extra, "is", "are"))
	}
}

func (s *PairScore) text(b *strings.Builder) {
	fmt.Fprintf(b, "%s to find, %d found; %s reported, %d of them in the gold\n", plural.Count(s.Gold, "gold pair"), s.Found, plural.Count(s.Reported, "pair"), s.Listed)
	row(b, "pairs", s.Ratio)
}

func (s *PassageScore) text(b *strings.Builder) {
	fmt.Fprintf(b, "%s in %s; %s detected there\n", plural.Count(s.GoldPassages, "gold passage"),
		plural.Count(s.GoldPairs, "pair of articles", "pairs of articles"), plural.Count(s.Detected, "passage"))
	row(b, "characters", s.Characters)
	row(b, "mean", s.Mean)
	fmt.Fprintf(b, "%-11sgranularity %.4f\n", "", s.Granularity)
}

func row(b *strings.Builder, name string, r Ratio) {
	fmt.Fprintf(b, "%-11sprecision %.4f  recall %.4f  F1 %.4f\n", name, r.Precision, r.Recall, r.F1)
}
