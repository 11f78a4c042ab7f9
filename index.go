package dedup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"strings"
	"time"

	"dedup/internal/corpus"
	"dedup/internal/index"
	"dedup/internal/indexing"
	"dedup/internal/text"
)

// Index keeps a corpus between runs: of every article its words as hashes, its fingerprint, and
// where it came from, but not its text. It is a directory, on which the command "dedup index" works
// too. One process may write to it at a time, and any number may read meanwhile. Look may be called
// by many goroutines at once, but not during Add or Close.
type Index struct {
	dir string
	opt corpus.Options
	x   *index.Index
}

// Entry is an article of an index, and how much it resembles the article that was looked up.
type Entry struct {
	Article                   // ID, Path, Source, Published, Bytes, Tokens and Fingerprint are known
	Line              int     // where it stands in Path; 0: unknown
	Resemblance       float64 // |A∩B|/|A∪B| of their shingles
	Containment       float64 // how much of the article that was looked up is contained in this one
	ContainmentOfThis float64 // how much of this one is contained in the article that was looked up
	Rule              string  // "resemblance" or "containment"
}

// Found is the result of looking up an article: entries that were verified to be near-duplicates,
// the most alike first, at most 256 of each kind.
type Found struct {
	Known      []Entry // the article may be left out for any of these: the corpus has it already
	Superseded []Entry // shorter articles that the article contains: it may not be left out for these
}

// OpenIndex opens an index, and makes one where dir does not exist or is empty. It uses Threshold,
// Containment, Workers, Memory and Tmp of opt.
func OpenIndex(dir string, opt Options) (*Index, error) { return openIndex(dir, opt, false) }

func openIndex(dir string, opt Options, stories bool) (*Index, error) {
	x := &Index{dir: dir, opt: corpus.Options(opt).Defaults()}
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) == 0 {
		o := x.options()
		o.Stories = stories
		w, err := index.Create(dir, o)
		if err != nil {
			return nil, fmt.Errorf("make an index in %s: %w", dir, err)
		}
		if err := w.Close(); err != nil {
			return nil, fmt.Errorf("make an index in %s: %w", dir, err)
		}
	}
	return ReadIndex(dir, opt)
}

func (x *Index) options() index.Options {
	return index.Options{Memory: x.opt.Memory / 2, Tmp: x.opt.Tmp, Workers: x.opt.Workers, Program: "package dedup", Now: time.Now}
}

func (x *Index) lookup() index.LookupOptions { return index.LookupOptions{Near: x.opt.Near()} }

// Close closes the index.
func (x *Index) Close() error { return x.x.Close() }

// Len is how many articles the index has.
func (x *Index) Len() int { return x.x.Len() }

// OpenStoryIndex is like [OpenIndex], for an index that keeps stories; these take 20 bytes more for
// each article. An index without stories is refused.
func OpenStoryIndex(dir string, opt Options) (*Index, error) {
	x, err := openIndex(dir, opt, true)
	if err == nil && !x.x.HasStories() {
		return nil, errors.Join(fmt.Errorf("index %s: it has no stories\nhint: build a new one: dedup index build --stories", dir), x.Close())
	}
	return x, err
}

// Look looks up one article by its text. It takes some hundred microseconds.
func (x *Index) Look(ctx context.Context, s string) (Found, error) {
	words := text.Hashes(text.Once(text.AppendTokens(nil, s), s))
	found, err := x.x.Lookup(ctx, [][]uint64{words}, x.lookup())
	if err != nil {
		return Found{}, err
	}
	var out Found
	if out.Known, err = x.entries(ctx, found[0].Near); err == nil {
		out.Superseded, err = x.entries(ctx, found[0].Superseded)
	}
	return out, err
}

func (x *Index) entries(ctx context.Context, found []index.Near) ([]Entry, error) {
	numbers := make([]uint32, len(found))
	for i := range found {
		numbers[i] = found[i].Entry
	}
	out := make([]Entry, len(found))
	return out, x.x.Entries(ctx, numbers, func(i int, e *index.Entry) error {
		n := &found[i]
		out[i] = Entry{
			Article: Article{ID: string([]byte(e.ID)), Path: string([]byte(e.Path)), Source: string([]byte(e.Source)), Title: string([]byte(e.Title)),
				Published: corpus.Published(e.Published, e.DateOnly), Bytes: e.Bytes, Tokens: e.Tokens},
			Line: e.Line, Resemblance: n.Resemblance, Containment: n.ContainmentQuery, ContainmentOfThis: n.ContainmentEntry, Rule: n.Rule.String(),
		}
		return nil
	})
}

// Added counts what became of the articles that were added to an index.
type Added struct {
	Articles int // new in the index
	Known    int // left out: the index had an article with the same id and the same words
	Renamed  int // new ones whose id another text had: "#2", "#3" … was added to it

	// Placements says, for an index with stories, where the new articles are, in the order in which
	// they came. The articles of the index that moved follow those of each batch.
	Placements []Placement
}

// Placement is the event and the running story of an article in an index that keeps stories. Their
// names stay: "e17" and "s17" have the number of the entry that opened them.
type Placement struct {
	Article              string // id
	Event, Story         string
	WasEvent, WasStory   string // where an article of the index was before; empty for a new article
	OpensEvent           bool   // the event has no article that was in the index before
	OpensStory           bool
	EventEnds, StoryEnds bool // the event or story before was merged into this one; false: the article was split off it
}

func placement(p *index.Placement) Placement {
	return Placement{
		Article: strings.Clone(p.ID), Event: eventName(p.Event), Story: storyName(p.Story), WasEvent: eventName(p.WasEvent), WasStory: storyName(p.WasStory),
		OpensEvent: p.OpensEvent, OpensStory: p.OpensStory, EventEnds: p.EventGone, StoryEnds: p.StoryGone,
	}
}

func eventName(n uint32) string { return index.Name('e', n) }

func storyName(n uint32) string { return index.Name('s', n) }

// Story says where articles would be among the stories of an index that [OpenStoryIndex] opened if
// they were added now. It adds nothing. Articles of the index that would move come last. Each call
// links the articles of the window anew, which takes 100 microseconds for each of them; so it pays
// to ask about many articles at once.
func (x *Index) Story(ctx context.Context, articles iter.Seq2[Article, error]) ([]Placement, error) {
	list, err := indexing.PlaceOf(ctx, taken(articles), x.opt.Workers, x.x)
	out := make([]Placement, len(list))
	for i := range list {
		out[i] = placement(&list[i])
	}
	return out, err
}

// Add adds articles as [Read] takes them; origin says where they come from. They are on disk and
// can be found when Add returns; of millions, a million is added at a time. After an error, the
// articles that are counted stay in the index. A call takes some milliseconds, and 20 microseconds
// for each article; so it pays to add many at once. While another process writes, Add fails, and
// the error names the process.
func (x *Index) Add(ctx context.Context, articles iter.Seq2[Article, error], origin string) (Added, error) {
	o := x.options()
	var list []Placement
	o.Placed = func(p index.Placement) { list = append(list, placement(&p)) }
	added, err := indexing.Add(ctx, taken(articles), x.dir, origin, o)
	now, e := index.Open(x.dir, x.options())
	if e == nil {
		e, x.x = x.x.Close(), now
	}
	return Added{added.Articles, added.Known, added.Renamed, list}, errors.Join(err, e)
}
