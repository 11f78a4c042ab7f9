package story

import (
	"bytes"
	"cmp"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dedup/internal/article"
	"dedup/internal/background"
	nearest "dedup/internal/cluster/near"
	"dedup/internal/quality/score"
	"dedup/internal/text"
)

// labelled is a set of articles with the event of each, "" where it has none. The name of an event
// begins with that of its set.
type labelled struct {
	name     string
	ids      []string
	articles []Article
	events   []string
}

// setNames are the labelled sets, each a family of its own.
var setNames = []string{"newscluster", "ecbplus", "basil", "gunviolence", "headlines", "neus", "vietnamese"}

func dataDir(t testing.TB) string {
	dir := cmp.Or(os.Getenv("DEDUP_DATA"), "../../../../shared/data")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("no data: set DEDUP_DATA")
	}
	return dir
}

// load reads articles as the program does, with their near-duplicates.
func load(t testing.TB, name string, paths ...string) *labelled {
	finder, err := nearest.New(nearest.Options{Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer finder.Close()
	w, set := finder.Worker(), &labelled{name: name}
	inputs := article.Expand(paths, func(b article.Bad) { t.Fatal(b.Path, b.Reason) })
	err = article.Read(context.Background(), inputs, article.Options{Workers: 1}, func(_ int, b *article.Batch) error {
		for i := range b.Articles {
			a := &b.Articles[i]
			w.Add(b.Seq, text.Once(text.AppendTokens(nil, a.Text), a.Text))
			set.ids = append(set.ids, strings.Clone(a.ID))
			set.articles = append(set.articles, Article{
				Title: strings.Clone(a.Title), Text: strings.Clone(a.Text), Source: strings.Clone(a.Source), Published: a.Published, Near: -1,
			})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	rank := make([]int32, len(set.articles))
	for i := range rank {
		rank[i] = int32(i)
	}
	clusters, err := finder.Clusters(context.Background(), rank)
	if err != nil {
		t.Fatal(err)
	}
	for k, c := range clusters {
		for _, m := range c.Members {
			set.articles[m.Article].Near = int32(k)
		}
	}
	set.events = make([]string, len(set.articles))
	return set
}

func loadLabelled(t testing.TB, name string) *labelled {
	dir := filepath.Join(dataDir(t), "events", name)
	set := load(t, name, filepath.Join(dir, "articles.jsonl.zst"))
	gold, err := os.ReadFile(filepath.Join(dir, "gold.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	event := map[string]string{}
	for line := range bytes.Lines(gold) {
		if id, e, ok := strings.Cut(strings.TrimSpace(string(line)), "\t"); ok {
			event[id] = name + "/" + e
		}
	}
	for i, id := range set.ids {
		set.events[i] = event[id]
	}
	return set
}

func seeds(t testing.TB) *labelled {
	set := load(t, "seeds", "../../../seeds")
	if len(set.ids) != 5 {
		t.Fatal(len(set.ids), "seeds")
	}
	for i := range set.events {
		set.events[i] = "seeds/seeds"
	}
	return set
}

func union(name string, sets ...*labelled) *labelled {
	u := &labelled{name: name}
	from := int32(0)
	for _, s := range sets {
		for _, a := range s.articles {
			if a.Near >= 0 {
				a.Near += from
			}
			u.articles = append(u.articles, a)
		}
		u.ids = append(u.ids, s.ids...)
		u.events = append(u.events, s.events...)
		from += int32(len(s.articles))
	}
	return u
}

func (set *labelled) at(i int) Article { return set.articles[i] }

func (set *labelled) find(t testing.TB, opt Options) *Result {
	res, err := Find(context.Background(), len(set.articles), set.at, background.Default(), opt)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// prepared is a set with its graph, to be merged under many settings.
type prepared struct {
	set   *labelled
	run   *run
	edges *store
}

func prepare(t testing.TB, set *labelled, par params) *prepared {
	s := newRun(context.Background(), len(set.articles), set.at, background.Default(), Options{}, par)
	edges, err := s.edges()
	if err != nil {
		t.Fatal(err)
	}
	return &prepared{set, s, edges}
}

// groups is the event of each article under other constants of the merge rule.
func (p *prepared) groups(t testing.TB, par params) []int32 {
	tree, err := link(context.Background(), p.run.trusts(par.thin), nil, p.edges, par)
	if err != nil {
		t.Fatal(err)
	}
	out := make([]int32, p.run.n)
	for u, k := range tree.event {
		for _, i := range p.run.units[u].articles {
			out[i] = k
		}
	}
	return out
}

// score is B-cubed F1, precision and recall of the articles of one set; those of other sets are
// left out.
func (set *labelled) score(t testing.TB, of string, group []int32) score.Ratio {
	var gold, got score.Partition
	number := map[string]int32{}
	for i, e := range set.events {
		if !strings.HasPrefix(e, of+"/") {
			continue
		}
		if _, ok := number[e]; !ok {
			number[e] = int32(len(number))
		}
		gold.IDs, gold.Group = append(gold.IDs, set.ids[i]), append(gold.Group, number[e])
		got.IDs, got.Group = append(got.IDs, set.ids[i]), append(got.Group, group[i])
		got.Groups = max(got.Groups, int(group[i])+1)
	}
	gold.Groups = len(number)
	s, err := score.Partitions(gold, got)
	if err != nil {
		t.Fatal(err)
	}
	return s.BCubed
}
