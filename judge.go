package dedup

import (
	"dedup/internal/cluster/near"
	"dedup/internal/corpus"
	"dedup/internal/shingle"
	"dedup/internal/sketch"
	"dedup/internal/text"
)

// Judge compares two texts by the rule for near-duplicates that corpora and indexes use. It may be
// used by many goroutines at once.
type Judge struct{ rule near.Judge }

// NewJudge makes a judge. It uses Threshold and Containment of opt, and returns an error if one of
// them is out of range.
func NewJudge(opt Options) (*Judge, error) {
	o := corpus.Options(opt)
	rule, err := o.Near().Judge()
	if err != nil {
		return nil, err
	}
	return &Judge{rule}, nil
}

// Verdict is the result of comparing two texts, A and B.
type Verdict struct {
	Resemblance  float64 // |A∩B|/|A∪B| of their shingles
	ContainmentA float64 // how much of A is contained in B: |A∩B|/|A|
	ContainmentB float64
	Distance     int // Hamming distance of the fingerprints, -1 where a text is too short for one

	Rule           string // by which they are near-duplicates: "resemblance" or "containment"; empty: they are not
	AMayGo, BMayGo bool   // A may be left out for B, and B for A; a longer text may not be left out for one that it contains
}

// Compare compares two texts. It tokenises both, and takes some hundred nanoseconds a word.
func (j *Judge) Compare(a, b string) Verdict {
	x, y := sketched(a), sketched(b)
	e := near.Edge{NA: int32(len(x.set)), NB: int32(len(y.set)), Shared: int32(shingle.Shared(x.set, y.set))}
	v := Verdict{Distance: -1}
	if e.NA > 0 && e.NB > 0 {
		v.Resemblance, v.ContainmentA, v.ContainmentB = e.Resemblance(), e.ContainmentA(), e.ContainmentB()
	}
	if x.Has && y.Has {
		v.Distance = sketch.Distance(x.Fingerprint, y.Fingerprint)
	}
	if rule, ok := j.rule.Near(e); ok {
		v.Rule = rule.String()
		_, v.AMayGo = j.rule.Goes(e)
		_, v.BMayGo = j.rule.Goes(near.Edge{NA: e.NB, NB: e.NA, Shared: e.Shared})
	}
	return v
}

// sketchedText is the set of shingles of a text, and its fingerprint.
type sketchedText struct {
	set         []uint64
	Fingerprint uint64
	Has         bool
}

func sketched(s string) (out sketchedText) {
	toks := text.Once(text.AppendTokens(nil, s), s)
	out.set = shingle.Set(shingle.Append(nil, toks, sketch.Default.W))
	out.Fingerprint, out.Has = sketch.NewSketcher(sketch.Default).Fingerprint(toks)
	return out
}
