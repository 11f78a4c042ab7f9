package cluster

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
	"sync/atomic"
	"unicode"
	"unicode/utf8"

	"dedup/internal/shingle"
	"dedup/internal/text"
)

// Term vectors: tf-idf of words and word pairs (Salton and Buckley 1988), with the number of articles of a term taken from the background model
// and the articles at hand together, so that five articles have a useful idf too.
//
// A term is 32 bits of a hash; two of a million terms share one with probability 1 in 4,300. Terms that only one article has add to its length
// and are then left out: no other article can meet them. An article of 500 words keeps about 3 KB.

// storyParams are the constants of the method; docs/algorithms/stories.md says how they were chosen and what it costs to be off.
type storyParams struct {
	title, lead          float64 // what an occurrence there counts, in the body 1
	leadBytes            int
	caps                 float64 // factor of a word that stands capitalised in the middle of a sentence
	pair                 float64 // factor of a pair of adjacent words
	half                 float64 // days after which two articles are half as likely one story, for the date factor's least value
	dateFloor            float64
	drop int
	grow float64
	prior, priorN, ratio float64
	cut                  float64 // least average cosine of two groups that merge
}

var storyDefaults = storyParams{title: 4, lead: 2, leadBytes: 400, caps: 2, pair: 1, half: 30, dateFloor: 0.5, drop: 2, cut: 0.045, prior: 0.1, priorN: 2, ratio: 0.5, grow: 0.2}

// storyTerm is one element of a vector.
type storyTerm struct {
	term   uint32
	weight float32
}

// storyVector is sorted by term; its length with the terms that are left out is 1.
type storyVector []storyTerm

// storyScratch is what a worker needs to make a vector.
type storyScratch struct {
	toks  []text.Token
	uses  []storyUse
	terms []uint32
}

// storyUse is an occurrence of a term, then all of them.
type storyUse struct {
	term   uint32
	caps   bool
	tf     float32
	common float32 // articles in the background model
}

func (s *storyRun) scratches() []storyScratch { return make([]storyScratch, s.opt.Workers) }

// countTerms counts in how many units each term stands. Terms share a counter now and then, which makes one of them a little more common.
func (s *storyRun) countTerms() error {
	size := 1 << max(16, min(26, bits.Len(uint(len(s.units)*400))))
	s.counts = make([]uint32, size)
	scratch := s.scratches()
	return s.each(len(s.units), func(w, i int) {
		for _, u := range s.terms(&scratch[w], s.at(s.units[i].article)) {
			atomic.AddUint32(s.count(u.term), 1)
		}
	})
}

func (s *storyRun) count(term uint32) *uint32 { return &s.counts[term&uint32(len(s.counts)-1)] }

// makeVectors fills s.vectors.
func (s *storyRun) makeVectors() error {
	s.vectors = make([]storyVector, len(s.units))
	scratch := s.scratches()
	return s.each(len(s.units), func(w, i int) {
		uses := s.terms(&scratch[w], s.at(s.units[i].article))
		sum, kept := 0.0, 0
		for k := range uses {
			u := &uses[k]
			n := *s.count(u.term)
			u.tf *= float32(s.idf(float64(u.common), float64(n)))
			sum += float64(u.tf) * float64(u.tf)
			if n > 1 {
				kept++
			}
		}
		scale := float32(1 / math.Sqrt(max(sum, 1e-9)))
		v := make(storyVector, 0, kept)
		for _, u := range uses {
			if *s.count(u.term) > 1 {
				v = append(v, storyTerm{u.term, u.tf * scale})
			}
		}
		s.vectors[i] = v
	})
}

// idf blends the background with the corpus.
func (s *storyRun) idf(common, here float64) float64 {
	return math.Log((s.bg.Articles + float64(len(s.units)) + 1) / (common + here))
}

// terms returns the terms of an article, each once, in order of term, with their tf weight and background count. The slice is good until
// the scratch's next use.
func (s *storyRun) terms(sc *storyScratch, a StoryArticle) []storyUse {
	sc.uses = sc.uses[:0]
	if a.Title != "" {
		sc.toks = text.AppendTokens(sc.toks[:0], a.Title)
		s.addUses(sc, a.Title, s.par.title, 0, s.par.title)
	}
	sc.toks = text.Once(text.AppendTokens(sc.toks[:0], a.Text), a.Text)
	s.addUses(sc, a.Text, s.par.lead, s.par.leadBytes, 1)
	slices.SortFunc(sc.uses, func(a, b storyUse) int { return cmp.Compare(a.term, b.term) })
	n := 0
	for i := 0; i < len(sc.uses); {
		u := sc.uses[i]
		for i++; i < len(sc.uses) && sc.uses[i].term == u.term; i++ {
			u.tf += sc.uses[i].tf
			u.caps = u.caps || sc.uses[i].caps
			u.common = max(u.common, sc.uses[i].common)
		}
		u.tf = float32(1 + math.Log(float64(u.tf)))
		if u.caps {
			u.tf *= float32(s.par.caps)
		}
		sc.uses[n] = u
		n++
	}
	return sc.uses[:n]
}

// addUses appends the words and pairs of sc.toks, the tokens of str. Those before byte leadBytes weigh lead, the others body.
func (s *storyRun) addUses(sc *storyScratch, str string, lead float64, leadBytes int, body float64) {
	prev, pf := uint64(0), false
	for i, t := range sc.toks {
		fn := s.bg.Function(t.Hash)
		if fn && s.par.drop >= 1 {
			if s.par.drop >= 3 {
				continue
			}
			pf = true
			prev = t.Hash
			continue
		}
		if pf && s.par.drop >= 2 {
			prev = 0
		}
		pf = fn
		weight := float32(body)
		if int(t.Start) < leadBytes {
			weight = float32(lead)
		}
		r, _ := utf8.DecodeRuneInString(str[t.Start:])
		sc.uses = append(sc.uses, storyUse{uint32(t.Hash>>32) &^ 1, unicode.IsUpper(r), weight, float32(s.bg.DF(t.Hash))})
		p := prev
		prev = t.Hash
		if i > 0 && p != 0 && s.par.pair > 0 {
			key := shingle.Mix(bits.RotateLeft64(p, 23) ^ t.Hash)
			sc.uses = append(sc.uses, storyUse{uint32(key>>32) | 1, false, weight, float32(max(s.bg.PairDF(p, t.Hash), 0.5))})
		}
	}
}

// dot is the inner product of two vectors.
func (v storyVector) dot(w storyVector) float32 {
	var sum float32
	i, j := 0, 0
	for i < len(v) && j < len(w) {
		a, b := v[i].term, w[j].term
		if a == b {
			sum += v[i].weight * w[j].weight
		}
		if a <= b {
			i++
		}
		if b <= a {
			j++
		}
	}
	return sum
}
