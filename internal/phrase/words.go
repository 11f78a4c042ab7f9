package phrase

import (
	"dedup/internal/background"
	"dedup/internal/text"
)

// role is what a word can do at the ends of a phrase.
type role uint8

const (
	content  role = iota
	function      // "the", "in": carries no meaning of its own
	lacking       // a function word before which nothing is complete: "of", "me", "up"
	subject       // a pronoun that a quotation may start with: "we"
	weak          // a word that a phrase neither starts nor ends with: "including"
	speech        // weak, and introduces or follows what somebody says: "said"
	date          // weak, and part of a date or a time of day: "Tuesday"
)

// lists are the English words that frequency alone does not tell. Other languages do without: their function words come from the model.
var lists = func() map[uint64]role {
	m := map[uint64]role{}
	add := func(r role, words ...string) {
		for _, w := range words {
			m[text.Hash(w)] = r
		}
	}
	add(date, "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "mon", "tue", "tues", "wed", "thu", "thurs", "fri", "sat", "sun",
		"january", "february", "march", "april", "june", "july", "august", "september", "october", "november", "december",
		"jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "gmt", "utc", "est", "edt", "bst", "cet", "ist",
		"p", "m", "today", "yesterday", "tomorrow", "tonight", "morning", "afternoon", "evening", "overnight")
	add(speech, "said", "says", "say", "saying", "told", "tells", "added", "adds", "stated", "noted", "notes", "announced", "wrote", "explained", "tweeted", "according")
	add(weak, "telling", "adding", "reported", "reportedly", "asked", "including", "includes", "include", "included", "mr", "mrs", "ms", "later", "earlier", "ago",
		"last", "next", "least", "nearly", "almost", "however", "meanwhile")
	add(lacking, "of", "me", "him", "them", "us", "out", "up", "down", "off", "away", "back", "not", "than")
	add(subject, "i", "we", "you", "he", "she", "they", "it", "i'm", "i'll", "i've", "i'd", "we're", "we'll", "we've", "we'd", "it's", "there", "if", "don't", "never", "what", "this")
	return m
}()

// nominal are function words that names start with: "All Nippon Airways", "One World Trade Center".
var nominal = map[uint64]bool{text.Hash("all"): true, text.Hash("one"): true, text.Hash("two"): true, text.Hash("no"): true, text.Hash("our"): true, text.Hash("first"): true}

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
