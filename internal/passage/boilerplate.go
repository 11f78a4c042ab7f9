package passage

import "slices"

// Boilerplate is a passage that one source repeats across unrelated stories: it signs, credits,
// explains or advertises with it. This file is the only definition; a search over texts, a look-up
// in an index, clean and check all ask Votes. In words:
//
//  1. Its source is known. An article of unknown source is of the same source as no other article,
//     so what stands only in such articles is never boilerplate.
//  2. Where stories are known, the source prints it in boilerplateStories stories or more.
//  3. Where no story is known, boilerplateArticles articles of the source or more have it, each as
//     a small part, and something else says that the source did not copy it: nearly all articles
//     that have it are of this source, or nearly all of the source's end with it, as with
//     signatures and imprints. A head proves nothing, for leads are what is copied most. Versions
//     of one text count once.
//  4. It is not what somebody says (Spoken): content that a source quotes three times is still
//     content.
//
// Cost: a look at each article that has the passage.
const (
	boilerplateStories  = 3
	boilerplateArticles = 4   // an index names three others for each stretch of text at least, if there are so many: more cannot be asked for
	boilerplatePart     = 0.3 // of an article, at most: a small part
	boilerplateNearly   = 0.8 // nearly all
	edgeTokens          = 6   // that may follow an ending
)

// edge says whether an occurrence reaches the end of its article, and what part of the article it
// is.
type edge struct {
	tail bool
	part float32
}

// Votes are what the articles that have a passage say about whether it is boilerplate. The zero
// value is ready.
type Votes struct {
	all     sourceVotes // nears is not used
	storied bool        // the story of an article is known
	sources map[string]*sourceVotes
}

// sourceVotes are the articles of one source, versions of one text counted once.
type sourceVotes struct {
	articles int
	small    int // of these, those that it is a small part of
	tails    int // of these, those that end with it
	stories  []int32
	nears    map[int32]struct{}
}

// AddTail counts an article that the passage is a small part of and the end of. An article is
// counted once.
func (v *Votes) AddTail(a Article) { v.add(a, edge{tail: true}) }

func (v *Votes) add(a Article, e edge) {
	v.storied = v.storied || a.Story >= 0
	if a.Source == "" {
		v.all.articles++
		return
	}
	of := v.sources[a.Source]
	if of == nil {
		if v.sources == nil {
			v.sources = map[string]*sourceVotes{}
		}
		of = &sourceVotes{}
		v.sources[a.Source] = of
	}
	if a.Story >= 0 && len(of.stories) < boilerplateStories && !slices.Contains(of.stories, a.Story) {
		of.stories = append(of.stories, a.Story)
	}
	if a.Near >= 0 {
		if _, ok := of.nears[a.Near]; ok {
			return
		}
		if of.nears == nil {
			of.nears = map[int32]struct{}{}
		}
		of.nears[a.Near] = struct{}{}
	}
	v.all.articles++
	of.articles++
	if e.part <= boilerplatePart {
		of.small++
		if e.tail {
			of.tails++
		}
	}
}

// Of tells whether the articles show the passage to be boilerplate of a source, if it is nothing
// that somebody says.
func (v *Votes) Of(source string) bool {
	of := v.sources[source]
	switch {
	case of == nil:
		return false
	case v.storied:
		return len(of.stories) >= boilerplateStories
	}
	return of.small >= boilerplateArticles && (nearly(of.small, v.all.articles) || nearly(of.tails, of.articles))
}

// Any tells whether it is boilerplate of any source.
func (v *Votes) Any() bool {
	for source := range v.sources {
		if v.Of(source) {
			return true
		}
	}
	return false
}

func nearly(n, all int) bool { return float64(n) >= boilerplateNearly*float64(all) }

// Judge fills in whether p is boilerplate, and whether its articles are versions of one text, from
// what at knows of its articles by now.
func (p *Passage) Judge(at func(i int) Article) {
	var v Votes
	first, last := int32(-1), -1
	p.Near = len(p.Occurrences) > 1
	for _, o := range p.Occurrences {
		if o.Article == last { // occurrences come by article
			continue
		}
		a := at(o.Article)
		if last < 0 {
			first = a.Near
		}
		p.Near = p.Near && a.Near >= 0 && a.Near == first
		v.add(a, o.edge)
		last = o.Article
	}
	p.Near = p.Near && last != p.Occurrences[0].Article
	p.Boilerplate = !p.Near && v.Any() && !Spoken(p.Text)
}

// MayBeBoilerplate tells whether p can turn out to be boilerplate once the stories of its articles
// are known.
func (p *Passage) MayBeBoilerplate(at func(i int) Article) bool {
	of, last := map[string]int{}, -1
	for _, o := range p.Occurrences {
		if source := at(o.Article).Source; o.Article != last && source != "" {
			if of[source]++; of[source] >= boilerplateStories {
				return true
			}
		}
		last = o.Article
	}
	return false
}
