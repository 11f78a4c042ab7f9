package passage

import (
	"strings"

	"dedup/internal/article"
	"dedup/internal/text"
)

// words reads articles as the tokens that passages are made of: those of the furniture are left out, so that neither a share bar is called
// copied nor an advertisement mark splits a passage in two.
type words struct {
	f         furnisher
	furniture []article.Span
	toks      []text.Token
}

// append appends the words of s to dst.
func (w *words) append(dst []text.Token, s string) []text.Token {
	from := len(dst)
	dst = text.AppendTokens(dst, s)
	w.furniture = w.f.find(w.furniture[:0], s, dst[from:])
	if len(w.furniture) == 0 {
		return dst
	}
	furniture := w.furniture
	out := dst[:from]
	for _, t := range dst[from:] {
		for len(furniture) > 0 && furniture[0].End <= int(t.Start) {
			furniture = furniture[1:]
		}
		if len(furniture) > 0 && furniture[0].Start <= int(t.Start) {
			continue
		}
		out = append(out, t)
	}
	return out
}

// unitEnd tells whether what stands between two words may end a sentence, a clause, a quotation or a line.
func unitEnd(between string) bool {
	if between == " " || between == "" {
		return false
	}
	return strings.ContainsAny(between, "\n.!?;:\"()[]“”«»„—…।،؟。！？；：「」『』（）")
}
