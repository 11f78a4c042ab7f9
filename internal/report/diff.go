package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode"

	"dedup/internal/plural"
)

// DiffSchema names the contract of a diff; fields are only ever added to it.
const DiffSchema = "dedup.diff/1"

// Diff is two articles and what they share.
type Diff struct {
	Schema       string       `json:"schema"`
	A            DiffArticle  `json:"a"`
	B            DiffArticle  `json:"b"`
	Resemblance  float64      `json:"resemblance"`
	ContainmentA float64      `json:"containment_a"` // of a in b
	ContainmentB float64      `json:"containment_b"`
	Distance     int          `json:"distance"` // -1 where one has no fingerprint
	Passages     []DiffShared `json:"passages"` // by place in a
}

// DiffArticle is one side.
type DiffArticle struct {
	Article
	Text string `json:"text"`
}

// DiffShared is a passage that both sides have. Edits cover it from end to end on both sides.
type DiffShared struct {
	A       Place      `json:"a"`
	B       Place      `json:"b"`
	Tokens  int        `json:"tokens"`  // of the longer side
	Matched int        `json:"matched"` // the same on both
	Edits   []DiffEdit `json:"edits"`
}

// DiffEdit is a run of words and what became of it: equal, changed, inserted (in b only) or deleted
// (in a only). Spans are bytes of either text.
type DiffEdit struct {
	Op     string `json:"op"`
	AStart int    `json:"a_start"`
	AEnd   int    `json:"a_end"`
	BStart int    `json:"b_start"`
	BEnd   int    `json:"b_end"`
}

// DiffJSON writes d as one indented JSON object.
func DiffJSON(w io.Writer, d *Diff) error {
	e := NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(d)
}

// DiffText prints d in two columns: shared passages beside each other with their changed words
// marked ([-gone-] {+new+}), what only one side has between them, shortened unless opt.Top is 0.
func DiffText(w io.Writer, d *Diff, opt TextOptions) error {
	opt.fit()
	p := &differ{printer: printer{w: bufio.NewWriterSize(w, 1<<16), opt: opt}, d: d, column: (opt.Width - 3) / 2}
	p.head()
	a, b := 0, 0
	for i := range d.Passages {
		s := &d.Passages[i]
		moved := s.B.Start < b // it stands before what was shown already
		if moved {
			p.only(d.A.Text[min(a, s.A.Start):s.A.Start], "")
		} else {
			p.only(d.A.Text[min(a, s.A.Start):s.A.Start], d.B.Text[b:s.B.Start])
			b = s.B.End
		}
		a = max(a, s.A.End)
		p.shared(i+1, s, moved)
	}
	p.only(d.A.Text[a:], d.B.Text[b:])
	return p.w.Flush()
}

type differ struct {
	printer
	d      *Diff
	column int // cells of one column
}

func (p *differ) head() {
	d := p.d
	for _, l := range wrap(fmt.Sprintf("%s, resemblance %.2f, %.0f %% of the left in the right, %.0f %% of the right in the left",
		orNo(len(d.Passages), "shared passage", "shared passages"), floor2(d.Resemblance), 100*d.ContainmentA, 100*d.ContainmentB), p.opt.Width) {
		p.line("%s", p.bold(l))
	}
	p.line("")
	p.side("left   ", &d.A.Article)
	p.side("right  ", &d.B.Article)
}

// side names one of the articles, over the width of both columns: half of it is too little for a
// path.
func (p *differ) side(head string, a *Article) {
	name := p.label(a.ID, len(head))
	if by := byline(articleByline(a), p.room(len(head))); by != "" {
		p.line("%s%s", head, p.bold(by))
		head = strings.Repeat(" ", len(head))
		name = p.dim(name)
	}
	p.line("%s%s", head, name)
}

// word is one word and its ANSI style.
type word struct{ text, style string }

// words splits s, made plain, into words of one style.
func words(s, style string) []word {
	var out []word
	for f := range strings.FieldsSeq(Plain(s)) {
		out = append(out, word{f, style})
	}
	return out
}

// onlyWords is how many words of a stretch that only one side has are shown at either end of it.
const onlyWords = 12

// only prints what stands between shared passages.
func (p *differ) only(a, b string) {
	left, right := p.elide(words(strings.TrimLeftFunc(a, closing), "2")), p.elide(words(strings.TrimLeftFunc(b, closing), "2"))
	if len(left)+len(right) > 0 {
		p.line("")
		p.row(left, right)
	}
}

// closing tells what still belongs to the passage before: a full stop, a closing quote.
func closing(r rune) bool {
	return unicode.IsSpace(r) || unicode.In(r, unicode.Po, unicode.Pe, unicode.Pf, unicode.Pd)
}

func (p *differ) elide(ws []word) []word {
	if p.opt.Top == 0 || len(ws) <= 2*onlyWords+4 {
		return ws
	}
	gap := "(… " + count(len(ws)-2*onlyWords, "word") + " …)"
	out := append(ws[:onlyWords:onlyWords], words(gap, "2")...)
	return append(out, ws[len(ws)-onlyWords:]...)
}

// shared prints passage number n.
func (p *differ) shared(n int, s *DiffShared, moved bool) {
	p.line("")
	note := fmt.Sprintf("── %d · %d of %s the same · lines %d, %d ", n, s.Matched, plural.Count(s.Tokens, "word"), s.A.Line, s.B.Line)
	if moved {
		note += "· moved "
	}
	p.line("%s", p.mark(note+strings.Repeat("─", max(0, p.opt.Width-Width(note)))))
	var left, right []word
	for _, e := range s.Edits {
		a, b := p.d.A.Text[e.AStart:e.AEnd], p.d.B.Text[e.BStart:e.BEnd]
		if e.Op == "equal" {
			left, right = append(left, words(a, "")...), append(right, words(b, "")...)
			continue
		}
		left, right = append(left, changed(a, "[-", "-]", "31")...), append(right, changed(b, "{+", "+}", "32")...)
	}
	p.row(left, right)
}

// changed marks words as wdiff does, so that it shows without colour too.
func changed(s, open, shut, style string) []word {
	ws := words(s, style)
	if len(ws) > 0 {
		ws[0].text = open + ws[0].text
		ws[len(ws)-1].text += shut
	}
	return ws
}

// row prints two cells beside each other, wrapped.
func (p *differ) row(left, right []word) {
	l, r := p.fill(left), p.fill(right)
	for i := range max(len(l), len(r)) {
		a, b := line{}, line{}
		if i < len(l) {
			a = l[i]
		}
		if i < len(r) {
			b = r[i]
		}
		gap := strings.Repeat(" ", p.column-a.cells)
		p.line("%s", strings.TrimRight(a.text+gap+" │ "+b.text, " "))
	}
}

// line is one line of a cell with its ANSI styles, and the cells it takes.
type line struct {
	text  string
	cells int
}

// fill wraps words into lines of a column.
func (p *differ) fill(ws []word) []line {
	var out []line
	var b strings.Builder
	used := 0
	end := func() {
		out = append(out, line{b.String(), used})
		b.Reset()
		used = 0
	}
	for _, w := range ws {
		for _, part := range wrap(w.text, p.column) { // more than one only for a word longer than the column
			n := Width(part)
			if used > 0 && used+1+n > p.column {
				end()
			}
			if used > 0 {
				b.WriteByte(' ')
				used++
			}
			if w.style == "" {
				b.WriteString(part)
			} else {
				b.WriteString(p.style(w.style, part))
			}
			used += n
		}
	}
	if used > 0 {
		end()
	}
	return out
}
