package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unicode"

	"dedup/internal/background"
	"dedup/internal/output"
	"dedup/internal/text"
)

// counted are the languages of the n-grams by their codes. English fiction, the ninth, only adds
// its stock phrases to the news model.
var counted = []struct{ code, name string }{
	{"en", "english"}, {"fr", "french"}, {"de", "german"}, {"es", "spanish"}, {"it", "italian"}, {"ru", "russian"}, {"he", "hebrew"}, {"zh", "chinese_simplified"},
}

// tellingWords are how many words of a language tell it from others.
const tellingWords = 120

// writeLanguages writes the model of every language but English, and the commonest words of each.
func writeLanguages(dir, out string) error {
	for _, l := range counted {
		if err := writeTelling(filepath.Join(dir, "1grams_"+l.name+".csv"), filepath.Join(out, l.code+".words")); err != nil {
			return err
		}
		if l.code == background.English {
			continue
		}
		s, err := readLanguage(dir, l.name)
		if err != nil {
			return err
		}
		m, err := s.Model()
		if err != nil {
			return err
		}
		if err := output.Write(context.Background(), filepath.Join(out, l.code+".model"), m.Write); err != nil {
			return err
		}
	}
	return nil
}

// writeTelling writes the commonest words of a language, one a line.
func writeTelling(path, out string) error {
	rows, _, err := readCounts(path)
	if err != nil {
		return err
	}
	var b strings.Builder
	b.WriteString("# the commonest words of Google Books n-grams, CC BY 3.0; written by gen\n")
	n := 0
	for _, g := range rows {
		if n == tellingWords {
			break
		}
		if g.letters && len(g.tokens) == 1 && len(g.tokens[0]) == 1 {
			b.WriteString(strings.ToLower(g.written) + "\n")
			n++
		}
	}
	return output.Write(context.Background(), out, func(w io.Writer) error {
		_, err := io.WriteString(w, b.String())
		return err
	})
}

// readLanguage reads the n-grams of one language. Chinese words are several tokens, the pairs
// inside of them are pairs like those between words.
func readLanguage(dir, name string) (*background.Shares, error) {
	s := &background.Shares{Words: map[uint64]float64{}, Pairs: map[[2]uint64]float64{}}
	rows, total, err := readCounts(filepath.Join(dir, "1grams_"+name+".csv"))
	if err != nil {
		return nil, err
	}
	for _, g := range rows {
		word := g.tokens[0]
		if len(g.tokens) == 1 && len(word) == 1 && g.letters && len(s.Function) < functionsPer {
			s.Function = append(s.Function, word[0])
		}
		for _, w := range g.tokens {
			for i, h := range w {
				s.Words[h] += g.count / total
				if i > 0 {
					s.Pairs[[2]uint64{w[i-1], h}] += g.count / total
				}
			}
		}
	}
	for n := 2; n <= 5; n++ {
		rows, _, err := readCounts(filepath.Join(dir, fmt.Sprintf("%dgrams_%s.csv", n, name)))
		if err != nil {
			return nil, err
		}
		for _, g := range rows {
			if g.letters {
				s.Phrases = append(s.Phrases, flat(g.tokens))
			}
			if n == 2 && len(g.tokens) == 2 {
				a, b := g.tokens[0], g.tokens[1]
				s.Pairs[[2]uint64{a[len(a)-1], b[0]}] += g.count / total
			}
		}
	}
	return s, nil
}

func flat(words [][]uint64) (out []uint64) {
	for _, w := range words {
		out = append(out, w...)
	}
	return out
}

// counts is a row of an n-gram file.
type counts struct {
	written string
	tokens  [][]uint64 // of each word
	letters bool       // no punctuation in it
	count   float64
}

// readCounts reads one file of n-grams, the commonest first, and the number of tokens that they
// were counted in (of single words, from the cumulative share).
func readCounts(path string) (out []counts, total float64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	if err != nil {
		return nil, 0, fmt.Errorf("read %s: %w", path, err)
	}
	sum := 0.0
	for _, row := range rows[1:] {
		g := counts{letters: true}
		if g.count, err = strconv.ParseFloat(row[1], 64); err != nil {
			return nil, 0, fmt.Errorf("read %s: %w", path, err)
		}
		sum += g.count
		if len(row) > 2 {
			if c, err := strconv.ParseFloat(row[2], 64); err == nil && c > 0 {
				total = sum / c
			}
		}
		g.written = joiner.Replace(row[0])
		for _, r := range g.written {
			g.letters = g.letters && (unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) || r == ' ' || r == '\'' || r == '-')
		}
		for w := range strings.FieldsSeq(g.written) {
			var hashes []uint64
			for _, t := range text.AppendTokens(nil, w) {
				hashes = append(hashes, t.Hash)
			}
			if len(hashes) > 0 {
				g.tokens = append(g.tokens, hashes)
			}
		}
		if len(g.tokens) > 0 {
			out = append(out, g)
		}
	}
	return out, max(total, 1), nil
}
