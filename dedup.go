// Package dedup finds what news articles have in common: near-duplicates, the stories they tell,
// passages they share, and phrasing that independent sources share. It also finds what web pages
// left in the text of articles.
//
// A [Corpus] is a set of articles that were read once, with [Read] or [Open]. Its methods are
// questions. A question is answered when it is first asked, together with the questions that it
// depends on. Stories depend on near-duplicates, which count as one article; phrases depend on
// stories.
//
//	c, err := dedup.Open(ctx, []string{"corpus.jsonl.zst"}, dedup.Options{})
//	if err != nil {
//		return err
//	}
//	defer c.Close()
//	clusters, err := c.Clusters()
//
// An [Index] keeps a corpus between runs. It tells in well under a millisecond whether the corpus
// has an article. A [Judge] compares two texts. A [Plan] says what to take out of a corpus, and
// writes the rest.
//
// Articles are called near-duplicates only after their resemblance and containment were counted
// exactly, over the sets of their shingles of five words. Results do not depend on the number of
// workers. Memory stays within Options.Memory; larger data goes to temporary files without a name.
//
// The file docs/api.md says what a result means, and which results may change in later versions.
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

// Open reads articles from files, directories, globs, and "-", which is standard input. Inputs are
// plain text, JSON Lines, JSON, CSV, TSV, Parquet and the other formats of docs/formats.md,
// compressed or not. They are read in the order of paths, and the files of a directory in the order
// of their names.
//
// An input or a record that cannot be read is left out, and opt.Skipped is told. Open returns an
// error if opt is wrong, if the disk fails, or if ctx ends; it returns [ErrNothing] if no article
// is left. The end of ctx also ends every later question to the corpus.
func Open(ctx context.Context, paths []string, opt Options) (*Corpus, error) {
	return opened(corpus.Open(ctx, opt.config(paths)))
}

// Read takes articles from the program. It keeps copies and no memory of an article that it was
// given. An error in the sequence ends reading, and is returned.
//
// An article without an id gets its number as id: "#1", "#2" and so on. Where several articles have
// one id, "#2" is added to the id of the second, "#3" to that of the third, and so on.
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
