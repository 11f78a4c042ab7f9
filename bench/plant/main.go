// Command plant writes a corpus of made-up news articles, as JSON Lines, in which near-duplicates
// of known kinds are planted, and the gold beside it. The same flags give the same bytes on any
// machine with any number of processors.
//
//	bin/bench/plant -n 1000000 -o corpus.jsonl -gold gold.tsv
//	bin/bench/plant -gold gold.tsv -score clusters.tsv
//	bin/bench/plant -copy articles.jsonl -times 7 -o corpus.jsonl
//
// -copy writes every article of a file of real news several times, each time with 2 % of its words changed, in the order of the file over and over: what
// an archive of agencies and their customers is like.
//
// A gold line is: id, id of the article that it was made from, kind, resemblance and containment
// (of the smaller one) of the two as sets of word 5-grams, counted exactly here and not by the
// program under test. Kinds:
//
//	exact      the same text
//	edited     1 to 20 % of the words changed: one by one, or as one block
//	truncated  the end is cut off
//	extended   new text follows
//	wrapped    new text stands before and after
//	template   shares 78 % of its words, in blocks, with others of its template, and tells something else: no duplicate
//
// -score reads the output of "dedup clusters" (article, canonical, …) and says for each kind how many of the articles whose gold resemblance is
// at least 0.7, or containment 0.9, are in the cluster of their original, and how many are joined
// that have no common original.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
)

func main() {
	n := flag.Int("n", 100_000, "articles")
	seed := flag.Uint64("seed", 1, "another seed, another corpus")
	out := flag.String("o", "-", "corpus, JSON Lines")
	gold := flag.String("gold", "", "gold, TSV")
	from := flag.String("copy", "", "copy the articles of this file (JSON Lines with id and text) instead of making some")
	times := flag.Int("times", 7, "copies of each article, with -copy")
	score := flag.String("score", "", "score this output of dedup clusters against -gold")
	flag.Parse()
	err := func() error {
		if *score != "" {
			return scoreFile(*gold, *score, os.Stdout)
		}
		if *from != "" {
			return copies(*from, *times, *seed, *out)
		}
		return write(*n, *seed, *out, *gold)
	}()
	if err != nil {
		fmt.Fprintln(os.Stderr, "plant:", err)
		os.Exit(1)
	}
}

// chunk is how many articles a goroutine makes at a time.
const chunk = 2048

type piece struct{ corpus, gold []byte }

// write makes the articles on all processors and writes them in order.
func write(n int, seed uint64, out, gold string) (err error) {
	w, err := create(out)
	if err != nil {
		return err
	}
	g, err := create(gold)
	if err != nil {
		return err
	}
	lang := newLanguage(seed)
	jobs := make(chan chan piece, 2*runtime.GOMAXPROCS(0))
	free := make(chan piece, cap(jobs)+1)
	for range cap(free) {
		free <- piece{}
	}
	go func() {
		defer close(jobs)
		for from := 0; from < n; from += chunk {
			p, done := <-free, make(chan piece, 1)
			jobs <- done
			go func() {
				a := author{lang: lang}
				p.corpus, p.gold = p.corpus[:0], p.gold[:0]
				for i := from; i < min(from+chunk, n); i++ {
					p = a.append(p, i)
				}
				done <- p
			}()
		}
	}()
	for done := range jobs {
		p := <-done
		if _, err := w.Write(p.corpus); err != nil {
			return fmt.Errorf("write corpus: %w", err)
		}
		if _, err := g.Write(p.gold); err != nil {
			return fmt.Errorf("write gold: %w", err)
		}
		free <- p
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("write corpus: %w", err)
	}
	if err := g.Close(); err != nil {
		return fmt.Errorf("write gold: %w", err)
	}
	return nil
}

type nothing struct{ io.Writer }

func (nothing) Close() error { return nil }

func create(path string) (io.WriteCloser, error) {
	switch path {
	case "":
		return nothing{io.Discard}, nil
	case "-":
		return nothing{os.Stdout}, nil
	}
	return os.Create(path)
}

func lines(path string, fn func(line string) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	s := bufio.NewScanner(f)
	s.Buffer(nil, 1<<20)
	for s.Scan() {
		if err := fn(s.Text()); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	return s.Err()
}
