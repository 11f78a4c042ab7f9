package passage

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"dedup/internal/text"
)

// rule names one kind of leftover by how its line reads when folded by appendPlain.
type rule struct {
	text string
	max  int // longest line in bytes; 0: the line is the text alone
	kind kind
}

// furnitureList says how the lines of leftovers read; its head describes it.
//
//go:embed furniture.txt
var furnitureList string

var (
	wholeKinds = map[string]kind{}   // by the whole line
	beginRules = map[string][]rule{} // by the first word of the rule's text
	holding    heldRules             // what a line has anywhere in it
	closes     []rule                // how a line ends
	shareSet   = map[string]bool{}
	opening    hashBits // the first tokens of the rules that begin a line
	inside     hashBits // the last tokens of the rules that stand anywhere
)

// hashBits is a set of tokens by 16 bits of their hash; with 400 members one other token in 160
// passes.
type hashBits [1 << 10]uint64

func (b *hashBits) add(h uint64)      { b[h>>6&(1<<10-1)] |= 1 << (h & 63) }
func (b *hashBits) has(h uint64) bool { return b[h>>6&(1<<10-1)]>>(h&63)&1 != 0 }

// mayBeFurniture tells whether a rule can apply to a line with these tokens.
func mayBeFurniture(line string, toks []text.Token) bool {
	if len(toks) == 0 {
		return false
	}
	if opening.has(toks[0].Hash) || strings.HasPrefix(line, "©") || strings.HasPrefix(line, "(c)") || strings.HasPrefix(line, "(C)") {
		return true
	}
	for _, t := range toks {
		if inside.has(t.Hash) {
			return true
		}
	}
	return false
}

func init() {
	if err := readFurniture(furnitureList); err != nil {
		panic(err) // it is embedded, and a test reads it
	}
}

// readFurniture takes in one entry a line; lines that start with # are comments.
func readFurniture(list string) error {
	for line := range strings.Lines(list) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if err := addFurniture(strings.Split(line, "\t")); err != nil {
			return fmt.Errorf("furniture: %q: %w", line, err)
		}
	}
	return nil
}

// furnitureFields is how many fields the lines of a place have.
var furnitureFields = map[string]int{"whole": 3, "begins": 4, "holds": 4, "closes": 4, "share": 2}

var kindNames = map[string]kind{"weak": weak, "strong": strong, "opener": opener, "footer": footer}

// addFurniture takes in the fields of one entry.
func addFurniture(f []string) error {
	if len(f) != furnitureFields[f[0]] {
		return errors.New("no such place, or another number of fields")
	}
	words, err := strconv.Unquote(f[len(f)-1])
	if err != nil || words == "" {
		return errors.New("the text stands in quotation marks")
	}
	if f[0] == "share" {
		shareSet[words] = true
		opening.add(firstToken(words))
		return nil
	}
	r := rule{text: words, kind: kindNames[f[1]]}
	if r.kind == prose {
		return errors.New("no such kind")
	}
	if len(f) == 4 {
		if r.max, err = strconv.Atoi(f[2]); err != nil || r.max < len(words) {
			return errors.New("the longest line is no number, or shorter than the text")
		}
	}
	switch f[0] {
	case "whole":
		wholeKinds[words] = r.kind
		opening.add(firstToken(words))
	case "begins":
		first, _, _ := strings.Cut(words, " ")
		beginRules[first] = append(beginRules[first], r)
		opening.add(firstToken(words))
	case "holds":
		holding.add(r)
		inside.add(lastToken(words))
	case "closes":
		closes = append(closes, r)
		inside.add(lastToken(words))
	}
	return nil
}

// lastToken gives the hash of the last token of s, 0 if it has none.
func lastToken(s string) uint64 {
	toks := text.AppendTokens(nil, s)
	if len(toks) == 0 {
		return 0
	}
	return toks[len(toks)-1].Hash
}

// firstToken gives the hash of the first token of s, 0 if it has none.
func firstToken(s string) uint64 {
	for _, t := range text.AppendTokens(nil, s) {
		return t.Hash
	}
	return 0
}

// classify finds the rule for a line folded by appendPlain.
func classify(line []byte) kind {
	if len(line) == 0 {
		return prose
	}
	if k, ok := wholeKinds[string(bytes.TrimRight(line, ":.!?>» "))]; ok {
		return k
	}
	best := prose
	first := line
	if i := bytes.IndexByte(line, ' '); i >= 0 {
		first = line[:i]
	}
	for _, key := range [2][]byte{first, bytes.TrimRight(first, "0123456789")} {
		for _, r := range beginRules[string(key)] {
			if len(line) <= r.max && bytes.HasPrefix(line, []byte(r.text)) {
				best = max(best, r.kind)
			}
		}
	}
	if i := bytes.IndexByte(first, ':'); i >= 0 && best == prose {
		for _, r := range beginRules[string(first[:i+1])] {
			if len(line) <= r.max && bytes.HasPrefix(line, []byte(r.text)) {
				best = max(best, r.kind)
			}
		}
	}
	best = holding.classify(line, best)
	for _, r := range closes {
		if best != strong && len(line) <= r.max && bytes.HasSuffix(line, []byte(r.text)) {
			best = max(best, r.kind)
		}
	}
	if best == prose && shareBar(line) {
		return strong
	}
	return best
}

// shareBar tells whether a line holds nothing but two or more words of a share bar.
func shareBar(line []byte) bool {
	if len(line) > 120 {
		return false
	}
	n := 0
	for w := range bytes.FieldsSeq(line) {
		w = bytes.Trim(w, "|,·•/")
		if len(w) == 0 {
			continue
		}
		if !shareSet[string(w)] {
			return false
		}
		n++
	}
	return n >= 2
}
