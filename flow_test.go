package dedup_test

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"dedup"
)

// Planted cascades: text whose way is known. A cascade is one story. Its first text is an article
// of the corpus, or an agency's that is not in it; clients take it, some from another client, drop
// and change parts, and add text of their own. Some dates are missing or say the day alone.

// sentence is a planted sentence and who wrote it: the id of an article, the name of an agency, or
// "" for a text that is not there and nobody credits.
type sentence struct{ text, owner string }

// planter makes cascades.
type planter struct {
	rng      *rand.Rand
	articles []dedup.Article
	owner    map[string]string // of every four words in a row of a sentence as it was written
	kind     map[string]string // of the cascade of an article
}

var small = strings.Fields("the of to and in a for on that with by from at as is was were has have had it its their this which after before over under")

// say makes a sentence of 12 to 30 words, every other one rare.
func (p *planter) say(owner string) sentence {
	n := 12 + p.rng.IntN(19)
	words := make([]string, n)
	for i := range words {
		if p.rng.IntN(5) < 2 {
			words[i] = small[p.rng.IntN(len(small))]
		} else {
			words[i] = p.word()
		}
	}
	words[0] = strings.ToUpper(words[0][:1]) + words[0][1:]
	p.own(words, owner)
	return sentence{strings.Join(words, " ") + ".", owner}
}

func (p *planter) own(words []string, owner string) {
	for i := 0; i+4 <= len(words); i++ {
		p.owner[strings.ToLower(strings.Join(words[i:i+4], " "))] = owner
	}
}

// word draws from 20,000 made words.
func (p *planter) word() string {
	const first, second = "bdfgklmnprstvz", "aeiou"
	n, w := p.rng.IntN(20000), ""
	for range 4 {
		w += string(first[n%14]) + string(second[n%5])
		n /= 11
	}
	return w
}

// edit is a copy: sentences dropped, words changed, sentences of the client added.
func (p *planter) edit(from []sentence, client string, drop, change float64) []sentence {
	var out []sentence
	for _, s := range from {
		if p.rng.Float64() < drop {
			continue
		}
		words := strings.Fields(s.text)
		for i := range words {
			if p.rng.Float64() < change {
				words[i] = p.word()
			}
		}
		out = append(out, sentence{strings.Join(words, " "), s.owner})
	}
	for range p.rng.IntN(4) {
		at := p.rng.IntN(len(out) + 1)
		out = slices.Insert(out, at, p.say(client))
	}
	return out
}

// plan is what a cascade is made by.
type plan struct {
	kind         string // "here", "unseen", "agency" (unseen, some credit it), "quotation"
	missing, day float64
}

// cascade adds the articles of cascade k.
func (p *planter) cascade(k int, plan plan) {
	name := strings.ToUpper(p.word()) + " " + p.word() + " " + p.word()
	start := time.Date(2024, 3, 1, 5, 0, 0, 0, time.UTC).Add(time.Duration(k) * 9 * time.Hour)
	outlets := p.rng.Perm(40)
	id := func(i int) string { return fmt.Sprintf("c%d-%d", k, i) }
	owner := map[string]string{"here": id(0), "unseen": "", "agency": "Reuters", "quotation": "said"}[plan.kind]
	var first []sentence
	for range 10 + p.rng.IntN(10) {
		first = append(first, p.say(owner))
	}
	clients := 2 + p.rng.IntN(6)
	if plan.kind != "here" {
		clients = 3 + p.rng.IntN(5)
	}
	texts, at := [][]sentence{first}, []time.Time{start}
	if plan.kind == "here" {
		p.add(id(0), outlets[0], name, first, start, plan)
	}
	for i := 1; i <= clients; i++ {
		from := 0
		if plan.kind == "here" && i > 1 && p.rng.IntN(4) == 0 {
			from = 1 + p.rng.IntN(i-1)
		}
		var text []sentence
		when := at[from].Add(time.Duration(15+p.rng.ExpFloat64()*300) * time.Minute)
		if plan.kind == "quotation" {
			for range 8 + p.rng.IntN(8) {
				text = append(text, p.say(id(i)))
			}
			text = slices.Insert(text, 3, sentence{"“" + strings.TrimSuffix(first[0].text, ".") + ",” she said.", "said"})
		} else {
			text = p.edit(texts[from], id(i), 0.25*p.rng.Float64(), 0.03*p.rng.Float64())
		}
		if plan.kind == "agency" && p.rng.IntN(3) == 0 {
			text = append([]sentence{{"LONDON (Reuters) -", owner}}, text...)
		}
		texts, at = append(texts, text), append(at, when)
		p.add(id(i), outlets[i], name, text, when, plan)
	}
	for i := range clients + 1 {
		p.kind[id(i)] = plan.kind
	}
}

