package page

import (
	"bufio"
	"cmp"
	"encoding/json"
	"slices"
	"strconv"

	"dedup/internal/report"
	"dedup/internal/report/shell"
)

// What the page shows of one thing at most; beyond it the text is cut and says so. They keep one
// hostile article from holding up the rest.
const (
	maxText    = 1 << 18 // bytes of an article's text
	maxTitle   = 400     // bytes of a title or headline
	maxID      = 1000    // bytes of an id or path
	maxURL     = 2000    // bytes of an address; a longer one is left out
	maxSnippet = 240     // bytes of a passage, repeat or furniture where the article's text is there too
	maxQuote   = 2000    // bytes of a passage where it is not
	pieceText  = 1 << 20 // bytes of text in one element
)

// builder makes the data of a page.
type builder struct {
	r     *report.Report
	texts Texts
	opt   Options

	shown   []int          // indices in r.Articles
	number  map[string]int // article id → index in shown
	spans   []spans        // by article shown
	pieces  []int          // first article of each piece of texts
	state   []int          // 0 no text, 1 text, 2 text cut short
	copied  []int          // percent of the text that stands in passages
	story   map[string]int // story id → its number, 1 for the first
	cluster map[string]int
	buf     []byte
}

func newBuilder(r *report.Report, texts Texts, opt Options) *builder {
	b := &builder{r: r, texts: texts, opt: opt, story: map[string]int{}, cluster: map[string]int{}}
	for k := range r.Stories {
		b.story[r.Stories[k].ID] = k + 1
	}
	for k := range r.Clusters {
		b.cluster[r.Clusters[k].ID] = k + 1
	}
	b.choose()
	b.convert()
	return b
}

// choose fills shown: all articles, or as many as are wanted, those of the largest stories first,
// then those of clusters, then the rest as read.
func (b *builder) choose() {
	n := len(b.r.Articles)
	index := make(map[string]int, n)
	for i := range b.r.Articles {
		index[b.r.Articles[i].ID] = i
	}
	limit := b.opt.MaxArticles
	if limit <= 0 || limit > n {
		limit = n
	}
	taken := make([]bool, n)
	take := func(i int, ok bool) {
		if ok && !taken[i] && len(b.shown) < limit {
			taken[i] = true
			b.shown = append(b.shown, i)
		}
	}
	if limit < n {
		for k := range b.r.Stories {
			if s := &b.r.Stories[k]; len(s.Articles) > 1 {
				for _, id := range s.Articles {
					i, ok := index[id]
					take(i, ok)
				}
			}
		}
		for k := range b.r.Clusters {
			for _, m := range b.r.Clusters[k].Members {
				i, ok := index[m.Article]
				take(i, ok)
			}
		}
	}
	for i := range n {
		take(i, true)
	}
	slices.Sort(b.shown)
	b.number = make(map[string]int, len(b.shown))
	for k, i := range b.shown {
		b.number[b.r.Articles[i].ID] = k
	}
}

// spans are the places of one article that the page shows, in bytes, and then in UTF-16 units.
type spans struct {
	bytes []int
	units []int
}

func (s *spans) add(p report.Place) { s.bytes = append(s.bytes, p.Start, p.End) }

// of gives the units of a byte offset that was added.
func (s *spans) of(at int) int {
	k, ok := slices.BinarySearch(s.bytes, at)
	if !ok || k >= len(s.units) {
		return 0
	}
	return s.units[k]
}

// convert reads every text once: it turns the offsets of all findings into UTF-16 units and sees
// which texts are there.
func (b *builder) convert() {
	b.spans = make([]spans, len(b.shown))
	b.state, b.copied = make([]int, len(b.shown)), make([]int, len(b.shown))
	b.eachPlace(func(a int, p report.Place, _ bool) { b.spans[a].add(p) })
	size := pieceText
	for a, i := range b.shown {
		s := &b.spans[a]
		slices.Sort(s.bytes)
		s.bytes = slices.Compact(s.bytes)
		text, ok := b.texts(i)
		if !ok {
			continue
		}
		b.state[a] = 1
		if len(text) > maxText {
			b.state[a], text = 2, clip(text, maxText)
		}
		c := counter{s: text}
		s.units = make([]int, len(s.bytes))
		for k, at := range s.bytes {
			s.units[k] = c.at(at)
		}
		if size >= pieceText {
			b.pieces, size = append(b.pieces, a), 0
		}
		size += len(text)
	}
	b.measureCopied()
}

// eachPlace calls fn with every place that the page marks, and whether it belongs to a passage that
// counts as copied.
func (b *builder) eachPlace(fn func(a int, p report.Place, copied bool)) {
	at := func(id string, p report.Place, copied bool) {
		if a, ok := b.number[id]; ok {
			fn(a, p, copied)
		}
	}
	r := b.r
	for k := range r.Passages {
		for _, o := range r.Passages[k].Occurrences {
			at(o.Article, o.Place, !r.Passages[k].Boilerplate)
		}
	}
	for k := range r.Phrases {
		for _, o := range r.Phrases[k].Occurrences {
			at(o.Article, o.Place, false)
		}
	}
	for k := range r.Repeats {
		for _, p := range r.Repeats[k].Occurrences {
			at(r.Repeats[k].Article, p, false)
		}
	}
	for k := range r.Furniture {
		at(r.Furniture[k].Article, r.Furniture[k].Place, false)
	}
}

// measureCopied fills copied: the union of the passages of each article over its length.
func (b *builder) measureCopied() {
	type span struct{ start, end int }
	of := make([][]span, len(b.shown))
	b.eachPlace(func(a int, p report.Place, copied bool) {
		if copied {
			of[a] = append(of[a], span{p.Start, p.End})
		}
	})
	for a, list := range of {
		slices.SortFunc(list, func(x, y span) int { return cmp.Compare(x.start, y.start) })
		covered, end := 0, 0
		for _, s := range list {
			s.start = max(s.start, end)
			if s.end > s.start {
				covered += s.end - s.start
				end = s.end
			}
		}
		if n := b.r.Articles[b.shown[a]].Bytes; n > 0 {
			b.copied[a] = min(100, 100*covered/n)
		}
	}
}

// writeTexts writes the texts in pieces: element t0 holds the texts of the articles from pieces[0],
// null where there is none.
func (b *builder) writeTexts(w *bufio.Writer) {
	for k, from := range b.pieces {
		to := len(b.shown)
		if k+1 < len(b.pieces) {
			to = b.pieces[k+1]
		}
		shell.Data(w, "t"+strconv.Itoa(k))
		w.WriteByte('[')
		for a := from; a < to; a++ {
			if a > from {
				w.WriteString(",\n")
			}
			text, ok := b.texts(b.shown[a])
			if !ok {
				w.WriteString("null")
				continue
			}
			b.buf = append(b.buf[:0], '"')
			b.buf = append(appendText(b.buf, clip(text, maxText)), '"')
			w.Write(b.buf)
		}
		w.WriteByte(']')
		shell.End(w)
	}
}

// text is s as a JSON string, at most max bytes of it.
func (b *builder) text(s string, max int) json.RawMessage { return appendString(nil, s, max) }
