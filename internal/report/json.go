package report

import (
	"bufio"
	"io"
)

// JSON writes the report as one indented JSON object.
func JSON(w io.Writer, r *Report) error {
	e := NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// JSONLines writes the report as one JSON object a line: first {"kind":"summary",…}, then each
// article, cluster, story, passage, repeat, furniture and phrase, and the outlets, arrows and ties
// of the flow, with its fields as in JSON and the field kind in front.
func JSONLines(w io.Writer, r *Report) error {
	bw := bufio.NewWriterSize(w, 1<<16)
	e := NewEncoder(bw)
	put := func(v any) error { return e.Encode(v) }
	if err := put(struct {
		Kind   string `json:"kind"`
		Schema string `json:"schema"`
		Summary
	}{"summary", r.Schema, r.Summary}); err != nil {
		return err
	}
	for i := range r.Articles {
		if err := put(struct {
			Kind string `json:"kind"`
			*Article
		}{"article", &r.Articles[i]}); err != nil {
			return err
		}
	}
	for i := range r.Clusters {
		if err := put(struct {
			Kind string `json:"kind"`
			*Cluster
		}{"cluster", &r.Clusters[i]}); err != nil {
			return err
		}
	}
	for i := range r.Stories {
		if err := put(struct {
			Kind string `json:"kind"`
			*Story
		}{"story", &r.Stories[i]}); err != nil {
			return err
		}
	}
	for i := range r.Running {
		if err := put(struct {
			Kind string `json:"kind"`
			*Running
		}{"running", &r.Running[i]}); err != nil {
			return err
		}
	}
	if err := putTexts(put, r); err != nil {
		return err
	}
	if err := putFlow(put, r.Flow); err != nil {
		return err
	}
	return bw.Flush()
}

// putFlow writes outlets, arrows and ties.
func putFlow(put func(any) error, f *Flow) error {
	if f == nil {
		return nil
	}
	for i := range f.Outlets {
		o := &f.Outlets[i]
		if err := put(struct { // its own kind moves to "outlet_kind", as that of a phrase does
			Kind string `json:"kind"`
			*Outlet
			OutletKind string `json:"outlet_kind"`
		}{"outlet", o, o.Kind}); err != nil {
			return err
		}
	}
	for i := range f.Arrows {
		if err := put(struct {
			Kind string `json:"kind"`
			*Arrow
		}{"arrow", &f.Arrows[i]}); err != nil {
			return err
		}
	}
	for i := range f.Ties {
		if err := put(struct {
			Kind string `json:"kind"`
			*Tie
		}{"tie", &f.Ties[i]}); err != nil {
			return err
		}
	}
	return nil
}

// putTexts writes what quotes text: passages, repeats, furniture, phrases.
func putTexts(put func(any) error, r *Report) error {
	for i := range r.Passages {
		if err := put(struct {
			Kind string `json:"kind"`
			*Passage
		}{"passage", &r.Passages[i]}); err != nil {
			return err
		}
	}
	for i := range r.Repeats {
		if err := put(struct {
			Kind string `json:"kind"`
			*Repeat
		}{"repeat", &r.Repeats[i]}); err != nil {
			return err
		}
	}
	for i := range r.Furniture {
		if err := put(struct {
			Kind string `json:"kind"`
			*Furniture
		}{"furniture", &r.Furniture[i]}); err != nil {
			return err
		}
	}
	for i := range r.Phrases {
		p := &r.Phrases[i]
		if err := put(struct { // its own kind ("wire", …) moves to "phrase_kind", since "kind" tells the line's
			Kind string `json:"kind"`
			*Phrase
			PhraseKind string `json:"phrase_kind"`
		}{"phrase", p, p.Kind}); err != nil {
			return err
		}
	}
	return nil
}
