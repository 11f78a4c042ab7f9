package passage

import (
	"context"
	"errors"
	"slices"

	"dedup/internal/article"
	"dedup/internal/text"
)

// Op says what became of words from A to B.
type Op uint8

// The ops of an Edit.
const (
	Equal    Op = iota
	Changed     // other words stand in B
	Inserted    // in B only
	Deleted     // in A only
)

// String gives the op as it is printed.
func (o Op) String() string { return [...]string{"equal", "changed", "inserted", "deleted"}[o] }

// Edit is a run of words with one op: bytes A of text a against bytes B of text b. The span on the
// side that has no words is empty and says where they would be, behind the word before.
type Edit struct {
	Op   Op
	A, B article.Span
}

// Aligned is a passage that two texts share, word by word. Edits cover it from end to end on both
// sides, first and last are Equal.
type Aligned struct {
	A, B            article.Span
	Tokens, Matched int // as in Match
	Edits           []Edit
}

// Align finds the passages that a and b share, as Matches does, and says which words inside them
// were changed; ordered by place in a. The words of a passage are aligned by their longest common
// subsequence (Myers, "An O(ND) difference algorithm and its variations", 1986): O(N·D) for N
// words, D of them different.
func Align(ctx context.Context, a, b string, opt Options) (_ []Aligned, err error) {
	opt.Workers, opt.Progress = 1, nil
	f, err := newFinder(ctx, 2, func(i int) Article { return Article{Text: [2]string{a, b}[i], Story: -1, Near: -1} }, opt)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.spilled.close()) }()
	var found []hit
	err = f.hits(ctx, func(hits []hit) error {
		found = append(found, hits...)
		return nil
	})
	if err != nil {
		return nil, err
	}
	c := f.corpus
	if n := int32(len(c.tokens(0))); c.same[1] == 0 && int(n) >= f.opt.MinTokens {
		found = []hit{{a: 0, b: 1, aTo: n, bTo: n, matched: n}}
	}
	var w words
	ta, tb := w.append(nil, a), w.append(nil, b)
	out := make([]Aligned, 0, len(found))
	for _, h := range found {
		al := Aligned{
			A: article.Span{Start: int(ta[h.aFrom].Start), End: int(ta[h.aTo-1].End)}, B: article.Span{Start: int(tb[h.bFrom].Start), End: int(tb[h.bTo-1].End)},
			Tokens: int(max(h.aTo-h.aFrom, h.bTo-h.bFrom)), Matched: int(h.matched),
		}
		al.Edits = editSpans(ta[h.aFrom:h.aTo], tb[h.bFrom:h.bTo], lcs(c.tokens(0)[h.aFrom:h.aTo], c.tokens(1)[h.bFrom:h.bTo]))
		out = append(out, al)
	}
	return out, nil
}

// stretch is a run of n equal tokens at a and b.
type stretch struct{ a, b, n int }

// lcs gives the equal stretches of a longest common subsequence of a and b, in order; if both first
// and both last words are equal, these are matched.
func lcs(a, b []uint32) []stretch {
	n, m := len(a), len(b)
	if n < 2 || m < 2 || a[0] != b[0] || a[n-1] != b[m-1] {
		return myers(a, b)
	}
	out := []stretch{{0, 0, 1}}
	for _, s := range myers(a[1:n-1], b[1:m-1]) {
		out = append(out, stretch{s.a + 1, s.b + 1, s.n})
	}
	return append(out, stretch{n - 1, m - 1, 1})
}

// myers is the greedy forward algorithm, its trace kept: D² integers.
func myers(a, b []uint32) []stretch {
	n, m := len(a), len(b)
	limit := n + m
	v := make([]int, 2*limit+3)
	mid := limit + 1
	var trace [][]int
	for d := 0; d <= limit; d++ {
		trace = append(trace, slices.Clone(v[mid-d-1:mid+d+2]))
		for k := -d; k <= d; k += 2 {
			x := 0
			if d > 0 {
				if k == -d || k != d && v[mid+k-1] < v[mid+k+1] {
					x = v[mid+k+1]
				} else {
					x = v[mid+k-1] + 1
				}
			}
			for x < n && x-k < m && x-k >= 0 && a[x] == b[x-k] {
				x++
			}
			v[mid+k] = x
			if x >= n && x-k >= m {
				return unwind(trace, n, m)
			}
		}
	}
	return nil
}

// unwind walks the trace back from the end.
func unwind(trace [][]int, x, y int) []stretch {
	var out []stretch
	for d := len(trace) - 1; d >= 0; d-- {
		v := func(k int) int { return trace[d][k+d+1] }
		k, px, py := x-y, 0, 0
		if d > 0 {
			pk := k - 1
			if k == -d || k != d && v(k-1) < v(k+1) {
				pk = k + 1
			}
			px = v(pk)
			py = px - pk
		}
		sx := px // where the diagonal starts
		if d > 0 && px-py == k-1 {
			sx = px + 1
		}
		if x > sx {
			out = append(out, stretch{sx, sx - k, x - sx})
		}
		x, y = px, py
	}
	slices.Reverse(out)
	return out
}

// editSpans turns equal stretches into edits that cover both passages.
func editSpans(a, b []text.Token, equal []stretch) []Edit {
	var out []Edit
	span := func(toks []text.Token, from, to int) article.Span {
		if from < to {
			return article.Span{Start: int(toks[from].Start), End: int(toks[to-1].End)}
		}
		at := int(toks[0].Start)
		if from > 0 {
			at = int(toks[from-1].End)
		}
		return article.Span{Start: at, End: at}
	}
	x, y := 0, 0
	between := func(ax, by int) {
		op := Changed
		switch {
		case ax == x && by == y:
			return
		case ax == x:
			op = Inserted
		case by == y:
			op = Deleted
		}
		out = append(out, Edit{op, span(a, x, ax), span(b, y, by)})
	}
	for _, s := range equal {
		between(s.a, s.b)
		if k := len(out) - 1; k >= 0 && out[k].Op == Equal {
			out[k].A.End, out[k].B.End = int(a[s.a+s.n-1].End), int(b[s.b+s.n-1].End)
		} else {
			out = append(out, Edit{Equal, span(a, s.a, s.a+s.n), span(b, s.b, s.b+s.n)})
		}
		x, y = s.a+s.n, s.b+s.n
	}
	between(len(a), len(b))
	return out
}
