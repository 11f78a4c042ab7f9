package article

import (
	"fmt"
	"strconv"
	"strings"
)

// Census counts what Read found of the fields that it looks for, so that a name which no record has
// is told from records without a value.
type Census struct {
	Texts   int      // articles that are whole files
	Records int      // records of JSON, CSV, TSV and Parquet that could be read
	Fields  []string // of the first of them

	have [fieldCount]int // records that have the field, perhaps empty
	seq  int             // block of the first record
}

// count takes in the record that is being decoded.
func (w *worker) count(v *values, st *stream) {
	c := &w.census
	if st.format.whole { // a file with a head
		c.Texts++
		return
	}
	if c.Records == 0 {
		c.seq, c.Fields = w.batch.Seq, w.there(st)
	}
	c.Records++
	for f := range v {
		if v[f].set {
			c.have[f]++
		}
	}
}

// counted hands over what the worker counted.
func (w *worker) counted() {
	w.rd.mu.Lock()
	defer w.rd.mu.Unlock()
	w.rd.census.Add(&w.census)
}

// Add takes in what another worker found.
func (c *Census) Add(d *Census) {
	if d.Records > 0 && (c.Records == 0 || d.seq < c.seq) {
		c.seq, c.Fields = d.seq, d.Fields
	}
	c.Texts += d.Texts
	c.Records += d.Records
	for f := range c.have {
		c.have[f] += d.have[f]
	}
}

// NoText says that not one record has a field for the text, and which fields there are; empty when
// one has.
func (c *Census) NoText(own Fields) string {
	if c.Records == 0 || c.Texts > 0 || c.have[fieldText] > 0 {
		return ""
	}
	return "no record has a text: no field is named " + textNames(own) + "; the first record has " + columns(c.Fields)
}

// Unused lists the fields besides the text that were named and that no record has.
func (c *Census) Unused(own Fields) []Bad {
	var out []Bad
	for i, name := range own.list() {
		if f := field(i); name != "" && f != fieldText && c.Records > 0 && c.have[f] == 0 {
			out = append(out, Bad{
				Path: fmt.Sprintf("--field %s=%s", f, name), Reason: "no record has this field; the first has " + columns(c.Fields),
				Hint: "check the spelling of the field", Kept: true,
			})
		}
	}
	return out
}

// list gives the names by field.
func (f Fields) list() [fieldCount]string {
	return [fieldCount]string{f.ID, f.Text, f.Title, f.Source, f.Published, f.URL}
}

// textNames is what the field of the text is called.
func textNames(own Fields) string {
	if own.Text != "" {
		return strings.ReplaceAll(strconv.Quote(own.Text), `\n`, `" or "`)
	}
	return "text, body, content…"
}

// there names the fields of the record that is being decoded.
func (w *worker) there(st *stream) []string {
	switch {
	case st.csv != nil:
		return described(st.csv.names, w.row)
	case st.arrow != nil:
		return st.arrow.there()
	case st.parquet != nil:
		return described(st.parquet.names, nil)
	}
	return w.json.there()
}

// withoutText reports a record that has no field for its text. It tells whether that is an article
// all the same, as the record says which one.
func (w *worker) withoutText(st *stream, v *values, line int) bool {
	if v[fieldText].odd {
		w.report(Bad{Path: st.path, Line: line, Reason: "the text is not a string: an object, or a list of objects", Hint: "name the field inside it that holds the text: --field text=NAME.INNER"})
		return false
	}
	b := Bad{Path: st.path, Line: line, Reason: "no text: no field of the record is named " + textNames(w.rd.opt.Fields), Hint: hintField}
	if names := w.there(st); len(names) > 0 {
		b.Reason += "; there are " + columns(names)
	}
	if b.Kept = v.known(); b.Kept {
		b.once = "text"
	}
	w.report(b)
	return b.Kept
}
