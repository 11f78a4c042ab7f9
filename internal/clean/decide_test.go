package clean

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
	"dedup/internal/corpus"
	"dedup/internal/corpus/corpustest"
	"dedup/internal/passage"
	"dedup/internal/text"
)

// decided is what Clean would do with a drop, and the texts of it.
func decided(t interface{ Fatal(...any) }, cfg corpus.Config, opt RunOptions) (*decisions, []string) {
	d, err := open(context.Background(), cfg, opt)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := d.decide(context.Background(), opt); err != nil {
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
	number := map[string]int{}
	left := make([]*Words, d.Len())
	for i := range d.Len() {
		number[d.At(i).ID] = i
		if d.whole[int32(i)] == nil {
			left[i] = NewWords(Remove(texts[i], d.notes[i].cuts))
		}
	}
	stays := func(why *Reason) {
		k := number[why.Matched.Article]
		if d.whole[int32(k)] != nil {
			t.Fatalf("%s gives %s as its copy, which goes", why.Rule, d.At(k).ID)
		}
		if s := (article.Span{Start: why.Matched.Start, End: why.Matched.End}); why.Matched.Start > 0 && d.cutBy(k, s) {
			t.Fatalf("%s gives %q as its copy, of which something goes: %q", why.Rule, texts[k][s.Start:s.End], texts[k])
		}
	}
	for i := range d.Len() {
		if why := d.whole[int32(i)]; why != nil {
			stays(why)
			continue
		}
		for _, c := range d.notes[i].cuts {
			gone := texts[i][c.Start:c.End]
			if c.Rule == RuleFurniture {
				continue
			}
			spans++
			if c.Rule == RuleBoilerplate && everywhere(d, texts, i, gone) {
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
				t.Fatalf("%s: no copy stays of %q of article %d of %q: %q", c.Rule, gone, i, d.Source(i), texts)
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
		if d.Source(k) == d.Source(i) && strings.Contains(s[len(s)/2:], gone) {
			n++
		}
	}
	return d.Source(i) != "" && len(text.AppendTokens(nil, gone)) <= 12 && !passage.Spoken(gone) && n >= 4
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
		keep := [...]string{"earliest", "longest", "first", "source=s2,s1"}[g.rnd.IntN(4)]
		opt := RunOptions{Passages: g.rnd.IntN(2) == 0, PerStory: max(0, g.rnd.IntN(4)-1), KeepBoilerplate: g.rnd.IntN(5) == 0, KeepPerSource: g.rnd.IntN(3) == 0}
		d, texts := decided(t, corpus.Config{Options: corpus.Options{Workers: 1, Keep: keep}, Paths: []string{name}}, opt)
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
		for _, opt := range []RunOptions{{}, {Passages: true}} {
			a := corpustest.NewAuthor(9)
			var drop []corpustest.Record
			for i := range 5 {
				drop = append(drop, corpustest.Record{fmt.Sprint("a", i), c.source, "", a.Sentences(14) + "\n" + c.tail})
			}
			d, _ := decided(t, corpus.Config{Options: corpus.Options{Workers: 1}, Paths: []string{corpustest.WriteDrop(t, "drop.jsonl", drop...)}}, opt)
			cuts := map[Rule]int{}
			for i := range d.notes {
				for _, cut := range d.notes[i].cuts {
					cuts[cut.Rule]++
				}
			}
			if got, copied := cuts[RuleBoilerplate], cuts[RulePassage]; got != c.want || copied > 4 {
				t.Errorf("%s, %+v: %d cut as boilerplate, want %d, and %d as copied", c.name, opt, got, c.want, copied)
			}
		}
	}
}

// Of a copied paragraph with another number in it, the sentence with the number is nobody's copy.
func TestChangedSentenceOfAPassageStays(t *testing.T) {
	paragraph := "The council of Brill voted on Tuesday to close the old bridge over the river for repairs. The work will cost 4 million crowns, the mayor wrote in a letter. " +
		"Until it is done a ferry will run twice an hour between the two halves of the town."
	a := corpustest.NewAuthor(10)
	drop := []corpustest.Record{
		{"first", "Herald", "2025-02-01", a.Sentences(12) + "\n" + paragraph},
		{"later", "Courier", "2025-02-02", a.Sentences(12) + "\n" + strings.Replace(paragraph, "4 million", "9 million", 1)},
	}
	d, texts := decided(t, corpus.Config{Options: corpus.Options{Workers: 1}, Paths: []string{corpustest.WriteDrop(t, "drop.jsonl", drop...)}}, RunOptions{Passages: true})
	left := Remove(texts[1], d.notes[1].cuts)
	if !strings.Contains(left, "The work will cost 9 million crowns") || strings.Contains(left, "voted on Tuesday") || strings.Contains(left, "twice an hour") {
		t.Errorf("left %q", left)
	}
}

// Decisions leave the corpus's passages as they are: they were ordered by rank, and what goes was
// taken out of them, in the corpus itself.
func TestPassagesOfTheCorpusStay(t *testing.T) {
	a := corpustest.NewAuthor(12)
	shared, again := a.Sentences(3), a.Sentences(20)
	drop := []corpustest.Record{
		{"late", "Herald", "2025-02-09", again + "\n" + shared}, {"early", "Courier", "2025-02-02", a.Sentences(12) + "\n" + shared},
		{"copy", "Islander", "2025-02-10", again + "\n" + shared},
	}
	cfg := corpus.Config{Options: corpus.Options{Workers: 1, Tmp: t.TempDir()}, Paths: []string{corpustest.WriteDrop(t, "drop.jsonl", drop...)}}
	d, err := open(t.Context(), cfg, RunOptions{Passages: true})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	places := func() string {
		found, err := d.Passages()
		if err != nil || len(found) == 0 {
			t.Fatal(len(found), err)
		}
		return fmt.Sprintf("%+v", found)
	}
	want := places()
	if err := d.decide(t.Context(), RunOptions{Passages: true}); err != nil {
		t.Fatal(err)
	}
	if got := places(); got != want || len(d.whole) != 1 {
		t.Errorf("%s, want %s; %d go", got, want, len(d.whole))
	}
}

// What goes for its story takes its near-duplicates along: they must not name it as the copy that
// stays.
func TestStoryTakesCopiesAlong(t *testing.T) {
	a := corpustest.NewAuthor(11)
	report := a.Sentences(20)
	drop := []corpustest.Record{
		{"a", "Herald", "2025-02-01", report + "\n" + a.Sentences(12)},
		{"b", "Courier", "2025-02-02", report + "\n" + a.Sentences(16)},
		{"c", "Gazette", "2025-02-03", report + "\n" + a.Sentences(16)},
	}
	drop[2][corpustest.Text] = drop[1][corpustest.Text] + " So it was."
	d, _ := decided(t, corpus.Config{Options: corpus.Options{Workers: 1}, Paths: []string{corpustest.WriteDrop(t, "drop.jsonl", drop...)}}, RunOptions{PerStory: 1})
	for i, why := range d.whole {
		if why.Matched.Article != "a" {
			t.Errorf("%s goes for %s", drop[i][corpustest.ID], why.Matched.Article)
		}
	}
	if len(d.whole) != 2 {
		t.Errorf("%d go", len(d.whole))
	}
}

// Of a cluster the canonical stays and the best copy of each other source; what goes matches the
// canonical, and no copy is cut for another. A copy without a source goes.
func TestKeepPerSource(t *testing.T) {
	a := corpustest.NewAuthor(12)
	report, other := a.Sentences(20), a.Sentences(18)
	drop := []corpustest.Record{
		{"a", "Herald", "2025-02-01", report}, {"b", "Courier", "2025-02-03", report + " So it was."}, {"c", "Courier", "2025-02-02", report},
		{"d", "Herald", "2025-02-02", report}, {"e", "", "2025-02-02", report}, {"f", "Gazette", "2025-02-04", report}, {"g", "Gazette", "2025-02-01", other},
	}
	for _, passages := range []bool{false, true} {
		d, _ := decided(t, corpus.Config{Options: corpus.Options{Workers: 1}, Paths: []string{corpustest.WriteDrop(t, "drop.jsonl", drop...)}},
			RunOptions{KeepPerSource: true, Passages: passages})
		gone := ""
		for i := range drop {
			why := d.whole[int32(i)]
			if why == nil {
				if len(d.notes[i].cuts) > 0 {
					t.Errorf("passages %t: %v is cut", passages, drop[i][corpustest.ID])
				}
				continue
			}
			gone += fmt.Sprint(drop[i][corpustest.ID])
			if why.Matched.Article != "a" {
				t.Errorf("%v goes for %s", drop[i][corpustest.ID], why.Matched.Article)
			}
		}
		if gone != "bde" {
			t.Errorf("passages %t: %q go, want bde", passages, gone)
		}
	}
}
