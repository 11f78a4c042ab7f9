package flow

import (
	"cmp"
	"context"
	"slices"

	"dedup/internal/work"
)

// Origins gives the origin of every passage.
//
// The first rule that applies decides:
//
//  1. An agency that the first carrier credits, or half of the carriers, unless a carrier without
//     the credit was surely published before.
//  2. A quotation: words in quotation marks, whose carriers share little else. A statement: words
//     beside "said in a statement" and the like.
//  3. Three articles show that all have the passage from a text that is not here (kin.go). Then a
//     credit among them names the agency; without a credit the source is unseen.
//  4. The carrier that was surely published before every other one.
//  5. Where a date is missing: the carrier that has whatever the others agree on.
//  6. Where the first carriers are of one day: the only one that has text of its own while the
//     others are excerpts.
//  7. Nobody.
//
// Cost: the words of at most 12 articles a passage are looked at. The result does not depend on the
// number of workers.
func Origins(ctx context.Context, workers, n int, passages []Passage, at func(i int) Article, tell func(done, total int64)) ([]Origin, error) {
	ix := newIndex(n, passages)
	out := make([]Origin, len(passages))
	readers := make([]*reader, max(workers, 1))
	for w := range readers {
		readers[w] = &reader{index: ix, at: at}
	}
	err := work.Told(ctx, len(readers), len(passages), tell, func(w, k int) error {
		out[k] = readers[w].origin(k)
		return nil
	})
	return out, err
}

// origin is that of passage k.
func (r *reader) origin(k int) Origin {
	p := &r.passages[k]
	if p.Boilerplate {
		return Origin{Article: -1}
	}
	carriers, witnesses := r.carriers(k)
	first, complete := earliest(carriers)
	if agency := mostCredited(carriers, first); agency != "" {
		return fromAgency(carriers, agency, ByAgency)
	}
	if len(carriers) < 2 {
		return Origin{Article: -1, By: Unknown}
	}
	if by := r.public(k, carriers); by != "" {
		return Origin{Article: -1, By: by}
	}
	if oneOutlet(carriers) {
		return withinOutlet(carriers, first, complete)
	}
	o := r.compared(carriers, witnesses)
	if o.By == SameDay {
		if i := container(carriers, first); i >= 0 && complete {
			return Origin{Article: carriers[i].at, By: ByContainment}
		}
	}
	return o
}

func oneOutlet(carriers []carrier) bool {
	name := outlet(carriers[0].Source)
	return name != "" && !slices.ContainsFunc(carriers, func(c carrier) bool { return outlet(c.Source) != name })
}

// withinOutlet is the origin of what one outlet prints again: the first of its articles, by date
// alone. Its texts are no witnesses against each other.
func withinOutlet(carriers []carrier, first []int, complete bool) Origin {
	switch {
	case !complete:
		return Origin{Article: -1, By: Unknown}
	case len(first) > 1:
		return Origin{Article: -1, By: SameDay}
	}
	return Origin{Article: carriers[first[0]].at, By: ByDate}
}

// carriers are the articles that have the passage, of each outlet the earliest; where all are of
// one outlet, all of them. Kin that has at least half of its words is one too: where copies were
// changed, the same text stands in several passages, each with some of the places. The rest of the
// kin are witnesses.
func (r *reader) carriers(k int) (carriers, witnesses []carrier) {
	p := &r.passages[k]
	var all []carrier
	out := byOutlet{place: map[string]int{}}
	last := -1
	for _, o := range p.Occurrences {
		if o.Article != last {
			a := r.at(o.Article)
			all = append(all, carrier{&a, o.Article})
			out.add(all[len(all)-1])
		}
		last = o.Article
	}
	if room := mostKin - len(out.list); room > 0 {
		numbers := make([]int, len(all))
		for i := range all {
			numbers[i] = all[i].at
		}
		o := p.Occurrences[0]
		r.seek(all[0].Text[o.Span.Start:o.Span.End])
		for _, i := range r.kin(k, numbers[:min(len(numbers), mostCarriers)], room) {
			a := r.at(i)
			c := carrier{&a, i}
			_, known := out.place[outlet(a.Source)]
			switch {
			case r.holds(c):
				out.add(c)
			case a.Source == "" || !known:
				witnesses = append(witnesses, c)
			}
		}
	}
	if len(out.list) < 2 {
		return all, witnesses
	}
	return out.list, witnesses
}

