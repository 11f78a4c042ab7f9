package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"dedup/internal/article"
	"dedup/internal/clean"
	"dedup/internal/passage"
	"dedup/internal/text"
)

// decided is what Clean would do with a drop, and the texts of it.
func decided(t interface{ Fatal(...any) }, cfg Config, opt CleanOptions) (*decisions, []string) {
	r, err := load(context.Background(), cfg, wants{near: true, text: opt.PerStory > 0 || opt.Passages, clean: &opt})
	if err != nil {
		t.Fatal(err)
	}
	defer r.close()
	d, err := r.decide(context.Background(), opt)
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, name := range cfg.Paths {
		err := article.Read(context.Background(), article.Expand([]string{name}, nil), article.Options{Workers: 1}, func(_ int, b *article.Batch) error {
			for _, a := range b.Articles {
				texts = append(texts, strings.Clone(a.Text))
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return d, texts
}

// standing checks that every span that goes stands in what stays, or is of the two kinds that go
// everywhere; and that what is given as the reason stays as it is. It returns how many spans it
// looked at.
func standing(t *rapid.T, d *decisions, texts []string) (spans int) {
	meta := d.run.store.Meta
	number := map[string]int{}
	left := make([]*clean.Words, len(meta))
	for i := range meta {
		number[meta[i].ID] = i
		if d.whole[int32(i)] == nil {
			left[i] = clean.NewWords(clean.Remove(texts[i], meta[i].clean.cuts))
		}
	}
	stays := func(why *clean.Reason) {
		k := number[why.Matched.Article]
		if d.whole[int32(k)] != nil {
			t.Fatalf("%s gives %s as its copy, which goes", why.Rule, meta[k].ID)
		}
		if s := (article.Span{Start: why.Matched.Start, End: why.Matched.End}); why.Matched.Start > 0 && d.cutBy(k, s) {
			t.Fatalf("%s gives %q as its copy, of which something goes: %q", why.Rule, texts[k][s.Start:s.End], texts[k])
		}
	}
	for i := range meta {
		if why := d.whole[int32(i)]; why != nil {
			stays(why)
			continue
		}
		for _, c := range meta[i].clean.cuts {
			gone := texts[i][c.Start:c.End]
			if c.Rule == clean.RuleFurniture {
				continue
			}
			spans++
			if c.Rule == clean.RuleBoilerplate && everywhere(d, texts, i, gone) {
				continue
			}
			stays(&c.Reason)
			found := false
			for _, w := range left {
				if w != nil {
					first, last := w.Find(gone, 0)
					found = found || first < last
				}
			}
			if !found && len(text.AppendTokens(nil, gone)) > 0 {
				t.Fatalf("%s: no copy stays of %q of article %d of %q: %q", c.Rule, gone, i, meta[i].Source, texts)
			}
		}
	}
	return spans
}

// everywhere tells whether a line may go from all articles: short, nothing that is said, the last
// of several articles of its source, which is known.
func everywhere(d *decisions, texts []string, i int, gone string) bool {
	gone = strings.TrimSpace(gone)
	n := 0
	for k, s := range texts {
		if d.run.store.Meta[k].Source == d.run.store.Meta[i].Source && strings.Contains(s[len(s)/2:], gone) {
			n++
		}
	}
	return d.run.store.Meta[i].Source != "" && len(text.AppendTokens(nil, gone)) <= 12 && !passage.Spoken(gone) && n >= 4
}

// standingGen makes corpora in which articles share sentences, paragraphs, quotations and last
// lines.
type standingGen struct {
	rnd  *rand.Rand
	pool []string // paragraphs that several articles have
}

var standingWords = strings.Fields("the council of Nether Brill elected a goat café budget rain on Tuesday 1,000 votes river bridge Straße mayor to for with under seven")

func (g *standingGen) words(n int) string {
	out := make([]string, n)
	for i := range out {
		out[i] = standingWords[g.rnd.IntN(len(standingWords))]
	}
	return strings.Join(out, " ")
}

func (g *standingGen) paragraph() string {
	switch g.rnd.IntN(8) {
	case 0:
		return "“We " + g.words(4+g.rnd.IntN(20)) + ",” the mayor said."
	case 1:
		return "« " + g.words(4+g.rnd.IntN(8)) + " »"
	case 2:
		return "Editing by " + g.words(3+g.rnd.IntN(6))
	case 3:
		return "BRILL (Brill Press) - " + g.words(8) + "."
	}
	var s []string
	for range 1 + g.rnd.IntN(4) {
		s = append(s, "The "+g.words(5+g.rnd.IntN(14))+".")
	}
	return strings.Join(s, " ")
}

// taken is a paragraph of the pool: as it is, a part of it, with a word changed, or twice and more.
func (g *standingGen) taken() string {
	p := g.pool[g.rnd.IntN(len(g.pool))]
	words := strings.Fields(p)
	switch g.rnd.IntN(6) {
	case 0:
		words[g.rnd.IntN(len(words))] = g.words(1)
		return strings.Join(words, " ")
	case 1:
		return strings.Join(words[g.rnd.IntN(len(words)):], " ")
	case 2:
		return strings.Repeat(p+[...]string{"\n", " "}[g.rnd.IntN(2)], 2+g.rnd.IntN(3))
	}
	return p
}

func (g *standingGen) article() string {
	var lines []string
	for range 1 + g.rnd.IntN(7) {
		if g.rnd.IntN(2) == 0 {
			lines = append(lines, g.taken())
		} else {
			lines = append(lines, g.paragraph())
		}
	}
	if g.rnd.IntN(3) == 0 {
		lines = append(lines, lines[g.rnd.IntN(len(lines))])
	}
	if g.rnd.IntN(3) == 0 {
		lines = append(lines, "Share this article", "Related Sources:", "- one", "- two")
	}
	for range g.rnd.IntN(3) {
		lines = append(lines, g.pool[g.rnd.IntN(4)])
	}
	return strings.Join(lines, [...]string{"\n", "\n\n"}[g.rnd.IntN(2)])
}

// Text of which no copy stays is never removed, whatever articles share and whatever is asked for.
func TestNoTextIsLost(t *testing.T) {
	name := filepath.Join(t.TempDir(), "drop.jsonl")
	rounds, spans := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		rounds++
		g := &standingGen{rnd: rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 2))}
		g.pool = []string{"Editing by " + g.words(4), "“We " + g.words(5) + ".”", "Printed by " + g.words(20)}
		for range 1 + g.rnd.IntN(8) {
			g.pool = append(g.pool, g.paragraph())
		}
		var drop strings.Builder
		sources := [...][]string{{""}, {"s1"}, {"", "s1", "s2"}}[g.rnd.IntN(3)]
		for i := range 2 + g.rnd.IntN(24) {
			a := map[string]string{"id": fmt.Sprint("a", i), "title": g.words(4), "text": g.article(), "date": fmt.Sprintf("2025-02-%02d", 1+g.rnd.IntN(28))}
			if source := sources[g.rnd.IntN(len(sources))]; source != "" {
				a["source"] = source
			}
			line, err := json.Marshal(a)
			if err != nil {
				t.Fatal(err)
			}
			drop.Write(append(line, '\n'))
		}
		if err := os.WriteFile(name, []byte(drop.String()), 0o666); err != nil {
			t.Fatal(err)
		}
		keep, err := ParseKeep([...]string{"earliest", "longest", "first", "source=s2,s1"}[g.rnd.IntN(4)])
		if err != nil {
			t.Fatal(err)
		}
		opt := CleanOptions{Passages: g.rnd.IntN(2) == 0, PerStory: max(0, g.rnd.IntN(4)-1), KeepBoilerplate: g.rnd.IntN(5) == 0}
		d, texts := decided(t, Config{Paths: []string{name}, Workers: 1, Keep: keep}, opt)
		spans += standing(t, d, texts)
	})
	if !t.Failed() && spans < rounds {
		t.Errorf("%d spans went in %d rounds: the test says little", spans, rounds)
	}
}

