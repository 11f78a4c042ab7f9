package article

import (
	"strconv"
	"strings"

	"dedup/internal/article/date"
)

// Dates counts what came of the dates of articles. It is the one count of them: Read fills it, and
// every command says from it how many articles have a date, because stories and the copies that are
// kept depend on it.
type Dates struct {
	Articles      int // that were read
	Dated         int // of them with a date
	FromURL       int // of those with the date of their address, since no field gives one
	NotUnderstood int // with something in the field of the date that is none
}

// Add adds the counts of b.
func (d *Dates) Add(b Dates) {
	d.Articles += b.Articles
	d.Dated += b.Dated
	d.FromURL += b.FromURL
	d.NotUnderstood += b.NotUnderstood
}

// All counts articles.
func (d *Dates) All(list []Article) {
	for i := range list {
		d.One(&list[i])
	}
}

// One counts an article.
func (d *Dates) One(a *Article) {
	d.Articles++
	if !a.Published.IsZero() {
		d.Dated++
	}
}

// count adds what a worker counted.
func (rd *reader) count(d *Dates) {
	if rd.opt.Dates == nil {
		return
	}
	rd.mu.Lock()
	defer rd.mu.Unlock()
	rd.opt.Dates.Add(*d)
}

// date reads the date of an article: of its field, or where that is empty of its address. What is
// not understood is told once a file.
func (w *worker) date(st *stream, a *Article, s string) {
	if strings.TrimSpace(s) == "" {
		if d, ok := date.FromURL(a.URL); ok {
			a.Published, a.DateOnly = d.Time, true
			w.dates.FromURL++
		}
		return
	}
	d, ok := date.Parse(s)
	a.Published, a.DateOnly = d.Time, d.DayOnly
	switch {
	case !ok:
		a.Published, a.DateOnly = d.Time, false
		w.dates.NotUnderstood++
		w.warn(0, st, Bad{Path: st.path, Line: a.Line, Reason: "a date that is not understood: " + quoted(s), Kept: true, once: "date",
			Hint: "write dates like 2006-01-02T15:04:05Z; the article is read without its date"})
	case d.Zone != "":
		w.warn(1, st, Bad{Path: st.path, Line: a.Line, Reason: "a time zone that is not known: " + quoted(s), Kept: true, once: "zone",
			Hint: "it is read as UTC; write dates like 2006-01-02T15:04:05-05:00"})
	}
}

// warn reports what is told once a file, unless this worker told it of the file already. Reports
// are in input order, so the first is the same for any number of workers.
func (w *worker) warn(kind int, st *stream, b Bad) {
	if w.warned[kind] != st {
		w.warned[kind] = st
		w.report(b)
	}
}

func quoted(s string) string { return strconv.Quote(short(strings.TrimSpace(s))) }
