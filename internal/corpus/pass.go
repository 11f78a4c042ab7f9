package corpus

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"strings"
	"sync/atomic"
	"unicode"
	"unicode/utf8"

	"dedup/internal/article"
	"dedup/internal/cluster/near"
	"dedup/internal/passage"
	"dedup/internal/sketch"
	"dedup/internal/text"
	"dedup/internal/work"
)

// Open reads the articles of cfg.Paths. Every article is read once: its tokens are made, used and
// forgotten. The corpus must be closed. When ctx ends, reading and all questions end.
func Open(ctx context.Context, cfg Config) (_ *Corpus, err error) {
	c, err := newCorpus(ctx, cfg.Options, cfg.Want)
	if err != nil {
		return nil, err
	}
	p := c.newPass(&cfg)
	err = c.Options.read(ctx, &cfg, &c.Counts, p.batch)
	return c.read(p, err, cfg.None)
}

// Read is Open for articles that the program has. They are worked on in batches while the next ones
// come in. An error among them ends reading.
func Read(ctx context.Context, articles iter.Seq2[article.Article, error], cfg Config) (*Corpus, error) {
	c, err := newCorpus(ctx, cfg.Options, cfg.Want)
	if err != nil {
		return nil, err
	}
	p := c.newPass(&cfg)
	err = work.Feed(ctx, c.Options.Workers, batches(articles), func(worker int, b *article.Batch) error {
		p.workers[worker].counts.All(b.Articles)
		return p.batch(worker, b)
	})
	return c.read(p, err, true)
}

// batchArticles and batchBytes bound a batch of articles that a program hands over.
const batchArticles, batchBytes = 512, 1 << 20

// batches cuts articles into batches, by their content alone.
func batches(articles iter.Seq2[article.Article, error]) iter.Seq2[*article.Batch, error] {
	return func(yield func(*article.Batch, error) bool) {
		b, size, seq := &article.Batch{}, 0, 0
		for a, err := range articles {
			if err != nil {
				yield(nil, err)
				return
			}
			b.Articles = append(b.Articles, a)
			if size += len(a.Text); len(b.Articles) < batchArticles && size < batchBytes {
				continue
			}
			if !yield(b, nil) {
				return
			}
			seq++
			b, size = &article.Batch{Seq: seq}, 0
		}
		yield(b, nil)
	}
}

// read ends the pass.
func (c *Corpus) read(p *pass, err error, none bool) (*Corpus, error) {
	if none && errors.Is(err, ErrNothing) {
		err = nil
	}
	if err == nil {
		err = c.seal()
	}
	if err != nil {
		return nil, errors.Join(err, c.Close())
	}
	if p.cfg != nil && p.cfg.Want.Leftovers {
		noted := c.noted.All()
		_, _ = c.leftovers.get(func() ([]Leftovers, error) { return noted, nil })
	}
	p.count(&c.Counts)
	return c, nil
}

// pass is the pass over the articles: a scratch for each worker.
type pass struct {
	corpus  *Corpus
	cfg     *Config
	workers []passWorker
}

type passWorker struct {
	rows     []Article
	toks     []text.Token
	near     *near.Worker
	sketcher *sketch.Sketcher
	counts   Counts
}

func (c *Corpus) newPass(cfg *Config) *pass {
	p := &pass{corpus: c, cfg: cfg, workers: make([]passWorker, c.Options.Workers)}
	for i := range p.workers {
		if c.finder != nil {
			p.workers[i].near = c.finder.Worker()
		}
		if cfg.Want.Fingerprints {
			p.workers[i].sketcher = sketch.NewSketcher(scheme)
		}
	}
	return p
}

// batch derives what is wanted from the articles of b and keeps it.
func (p *pass) batch(worker int, b *article.Batch) error {
	w := &p.workers[worker]
	w.rows = w.rows[:0]
	var noted []Leftovers
	kept := int64(0)
	if p.cfg.Want.Leftovers {
		noted = p.corpus.noted.Batch(b.Seq, len(b.Articles))
	}
	for i := range b.Articles {
		a := &b.Articles[i]
		w.toks = text.AppendTokens(w.toks[:0], a.Text)
		row := recordOf(a, len(w.toks))
		if noted != nil {
			noted[i].Repeats, noted[i].Furniture = passage.LeftoversOf(a.Text, w.toks)
			kept += noted[i].size()
		}
		if p.cfg.Visit != nil {
			kept += p.cfg.Visit(worker, b, i, w.toks)
		}
		if w.near != nil || w.sketcher != nil {
			toks := text.Once(w.toks, a.Text)
			if w.near != nil {
				w.near.Add(b.Seq, toks)
			}
			if w.sketcher != nil {
				row.Fingerprint, row.HasFingerprint = w.sketcher.Fingerprint(toks)
			}
		}
		w.counts.add(&row)
		w.rows = append(w.rows, row)
	}
	if p.corpus.finder != nil {
		kept += near.ArticleBytes * int64(len(b.Articles))
	}
	if err := p.corpus.Keep(kept); err != nil {
		return err
	}
	return p.corpus.add(b.Seq, w.rows)
}

