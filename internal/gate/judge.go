package gate

import (
	"cmp"
	"slices"
)

// Level is how much a finding weighs.
type Level string

const (
	Error   Level = "error"   // new, and one of those for which the drop fails
	Warning Level = "warning" // new, within the limits
	Note    Level = "note"    // in the baseline
)

// Result is the verdict on a drop.
type Result struct {
	Schema        string
	Pass          bool
	Reasons       []Reason // why not
	Articles      int      // with text
	Empty         int      // articles without text
	Skipped       int      // inputs that could not be read
	Dated         int      // articles, with text or without, whose date is known
	NotUnderstood int      // articles with something in the field of the date that is none
	Baseline      bool     // there was one
	Limits        Limits   // that were held against it
	Counts        []Tally  // of every rule that was looked for, in the order of Rules
	Findings      []Judged // in the order of the drop
	Omitted       int      // findings that come after them: they are judged and counted, and not listed
	Reading       Reading
	Gone          []Known // what the baseline lists and the drop has no longer
}

// Judged is a finding and what became of it.
type Judged struct {
	Finding
	New   bool // not in the baseline
	Level Level
	Nth   int // of the findings with this Key, from 1
}

// Tally counts the findings of one rule.
type Tally struct {
	Rule     Rule
	Found    int
	Known    int // of them in the baseline
	New      int
	Limit    string // the name of the limit, as a flag without dashes: "max-repeats"
	Allowed  Limit
	Exceeded bool // the limit is, by what is new
}

// Reason is a limit that was exceeded.
type Reason struct {
	Limit   string // its name, as a flag without dashes
	Rules   []Rule // of what was counted
	Found   int
	Of      int // what a share is of
	Allowed Limit
	Source  string // of max-per-source; UnknownSource where no source is known
	Cluster string // of max-cluster: id of the article that is kept
}

// UnknownSource is what the articles without a known source are judged as: one source.
const UnknownSource = "unknown"

// Names of the limits, which are flags and keys of the configuration.
const (
	MaxDuplicates  = "max-duplicates"
	MaxSuperseding = "max-superseding"
	MaxPassages    = "max-passages"
	MaxRepeats     = "max-repeats"
	MaxFurniture   = "max-furniture"
	MaxBoilerplate = "max-boilerplate"
	MaxEmpty       = "max-empty"
	MaxTiny        = "max-tiny"
	MaxPerSource   = "max-per-source"
	MaxCluster     = "max-cluster"
)

// of is the limit that a rule is held against, and its name.
func (l *Limits) of(r Rule) (string, Limit) {
	row := r.row()
	return row.limit, *row.of(l)
}

// Judge holds a drop against the limits. With a baseline, only what is not in it counts; the
// baseline may be nil.
func Judge(drop Drop, limits Limits, baseline *Baseline) *Result {
	res := &Result{
		Schema: Schema, Articles: drop.Articles, Empty: drop.Empty, Skipped: drop.Skipped, Dated: drop.Dated, NotUnderstood: drop.NotUnderstood,
		Baseline: baseline != nil, Limits: limits, Reading: drop.Reading,
		Findings: make([]Judged, len(drop.Findings)), Omitted: drop.Unlisted(),
	}
	j := &judge{res: res, drop: &drop, limits: &limits, known: make([]bool, len(drop.Findings)+drop.Unlisted())}
	if baseline != nil {
		res.Gone = baseline.match(&drop, j.known)
	}
	for i, f := range drop.Findings {
		res.Findings[i] = Judged{Finding: f, New: !j.known[i]}
	}
	number(res.Findings)
	j.tally()
	j.duplicates()
	j.perSource()
	j.clusters()
	j.others()
	j.levels()
	res.Pass = len(res.Reasons) == 0
	return res
}

// number counts the findings of each key.
func number(findings []Judged) {
	nth := make(map[uint64]int, len(findings))
	for i := range findings {
		f := &findings[i]
		nth[f.Key]++
		f.Nth = nth[f.Key]
	}
}

type judge struct {
	res    *Result
	drop   *Drop
	limits *Limits
	known  []bool // by the number of a finding: it is in the baseline
}

// tally counts findings by rule.
func (j *judge) tally() {
	at := map[Rule]int{}
	for i, r := range j.drop.rules() {
		name, allowed := j.limits.of(r)
		j.res.Counts = append(j.res.Counts, Tally{Rule: r, Limit: name, Allowed: allowed})
		at[r] = i
	}
	j.drop.each(func(i int, f brief) {
		k, ok := at[f.Rule]
		if !ok {
			return
		}
		t := &j.res.Counts[k]
		t.Found++
		if j.known[i] {
			t.Known++
		} else {
			t.New++
		}
	})
}

// eachDuplicate calls fn for every finding that is new and says that the whole article stands
// elsewhere. first says whether it is the first of its article: those of one stand together.
func (j *judge) eachDuplicate(fn func(f brief, first bool)) {
	last, any := "", false
	j.drop.each(func(i int, f brief) {
		if !j.known[i] && wholeArticle(f.Rule) {
			fn(f, !any || f.Article != last)
			last, any = f.Article, true
		}
	})
}

