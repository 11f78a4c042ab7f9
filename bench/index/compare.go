package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"dedup/internal/index"
	"dedup/internal/text"
)

// found compares a look-up with one run over both.
type found struct {
	pairs, pairsFound, pairsMore          int
	articles, articlesFound, articlesMore int
}

type info struct {
	Articles int   `json:"articles"`
	Disk     int64 `json:"disk"`
}

func readInfo(path string) (i info, err error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return i, err
	}
	return i, json.Unmarshal(data, &i)
}

// dropped is an article of the drop.
type dropped struct {
	id    string
	words []uint64
}

// compare runs pairs over corpus and drop together.
func (b *bench) compare(ctx context.Context) (f found, err error) {
	var drop []dropped
	inDrop := map[string]bool{}
	var toks []text.Token
	err = lines(b.drop, func(line []byte) error {
		var a struct {
			ID   json.RawMessage `json:"id"`
			Text string          `json:"text"`
		}
		if err := json.Unmarshal(line, &a); err != nil {
			return err
		}
		d := dropped{id: strings.Trim(string(a.ID), `"`)}
		toks = text.AppendTokens(toks[:0], a.Text)
		for _, t := range text.Once(toks, a.Text) {
			d.words = append(d.words, t.Hash)
		}
		drop = append(drop, d)
		inDrop[d.id] = true
		return nil
	})
	if err != nil {
		return f, err
	}
	all := map[[2]string]bool{} // dropped, of the corpus
	table := filepath.Join(b.tmp, "pairs.tsv")
	if _, err := b.run([]int{3}, "pairs", "-q", "-o", table, b.corpus, b.drop); err != nil {
		return f, err
	}
	err = lines(table, func(line []byte) error {
		row := strings.Split(string(line), "\t")
		x, y := row[0], row[1]
		if inDrop[y] {
			x, y = y, x
		}
		if inDrop[x] && !inDrop[y] && row[0] != "a" {
			all[[2]string{x, y}] = true
		}
		return nil
	})
	if err != nil {
		return f, err
	}
	if err := b.pairs(ctx, &f, drop, all); err != nil {
		return f, err
	}
	return f, b.articles(&f, all)
}

// pairs looks every article of the drop up.
func (b *bench) pairs(ctx context.Context, f *found, drop []dropped, all map[[2]string]bool) (err error) {
	x, err := index.Open(b.index(), index.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, x.Close()) }()
	words := make([][]uint64, len(drop))
	for i := range drop {
		words[i] = drop[i].words
	}
	list, err := x.Lookup(ctx, words, index.LookupOptions{})
	if err != nil {
		return err
	}
	f.pairs = len(all)
	for i := range list {
		var numbers []uint32
		for _, n := range slices.Concat(list[i].Near, list[i].Superseded) {
			numbers = append(numbers, n.Entry)
		}
		err := x.Entries(ctx, numbers, func(_ int, e *index.Entry) error {
			if all[[2]string{drop[i].id, e.ID}] {
				f.pairsFound++
			} else {
				f.pairsMore++
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// articles reads what check reported.
func (b *bench) articles(f *found, all map[[2]string]bool) error {
	data, err := os.ReadFile(filepath.Join(b.tmp, "check.json"))
	if err != nil {
		return err
	}
	var report struct {
		Findings []struct{ Rule, Article string } `json:"findings"`
	}
	if err := json.Unmarshal(data, &report); err != nil {
		return fmt.Errorf("check.json: %w", err)
	}
	want, got := map[string]bool{}, map[string]bool{}
	for p := range all {
		want[p[0]] = true
	}
	for _, x := range report.Findings {
		if x.Rule != "in-corpus" && x.Rule != "supersedes" || got[x.Article] {
			continue
		}
		got[x.Article] = true
		if want[x.Article] {
			f.articlesFound++
		} else {
			f.articlesMore++
		}
	}
	f.articles = len(want)
	return nil
}
