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

// Shared gives for each voice of a story the share of its text, 0 to 1, that also stands in other
// sources: of the characters in its tokens those in runs of at least n tokens (0: 8; at most 63)
// that another source has too. Voices of one source do not count for each other, near-duplicates
// do: a wire copy is shared in full. What is in Skip does not count at all, and a voice without
// tokens has 0.
//
// Method: all windows of n tokens hashed (64 bits), each with its source or the mark that it has
// several. Cost: one map entry a token.
func Shared(voices []Voice, n int) []float64 {
	if n <= 0 {
		n = sharedTokens
	}
	n = min(n, 63)
	sources := sourceNumbers(voices)
	toks := make([][]text.Token, len(voices))
	grams := make([][]uint64, len(voices))
	owner := map[uint64]int32{} // window: source, -1 for several
	for v := range voices {
		toks[v] = outside(text.AppendTokens(nil, voices[v].Text), voices[v].Skip)
		if len(toks[v]) < n {
			continue
		}
		grams[v] = shingle.Append(nil, toks[v], n)
		for _, g := range grams[v] {
			if o, ok := owner[g]; !ok {
				owner[g] = sources[v]
			} else if o != sources[v] {
				owner[g] = -1
			}
		}
	}
	out := make([]float64, len(voices))
	for v := range voices {
		all, copied, end := 0, 0, 0 // end: tokens before it are known to be copied
		for i, t := range toks[v] {
			if i < len(grams[v]) && owner[grams[v][i]] < 0 {
				end = i + n
			}
			size := int(t.End - t.Start)
			all += size
			if i < end {
				copied += size
			}
		}
		if all > 0 {
			out[v] = float64(copied) / float64(all)
		}
	}
	return out
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

// outside keeps the tokens that touch none of the spans, in place.
func outside(toks []text.Token, skip []article.Span) []text.Token {
	if len(skip) == 0 {
		return toks
	}
	skip = slices.Clone(skip)
	slices.SortFunc(skip, func(a, b article.Span) int { return a.Start - b.Start })
	c := cursor{spans: skip, last: -1}
	n := 0
	for _, t := range toks {
		if _, in := c.at(int(t.Start)); !in && !c.starts(int(t.End)) {
			toks[n] = t
			n++
		}
	}
	return toks[:n]
}