// wholeArticle tells whether findings of a rule say that the whole article stands elsewhere.
func wholeArticle(r Rule) bool { return r == NearDuplicate || r == InCorpus }

// duplicates judges max-duplicates: an article counts once, also where it is a near-duplicate of
// another one and of the corpus.
func (j *judge) duplicates() {
	articles := 0
	j.eachDuplicate(func(_ brief, first bool) {
		if first {
			articles++
		}
	})
	j.judge(Reason{Limit: MaxDuplicates, Found: articles, Of: j.res.Articles, Allowed: j.limits.Duplicates})
}

// others judges the limits that belong to one rule.
func (j *judge) others() {
	for _, t := range j.res.Counts {
		if t.Limit == MaxDuplicates {
			continue
		}
		of := j.res.Articles
		if t.Rule == Empty { // Articles are those with text
			of += t.Found
		}
		j.judge(Reason{Limit: t.Limit, Found: t.New, Of: of, Allowed: t.Allowed})
	}
}

// judge keeps the reason if its limit is exceeded, and marks the rules that did it.
func (j *judge) judge(r Reason) {
	if !r.Allowed.Exceeded(r.Found, r.Of) {
		return
	}
	for i := range j.res.Counts {
		if t := &j.res.Counts[i]; t.Limit == r.Limit && t.New > 0 {
			t.Exceeded = true
			r.Rules = append(r.Rules, t.Rule)
		}
	}
	j.res.Reasons = append(j.res.Reasons, r)
}

// perSource judges max-per-source, sources with the most duplicates first.
func (j *judge) perSource() {
	if j.limits.PerSource == NoLimit {
		return
	}
	articles := map[string]int{} // by source
	rules := map[string][]Rule{}
	j.eachDuplicate(func(f brief, first bool) {
		if first {
			articles[f.Source]++
		}
		rules[f.Source] = withRule(rules[f.Source], f.Rule)
	})
	var reasons []Reason
	for source, of := range articles {
		if j.limits.PerSource.Exceeded(of, j.drop.Sources[source]) {
			reasons = append(reasons, Reason{
				Limit: MaxPerSource, Rules: rules[source], Found: of, Of: j.drop.Sources[source], Allowed: j.limits.PerSource, Source: source,
			})
		}
	}
	j.most(reasons, func(r *Reason) string { return r.Source })
}

// withRule adds a rule to a set of them, in the order of Rules.
func withRule(set []Rule, r Rule) []Rule {
	if slices.Contains(set, r) {
		return set
	}
	set = append(set, r)
	slices.SortFunc(set, CompareRules)
	return set
}

// clusters judges max-cluster, the largest first. All members make the size, whether they are in
// the baseline or not; but only a cluster that has a new member is judged: the baseline took the
// others for granted.
func (j *judge) clusters() {
	if j.limits.Cluster == NoLimit {
		return
	}
	size, fresh := map[string]int{}, map[string]bool{}
	j.drop.each(func(i int, f brief) {
		if f.Rule == NearDuplicate {
			size[f.Matched]++
			fresh[f.Matched] = fresh[f.Matched] || !j.known[i]
		}
	})
	var reasons []Reason
	for kept, n := range size {
		if fresh[kept] && j.limits.Cluster.Exceeded(n+1, j.res.Articles) {
			reasons = append(reasons, Reason{
				Limit: MaxCluster, Rules: []Rule{NearDuplicate}, Found: n + 1, Of: j.res.Articles, Allowed: j.limits.Cluster, Cluster: kept,
			})
		}
	}
	j.most(reasons, func(r *Reason) string { return r.Cluster })
}

// most keeps reasons of one limit, those with the most findings first, then by name.
func (j *judge) most(reasons []Reason, name func(*Reason) string) {
	slices.SortFunc(reasons, func(a, b Reason) int {
		return cmp.Or(cmp.Compare(b.Found, a.Found), cmp.Compare(name(&a), name(&b)))
	})
	j.res.Reasons = append(j.res.Reasons, reasons...)
}

// levels weighs every finding by what the drop fails for.
func (j *judge) levels() {
	sources, clusters := map[string]bool{}, map[string]bool{}
	for i := range j.res.Reasons {
		switch r := &j.res.Reasons[i]; r.Limit {
		case MaxPerSource:
			sources[r.Source] = true
			r.Source = cmp.Or(r.Source, UnknownSource)
		case MaxCluster:
			clusters[r.Cluster] = true
		}
	}
	failed := map[Rule]bool{}
	for _, t := range j.res.Counts {
		failed[t.Rule] = t.Exceeded
	}
	for i := range j.res.Findings {
		switch f := &j.res.Findings[i]; {
		case !f.New:
			f.Level = Note
		case failed[f.Rule], wholeArticle(f.Rule) && sources[f.Source], f.Rule == NearDuplicate && clusters[f.Matched]:
			f.Level = Error
		default:
			f.Level = Warning
		}
	}
}
