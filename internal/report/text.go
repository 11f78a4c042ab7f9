package report

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"dedup/internal/gate"
	"dedup/internal/plural"
)

// TextOptions say how a report is printed for people.
type TextOptions struct {
	Width int  // cells that lines are laid out for; 0: 80
	Names int  // cells that the line of an article's name is cut to, those of a screen; 0: it is not cut
	Color bool // ANSI styles
	Top   int  // how many stories, clusters, passages … are shown of each kind; 0: all
	Parts Parts

	Reading gate.Reading
}

// Text prints the report for people.
func Text(w io.Writer, r *Report, opt TextOptions) error {
	opt.fit()
	p := &printer{w: bufio.NewWriterSize(w, 1<<16), opt: opt, r: r, article: make(map[string]*Article, len(r.Articles)), running: map[string]*Running{}, storyOf: map[string]*Story{}}
	for i := range r.Stories {
		p.storyOf[r.Stories[i].ID] = &r.Stories[i]
	}
	for i := range r.Running {
		p.running[r.Running[i].ID] = &r.Running[i]
	}
	for i := range r.Articles {
		p.article[r.Articles[i].ID] = &r.Articles[i]
		if i == 0 || r.Articles[i].Path != r.Articles[i-1].Path {
			p.files++
		}
	}
	p.summary()
	if opt.Parts.Stories {
		p.stories()
	}
	if opt.Parts.Clusters {
		p.clusters()
	}
	if opt.Parts.Passages {
		p.passages()
		p.flow()
		p.repeats()
		p.furniture()
	}
	return p.w.Flush()
}

// printer prints into a buffered writer, whose first error Flush gives back.
type printer struct {
	w       *bufio.Writer
	opt     TextOptions
	r       *Report
	article map[string]*Article
	running map[string]*Running
	storyOf map[string]*Story
	files   int // that the articles are in
}

func (p *printer) line(format string, args ...any) {
	fmt.Fprintf(p.w, format, args...)
	p.w.WriteByte('\n')
}

