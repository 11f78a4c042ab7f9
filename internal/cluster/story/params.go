package story

// params are the constants of the method. docs/algorithms/stories.md says how they were chosen and
// what it costs to be off.
type params struct {
	title, lead float64 // how often an occurrence there counts, in the rest of the text 1
	leadBytes   int     // the opening of an article
	openBytes   int     // what stands for a title where there is none
	caps        float64 // factor of a capitalised word
	channels    [3]float64
	local       float64 // articles of a corpus that make half of the idf local
	localFrom   float64 // and at least so many before any is
	manyAlike   float64 // how alike two articles of the corpus may be before its own counts are worth less,
	oneAlike    float64 // and from where on nothing

	soon, late float64 // days in which the two date factors fall to 1/e
	dateFloor  float64 // the least value of the first

	thin        float64 // distinct words that an article needs to be trusted in full
	ratio, grow float64 // how close two groups must be, as a share of their cohesion: link.go
	prior       float64 // cohesion of a lone article
	crowd       float64 // the same, as a multiple of the weight of its 40th neighbour,
	crowded     float64 // and at most that
	base        float64 // weight of a pair without an edge, as measured: alike.go
	priorPairs  float64 // how many pairs that belief counts
	stay        float64 // of the share, less where two groups were one before and more elsewhere: link.go
	story       float64 // the share at which events become stories, of that of events
}

var defaults = params{
	title: 3, lead: 2, leadBytes: 800, openBytes: 160, caps: 1.4,
	channels: [3]float64{0.58, 0.29, 0.13},
	local:    1000, localFrom: 20, manyAlike: 0.045, oneAlike: 0.075,
	soon: 15, late: 365, dateFloor: 0.5,
	thin:  32,
	ratio: 0.425, grow: 0.2, prior: 0.08, crowd: 8, crowded: 0.4, priorPairs: 2,
	stay: 0.1, story: 0.5,
}
