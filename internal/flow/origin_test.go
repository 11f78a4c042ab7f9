package flow

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"dedup/internal/article"
	"dedup/internal/text"
)

func day(d, h int) time.Time { return time.Date(2024, 5, d, h, 0, 0, 0, time.UTC) }

// origins gives what is said of one passage that all articles have in full.
func origins(t *testing.T, articles []Article) Origin {
	t.Helper()
	const shared = "The ferry ran aground off the old lighthouse at dawn, and all ninety people aboard were taken ashore by lifeboats."
	p := Passage{Tokens: 20}
	for i := range articles {
		if articles[i].Text == "" {
			articles[i].Text = shared
		}
		p.Occurrences = append(p.Occurrences, Occurrence{i, article.Span{End: min(len(shared), len(articles[i].Text))}})
	}
	found, err := Origins(context.Background(), 1, len(articles), []Passage{p}, func(i int) Article { return articles[i] }, func(_, _ int64) {})
	if err != nil {
		t.Fatal(err)
	}
	return found[0]
}

func TestOriginByCreditsAndDates(t *testing.T) {
	for name, c := range map[string]struct {
		articles []Article
		want     Origin
	}{
		"first by hour":    {[]Article{{Source: "a", Published: day(1, 9)}, {Source: "b", Published: day(1, 8)}, {Source: "c", Published: day(2, 1)}}, Origin{1, "", ByDate}},
		"first by day":     {[]Article{{Source: "a", Published: day(2, 0)}, {Source: "b", Published: day(1, 0)}}, Origin{1, "", ByDate}},
		"same day":         {[]Article{{Source: "a", Published: day(1, 0)}, {Source: "b", Published: day(1, 5)}}, Origin{-1, "", SameDay}},
		"within minutes":   {[]Article{{Source: "a", Published: day(1, 5)}, {Source: "b", Published: day(1, 5).Add(9 * time.Minute)}}, Origin{-1, "", SameDay}},
		"a date is absent": {[]Article{{Source: "a", Published: day(1, 5)}, {Source: "b"}}, Origin{-1, "", Unknown}},
		"agency absent":    {[]Article{{Source: "x.com", Agency: "AP", Published: day(1, 5)}, {Source: "y.com", Agency: "AP"}}, Origin{-1, "AP", ByAgency}},
		"agency among them": {[]Article{{Source: "x.com", Agency: "AP", Published: day(1, 7)}, {Source: "apnews.com", Published: day(1, 5)}},
			Origin{1, "AP", ByAgency}},
		"the agency's own article is later": {[]Article{{Source: "x.com", Agency: "AP", Published: day(1, 3)}, {Source: "apnews.com", Published: day(2, 5)}},
			Origin{-1, "AP", ByAgency}},
		"earlier than the agency": {[]Article{{Source: "x.com", Agency: "AP", Published: day(2, 3)}, {Source: "y.com", Published: day(1, 5)}}, Origin{1, "", ByDate}},
		"first of many credits":   {[]Article{{Source: "a", Agency: "AP", Published: day(1, 3)}, {Source: "b", Published: day(2, 5)}, {Source: "c", Published: day(3, 5)}}, Origin{-1, "AP", ByAgency}},
		"excerpts of one":         {[]Article{{Source: "a", Published: day(1, 0), Shared: 0.95}, {Source: "b", Published: day(1, 0), Shared: 0.3}}, Origin{1, "", ByContainment}},
		"two with more":           {[]Article{{Source: "a", Published: day(1, 0), Shared: 0.4}, {Source: "b", Published: day(1, 0), Shared: 0.3}}, Origin{-1, "", SameDay}},
		"one outlet again":        {[]Article{{Source: "a", Published: day(3, 0)}, {Source: "A", Published: day(1, 0)}}, Origin{1, "", ByDate}},
	} {
		if got := origins(t, c.articles); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

// A public quotation and a statement were given to whoever printed them first.
func TestQuotationsAndStatementsAreGivenToNobody(t *testing.T) {
	said := "“We will rebuild the old lighthouse before the winter storms come, whatever it may cost this town,” the mayor said."
	stated := "The line halts all sailings until the wreck is cleared from the channel, it said in a statement on Monday."
	for want, s := range map[string]string{Quotation: said, Statement: stated} {
		got := origins(t, []Article{{Text: s, Source: "a", Published: day(1, 0)}, {Text: s, Source: "b", Published: day(3, 0)}})
		if got.By != want || got.Article >= 0 || got.Agency != "" {
			t.Errorf("%+v, want %s", got, want)
		}
	}
}

// part makes a text of numbered sentences, without those that are left out.
func part(without ...int) string {
	var b strings.Builder
	for i := range 6 {
		out := false
		for _, w := range without {
			out = out || w == i
		}
		if !out {
			for k := range 16 {
				fmt.Fprintf(&b, "w%dx%d ", i, k)
			}
			b.WriteString(". ")
		}
	}
	return b.String()
}

// compare makes the agreement of some texts.
func compare(texts []string) agreement {
	var t tally
	for _, s := range texts {
		t.add(text.Hashes(text.AppendTokens(nil, s)))
	}
	return t.agreement()
}

// The first of three clients of an agency was taken for the origin.
func TestAgreementOfThreeTellsASourceThatIsNotHere(t *testing.T) {
	clients := compare([]string{part(1), part(2), part(3)})
	for x := range 3 {
		if !clients.refuted(x) {
			t.Errorf("client %d may be the source of the others", x)
		}
	}
	star := compare([]string{part(), part(1), part(2), part(3)})
	if star.refuted(0) || star.centre([]int{0, 1, 2, 3}, 3) != 0 {
		t.Error("the text that has it all is not their source")
	}
	row := compare([]string{part(), part(1), part(1, 2), part(1, 2, 3)})
	if row.refuted(0) || row.centre([]int{0, 1}, 2) == 1 {
		t.Error("in a row of copies the second is taken for the source of the first")
	}
}

func TestChartSharesAddUp(t *testing.T) {
	texts := []Article{
		{Text: strings.Repeat("a", 100), Source: "One", Tokens: 50, Published: day(1, 0)}, {Text: strings.Repeat("b", 100), Source: "two", Tokens: 50, Published: day(2, 0)},
		{Text: strings.Repeat("c", 100), Source: "TWO", Tokens: 50}, {Text: strings.Repeat("d", 100), Tokens: 50},
	}
	span := func(a, from, to int) Occurrence { return Occurrence{a, article.Span{Start: from, End: to}} }
	passages := []Passage{
		{Tokens: 10, Occurrences: []Occurrence{span(0, 0, 20), span(1, 0, 20), span(1, 40, 60)}}, {Tokens: 20, Occurrences: []Occurrence{span(0, 50, 90), span(2, 50, 90)}},
		{Tokens: 9, Boilerplate: true, Occurrences: []Occurrence{span(0, 0, 9), span(1, 0, 9)}}, {Tokens: 12, Occurrences: []Occurrence{span(1, 70, 90), span(2, 0, 20)}},
	}
	c := Draw(4, passages, []Origin{{0, "", ByDate}, {-1, "", SameDay}, {-1, "", ""}, {1, "", ByDate}}, func(i int) Article { return texts[i] })
	if len(c.Nodes) != 3 || c.Nodes[0].Name != "One" || c.Nodes[1].Articles != 2 {
		t.Fatalf("nodes %+v", c.Nodes)
	}
	if want := (Arrow{From: 0, To: 1, Tokens: 10, Articles: 1, Passages: 1, Lag: 24 * time.Hour, Lags: 1}); len(c.Arrows) != 1 || c.Arrows[0] != want {
		t.Errorf("arrows %+v", c.Arrows)
	}
	if want := (Tie{A: 0, B: 1, Tokens: 20, Passages: 1}); len(c.Ties) != 1 || c.Ties[0] != want {
		t.Errorf("ties %+v", c.Ties)
	}
	if two := c.Nodes[1]; two.Copied != 20 || two.Shared != 20 {
		t.Errorf("two has %d copied, %d shared", two.Copied, two.Shared)
	}
}