// style wraps s in an ANSI style where colour is on.
func (p *printer) style(code, s string) string {
	if !p.opt.Color || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

func (p *printer) bold(s string) string  { return p.style("1", s) }
func (p *printer) dim(s string) string   { return p.style("2", s) }
func (p *printer) mark(s string) string  { return p.style("32", s) }
func (p *printer) quote(s string) string { return p.style("36", "“"+s+"”") }

func (p *printer) summary() {
	s, r := p.r.Summary, p.r
	parts := []string{count(s.Articles, "article"), Size(s.Bytes)}
	if s.Empty > 0 {
		parts = append(parts, thousands(s.Empty)+" without text")
	}
	if s.Skipped > 0 {
		parts = append(parts, count(s.Skipped, "input")+" skipped")
	}
	parts = append(parts, Dated(s.Dated, s.Articles, s.NotUnderstood))
	if p.opt.Parts.Stories {
		parts = append(parts, orNo(s.Stories, "story", "stories"))
	}
	if p.opt.Parts.Clusters {
		if s.Clusters == 0 {
			parts = append(parts, "no near-duplicates")
		} else {
			parts = append(parts, fmt.Sprintf("%s in %s (%s)", count(s.Duplicates, "duplicate"), count(s.Clusters, "cluster"),
				percent(float64(s.Duplicates)/float64(max(1, s.Articles)))))
		}
	}
	if p.opt.Parts.Phrases {
		parts = append(parts, orNo(s.Phrases, "shared phrase", "shared phrases"))
	}
	if p.opt.Parts.Passages {
		parts = append(parts, orNo(s.Passages, "copied passage", "copied passages"), orNo(s.Repeats, "repeat", "repeats"),
			orNo(len(r.Furniture), "page leftover", "page leftovers"))
	}
	for i, l := range wrap(strings.Join(parts, ", "), p.opt.Width) {
		if i == 0 {
			l = p.bold(l)
		}
		p.line("%s", l)
	}
	if p.opt.Parts.Clusters {
		p.duplicated()
	}
}

// heading starts a section.
func (p *printer) heading(title, aside string) {
	p.line("")
	title = strings.ToUpper(title)
	if aside != "" {
		aside = "  " + p.dim(Truncate(aside, p.opt.Width-2-Width(title)))
	}
	p.line("%s%s", p.bold(title), aside)
}

// more says how many of a list were not shown.
func (p *printer) more(indent string, shown, all int, one, many string) {
	if all > shown {
		p.line("%s%s", indent, p.dim(fmt.Sprintf("… and %s more %s (--top 0 shows all)", thousands(all-shown), plural.Word(all-shown, one, many))))
	}
}

func (p *printer) top(n int) int {
	if p.opt.Top > 0 {
		return min(n, p.opt.Top)
	}
	return n
}

func (p *printer) stories() {
	var several []*Story
	for i := range p.r.Stories {
		if len(p.r.Stories[i].Articles) > 1 {
			several = append(several, &p.r.Stories[i])
		}
	}
	phrases := map[string][]*Phrase{}
	for i := range p.r.Phrases {
		ph := &p.r.Phrases[i]
		phrases[ph.Story] = append(phrases[ph.Story], ph)
	}
	n := p.top(len(several))
	for _, s := range several[:n] {
		p.story(s, phrases[s.ID])
	}
	if len(several) > n {
		p.line("")
		p.more("", n, len(several), "story", "stories")
	}
}

// storyArticles is how many articles of one story are listed when the output is limited;
// storyPhrases how many phrases.
const storyArticles, storyPhrases = 12, 8

func (p *printer) story(s *Story, phrases []*Phrase) {
	p.heading("story "+strings.TrimPrefix(s.ID, "s"), count(len(s.Articles), "article"))
	for _, l := range wrap(Truncate(Plain(s.Headline), titleMost), p.opt.Width-2) {
		p.line("  %s", p.bold(l))
	}
	if len(s.Keywords) > 0 {
		for _, l := range wrap(Truncate(Plain(strings.Join(s.Keywords, ", ")), 2*p.opt.Width), p.opt.Width-2) {
			p.line("  %s", p.dim(l))
		}
	}
	p.events(s)
	p.line("")
	n := len(s.Articles)
	if p.opt.Top > 0 {
		n = min(n, storyArticles)
	}
	number := make(map[string]int, len(s.Articles))
	for i, id := range s.Articles {
		number[id] = i + 1
	}
	for i, id := range s.Articles[:n] {
		p.storyArticle(i+1, id)
	}
	p.more("      ", n, len(s.Articles), "article", "articles")
	p.storyPhrases(phrases, number, n)
}

// events lists the events of a story, or of an event the stories beside it that its running story
// has, both in order of time.
func (p *printer) events(s *Story) {
	n := len(s.Events)
	if p.opt.Top > 0 {
		n = min(n, storyArticles)
	}
	for i := range s.Events[:n] {
		e := &s.Events[i]
		say := fmt.Sprintf("%s  %s  %s", between(e.First, e.Last), count(len(e.Articles), "article"), Plain(e.Headline))
		p.line("  %s", Truncate(strings.TrimSpace(say), p.opt.Width-2))
	}
	p.more("  ", n, len(s.Events), "event", "events")
	if run := p.running[s.Running]; run != nil {
		p.beside(run, s.ID)
	}
}

// besideShown is how many events beside one are named when the output is limited.
const besideShown = 4

// beside names the events of a running story but one.
func (p *printer) beside(run *Running, id string) {
	var beside []*Story
	for _, other := range run.Stories {
		if s := p.storyOf[other]; s != nil && other != id {
			beside = append(beside, s)
		}
	}
	if len(beside) == 0 {
		return
	}
	p.line("  %s", p.dim("of a running story, with"))
	n := len(beside)
	if p.opt.Top > 0 {
		n = min(n, besideShown)
	}
	for _, s := range beside[:n] {
		say := joinKnown("  ", "story "+strings.TrimPrefix(Plain(s.ID), "s"), between(s.First, s.Last), Plain(s.Headline))
		p.line("    %s", p.dim(Truncate(say, p.opt.Width-4)))
	}
	p.more("    ", n, len(beside), "event", "events")
}

// between is the time from one day to another; empty where it is not known.
func between(first, last string) string {
	if first == last || last == "" {
		return Plain(first)
	}
	return Plain(first) + " to " + Plain(last)
}

func (p *printer) storyArticle(number int, id string) {
	a := p.article[id]
	if a == nil {
		return
	}
	var known []string
	if a.Agency != "" {
		known = append(known, "credits "+Plain(a.Agency))
	}
	if share := int(100*a.Shared + 0.5); share > 0 {
		known = append(known, fmt.Sprintf("%d%% shared", share))
	}
	if a.Cluster != "" {
		known = append(known, "in "+Plain(a.Cluster))
	}
	p.nameArticle(fmt.Sprintf("%4d  ", number), 6, id, strings.Join(known, ", "))
}

// storyPhrases lists phrases and which of the story's articles have them; the first so many
// articles stand above with their names.
func (p *printer) storyPhrases(phrases []*Phrase, number map[string]int, named int) {
	if len(phrases) == 0 {
		return
	}
	n := len(phrases)
	if p.opt.Top > 0 {
		n = min(n, storyPhrases)
	}
	p.line("")
	p.line("  %s", p.bold("Shared phrasing"))
	for _, ph := range phrases[:n] {
		who := carriers(ph.Occurrences, number, named)
		if ph.Kind != "wire" {
			who = ph.Kind + "  " + who
		}
		width := p.opt.Width - 4
		text := Plain(ph.Text)
		if p.opt.Names > 0 {
			text = Truncate(text, max(20, width-Width(who)-4))
		}
		pad := max(2, width-Width(text)-2-Width(who))
		p.line("    %s%s%s", p.quote(text), strings.Repeat(" ", pad), p.dim(who))
	}
	p.more("    ", n, len(phrases), "phrase", "phrases")
}

// carriers lists the numbers that a story's articles have in it, those of the first so many, and
// counts the others.
func carriers(occ []Occurrence, number map[string]int, named int) string {
	var ns []int
	for _, o := range occ {
		ns = append(ns, number[o.Article])
	}
	slices.Sort(ns)
	ns = slices.Compact(ns)
	var parts []string
	for i, n := range ns {
		if n > named || i == 6 && len(ns) > 7 {
			parts = append(parts, fmt.Sprintf("+%d", len(ns)-i))
			break
		}
		parts = append(parts, strconv.Itoa(n))
	}
	return "in " + strings.Join(parts, ", ")
}
