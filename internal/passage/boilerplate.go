package passage

// Boilerplate is told from copying by who repeats what where: a source that prints the same words in boilerplateStories stories or more does not copy, it signs, credits or explains. Where sources
// are unknown, the passage must stand in as many stories, and in about as many stories as articles, for copies of one report are in one story. Where stories are unknown too, it
// must end at least three articles, four fifths of those that have it, and be a small part of them, as signatures and imprints do; a head proves nothing, for leads are what is copied most.
const (
	boilerplateStories = 3
	boilerplatePart    = 0.3
	edgeTokens         = 6
)

// edge says whether an occurrence reaches the tail of its article, and what part of the article it is.
type edge struct {
	tail bool
	part float64
}

// boilerplateVotes gathers what the occurrences of a passage say.
type boilerplateVotes struct {
	articles  int
	last      int32 // article, occurrences come by article
	unsourced int
	unstoried int
	tails     int
	stories   map[int32]struct{}
	bySource  map[string]map[int32]struct{}
	nears     int32 // the near-duplicate cluster of all, -1 for several
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
	if e.tail && e.part <= boilerplatePart {
		v.tails++
	}
	if a.Story < 0 {
		v.unstoried++
		return
	}
	if v.stories == nil {
		v.stories, v.bySource = map[int32]struct{}{}, map[string]map[int32]struct{}{}
	}
	v.stories[a.Story] = struct{}{}
	if a.Source == "" {
		v.unsourced++
		return
	}
	of := v.bySource[a.Source]
	if of == nil {
		of = map[int32]struct{}{}
		v.bySource[a.Source] = of
	}
	of[a.Story] = struct{}{}
}

func (v *boilerplateVotes) boilerplate() bool {
	if v.near() || v.articles < boilerplateStories {
		return false
	}
	if v.unstoried == v.articles {
		return v.tails >= boilerplateStories && 5*v.tails >= 4*v.articles
	}
	for _, of := range v.bySource {
		if len(of) >= boilerplateStories {
			return true
		}
	}
	return v.unsourced == v.articles && len(v.stories) >= boilerplateStories && 2*len(v.stories) > v.articles
}

func (v *boilerplateVotes) near() bool { return v.articles > 1 && v.nears >= 0 }
