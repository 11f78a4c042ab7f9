package gate

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"unicode"

	"dedup/internal/nearest"
)

// Baseline is what is known of a corpus and accepted: findings that do not count any more. A key
// says which text, its articles how often: one more copy of known text is new.
type Baseline struct {
	Findings []Known // by rule, then by key
}

// Known is all findings of one key.
type Known struct {
	Rule     Rule
	Key      uint64
	Articles []string // ids, sorted; one an occurrence, so that an article may stand here more than once
	Text     string   // the beginning of what was found, on one line: for who reads the file
}

// identity is what a known text is told by.
type identity struct {
	rule Rule
	key  uint64
}

// NewBaseline knows all of the findings.
func NewBaseline(findings []Finding) *Baseline {
	b := &Baseline{}
	b.add(func(yield func(*Finding) bool) {
		for i := range findings {
			if !yield(&findings[i]) {
				return
			}
		}
	})
	return b
}

// add makes findings known besides.
func (b *Baseline) add(findings iter.Seq[*Finding]) {
	at := make(map[identity]int, len(b.Findings))
	for i, k := range b.Findings {
		at[identity{k.Rule, k.Key}] = i
	}
	for f := range findings {
		is := identity{f.Rule, f.Key}
		i, ok := at[is]
		if !ok {
			i = len(b.Findings)
			at[is] = i
			b.Findings = append(b.Findings, Known{Rule: f.Rule, Key: f.Key, Text: excerpt(f.Text)})
		}
		k := &b.Findings[i]
		k.Articles = append(k.Articles, unicodeOf(f.Article))
		k.Text = min(k.Text, excerpt(f.Text)) // the same words may be set in other letters: whichever comes first in no order of input
	}
	b.sort()
}

// Accept is the baseline with some of the findings that are new in res besides. A finding is named
// by its fingerprint, or all findings of a key by the key alone. b may be nil.
func (b *Baseline) Accept(res *Result, fingerprints []string) (*Baseline, error) {
	renewed := &Baseline{}
	if b != nil {
		for _, k := range b.Findings {
			k.Articles = slices.Clone(k.Articles)
			renewed.Findings = append(renewed.Findings, k)
		}
	}
	met := make(map[string]bool, len(fingerprints))
	for _, name := range fingerprints {
		met[name] = false
	}
	renewed.add(func(yield func(*Finding) bool) {
		for i := range res.Findings {
			f := &res.Findings[i]
			_, one := met[f.Fingerprint()]
			_, all := met[keyName(f.Key)]
			if one {
				met[f.Fingerprint()] = true
			}
			if all {
				met[keyName(f.Key)] = true
			}
			if (one || all) && f.New && !yield(&f.Finding) {
				return
			}
		}
	})
	for _, name := range fingerprints {
		if !met[name] {
			return nil, unknownFingerprint(res, name)
		}
	}
	return renewed, nil
}

// unknownFingerprint says that no finding has a fingerprint, and which may have been meant.
func unknownFingerprint(res *Result, name string) error {
	all := make([]string, len(res.Findings))
	for i := range res.Findings {
		all[i] = res.Findings[i].Fingerprint()
	}
	hint := nearest.Hint(name, all...)
	if hint == "" {
		hint = "\nhint: the text, json and sarif reports of this check give the fingerprint of each finding"
	}
	return fmt.Errorf("no finding has the fingerprint %q%s", name, hint)
}

// Update is the baseline after a drop was accepted: what was found, and what b knows by rules that
// were not looked for. b may be nil. The drop must have all of its findings in full.
func (b *Baseline) Update(drop Drop) *Baseline {
	renewed := NewBaseline(drop.Findings)
	if b == nil {
		return renewed
	}
	looked := drop.rules()
	for _, k := range b.Findings {
		if !slices.Contains(looked, k.Rule) {
			renewed.Findings = append(renewed.Findings, k)
		}
	}
	renewed.sort()
	return renewed
}

