package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"dedup/internal/gate"
)

// checkTop is how many findings of a rule are printed for people where the options do not say.
const checkTop = 20

// CheckText prints the verdict on a drop for people: in the first line whether it passes and why, then what is new, by rule, opt.Top findings of
// each (0: 20). What the baseline knows is only counted. opt.Parts is not read.
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

type checkPrinter struct{ printer }

func newCheckPrinter(w io.Writer, opt TextOptions) *checkPrinter {
	if opt.Width <= 0 {
		opt.Width = 80
	}
	if opt.Top <= 0 {
		opt.Top = checkTop
	}
	opt.Width = max(opt.Width, 40)
	return &checkPrinter{printer{w: bufio.NewWriterSize(w, 1<<16), opt: opt}}
}

func (p *checkPrinter) verdict(res *gate.Result) {
	word, why := verdict(res, func(s string) string { return p.label(s, p.opt.Width/2) })
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
	for _, f := range ranked(res, t.Rule, p.opt.Top) {
		p.finding(f)
	}
	p.rest("  ", t.New-p.opt.Top)
}

// rest says how many of a list were not shown.
func (p *checkPrinter) rest(indent string, n int) {
	if n > 0 {
		p.line("%s%s", indent, p.dim(Truncate("… and "+thousands(n)+" more (--format json lists all)", p.opt.Width-len(indent))))
	}
}

// finding prints one finding: where it is, what it says, and the beginning of its text.
func (p *checkPrinter) finding(f *gate.Judged) {
	width := p.opt.Width - 2
	where := truncateMiddle(Plain(spot(f)), width)
	if in := Plain(inside(f)); in != "" && Width(where)+12 <= width {
		where += "  " + p.dim(truncateMiddle(in, width-2-Width(where)))
	}
	p.line("  %s", where)
	width -= 2
	around := Width(said(f, func(string) string { return "" }))
	say := Truncate(said(f, func(id string) string { return p.label(id, max(12, width-around)) }), width)
	if at := Plain(f.Where); at != "" && Width(say)+14 <= width {
		say += "  " + p.dim(truncateMiddle(at, width-2-Width(say)))
	}
	p.line("    %s", say)
	if text := Truncate(Plain(f.Text), width-2); text != "" {
		p.line("    %s", p.quote(text))
	}
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
		head := sign + " " + string(k.Rule) + "  " + truncateMiddle(name, p.opt.Width/3)
		if room := p.opt.Width - Width(head) - 6; k.Text != "" && room > 8 {
			head += "  " + p.quote(Truncate(Plain(k.Text), room))
		}
		p.line("  %s", strings.TrimRight(head, " "))
	}
	p.rest("    ", len(known)-p.opt.Top)
}
