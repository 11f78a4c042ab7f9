package gate

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// drawDrop draws a drop of few keys, articles and sources, so that all meet.
func drawDrop(t *rapid.T) Drop {
	d := Drop{Articles: rapid.IntRange(0, 12).Draw(t, "articles"), Sources: map[string]int{}}
	for i := range 3 {
		d.Sources[source(i)] = rapid.IntRange(0, 6).Draw(t, "of source")
	}
	for range rapid.IntRange(0, 25).Draw(t, "findings") {
		article := rapid.IntRange(0, 5).Draw(t, "article")
		d.Findings = append(d.Findings, Finding{
			Rule: rapid.SampledFrom(Rules).Draw(t, "rule"), Article: fmt.Sprint("a", article), Source: source(article % 3),
			Matched: fmt.Sprint("k", rapid.IntRange(0, 2).Draw(t, "matched")), Key: rapid.Uint64Range(1, 4).Draw(t, "key"), Text: "text",
		})
	}
	slices.SortStableFunc(d.Findings, func(a, b Finding) int { return strings.Compare(a.Article, b.Article) })
	return d
}

// A verdict is the same however many findings are in full: five million did not fit, and there was
// none.
func TestVerdictNeedsFindingsInBriefOnly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, limits, b := drawDrop(t), drawLimits(t), drawBaseline(t)
		want := Judge(d, limits, b)
		n := rapid.IntRange(0, len(d.Findings)).Draw(t, "listed")
		var names []string // of articles, by number: each of a finding's own
		d.About = func(i int) (id, of string) { return names[2*i], names[2*i+1] }
		number := func(id, of string) int32 {
			names = append(names, id, of)
			return int32(len(names)/2 - 1)
		}
		for _, f := range d.Findings[n:] {
			o := Brief{Key: f.Key, Article: number(f.Article, f.Source), Matched: -1, Rule: uint8(slices.Index(Rules, f.Rule))}
			if f.Rule == NearDuplicate {
				o.Matched = number(f.Matched, "")
			}
			d.Omitted = append(d.Omitted, []Brief{o})
		}
		d.Findings = d.Findings[:n]
		got := Judge(d, limits, b)
		if got.Omitted != len(d.Omitted) {
			t.Errorf("%d omitted of %d", got.Omitted, len(d.Omitted))
		}
		want.Findings, want.Omitted = want.Findings[:n], got.Omitted
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(Limit{})); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	})
}

func source(i int) string { return []string{"", "Harbour Post", "Tide Daily"}[i] }

func drawLimit(t *rapid.T, name string) Limit {
	switch rapid.IntRange(0, 3).Draw(t, name) {
	case 0:
		return NoLimit
	case 1:
		l, _ := ParseLimit(fmt.Sprint(rapid.IntRange(0, 120).Draw(t, name), "%"))
		return l
	}
	return Count(rapid.IntRange(0, 6).Draw(t, name))
}

func drawLimits(t *rapid.T) Limits {
	return Limits{
		Duplicates: drawLimit(t, "duplicates"), Superseding: drawLimit(t, "superseding"), Passages: drawLimit(t, "passages"), Repeats: drawLimit(t, "repeats"), Furniture: drawLimit(t, "furniture"),
		Boilerplate: drawLimit(t, "boilerplate"), Empty: drawLimit(t, "empty"), Tiny: drawLimit(t, "tiny"), PerSource: drawLimit(t, "per source"),
		Cluster: drawLimit(t, "cluster"),
	}
}

// oracle says by counting, over and over, which limits a drop exceeds: name, source or cluster, and
// how many were found.
func oracle(d *Drop, l *Limits, fresh []bool) map[string]int {
	exceeded := map[string]int{}
	tell := func(name string, l Limit, n, of int) {
		if l.Exceeded(n, of) {
			exceeded[name] = n
		}
	}
	articles := func(of func(f *Finding) bool) int {
		var ids []string
		for i := range d.Findings {
			f := &d.Findings[i]
			if fresh[i] && (f.Rule == NearDuplicate || f.Rule == InCorpus) && of(f) && !slices.Contains(ids, f.Article) {
				ids = append(ids, f.Article)
			}
		}
		return len(ids)
	}
	count := func(rule Rule, any bool) int {
		n := 0
		for i := range d.Findings {
			if d.Findings[i].Rule == rule && (any || fresh[i]) {
				n++
			}
		}
		return n
	}
	tell(MaxDuplicates, l.Duplicates, articles(func(*Finding) bool { return true }), d.Articles)
	for s, of := range d.Sources {
		tell(MaxPerSource+":"+s, l.PerSource, articles(func(f *Finding) bool { return f.Source == s }), of)
	}
	for k := range 3 {
		kept, size, newer := fmt.Sprint("k", k), 1, false
		for i := range d.Findings {
			if f := &d.Findings[i]; f.Rule == NearDuplicate && f.Matched == kept {
				size++
				newer = newer || fresh[i]
			}
		}
		if newer {
			tell(MaxCluster+":"+kept, l.Cluster, size, d.Articles)
		}
	}
	tell(MaxSuperseding, l.Superseding, count(Supersedes, false), d.Articles)
	tell(MaxPassages, l.Passages, count(CopiedPassage, false), d.Articles)
	tell(MaxRepeats, l.Repeats, count(Repeat, false), d.Articles)
	tell(MaxFurniture, l.Furniture, count(Furniture, false), d.Articles)
	tell(MaxBoilerplate, l.Boilerplate, count(Boilerplate, false), d.Articles)
	tell(MaxEmpty, l.Empty, count(Empty, false), d.Articles+count(Empty, true))
	tell(MaxTiny, l.Tiny, count(Tiny, false), d.Articles)
	return exceeded
}

