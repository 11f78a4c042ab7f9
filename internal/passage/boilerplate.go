package passage

// Boilerplate is told from copying by who repeats what where: a source that prints the same words in boilerplateStories stories or more
// does not copy, it signs, credits or explains. Where sources are unknown, the passage must stand in as many stories, and in about as many
// stories as articles, for copies of one report are in one story. Where stories are unknown, four fifths of the articles that have it must
// be of one source, at least boilerplateArticles, and it a small part of each; or four fifths must end with it, as with signatures and
// imprints. A head proves nothing, for leads are what is copied most.
const (
	boilerplateStories  = 3
	boilerplateArticles = 5
	boilerplatePart     = 0.3 // of an article, at most
	edgeTokens          = 6   // that may follow an ending
)

// edge says whether an occurrence reaches the end of its article, and what part of the article it is.
type edge struct {
	tail bool
	part float64
}

// boilerplateVotes gathers what the occurrences of a passage say.
type boilerplateVotes struct {
	articles  int
	last      int32 // article; occurrences come by article
	nears     int32 // the near-duplicate cluster of all, -1 for several
	unsourced int
	unstoried int
	small     int // articles that it is a small part of
	tails     int // of these, those that end with it
	stories   map[int32]struct{}
	bySource  map[string]*sourceVotes
}

// sourceVotes are the articles of one source.
type sourceVotes struct {
	small   int
	stories map[int32]struct{}
}

func (v *boilerplateVotes) add(i int32, a Article, e edge) {
	if v.articles > 0 && v.last == i {
		return
	}
	if v.articles == 0 {
		v.nears = a.Near
	} else if v.nears != a.Near {
		v.nears = -1
	}
	v.articles, v.last = v.articles+1, i
	small := 0
	if e.part <= boilerplatePart {
		small = 1
		v.small++
		if e.tail {
			v.tails++
		}
	}
	if v.stories == nil {
		v.stories, v.bySource = map[int32]struct{}{}, map[string]*sourceVotes{}
	}
	if a.Story < 0 {
		v.unstoried++
	} else {
		v.stories[a.Story] = struct{}{}
	}
	if a.Source == "" {
		v.unsourced++
		return
	}
	of := v.bySource[a.Source]
	if of == nil {
		of = &sourceVotes{stories: map[int32]struct{}{}}
		v.bySource[a.Source] = of
	}
	of.small += small
	if a.Story >= 0 {
		of.stories[a.Story] = struct{}{}
	}
}

func (v *boilerplateVotes) boilerplate() bool {
	if v.near() || v.articles < boilerplateStories {
		return false
	}
	most := 0
	for _, of := range v.bySource {
		if len(of.stories) >= boilerplateStories {
			return true
		}
		most = max(most, of.small)
	}
	if v.unstoried == v.articles {
		return v.tails >= boilerplateStories && 5*v.tails >= 4*v.articles || most >= boilerplateArticles && 5*most >= 4*v.articles
	}
	return v.unsourced == v.articles && len(v.stories) >= boilerplateStories && 2*len(v.stories) > v.articles
}

// Boilerplate tells whether a passage that stands in the given articles, whose stories are known, is boilerplate. An article comes once.
func Boilerplate(in []Article) bool {
	var v boilerplateVotes
	for i, a := range in {
		v.add(int32(i), a, edge{})
	}
	return v.boilerplate()
}

func (v *boilerplateVotes) near() bool { return v.articles > 1 && v.nears >= 0 }