func (p *planter) add(id string, outlet int, title string, text []sentence, at time.Time, plan plan) {
	var b strings.Builder
	for i, s := range text {
		b.WriteString(s.text)
		if i%3 == 2 {
			b.WriteString("\n\n")
		} else {
			b.WriteByte(' ')
		}
	}
	published := at.Format(time.RFC3339)
	switch x := p.rng.Float64(); {
	case x < plan.missing:
		published = ""
	case x < plan.missing+plan.day:
		published = at.Format(time.DateOnly)
	}
	p.articles = append(p.articles, dedup.Article{ID: id, Source: fmt.Sprintf("outlet%d.example", outlet), Title: title, Published: published, Text: b.String()})
}

// truth is who wrote the passage: the owner of most of its places in the planted sentences.
func (p *planter) truth(text string) (owner string, known bool) {
	words := strings.Fields(strings.ToLower(strings.NewReplacer("“", "", "”", "", ",", "", ".", "").Replace(text)))
	votes, best := map[string]int{}, 0
	for i := 0; i+4 <= len(words); i++ {
		if o, ok := p.owner[strings.Join(words[i:i+4], " ")]; ok {
			if votes[o]++; votes[o] > best {
				owner, best = o, votes[o]
			}
		}
	}
	return owner, best > 0
}

// tally is how often an origin was named, and was right.
type tally struct{ all, named, right int }

func (t *tally) String() string {
	return fmt.Sprintf("%4d passages, %5.1f %% named, %5.1f %% of these right", t.all, 100*float64(t.named)/float64(max(1, t.all)), 100*float64(t.right)/float64(max(1, t.named)))
}

// Of the origins that are named on planted cascades 90 % must be right.
func TestOriginsOfPlantedCascades(t *testing.T) {
	p := &planter{rng: rand.New(rand.NewPCG(16, 4)), owner: map[string]string{}, kind: map[string]string{}}
	kinds := []string{"here", "here", "here", "here", "here", "here", "unseen", "unseen", "agency", "quotation"}
	for k := range 300 {
		p.cascade(k, plan{kind: kinds[k%len(kinds)], missing: 0.1, day: 0.2})
	}
	p.rng.Shuffle(len(p.articles), func(i, j int) { p.articles[i], p.articles[j] = p.articles[j], p.articles[i] })
	c, err := dedup.Read(context.Background(), planted(p.articles), dedup.Options{NoLabels: true})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	passages, err := c.Passages()
	if err != nil {
		t.Fatal(err)
	}
	all, of, by := tally{}, map[string]*tally{}, map[string]*tally{}
	for i := range passages {
		ps := &passages[i]
		owner, known := p.truth(ps.Text)
		if ps.Origin == nil || !known {
			continue
		}
		kind := p.kind[ps.Occurrences[0].Article]
		for _, t := range []*tally{&all, at(of, kind), at(by, kind+" "+ps.Origin.By)} {
			t.all++
			if ps.Origin.Article == "" && ps.Origin.Agency == "" {
				continue
			}
			t.named++
			if owner != "" && (ps.Origin.Article == owner || ps.Origin.Agency == owner) {
				t.right++
			}
		}
	}
	t.Logf("%d articles: %s", len(p.articles), &all)
	for _, m := range []map[string]*tally{of, by} {
		for kind, n := range m {
			t.Logf("%-22s %s", kind, n)
		}
	}
	if all.right*10 < all.named*9 || all.named*2 < all.all {
		t.Errorf("%s; at least 90 %% must be right, of half of all passages", &all)
	}
	if n := at(of, "quotation"); n.named > 0 {
		t.Errorf("a public quotation was given to one of the articles that have it: %s", n)
	}
}

func at(m map[string]*tally, key string) *tally {
	if m[key] == nil {
		m[key] = &tally{}
	}
	return m[key]
}

func planted(list []dedup.Article) iter.Seq2[dedup.Article, error] {
	return func(yield func(dedup.Article, error) bool) {
		for _, a := range list {
			if !yield(a, nil) {
				return
			}
		}
	}
}
