package story

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/valyala/fastjson"

	"dedup/internal/background"
)

// labelled is a set of articles with the event of each, "" where it has none.
type labelled struct {
	name     string
	ids      []string
	articles []Article
	events   []string
}

func dataDir(t testing.TB) string {
	dir := cmp.Or(os.Getenv("DEDUP_DATA"), "../../../../shared/data")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("no data: set DEDUP_DATA")
	}
	return dir
}

// load reads up to limit articles (0: all) of a .jsonl.zst file.
func load(t testing.TB, path string, limit int) *labelled {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := zstd.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	set := &labelled{name: filepath.Base(filepath.Dir(path))}
	r := bufio.NewReaderSize(z, 1<<20)
	var p fastjson.Parser
	for limit == 0 || len(set.articles) < limit {
		line, err := r.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			v, err := p.ParseBytes(line)
			if err != nil {
				t.Fatal(err)
			}
			str := func(k string) string { return strings.ToValidUTF8(string(v.GetStringBytes(k)), " ") }
			a := Article{Title: str("title"), Text: str("text"), Near: -1}
			if d := str("date"); len(d) >= 10 {
				a.Published, _ = time.Parse(time.DateOnly, d[:10])
			}
			set.ids = append(set.ids, str("id"))
			set.articles = append(set.articles, a)
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	set.events = make([]string, len(set.articles))
	return set
}

func loadLabelled(t testing.TB, name string) *labelled {
	dir := filepath.Join(dataDir(t), "events", name)
	set := load(t, filepath.Join(dir, "articles.jsonl.zst"), 0)
	set.name = name
	gold, err := os.ReadFile(filepath.Join(dir, "gold.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	event := map[string]string{}
	for line := range strings.Lines(string(gold)) {
		if id, e, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok {
			event[id] = name + "/" + e
		}
	}
	for i, id := range set.ids {
		set.events[i] = event[id]
	}
	return set
}

func seeds(t testing.TB) *labelled {
	files, err := filepath.Glob("../../../seeds/*.txt")
	if err != nil || len(files) != 5 {
		t.Fatal("seeds:", err, len(files))
	}
	set := &labelled{name: "seeds"}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		set.ids = append(set.ids, filepath.Base(f))
		set.articles = append(set.articles, Article{Text: string(data), Near: -1})
		set.events = append(set.events, "seeds")
	}
	return set
}

func union(name string, sets ...*labelled) *labelled {
	u := &labelled{name: name}
	for _, s := range sets {
		u.ids = append(u.ids, s.ids...)
		u.articles = append(u.articles, s.articles...)
		u.events = append(u.events, s.events...)
	}
	return u
}

func (set *labelled) find(t testing.TB, par params) []Story {
	stories, err := find(context.Background(), len(set.articles), func(i int) Article { return set.articles[i] },
		background.Default(), Options{}, par)
	if err != nil {
		t.Fatal(err)
	}
	return stories
}

// bCubed scores stories by B-cubed (Bagga and Baldwin 1998) over the articles that have an event.
func bCubed(set *labelled, stories []Story) (p, r, f float64) {
	size := map[string]float64{}
	n := 0.0
	for _, e := range set.events {
		if e != "" {
			size[e]++
			n++
		}
	}
	for _, s := range stories {
		in := map[string]float64{}
		all := 0.0
		for _, i := range s.Articles {
			if e := set.events[i]; e != "" {
				in[e]++
				all++
			}
		}
		for e, c := range in {
			p += c * c / all
			r += c * c / size[e]
		}
	}
	p, r = p/n, r/n
	return p, r, 2 * p * r / (p + r)
}

func sets(t testing.TB) []*labelled {
	n, e, b := loadLabelled(t, "newscluster"), loadLabelled(t, "ecbplus"), loadLabelled(t, "basil")
	s := seeds(t)
	return []*labelled{n, e, b, union("mixed", n, e, b, s), s, union("newscluster+seeds", n, s)}
}

// TestQuality prints B-cubed scores of the labelled sets under the defaults, and holds them a
// little under what was reached.
func TestQuality(t *testing.T) {
	if testing.Short() {
		t.Skip("half a minute of labelled sets")
	}
	floor := map[string]float64{"newscluster": 0.95, "ecbplus": 0.93, "basil": 0.98, "mixed": 0.95, "seeds": 1}
	t.Logf("%-18s %8s %8s %9s %6s %6s", "set", "articles", "stories", "precision", "recall", "F1")
	for _, set := range sets(t) {
		stories := set.find(t, defaults)
		p, r, f := bCubed(set, stories)
		t.Logf("%-18s %8d %8d %9.4f %6.4f %6.4f", set.name, len(set.articles), len(stories), p, r, f)
		if f < floor[set.name] {
			t.Errorf("%s: %.4f is under %.4f", set.name, f, floor[set.name])
		}
		if i := slices.Index(set.events, "seeds"); i >= 0 {
			for _, s := range stories {
				if slices.Contains(s.Articles, i) && (len(s.Articles) != 5 || s.Articles[4] != i+4) {
					t.Errorf("%s: the seeds' story has articles %v", set.name, s.Articles)
				}
			}
		}
	}
}