// drawBaseline draws the baseline of another drop, or none.
func drawBaseline(t *rapid.T) *Baseline {
	if !rapid.Bool().Draw(t, "baseline") {
		return nil
	}
	return NewBaseline(drawDrop(t).Findings)
}

func TestJudgeAgainstOracle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, limits, baseline := drawDrop(t), drawLimits(t), drawBaseline(t)
		res := Judge(d, limits, baseline)
		fresh := make([]bool, len(res.Findings))
		for i, f := range res.Findings {
			if fresh[i] = f.New; f.New == (f.Level == Note) {
				t.Fatalf("new %v, level %s", f.New, f.Level)
			}
			if baseline == nil && !f.New {
				t.Fatal("known without a baseline")
			}
		}
		got := map[string]int{}
		for _, r := range res.Reasons {
			name := r.Limit
			switch r.Limit {
			case MaxPerSource:
				name += ":" + r.Source
				if r.Source == UnknownSource {
					name = r.Limit + ":"
				}
			case MaxCluster:
				name += ":" + r.Cluster
			}
			got[name] = r.Found
			if len(r.Rules) == 0 {
				t.Fatalf("%s for no rule", r.Limit)
			}
		}
		if diff := cmp.Diff(oracle(&d, &limits, fresh), got); diff != "" {
			t.Fatal(diff)
		}
		if res.Pass != (len(got) == 0) {
			t.Fatalf("pass: %v for %v", res.Pass, got)
		}
		failing := slices.ContainsFunc(res.Findings, func(f Judged) bool { return f.Level == Error })
		if failing == res.Pass {
			t.Fatalf("pass: %v, with findings it fails for: %v", res.Pass, failing)
		}
	})
}

// TestKnownAgainstOracle: of each rule and key as many findings are known as the baseline lists,
// named articles first.
func TestKnownAgainstOracle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, before := drawDrop(t), drawDrop(t)
		res := Judge(d, DefaultLimits(), NewBaseline(before.Findings))
		left := slices.Clone(before.Findings)
		known := make([]bool, len(d.Findings))
		for _, named := range []bool{true, false} {
			for i, f := range d.Findings {
				at := slices.IndexFunc(left, func(b Finding) bool {
					return !known[i] && b.Rule == f.Rule && b.Key == f.Key && (!named || b.Article == f.Article)
				})
				if at >= 0 {
					known[i] = true
					left = slices.Delete(left, at, at+1)
				}
			}
		}
		for i, f := range res.Findings {
			if f.New == known[i] {
				t.Fatalf("finding %d is new: %v", i, f.New)
			}
		}
		if n := Occurrences(res.Gone); n != len(left) {
			t.Fatalf("%d are gone, want %d", n, len(left))
		}
	})
}

// TestOwnBaselineKnowsAll: nothing is new against the baseline of the same findings, in whatever
// order; one more copy is exactly one new finding.
func TestOwnBaselineKnowsAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawDrop(t)
		baseline := NewBaseline(d.Findings)
		d.Findings = rapid.Permutation(d.Findings).Draw(t, "order")
		res := Judge(d, DefaultLimits(), baseline)
		if !res.Pass || len(res.Gone) > 0 || slices.ContainsFunc(res.Findings, func(f Judged) bool { return f.New }) {
			t.Fatalf("pass: %v, gone: %v", res.Pass, res.Gone)
		}
		if len(d.Findings) == 0 {
			return
		}
		more := rapid.SampledFrom(d.Findings).Draw(t, "copied")
		more.Article = rapid.SampledFrom([]string{more.Article, "a0", "another"}).Draw(t, "article")
		d.Findings = slices.Insert(d.Findings, rapid.IntRange(0, len(d.Findings)).Draw(t, "at"), more)
		res = Judge(d, DefaultLimits(), baseline)
		n := 0
		for _, f := range res.Findings {
			if f.New {
				n++
			}
		}
		if n != 1 || res.Pass != (more.Rule == Supersedes) { // which has no limit by default
			t.Fatalf("%d are new, pass: %v", n, res.Pass)
		}
	})
}

