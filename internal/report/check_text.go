package report

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"strings"

	"dedup/internal/gate"
)

// checkTop is how many findings of a rule are printed for people where the options do not say.
const checkTop = 20

// CheckText prints the verdict on a drop for people: in the first line whether it passes and why,
// then what is new, by rule, opt.Top findings of each (0: 20). What the baseline knows is only
// counted. opt.Parts is not read.
func CheckText(w io.Writer, res *gate.Result, opt TextOptions) error {
	p := newCheckPrinter(w, opt)
	p.verdict(res)
	for i := range res.Counts {
		p.rule(res, &res.Counts[i])
	}
	p.gone(res)
	return p.w.Flush()
}

// CheckBaseline prints for people what came into a baseline and what went out of it.
func CheckBaseline(w io.Writer, added, removed []gate.Known, opt TextOptions) error {
	p := newCheckPrinter(w, opt)
	p.line("%s", p.bold(fmt.Sprintf("baseline: %s added, %s removed", thousands(gate.Occurrences(added)), thousands(gate.Occurrences(removed)))))
	p.known("+", added)
	p.known("-", removed)
	return p.w.Flush()
}

type checkPrinter struct {
	printer
	named map[string]bool // articles, by where they are, whose byline stands in this list already
}

func newCheckPrinter(w io.Writer, opt TextOptions) *checkPrinter {
	if opt.Top <= 0 {
		opt.Top = checkTop
	}
	opt.fit()
	return &checkPrinter{printer: printer{w: bufio.NewWriterSize(w, 1<<16), opt: opt}}
}

func (p *checkPrinter) verdict(res *gate.Result) {
	word, why := verdict(res, func(s string) string { return p.label(s, p.opt.Names/2) })
	style := "1;32"
	if !res.Pass {
		style = "1;31"
	}
	for i, l := range wrap(why, p.opt.Width-len(word)-2) {
		if i > 0 {
			word, style = "    ", ""
		}
		p.line("%s  %s", p.style(style, word), p.bold(l))
	}
	for _, l := range wrap(looked(res), p.opt.Width-6) {
		p.line("      %s", p.dim(l))
	}
}

// rule prints what is new of one rule.
func (p *checkPrinter) rule(res *gate.Result, t *gate.Tally) {
	if t.Found == 0 {
		return
	}
	aside := thousands(t.New) + " new, limit " + t.Allowed.String()
	if res.Baseline {
		aside += ", " + thousands(t.Known) + " known"
	}
	p.heading(t.Rule.About().Many, aside)
	p.named = map[string]bool{}
	for _, f := range ranked(res, t.Rule, p.opt.Top) {
		p.finding(f)
		p.command(4, findingCommand(f, res.Reading))
	}
	p.rest("  ", t.New-p.opt.Top)
}

// rest says how many of a list were not shown.
func (p *checkPrinter) rest(indent string, n int) {
	if n > 0 {
		p.line("%s%s", indent, p.dim(Truncate("… and "+thousands(n)+" more (--format json lists all)", p.opt.Width-len(indent))))
	}
}

// finding prints one finding: where it is and in what article, what it says, what it matches and
// where that is, the beginning of its text, and what the baseline would know it by.
func (p *checkPrinter) finding(f *gate.Judged) {
	where, in := Plain(spot(f)), Plain(inside(f))
	if in != "" && Width(where)+2+Width(in) <= p.room(2) {
		where, in = where+"  "+p.dim(in), ""
	} else {
		where = p.label(where, 2)
	}
	p.line("  %s", where)
	if in != "" {
		p.line("    %s", p.dim(p.label(in, 4)))
	}
	if by := byline(f.Byline(), p.room(4)); p.first(by, f.Article, f.Path) {
		p.line("    %s", by)
	}
	around := Width(said(f, func(string) string { return "" }))
	p.line("    %s", Truncate(said(f, func(id string) string { return p.label(id, 4+around) }), p.room(4)))
	p.matched(f)
	if text := Truncate(quoted(f), p.excerpt(6)); text != "" {
		p.line("    %s", p.quote(text))
	}
	p.line("    %s", p.dim("fingerprint "+f.Fingerprint()))
}

// matched prints where the article is that a finding matches, and what people know it by.
func (p *checkPrinter) matched(f *gate.Judged) {
	at := Plain(f.Where)
	by := byline(f.About, math.MaxInt)
	if !p.first(by, f.Matched, at) {
		by = ""
	}
	switch room := p.room(6); {
	case at == "" && by == "":
		return
	case at == "" || by == "":
		at, by = truncateMiddle(at, room), Truncate(by, room)
	case Width(at)+2+Width(by) > room:
		at = truncateMiddle(at, room/2)
		by = byline(f.About, room-2-Width(at))
	}
	p.line("      %s", p.dim(strings.TrimSpace(at+"  "+by)))
}

// first tells whether there is a byline that this list does not have yet for the article.
func (p *checkPrinter) first(by, id, at string) bool {
	key := by + "\x00" + id + "\x00" + at
	if by == "" || p.named[key] {
		return false
	}
	p.named[key] = true
	return true
}

// gone names what the baseline lists and the drop has no longer.
func (p *checkPrinter) gone(res *gate.Result) {
	say := gone(res)
	if say == "" {
		return
	}
	p.line("")
	for _, l := range wrap(say, p.opt.Width) {
		p.line("%s", p.bold(l))
	}
	p.known(" ", res.Gone)
}

// known lists known texts, a line each.
func (p *checkPrinter) known(sign string, known []gate.Known) {
	for i := range known[:min(len(known), p.opt.Top)] {
		k := &known[i]
		name := Plain(k.Articles[0])
		if more := len(k.Articles) - 1; more > 0 {
			name += fmt.Sprintf(" and %s more", thousands(more))
		}
		head := sign + " " + string(k.Rule) + "  "
		head += p.label(name, 2+Width(head))
		if room := p.opt.Width - Width(head) - 6; k.Text != "" && room > 24 {
			head += "  " + p.quote(Truncate(Plain(k.Text), room))
		} else if k.Text != "" {
			p.line("  %s", head)
			head = "    " + p.quote(Truncate(Plain(k.Text), p.opt.Width-8))
		}
		p.line("  %s", strings.TrimRight(head, " "))
	}
	p.rest("    ", len(known)-p.opt.Top)
}
