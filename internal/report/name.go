package report

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"dedup/internal/gate"
)

// How articles are named for people: by title, source and date in one line, then by id and place,
// which is what a program or an editor takes. Names are whole wherever they may be copied from, a
// log or a file; on a screen they are cut to its width.

// titleMost is how many cells of a title are printed at most: what is longer is no title but a text
// in its place.
const titleMost = 1000

// fit fills in what the options leave open.
func (o *TextOptions) fit() {
	if o.Width <= 0 {
		o.Width = 80
	}
	o.Width = max(o.Width, 40)
	if o.Names > 0 {
		o.Names = max(o.Names, 40)
	}
}

// room is how many cells a name may take in a line of which so many are taken.
func (p *printer) room(taken int) int {
	if p.opt.Names == 0 {
		return math.MaxInt
	}
	return max(p.opt.Names-taken, 8)
}

// Byline is what people know an article by, for one line of at most width cells, 0: of any number.
func Byline(by gate.Byline, width int) string {
	if width <= 0 {
		width = math.MaxInt
	}
	return byline(by, width)
}

// byline is what people know an article by: title, source and date, as far as known, in at most
// width cells. Where that is too little, the title gives way first, to a third, then the source;
// the date goes last, for it tells versions of one text apart.
func byline(by gate.Byline, width int) string {
	title, source := Truncate(Plain(by.Title), titleMost), Plain(by.Source)
	day, clock, _ := strings.Cut(Plain(by.Published), "T")
	if len(clock) >= 5 && utf8.ValidString(clock[:5]) { // a report that somebody else wrote may have anything here
		day += " " + clock[:5]
	}
	say := joinKnown(" · ", title, source, day)
	if over := Width(say) - width; over > 0 && title != "" {
		title = Truncate(title, max(Width(title)-over, width/3))
		say = joinKnown(" · ", title, source, day)
	}
	if over := Width(say) - width; over > 0 && source != "" {
		source = Truncate(source, max(Width(source)-over, 8))
		say = joinKnown(" · ", title, source, day)
	}
	return Truncate(say, width)
}

// joinKnown joins what is not empty.
func joinKnown(sep string, parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), sep)
}

// excerptMost is how many cells of a text that was found are printed in one line where that is no
// screen.
const excerptMost = 160

// excerpt is how many cells of a text are printed in a line of which so many are taken.
func (p *printer) excerpt(taken int) int {
	if p.opt.Names == 0 {
		return max(excerptMost, p.opt.Width-taken)
	}
	return p.opt.Width - taken
}

// byline is that of an article of the report, in a line of which so many cells are taken.
func (p *printer) byline(id string, taken int) string {
	a := p.article[id]
	if a == nil {
		return ""
	}
	return byline(articleByline(a), p.room(taken))
}

func articleByline(a *Article) gate.Byline {
	return gate.Byline{Title: cmp.Or(a.Title, Quoted(a.Opening)), Source: a.Source, Published: a.Published}
}

// Quoted is an opening that stands where a title would.
func Quoted(opening string) string {
	if opening == "" {
		return ""
	}
	return "“" + opening + "”"
}

// label is the id of an article, in a line of which so many cells are taken.
func (p *printer) label(id string, taken int) string { return truncateMiddle(Plain(id), p.room(taken)) }

// command prints a command line, which is whole however wide the screen is: it is there to be
// copied. None is printed where there is none.
func (p *printer) command(indent int, line string) {
	if line != "" {
		p.line("%*s%s", indent, "", p.dim(line))
	}
}

// shown is an article of the report as a command names it.
func (p *printer) shown(id string) shown {
	if a := p.article[id]; a != nil {
		return shown{a.Path, id}
	}
	return shown{}
}

// place is the id of an article and, where that does not say it and there are several, the file
// that the article is in; at stands directly behind the id, as ":3:1", and known behind all.
func (p *printer) place(id, at, known string, taken int) string {
	path := ""
	if a := p.article[id]; a != nil && p.files > 1 && !strings.Contains(id, a.Path) {
		path = Plain(a.Path)
	}
	name := Plain(id)
	taken += Width(at)
	if p.opt.Names > 0 {
		known = Truncate(known, p.room(taken)*2/3)
	}
	if known != "" {
		taken += 2 + Width(known)
	}
	if path == "" {
		name = truncateMiddle(name, p.room(taken))
	} else if room := p.room(taken + 2); Width(name)+Width(path) > room {
		name = truncateMiddle(name, max(room-Width(path), room/2))
		path = truncateMiddle(path, room-Width(name))
	}
	out := name + at
	for _, s := range []string{path, known} {
		if s != "" {
			out += "  " + p.dim(s)
		}
	}
	return out
}

// nameArticle prints the lines that name an article behind a head, the first line's beginning: its
// byline, where it has one, and its place. Lines below the head are indented by so many cells.
func (p *printer) nameArticle(head string, indent int, id, known string) {
	by := p.byline(id, indent)
	if by == "" {
		p.line("%s%s", head, p.place(id, "", known, indent))
		return
	}
	p.line("%s%s", head, by)
	p.line("%s%s", strings.Repeat(" ", indent), p.place(id, "", known, indent))
}

// namer prints the byline of an article the first time that it is named in a list.
type namer struct {
	p    *printer
	last string
	any  bool
}

// next gives how far what is said of the article is indented: further where its byline stands
// above.
func (n *namer) next(id string, indent int) int {
	by := n.p.byline(id, indent)
	if by != "" && (!n.any || id != n.last) {
		n.p.line("%s%s", strings.Repeat(" ", indent), by)
	}
	n.last, n.any = id, true
	if by == "" {
		return indent
	}
	return indent + 2
}