// Five unrelated texts of unknown source lost the closing quotation that they share, in all of
// them; so would those of a known one.
func TestClosingQuotationStays(t *testing.T) {
	quotation := "“A town that closes its bridge closes its own door,” the mayor of Brill told the council last week."
	for _, c := range []struct {
		name, source, tail string
		want               int
	}{
		{"a quotation, unknown sources", "", quotation, 0},
		{"a quotation, one source", "Herald", quotation, 0},
		{"a credit, unknown sources", "", "Editing by Jane Doe and John Roe", 0},
		{"a credit, one source", "Herald", "Editing by Jane Doe and John Roe", 5},
		{"an imprint, one source", "Herald", "The Herald is printed in Brill by the society of friends of small towns, which is open to all who live there.", 4},
	} {
		for _, opt := range []CleanOptions{{}, {Passages: true}} {
			a := newAuthor(9)
			var drop []record
			for i := range 5 {
				drop = append(drop, record{fmt.Sprint("a", i), c.source, "", a.sentences(14) + "\n" + c.tail})
			}
			d, _ := decided(t, Config{Paths: []string{writeDrop(t, "drop.jsonl", drop...)}, Workers: 1}, opt)
			cuts := map[clean.Rule]int{}
			for i := range d.run.store.Meta {
				for _, cut := range d.run.store.Meta[i].clean.cuts {
					cuts[cut.Rule]++
				}
			}
			if got, copied := cuts[clean.RuleBoilerplate], cuts[clean.RulePassage]; got != c.want || copied > 4 {
				t.Errorf("%s, %+v: %d cut as boilerplate, want %d, and %d as copied", c.name, opt, got, c.want, copied)
			}
		}
	}
}

