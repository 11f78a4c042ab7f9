package main

import (
	"encoding/json"
	"fmt"
	"strings"
)

// changed is the share of the words that a copy has others for, in percent.
const changed = 2

// copies writes the articles of a file over and over, each time with some of their words replaced
// by made-up ones.
func copies(from string, times int, seed uint64, out string) error {
	type record struct {
		ID   string `json:"id"`
		Text string `json:"text"`
	}
	var all []record
	if err := lines(from, func(line string) error {
		var a record
		err := json.Unmarshal([]byte(line), &a)
		all = append(all, a)
		return err
	}); err != nil {
		return err
	}
	w, err := create(out)
	if err != nil {
		return err
	}
	lang := newLanguage(seed)
	for k := range times {
		var piece []byte
		for i, a := range all {
			r := fork(seed, 100+uint64(k), uint64(i))
			a.ID = fmt.Sprintf("%s/%d", a.ID, k)
			a.Text = change(lang, &r, a.Text)
			line, err := json.Marshal(a)
			if err != nil {
				return err
			}
			if piece = append(append(piece, line...), '\n'); len(piece) > 1<<20 || i == len(all)-1 {
				if _, err := w.Write(piece); err != nil {
					return fmt.Errorf("write corpus: %w", err)
				}
				piece = piece[:0]
			}
		}
	}
	return w.Close()
}

// change replaces words. White space stays what it is.
func change(lang *language, r *random, text string) string {
	words := strings.SplitAfter(text, " ")
	for range len(words) * changed / 100 {
		words[r.below(len(words))] = lang.word[lang.draw(r)] + " "
	}
	return strings.Join(words, "")
}