func (b *Baseline) sort() {
	for i := range b.Findings {
		slices.Sort(b.Findings[i].Articles)
	}
	slices.SortFunc(b.Findings, func(x, y Known) int {
		return cmp.Or(CompareRules(x.Rule, y.Rule), cmp.Compare(x.Key, y.Key))
	})
}

// Occurrences is how many findings are known.
func Occurrences(known []Known) int {
	n := 0
	for _, k := range known {
		n += len(k.Articles)
	}
	return n
}

// Compare lists what came and what went from one baseline to another, by rule and key, each with
// the articles that came or went. Either baseline may be nil.
func Compare(from, to *Baseline) (added, removed []Known) { return to.without(from), from.without(to) }

// without is what b knows beyond other.
func (b *Baseline) without(other *Baseline) []Known {
	if b == nil {
		return nil
	}
	have := map[identity][]string{}
	if other != nil {
		for _, k := range other.Findings {
			have[identity{k.Rule, k.Key}] = k.Articles
		}
	}
	var more []Known
	for _, k := range b.Findings {
		if k.Articles = beyond(k.Articles, have[identity{k.Rule, k.Key}]); len(k.Articles) > 0 {
			more = append(more, k)
		}
	}
	return more
}

// beyond is a without b, both sorted; what stands more than once counts as often.
func beyond(a, b []string) []string {
	var more []string
	for _, s := range a {
		for len(b) > 0 && b[0] < s {
			b = b[1:]
		}
		if len(b) > 0 && b[0] == s {
			b = b[1:]
			continue
		}
		more = append(more, s)
	}
	return more
}

// match marks as known, by their numbers, the findings of a drop that the baseline knows, and returns
// what is left of it among the rules of the drop. Of each key as many findings are known as the
// baseline lists: first those of the articles it names, then, for articles that were renamed, others
// in the order of findings.
func (b *Baseline) match(drop *Drop, known []bool) (gone []Known) {
	left := make(map[identity]*stock, len(b.Findings))
	for i := range b.Findings {
		k := &b.Findings[i]
		left[identity{k.Rule, k.Key}] = newStock(k)
	}
	drop.each(func(i int, f brief) {
		s := left[identity{f.Rule, f.Key}]
		known[i] = s != nil && s.take(unicodeOf(f.Article))
	})
	drop.each(func(i int, f brief) {
		if s := left[identity{f.Rule, f.Key}]; !known[i] && s != nil && s.left > 0 {
			s.left--
			known[i] = true
		}
	})
	rules := drop.rules()
	for _, k := range b.Findings {
		if s := left[identity{k.Rule, k.Key}]; s.left > 0 && slices.Contains(rules, k.Rule) {
			k.Articles = s.rest()
			gone = append(gone, k)
		}
	}
	return gone
}

// stock is what is left of a known text's occurrences while findings are matched.
type stock struct {
	articles map[string]int
	left     int
}

func newStock(k *Known) *stock {
	s := &stock{articles: make(map[string]int, len(k.Articles)), left: len(k.Articles)}
	for _, id := range k.Articles {
		s.articles[id]++
	}
	return s
}

// take spends an occurrence in the article of the given id, if one is left.
func (s *stock) take(id string) bool {
	if s.articles[id] == 0 {
		return false
	}
	s.articles[id]--
	s.left--
	return true
}

// rest names the articles of the occurrences that are left, sorted; those spent on renamed articles
// are the first ones.
func (s *stock) rest() []string {
	var ids []string
	for _, id := range slices.Sorted(maps.Keys(s.articles)) {
		for range s.articles[id] {
			ids = append(ids, id)
		}
	}
	return ids[len(ids)-s.left:]
}

// excerptLength is how many characters of a finding its baseline quotes.
const excerptLength = 80

// excerpt is the beginning of s on one line, without anything that does not print.
func excerpt(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsPrint(r):
			return r
		}
		return -1
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	n := 0
	for i := range s {
		if n == excerptLength {
			return strings.TrimSuffix(s[:i], " ")
		}
		n++
	}
	return s
}

// unicodeOf is s as JSON can hold it: bytes that are no UTF-8, as paths may have, become U+FFFD one
// by one.
func unicodeOf(s string) string { return string([]rune(s)) }
