package article

import (
	"encoding/json"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// What a page says of its article, best first: JSON-LD of schema.org, OpenGraph and other meta
// elements, elements of HTML.

type pageMeta struct{ title, date, source, url, language string }

// metaNames are the names of meta elements (property, name or itemprop), best first.
var metaNames = struct{ title, date, source, url []string }{
	title: []string{"og:title", "twitter:title", "dc.title", "dcterms.title", "headline"},
	date: []string{"article:published_time", "og:published_time", "datepublished", "date", "dc.date", "dc.date.issued", "dcterms.created", "dcterms.date", "pubdate", "publishdate",
		"publish-date", "parsely-pub-date", "sailthru.date", "article.published", "cxenseparse:recs:publishtime"},
	source: []string{"og:site_name", "application-name", "dc.publisher", "twitter:site"},
	url:    []string{"og:url", "twitter:url"},
}

// ldTypes end the names of the types of schema.org that are articles.
var ldTypes = []string{"Article", "BlogPosting", "NewsArticle", "Report", "LiveBlogPosting"}

// readPageMeta reads what the page says.
func readPageMeta(doc *html.Node) (m pageMeta) {
	metas := map[string]string{}
	var ld pageMeta
	var title, canonical, heading, time string
	headings := 0
	for n := range doc.Descendants() {
		switch n.DataAtom {
		case atom.Html:
			m.language = attr(n, "lang")
		case atom.Meta:
			for _, key := range []string{"property", "name", "itemprop"} {
				if name := strings.ToLower(attr(n, key)); name != "" && metas[name] == "" {
					metas[name] = strings.TrimSpace(attr(n, "content"))
				}
			}
		case atom.Title:
			if title == "" && n.Namespace == "" {
				title = pageTextOf(n)
			}
		case atom.H1:
			heading = pageText(n)
			headings++
		case atom.Link:
			if strings.EqualFold(attr(n, "rel"), "canonical") {
				canonical = attr(n, "href")
			}
		case atom.Time:
			if time == "" {
				time = attr(n, "datetime")
			}
		case atom.Script:
			if strings.EqualFold(attr(n, "type"), "application/ld+json") && n.FirstChild != nil {
				ld.linked(n.FirstChild.Data)
			}
		}
	}
	if headings != 1 || len(heading) > 300 {
		heading = ""
	}
	m.title = firstOf(ld.title, named(metas, metaNames.title), heading, title)
	m.date = firstOf(ld.date, named(metas, metaNames.date), time)
	m.source = firstOf(ld.source, strings.TrimPrefix(named(metas, metaNames.source), "@"))
	m.url = firstOf(ld.url, canonical, named(metas, metaNames.url))
	if !isURL(m.url) {
		m.url = ""
	}
	return m
}

// pageTextOf is the text right in an element that pageText passes over.
func pageTextOf(n *html.Node) string {
	if n.FirstChild == nil {
		return ""
	}
	return strings.Join(strings.Fields(n.FirstChild.Data), " ")
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func named(metas map[string]string, names []string) string {
	for _, n := range names {
		if s := metas[n]; s != "" {
			return s
		}
	}
	return ""
}

func firstOf(list ...string) string {
	for _, s := range list {
		if s = strings.TrimSpace(s); s != "" {
			return s
		}
	}
	return ""
}

// linked takes in JSON-LD: the first article in it, at the top, in a list or in a graph.
func (m *pageMeta) linked(s string) {
	var doc any
	if m.title != "" || m.date != "" || json.Unmarshal([]byte(s), &doc) != nil {
		return
	}
	m.thing(doc, 4)
}

func (m *pageMeta) thing(x any, depth int) bool {
	switch x := x.(type) {
	case []any:
		for _, e := range x {
			if depth > 0 && m.thing(e, depth-1) {
				return true
			}
		}
	case map[string]any:
		if isArticleType(x["@type"]) {
			m.title, m.date, m.url = ldText(x["headline"]), ldText(x["datePublished"]), firstOf(ldText(x["url"]), ldText(x["mainEntityOfPage"]))
			m.source = ldText(x["publisher"])
			return true
		}
		return depth > 0 && m.thing(x["@graph"], depth-1)
	}
	return false
}

func isArticleType(x any) bool {
	if list, ok := x.([]any); ok && len(list) > 0 {
		x = list[0]
	}
	name, _ := x.(string)
	for _, end := range ldTypes {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	return false
}

// ldText is a value of JSON-LD as text: of a thing its name or address, of a list its first.
func ldText(x any) string {
	switch x := x.(type) {
	case string:
		return html.UnescapeString(x)
	case []any:
		if len(x) > 0 {
			if _, nested := x[0].([]any); !nested {
				return ldText(x[0])
			}
		}
	case map[string]any:
		for _, key := range []string{"name", "@value", "@id"} {
			if s, ok := x[key].(string); ok {
				return html.UnescapeString(s)
			}
		}
	}
	return ""
}
