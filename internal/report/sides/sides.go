// Package sides prints pairs of texts side by side as one HTML file that a browser opens offline,
// to be decided on one by one: removals of a plan, each of which a click keeps, or pairs that a
// reader says y or n to. What was decided stays in the page's own memory (localStorage, where the
// browser gives a file one) and is saved as a file.
//
// As with package page, the content security policy forbids every request and every script but the
// file's own, the data are JSON in an element that is never run, and the script puts them on the
// screen as text nodes only.
package sides

import (
	"bufio"
	_ "embed"
	"encoding/json"
	"io"

	"dedup/internal/report/shell"
)

// Mode is what is decided.
type Mode string

const (
	Keep  Mode = "keep"  // each removal may be kept; gives the lines of those that are
	Label Mode = "label" // each pair is a duplicate or not; gives their lines with y or n
)

// Page is what is shown. Nothing of it needs to be escaped.
type Page struct {
	Mode  Mode   `json:"mode"`
	Title string `json:"title"`
	Intro string `json:"intro"`
	File  string `json:"file"` // what the decisions are saved as
	Head  string `json:"head"` // first lines of that file
	Items []Item `json:"items"`
}

// Item is one removal, or one pair.
type Item struct {
	Line        string  `json:"line"` // of the file of decisions, without line end
	Rule        string  `json:"rule,omitempty"`
	Band        string  `json:"band,omitempty"`
	Resemblance float64 `json:"resemblance,omitempty"`
	Containment float64 `json:"containment,omitempty"`
	Left        Side    `json:"left"` // what goes
	Right       Side    `json:"right"`
}

// Side is one of the texts; of a span with what stands around it.
type Side struct {
	ID     string `json:"id"`
	Title  string `json:"title,omitempty"`
	Source string `json:"source,omitempty"`
	Date   string `json:"date,omitempty"`
	Place  string `json:"place,omitempty"`
	Before string `json:"before,omitempty"`
	Text   string `json:"text,omitempty"`
	After  string `json:"after,omitempty"`
}

//go:embed body.html
var body string

//go:embed sides.css
var style string

//go:embed sides.js
var script string

// Write prints p.
func Write(w io.Writer, p *Page) error {
	data, err := json.Marshal(p) // <, > and & are escaped: nothing ends the element
	if err != nil {
		return err
	}
	page := shell.Page{Title: p.Title, Style: style, Script: script}
	b := bufio.NewWriterSize(w, 1<<16) // keeps its first error for Flush
	b.WriteString(page.Head())
	b.WriteString(shell.Fill(body, "title", p.Title, "intro", p.Intro))
	shell.Data(b, "data")
	b.Write(data)
	shell.End(b)
	b.WriteString(page.Run())
	b.WriteString(shell.Tail)
	return b.Flush()
}