// Of a copied paragraph with another number in it, the sentence with the number is nobody's copy.
func TestChangedSentenceOfAPassageStays(t *testing.T) {
	paragraph := "The council of Brill voted on Tuesday to close the old bridge over the river for repairs. The work will cost 4 million crowns, the mayor wrote in a letter. " +
		"Until it is done a ferry will run twice an hour between the two halves of the town."
	a := newAuthor(10)
	drop := []record{
		{"first", "Herald", "2025-02-01", a.sentences(12) + "\n" + paragraph},
		{"later", "Courier", "2025-02-02", a.sentences(12) + "\n" + strings.Replace(paragraph, "4 million", "9 million", 1)},
	}
	d, texts := decided(t, Config{Paths: []string{writeDrop(t, "drop.jsonl", drop...)}, Workers: 1}, CleanOptions{Passages: true})
	left := clean.Remove(texts[1], d.run.store.Meta[1].clean.cuts)
	if !strings.Contains(left, "The work will cost 9 million crowns") || strings.Contains(left, "voted on Tuesday") || strings.Contains(left, "twice an hour") {
		t.Errorf("left %q", left)
	}
}

// What goes for its story takes its near-duplicates along: they must not name it as the copy that
// stays.
func TestStoryTakesCopiesAlong(t *testing.T) {
	a := newAuthor(11)
	report := a.sentences(20)
	drop := []record{
		{"a", "Herald", "2025-02-01", report + "\n" + a.sentences(12)},
		{"b", "Courier", "2025-02-02", report + "\n" + a.sentences(16)},
		{"c", "Gazette", "2025-02-03", report + "\n" + a.sentences(16)},
	}
	drop[2].Text = drop[1].Text + " So it was."
	d, _ := decided(t, Config{Paths: []string{writeDrop(t, "drop.jsonl", drop...)}, Workers: 1}, CleanOptions{PerStory: 1})
	for i, why := range d.whole {
		if why.Matched.Article != "a" {
			t.Errorf("%s goes for %s", drop[i].ID, why.Matched.Article)
		}
	}
	if len(d.whole) != 2 {
		t.Errorf("%d go", len(d.whole))
	}
}
