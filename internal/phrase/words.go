package phrase

import (
	"strings"

	"dedup/internal/background"
	"dedup/internal/text"
)

// role is what a word can do at the ends of a phrase.
type role uint8

const (
	content   role = iota
	function       // "the", "in": carries no meaning of its own
	lacking        // a function word before which nothing is complete: "of", "me", "the"
	subject        // a pronoun that a quotation may start with: "we"
	auxiliary      // a verb without meaning: "was"
	clause         // "that"
	weak           // a word that a phrase neither starts nor ends with: "including"
	speech         // weak, and introduces or follows what somebody says: "said"
	date           // weak, and part of a date or a time of day: "Tuesday"
)

// lists are the English words that frequency alone does not tell. Other languages do without: their
// function words come from the model.
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
		"p", "m", "today", "yesterday", "tomorrow", "tonight", "morning", "afternoon", "evening", "night", "overnight")
	add(speech, "said", "says", "say", "saying", "told", "tells", "added", "adds", "stated", "noted", "notes", "announced", "wrote", "explained", "tweeted", "according")
	add(weak, "telling", "adding", "reported", "reportedly", "asked", "including", "includes", "include", "included", "mr", "mrs", "ms", "last", "next", "least", "nearly",
		"almost", "however", "meanwhile")
	add(lacking, "of", "to", "me", "him", "them", "us", "out", "up", "down", "off", "away", "back", "not", "than", "the", "a", "an", "his", "her", "its", "their",
		"my", "our", "your", "these", "those", "any", "every", "each", "some", "himself", "herself", "itself", "themselves", "myself", "ago", "later", "earlier", "old")
	add(subject, "i", "we", "you", "he", "she", "they", "it", "i'm", "i'll", "i've", "i'd", "we're", "we'll", "we've", "we'd", "it's", "there", "if", "don't", "never",
		"what", "this")
	add(auxiliary, "was", "is", "are", "were", "be", "been", "being", "has", "have", "had", "will", "would", "can", "could", "may", "might", "must", "should", "do",
		"does", "did", "didn't", "isn't", "wasn't", "weren't", "aren't", "won't", "can't", "couldn't", "wouldn't", "doesn't", "hasn't", "haven't", "hadn't", "cannot")
	add(clause, "that")
	return m
}()

// captionFirst are the first words of captions.
var captionFirst = func() map[uint64]bool {
	m := map[uint64]bool{}
	for p := range captions {
		m[p[0]] = true
	}
	return m
}()

// small are the function words that no name has but with a capital for the sake of a headline. Any
// other one beside a capitalised word is part of a name: "All Nippon Airways", "Theresa May", "Hock
// Tan", "Old Trafford".
var small = func() map[uint64]bool {
	m := map[uint64]bool{}
	for _, w := range strings.Fields(`a an the and or but if as at by for from in into of on to with without over under between against through about after before during
		since until while when where why how who which what that this these those there here then than so not i he she it we they you me him her us them his hers its our
		their my your is are was were be been has have had do does did would could should can both just only even more most many much some such other also because
		according said says yet nor per via`) {
		m[text.Hash(w)] = true
	}
	return m
}()

// Words that make a phrase incomplete: "the call between Trump" and Zelensky.
var between, and = text.Hash("between"), text.Hash("and")

// particles are the Chinese characters that are grammar nearly wherever they stand. The others that
// the model calls function words are more often parts of words: the first of 中方, the last of 海上.
const particles = "的了是在和与及或也都就而之被把将说称等"

// roleOf finds the role of a word, as it is written somewhere.
func roleOf(bg *background.Model, hash uint64, written string) role {
	if kanji(written) {
		if strings.Contains(particles, written) {
			return function
		}
		return content
	}
	if r, ok := lists[hash]; ok {
		return r
	}
	if bg.Function(hash) {
		return function
	}
	return content
}

// captions are word pairs that only the caption or credit of a picture has.
var captions = func() map[[2]uint64]bool {
	m := map[[2]uint64]bool{}
	for _, p := range [][2]string{{"file", "photo"}, {"ap", "photo"}, {"afp", "photo"}, {"reuters", "photo"}, {"getty", "images"}, {"image", "caption"}, {"image", "copyright"},
		{"toggle", "caption"}, {"hide", "caption"}, {"photo", "credit"}, {"photo", "by"}, {"file", "image"}, {"handout", "photo"}, {"photograph", "by"}} {
		m[[2]uint64{text.Hash(p[0]), text.Hash(p[1])}] = true
	}
	return m
}()