// byOutlet keeps the earliest article of each outlet.
type byOutlet struct {
	list  []carrier
	place map[string]int // by outlet
}

func (b *byOutlet) add(c carrier) {
	name := outlet(c.Source)
	i, known := b.place[name]
	switch {
	case name == "" || !known:
		b.place[name] = len(b.list)
		b.list = append(b.list, c)
	case surelyBefore(c.Published, b.list[i].Published) || b.list[i].Published.IsZero() && !c.Published.IsZero():
		b.list[i] = c
	}
}

// leaves is how many articles must lack something for the one that has it all to be their source
// (agreement.centre).
const leaves = 2

// compared names the origin by the texts of the carriers and the witnesses.
func (r *reader) compared(carriers, witnesses []carrier) Origin {
	near := order(carriers)
	near = near[:min(len(near), mostKin)]
	witnesses = witnesses[:min(len(witnesses), mostKin-len(near))]
	agencies := agenciesOf(near)
	t := &r.tally
	for _, c := range near {
		t.add(r.words(c))
	}
	for _, w := range witnesses {
		t.add(r.words(w))
		agencies = addAgency(agencies, w.Agency)
	}
	agree := t.agreement()
	rivals, missing := rivalsAmong(near)
	if len(rivals) == 1 {
		if !agree.refuted(rivals[0]) {
			return Origin{Article: near[rivals[0]].at, By: ByDate}
		}
		return unseen(carriers, agencies)
	}
	if i := agree.centre(rivals, leaves); i >= 0 {
		return Origin{Article: near[i].at, By: ByAgreement}
	}
	if allRefuted(&agree, rivals) {
		return unseen(carriers, agencies)
	}
	if missing {
		return Origin{Article: -1, By: Unknown}
	}
	return Origin{Article: -1, By: SameDay}
}

// rivalsAmong lists the carriers that may be the first: those that no other one was surely
// published before, and those without a date.
func rivalsAmong(near []carrier) (rivals []int, missing bool) {
	first, complete := earliest(near)
	for i := range near {
		if near[i].Published.IsZero() || slices.Contains(first, i) {
			rivals = append(rivals, i)
		}
	}
	return rivals, !complete
}

// order is the carriers by date, those without one behind, then by number.
func order(carriers []carrier) []carrier {
	list := slices.Clone(carriers)
	slices.SortStableFunc(list, func(a, b carrier) int {
		if a.Published.IsZero() != b.Published.IsZero() {
			return cmp.Compare(bit(a.Published.IsZero()), bit(b.Published.IsZero()))
		}
		return cmp.Or(endOf(a.Published).Compare(endOf(b.Published)), cmp.Compare(a.at, b.at))
	})
	return list
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

func allRefuted(a *agreement, list []int) bool {
	for _, x := range list {
		if !a.refuted(x) {
			return false
		}
	}
	return true
}

// unseen is the origin of text that none of its carriers is the source of: the agency that some of
// them credit, if it is one, as its unnamed clients have it from there too.
func unseen(carriers []carrier, agencies []string) Origin {
	if len(agencies) == 1 {
		return fromAgency(carriers, agencies[0], ByAgency)
	}
	return Origin{Article: -1, By: Unseen}
}

// fromAgency names an agency, and its own article if no other carrier was surely published before
// that: else the clients had an earlier one.
func fromAgency(carriers []carrier, agency, by string) Origin {
	o := Origin{Article: -1, Agency: agency, By: by}
	i := ownArticle(carriers, agency)
	if i < 0 {
		return o
	}
	for _, c := range carriers {
		if surelyBefore(c.Published, carriers[i].Published) {
			return o
		}
	}
	o.Article = carriers[i].at
	return o
}

func agenciesOf(list []carrier) (out []string) {
	for _, c := range list {
		out = addAgency(out, c.Agency)
	}
	return out
}

func addAgency(list []string, agency string) []string {
	if agency == "" || slices.Contains(list, agency) {
		return list
	}
	return append(list, agency)
}
