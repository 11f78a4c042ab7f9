package main

import (
	"fmt"
	"io"

	"dedup/internal/article"
	"dedup/internal/report"
)

// nameAtMost is how many inputs with one kind of fault are named unless --verbose is given: real
// corpora hold broken records by the thousand.
const nameAtMost = 20

// complaints names on w what could not be read. A hint that was given before is not given again.
type complaints struct {
	w     io.Writer
	all   bool
	kinds map[string]*fault
	order []*fault
}

// fault is a kind of fault: its first reason, and how often it came up.
type fault struct {
	reason string
	n      int
}

// add takes one more; it is for one goroutine at a time.
func (c *complaints) add(err error) {
	b, ok := err.(article.Bad)
	if !ok {
		b = article.Bad{Reason: err.Error()}
	}
	kind := b.Hint // faults with one remedy are of one kind, however their words differ
	if kind == "" {
		kind = b.Reason
	}
	if c.kinds == nil {
		c.kinds = map[string]*fault{}
	}
	f := c.kinds[kind]
	if f == nil {
		f = &fault{reason: b.Reason}
		c.kinds[kind] = f
		c.order = append(c.order, f)
	}
	f.n++
	if f.n > nameAtMost && !c.all {
		return
	}
	where := report.Visible(b.Path)
	if b.Line > 0 {
		where = fmt.Sprintf("%s line %d", where, b.Line)
	}
	what := "skipped "
	if b.Kept {
		what = ""
	}
	fmt.Fprintf(c.w, "dedup: %s%s: %s\n", what, where, report.Plain(b.Reason))
	if f.n == 1 && b.Hint != "" {
		fmt.Fprintf(c.w, "hint: %s\n", report.Plain(b.Hint))
	}
}

// done says how many were not named.
func (c *complaints) done() {
	for _, f := range c.order {
		if f.n > nameAtMost && !c.all {
			fmt.Fprintf(c.w, "dedup: and %d more: %s (--verbose names each)\n", f.n-nameAtMost, report.Plain(f.reason))
		}
	}
}
