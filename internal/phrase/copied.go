package phrase

import (
	"slices"
	"strings"

	"dedup/internal/article"
	"dedup/internal/shingle"
	"dedup/internal/text"
)

// sharedTokens is the shortest run of tokens that counts as copied by default. Two reports of one
// event by different hands share runs of six now and then (names with titles, official titles of
// inquiries), hardly ever of eight.
const sharedTokens = 8

// Shared returns, for each voice of the story that was read, the share of its text that also stands
// in other sources, 0 to 1. It counts characters of tokens in runs of at least n tokens that
// another source has too (n = 0 means 8; at most 63).
//
// Voices of one source do not count for each other. Near-duplicates do, so a wire copy is shared in
// full. The spans of Skip are left out of both counts. A voice without tokens has 0.
//
// Method: the windows of n tokens are hashed (64 bits), and each hash is kept with its source or
// with a mark for several sources. A filter first drops the windows that only one voice has. Cost:
// a few ns a token.
func (r *Reader) Shared(n int) []float64 {
	if n <= 0 {
		n = sharedTokens
	}
	n = min(n, 63)
	sources := sourceNumbers(r.voices)
	c := &r.copy
	c.toks, c.ends, c.grams = c.toks[:0], c.ends[:0], c.grams[:0]
	c.repeated.reset(len(r.toks))
	for v := range r.voices {
		from, gram := len(c.toks), len(c.grams)
		c.toks = appendOutside(c.toks, r.tokens(v), r.voices[v].Skip)
		c.ends = append(c.ends, len(c.toks))
		if len(c.toks)-from >= n {
			c.grams = shingle.Append(c.grams, c.toks[from:], n)
			c.repeated.add(c.grams[gram:])
		}
	}
	c.own(sources, n)
	out := make([]float64, len(r.voices))
	from, grams := 0, c.grams
	for v, to := range c.ends {
		toks := c.toks[from:to]
		windows := max(0, len(toks)-n+1)
		out[v] = c.share(toks, grams[:windows], n)
		from, grams = to, grams[windows:]
	}
	return out
}

// own finds the source of each window that stands in several voices, -1 for several sources.
func (c *copying) own(sources []int32, n int) {
	c.owner.Reset(0)
	from, grams := 0, c.grams
	for v, to := range c.ends {
		windows := max(0, to-from-n+1)
		for _, g := range grams[:windows] {
			if !c.repeated.has(g) {
				continue
			}
			switch o, known := c.owner.At(g); {
			case !known:
				*o = sources[v]
			case *o != sources[v]:
				*o = -1
			}
		}
		from, grams = to, grams[windows:]
	}
}

// share is the share of the characters of toks in windows that several sources have.
func (c *copying) share(toks []text.Token, grams []uint64, n int) float64 {
	all, copied, end := 0, 0, 0 // end: tokens before it are known to be copied
	for i, t := range toks {
		if i < len(grams) {
			if c.repeated.has(grams[i]) {
				if o, _ := c.owner.Of(grams[i]); o < 0 {
					end = i + n
				}
			}
		}
		size := int(t.End - t.Start)
		all += size
		if i < end {
			copied += size
		}
	}
	if all == 0 {
		return 0
	}
	return float64(copied) / float64(all)
}

// sourceNumbers numbers the sources; a voice without one has its own.
func sourceNumbers(voices []Voice) []int32 {
	out := make([]int32, len(voices))
	known := map[string]int32{}
	for i, v := range voices {
		out[i] = int32(i)
		if src := strings.ToLower(strings.TrimSpace(v.Source)); src != "" {
			if n, ok := known[src]; ok {
				out[i] = n
			}
			known[src] = out[i]
		}
	}
	return out
}

// appendOutside appends the tokens that touch none of the spans.
func appendOutside(dst, toks []text.Token, skip []article.Span) []text.Token {
	if len(skip) == 0 {
		return append(dst, toks...)
	}
	skip = slices.Clone(skip)
	slices.SortFunc(skip, func(a, b article.Span) int { return a.Start - b.Start })
	c := cursor{spans: skip, last: -1}
	for _, t := range toks {
		if _, in := c.at(int(t.Start)); !in && !c.starts(int(t.End)) {
			dst = append(dst, t)
		}
	}
	return dst
}
