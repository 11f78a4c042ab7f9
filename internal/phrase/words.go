package phrase

import (
	"dedup/internal/background"
	"dedup/internal/text"
)

// role is what a word can do at the end of a phrase.
type role uint8

const (
	content  role = iota
	function      // "the", "of", "according": carries no meaning of its own
	weak          // a phrase neither starts nor ends with it: "said", "Tuesday"
	date          // weak, and part of a date or a time of day
	trailer       // "of": what stands before it is not complete
)

// lists are the English words that the model cannot tell by frequency alone. Other languages do without: their function words come from
// the model.
var lists = func() map[uint64]role {
	m := map[uint64]role{}
	add := func(r role, words ...string) {
		for _, w := range words {
			m[text.Hash(w)] = r
		}
	}
	add(date, "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "mon", "tue", "tues", "wed", "thu", "thurs", "fri", "sat", "sun",
		"january", "february", "march", "april", "june", "july", "august", "september", "october", "november", "december",
		"jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "am", "pm", "a.m", "p.m", "gmt", "utc", "est", "edt", "bst", "cet", "ist",
		"today", "yesterday", "tomorrow", "tonight", "morning", "afternoon", "evening", "night", "overnight")
	add(weak, "said", "says", "say", "saying", "told", "tells", "telling", "added", "adds", "adding", "stated", "noted", "notes", "reported", "reportedly",
		"announced", "according", "wrote", "asked", "including", "includes", "include", "included", "would", "could", "should", "may", "might", "must",
		"mr", "mrs", "ms", "also", "later", "earlier", "ago", "last", "next", "least", "around", "nearly", "almost", "about", "however", "meanwhile")
	add(trailer, "of")
	return m
}()

// roleOf finds the role of a word.
func roleOf(bg *background.Model, hash uint64) role {
	if r, ok := lists[hash]; ok {
		return r
	}
	if bg.Function(hash) {
		return function
	}
	return content
}

// ends says whether a phrase may start or end with such a word.
func (r role) ends() bool { return r == content }
