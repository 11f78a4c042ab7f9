// Package dedup finds what news articles have in common: near-duplicates, the stories they tell,
// passages they share, phrasing that independent sources share, and what pages left in them.
//
// A [Corpus] is articles that were read once, with [Read] or [Open]. Its methods are questions. Each
// is answered when it is asked for first, together with the questions that it needs: stories need
// near-duplicates, which count as one article; phrases need stories.
//
//	c, err := dedup.Open(ctx, []string{"corpus.jsonl.zst"}, dedup.Options{})
//	if err != nil {
//		return err
//	}
//	defer c.Close()
//	clusters, err := c.Clusters()
//
// An [Index] keeps a corpus between runs, and answers of one article in well under a millisecond
// whether the corpus has it. A [Judge] says what two texts are to each other.
//
// Nothing unverified is called a near-duplicate: resemblance and containment are counted exactly,
// over the sets of shingles of five words. Results are the same for any number of workers. Memory
// stays within Options.Memory; what needs more goes to temporary files without a name.
//
// The module is one program and this package: what a result means, and which results may change in
// later versions, is said in docs/api.md.
package dedup

import (
	"context"
	"fmt"
	"iter"
	"strconv"
	"strings"

	"dedup/internal/article"
	"dedup/internal/article/date"
	"dedup/internal/corpus"
)

// Open reads articles from files, directories, globs, and "-", which is standard input: plain text,
// JSON Lines, JSON, CSV, TSV or Parquet, each also compressed. Inputs are read in the order of paths,
// directories in the order of names.
//
// What cannot be read is left out and told to opt.Skipped. The error is about opt or the disk;
// [ErrNothing] where no article is left; or that of ctx, which ends reading and every question that
// is asked of the corpus later.
func Open(ctx context.Context, paths []string, opt Options) (*Corpus, error) {
	return opened(corpus.Open(ctx, opt.config(paths)))
}

// Read takes articles from the program. An error among them ends reading, and is returned. Nothing
// of an article is kept but copies. An article without an id gets "#1", "#2" …, its number; of
// articles with one id the second gets "#2" after it, and so on.
func Read(ctx context.Context, articles iter.Seq2[Article, error], opt Options) (*Corpus, error) {
	return opened(corpus.Read(ctx, taken(articles), opt.config(nil)))
}

func opened(c *corpus.Corpus, err error) (*Corpus, error) {
	if err != nil {
		return nil, err
	}
	return &Corpus{c}, nil
}

// config says what the pass keeps for the questions that may be asked.
func (o Options) config(paths []string) corpus.Config {
	only := o.Only
	if only == (Parts{}) {
		only = AllParts
	}
	return corpus.Config{
		Options: corpus.Options(o), Paths: paths,
		Want: corpus.Want{
			Text: only != Parts{Clusters: true}, Near: only != Parts{Matches: true}, Fingerprints: !o.NoFingerprints,
			Leftovers: only.Phrases || only.Passages,
		},
	}
}

// taken makes articles of the reader of what a program hands over.
func taken(articles iter.Seq2[Article, error]) iter.Seq2[article.Article, error] {
	return func(yield func(article.Article, error) bool) {
		n := 0
		for a, err := range articles {
			if n++; err != nil {
				yield(article.Article{}, err)
				return
			}
			out, err := a.taken(n)
			if !yield(out, err) {
				return
			}
		}
	}
}

// taken is the n-th article as the reader would give it.
func (a *Article) taken(n int) (article.Article, error) {
	out := article.Article{ID: a.ID, Path: a.Path, Line: n, Source: a.Source, Title: a.Title, URL: a.URL, Text: strings.ToValidUTF8(a.Text, "\ufffd")}
	if out.ID == "" {
		out.ID = "#" + strconv.Itoa(n)
	}
	if a.Published != "" {
		d, ok := date.Parse(a.Published)
		if !ok {
			return out, fmt.Errorf("article %d, %q: a date that is not understood: %q", n, out.ID, a.Published)
		}
		out.Published, out.DateOnly = d.Time, d.DayOnly
	}
	return out, nil
}
