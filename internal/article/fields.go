package article

import (
	"bytes"
	"slices"
	"strings"
)

// Fields names the fields to read articles from, each instead of the usual names; empty: found by
// its usual names. A name is matched without regard to case, "_", "-" and blanks, and may be a path
// into nested objects: "meta.source". Text may name several, one a line: what they hold is joined
// in their order, a blank line between.
type Fields struct{ ID, Text, Title, Source, Published, URL string }

type field uint8

const (
	fieldID field = iota
	fieldText
	fieldTitle
	fieldSource
	fieldPublished
	fieldURL
	fieldCount
)

func (f field) String() string {
	return [fieldCount]string{"id", "text", "title", "source", "published", "url"}[f]
}

// usual lists the names each field goes by, best first: when a record has several, the first that
// is not empty counts.
var usual = [fieldCount][]string{
	fieldID: {"id", "guid", "uuid", "articleid", "newsid", "docid", "documentid", "storyid", "itemid", "postid", "uid"},
	fieldText: {"text", "body", "content", "maintext", "article", "articletext", "articlebody", "articlecontent", "fulltext",
		"bodytext", "contenttext", "textcontent", "cleantext", "plaintext", "story", "storytext", "newstext", "newscontent",
		"newsbody", "rawtext", "rawcontent", "fullcontent", "document", "paragraphs", "content.rendered", "contenthtml", "bodyhtml", "texthtml", "html"},
	fieldTitle: {"title", "headline", "heading", "articletitle", "newstitle", "storytitle", "newsheadline", "subject", "title.rendered"},
	fieldSource: {"source", "source.name", "source.title", "source.domain", "source.uri", "source.id", "publisher", "publisher.name", "domain", "sourcedomain",
		"site", "sitename", "outlet", "sourcename", "publication", "newspaper", "website", "newssource", "newsoutlet", "media",
		"feed", "provider", "host", "hostname", "agency", "journal"},
	fieldPublished: {"published", "publishedat", "publishdate", "publisheddate", "datepublished", "datepublish", "publicationdate", "pubdate",
		"publishedon", "publishtime", "firstpublished", "date", "datetime", "articledate", "newsdate", "timestamp", "created",
		"createdat", "datecreated", "creationdate", "issued", "time"},
	fieldURL: {"url", "link", "articleurl", "canonicalurl", "sourceurl", "weburl", "newsurl", "pageurl", "permalink", "href", "uri"},
}

// target says that a name feeds a field, and how good a name it is (0 best).
type target struct {
	field field
	rank  uint8
	part  uint8 // of a text that several fields make, from 1; 0: one does
	html  bool  // it holds a piece of a page
}

const maxParts = 64 // fields that make one text

// schema maps names to fields.
type schema struct {
	names    map[string][]target // by folded name; a path is joined by dots
	prefixes map[string]bool     // folded names of objects that are looked into
}

func newSchema(f Fields) *schema {
	s := &schema{map[string][]target{}, map[string]bool{}}
	for i, own := range f.list() {
		names := usual[i]
		if own != "" {
			names = []string{own}
		}
		parts := field(i) == fieldText && strings.Contains(own, "\n")
		if parts {
			names = strings.Split(own, "\n")
			names = names[:min(len(names), maxParts)]
		}
		for rank, name := range names {
			name = foldName(name)
			t := target{field: field(i), rank: uint8(rank), html: isHTMLName(name)}
			if parts {
				t.rank, t.part = 0, uint8(rank+1)
			}
			s.names[name] = append(s.names[name], t)
			for j, c := range name {
				if c == '.' {
					s.prefixes[name[:j]] = true
				}
			}
		}
	}
	return s
}

// foldName is how names are compared: lower case, without "_", "-" and blanks.
func foldName(name string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case '_', '-', ' ', '\t', '\ufeff':
			return -1
		}
		return r
	}, strings.ToLower(name))
}

// isHTMLName tells whether a field holds a piece of a page by its name: "content.rendered" of
// WordPress, "content_html" of JSON Feed.
func isHTMLName(name string) bool {
	return strings.HasSuffix(name, ".rendered") || strings.HasSuffix(name, "html")
}

// values are the fields of one record as they are found.
type values [fieldCount]value

type value struct {
	b    []byte
	rank uint8
	set  bool // the record has the field, perhaps empty
	odd  bool // what it holds is an object, or a list without strings
	html bool // it is a piece of a page

	parts [][]byte // of a text that several fields make, by their order; nil: one does
}

// known tells whether a record says which article it is, besides its text.
func (v *values) known() bool {
	for _, f := range [...]field{fieldID, fieldTitle, fieldURL} {
		if len(bytes.TrimSpace(v[f].b)) > 0 {
			return true
		}
	}
	return false
}

// putOdd notes for every target that its value cannot be read.
func (v *values) putOdd(targets []target) {
	v.put(targets, nil)
	for _, t := range targets {
		v[t.field].odd = true
	}
}

// put stores b for every target, unless a better name has been seen.
func (v *values) put(targets []target, b []byte) {
	for _, t := range targets {
		old := &v[t.field]
		if t.part > 0 {
			old.add(t, b)
			continue
		}
		if len(old.b) == 0 || len(b) > 0 && t.rank <= old.rank {
			old.b, old.rank, old.html = b, t.rank, t.html
		}
		old.set = true
	}
}

// add stores a part of a text.
func (v *value) add(t target, b []byte) {
	v.set = true
	for len(v.parts) < int(t.part) {
		v.parts = append(v.parts, nil)
	}
	if t.html {
		b = []byte(fragmentText(string(b)))
	}
	v.parts[t.part-1] = b
}

// settle makes one text of what was found: parts are joined, and a piece of a page becomes what a
// reader sees.
func (v *value) settle() {
	if v.parts != nil {
		v.parts = slices.DeleteFunc(v.parts, func(b []byte) bool { return len(bytes.TrimSpace(b)) == 0 })
		v.b = bytes.Join(v.parts, []byte("\n\n"))
	}
	if v.html {
		v.b, v.html = []byte(fragmentText(string(v.b))), false
	}
}