// TestAnArticleCountsOnce: near-duplicate of another and of the corpus is one duplicate.
func TestAnArticleCountsOnce(t *testing.T) {
	d := Drop{Articles: 10, Findings: []Finding{{Rule: NearDuplicate, Article: "a", Matched: "b", Key: 1}, {Rule: InCorpus, Article: "a", Matched: "c", Key: 2}}}
	if res := Judge(d, Limits{Duplicates: Count(1), PerSource: Count(1), Cluster: Count(2)}, nil); !res.Pass {
		t.Errorf("%v", res.Reasons)
	}
	res := Judge(d, DefaultLimits(), nil)
	want := []Reason{{Limit: MaxDuplicates, Rules: []Rule{NearDuplicate, InCorpus}, Found: 1, Of: 10}}
	if diff := cmp.Diff(want, res.Reasons, cmp.AllowUnexported(Limit{})); diff != "" {
		t.Error(diff)
	}
}

// TestGrownClusterCountsItsKnownMembers: a cluster that the baseline took for granted is judged
// whole once it grows, and not before.
func TestGrownClusterCountsItsKnownMembers(t *testing.T) {
	d := Drop{Articles: 10, Findings: []Finding{{Rule: NearDuplicate, Article: "a", Matched: "k", Key: 1}, {Rule: NearDuplicate, Article: "b", Matched: "k", Key: 2}}}
	baseline := NewBaseline(d.Findings)
	limits := Limits{Duplicates: NoLimit, PerSource: NoLimit, Cluster: Count(2)}
	if res := Judge(d, limits, baseline); !res.Pass {
		t.Errorf("%v", res.Reasons)
	}
	d.Findings = append(d.Findings, Finding{Rule: NearDuplicate, Article: "c", Matched: "k", Key: 3})
	res := Judge(d, limits, baseline)
	if len(res.Reasons) != 1 || res.Reasons[0].Found != 4 || res.Reasons[0].Cluster != "k" || res.Findings[2].Level != Error || res.Findings[0].Level != Note {
		t.Errorf("%+v", res.Reasons)
	}
}

// TestRulesThatWereNotLookedFor have no tally, and their part of the baseline is not gone.
func TestRulesThatWereNotLookedFor(t *testing.T) {
	d := Drop{Articles: 1, Rules: []Rule{Tiny, Repeat}, Findings: []Finding{{Rule: Tiny, Article: "a", Key: 1}}}
	baseline := NewBaseline([]Finding{{Rule: InCorpus, Article: "x", Key: 5}, {Rule: Repeat, Article: "y", Key: 6}})
	res := Judge(d, DefaultLimits(), baseline)
	if len(res.Counts) != 2 || res.Counts[0].Rule != Repeat || res.Counts[1].Rule != Tiny {
		t.Errorf("%+v", res.Counts)
	}
	if len(res.Gone) != 1 || res.Gone[0].Rule != Repeat {
		t.Errorf("%+v", res.Gone)
	}
	renewed := baseline.Update(d)
	if diff := cmp.Diff([]Known{{Rule: InCorpus, Key: 5, Articles: []string{"x"}}, {Rule: Tiny, Key: 1, Articles: []string{"a"}}}, renewed.Findings); diff != "" {
		t.Error(diff)
	}
}

func TestEveryRuleIsToldAbout(t *testing.T) {
	for _, r := range Rules {
		if a := r.About(); a.One == "" || a.Many == "" || a.Short == "" || a.Full == "" || a.Help == "" {
			t.Errorf("%s: %+v", r, a)
		}
	}
}

// TestKeysStay holds keys, which baselines keep: they must never change under one text.Version.
func TestKeysStay(t *testing.T) {
	for _, c := range []struct {
		rule  Rule
		words []uint64
		key   uint64
	}{
		{Empty, nil, 0x56dd7f5176d90792},
		{Repeat, []uint64{1, 2, 3}, 0x3183254a1f115307},
		{Repeat, []uint64{3, 2, 1}, 0x62281fbcd6c47a10},
		{Furniture, []uint64{1, 2, 3}, 0xd66a3d1067d3f379},
	} {
		if got := Key(c.rule, c.words); got != c.key {
			t.Errorf("Key(%s, %v) = %#016x, want %#016x", c.rule, c.words, got, c.key)
		}
	}
}