// recordOf is the record of an article, with the strings of a.
func recordOf(a *article.Article, tokens int) Article {
	return Article{
		ID: a.ID, Path: a.Path, Source: a.Source, Title: a.Title, URL: a.URL, Line: a.Line, Published: a.Published, DateOnly: a.DateOnly, Empty: a.Empty(),
		InFile: a.Raw.Kind == article.RawText && a.Raw.Text >= 0 && !a.Raw.Packed && a.Path != "-", Text: a.Text, Bytes: len(a.Text), Tokens: tokens,
	}
}

// count adds up what the workers counted.
func (p *pass) count(c *Counts) {
	for i := range p.workers {
		w := &p.workers[i].counts
		c.Dates.Add(w.Dates)
		c.Empty, c.Bytes, c.Tokens = c.Empty+w.Empty, c.Bytes+w.Bytes, c.Tokens+w.Tokens
	}
}

func (c *Counts) add(a *Article) {
	if a.Empty {
		c.Empty++
	}
	c.Bytes += int64(a.Bytes)
	c.Tokens += int64(a.Tokens)
}

// ErrNothing is the outcome of a run that found no article, nor whatever else could have stood for
// one.
var ErrNothing = errors.New("nothing could be read, there are no articles\nhint: look at the paths, and at what is said of each above")

// errNoText is ErrNothing where records were read, none of which has a field for its text.
type errNoText struct{ what string }

func (e errNoText) Error() string {
	return e.what + "\nhint: name the field that holds the text, for example --field text=NAME"
}

func (errNoText) Is(target error) bool { return target == ErrNothing }

// NoText is the error of records without a text among their fields; nil where there was one.
func NoText(census *article.Census, f Fields) error {
	if what := census.NoText(article.Fields(f)); what != "" {
		return errNoText{what}
	}
	return nil
}

// read finds the inputs and hands their articles to fn, for everything that reads articles. What is
// skipped is told and counted. Where paths were given and nothing in them is an article, it fails.
func (o *Options) read(ctx context.Context, cfg *Config, counts *Counts, fn func(worker int, b *article.Batch) error) error {
	opt := o.article(counts)
	inputs := article.Expand(cfg.Paths, opt.Bad)
	var total, done int64
	for _, in := range inputs {
		total += in.Size
	}
	var count atomic.Int64
	opt.From, opt.Seen = cfg.From, cfg.Seen
	opt.Progress = func(n int64) {
		done += n
		o.Progress("reading", done, total, int(count.Load()))
	}
	var census article.Census
	opt.Census = &census
	err := article.Read(ctx, inputs, opt, func(worker int, b *article.Batch) error {
		if err := fn(worker, b); err != nil {
			return err
		}
		count.Add(int64(len(b.Articles)))
		return nil
	})
	if err != nil {
		return err
	}
	if err := NoText(&census, cfg.Fields); err != nil {
		return err
	}
	if len(cfg.Paths) > 0 && count.Load() == 0 {
		return ErrNothing
	}
	for _, b := range census.Unused(opt.Fields) {
		o.Skipped(b)
	}
	return nil
}

// Title is the title that a record gives, or else the headline that the text opens with.
func Title(title, s string) string {
	if title != "" {
		return title
	}
	if span, ok := text.Headline(s); ok {
		return strings.Clone(s[span.Start:span.End])
	}
	return ""
}

// Title is the title of article i: as its record gives it, or else the headline that its text opens
// with. It is empty where texts are not kept.
func (t *table) Title(i int) string {
	s, j := t.find(i)
	return Title(s.string(3*j+1), t.body(s, j))
}

// openingMost is how many characters an opening has at most, those of "…" left out.
const openingMost = 80

// Opening is what a text without a headline is known by: the first words of its first line.
func (t *table) Opening(i int) string {
	s, j := t.find(i)
	return opening(t.body(s, j))
}

func opening(s string) string {
	s, _, _ = strings.Cut(strings.TrimSpace(s), "\n")
	n, cut := 0, 0 // characters, and where the last space is
	for at, r := range s {
		if unicode.IsSpace(r) {
			cut = at
		}
		if n++; n > openingMost {
			return strings.TrimSpace(s[:cmp.Or(cut, at)]) + "…"
		}
	}
	return strings.Clone(strings.TrimSpace(s))
}

// excerptBytes is how much of a text is quoted where people read it.
const excerptBytes = 400

// Excerpt copies the first bytes of s, up to a character.
func Excerpt(s string) string {
	if len(s) > excerptBytes {
		n := excerptBytes
		for n > 0 && !utf8.RuneStart(s[n]) {
			n--
		}
		s = s[:n]
	}
	return strings.Clone(s)
}
