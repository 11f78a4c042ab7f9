package dedup_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"dedup"
)

func Example() {
	ctx := context.Background()
	c, err := dedup.Open(ctx, []string{"testdata/articles"}, dedup.Options{Keep: "longest"})
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	clusters, err := c.Clusters()
	if err != nil {
		log.Fatal(err)
	}
	for _, cl := range clusters {
		fmt.Println("keep", filepath.Base(cl.Canonical))
		for _, m := range cl.Members[1:] {
			fmt.Printf("drop %s, resemblance %.2f\n", filepath.Base(m.Article), m.Resemblance)
		}
	}
	// Output:
	// keep bridge-update.txt
	// drop bridge-first.txt, resemblance 0.53
	// keep library-gazette.txt
	// drop library-chronicle.txt, resemblance 0.90
}

// Articles need not be in files.
func ExampleRead() {
	articles := func(yield func(dedup.Article, error) bool) {
		for _, a := range []dedup.Article{
			{ID: "first", Source: "Tide Daily", Published: "2024-06-01T07:15:00Z", Text: "A ferry ran aground off Marl Point at dawn. All ninety people aboard are safe, the coast guard said."},
			{ID: "again", Source: "Harbour Post", Published: "2024-06-01", Text: "A ferry ran aground off Marl Point at dawn. All ninety people aboard are safe, the coast guard said. Photo: Reuters"},
			{ID: "other", Source: "Harbour Post", Published: "2024-06-02", Text: "The town library opens a reading room for the deaf next week, with loops in every seat."},
		} {
			if !yield(a, nil) {
				return
			}
		}
	}
	c, err := dedup.Read(context.Background(), articles, dedup.Options{Only: dedup.Parts{Clusters: true}})
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	for p, err := range c.Pairs() {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s %s %.2f\n", p.A, p.B, p.Resemblance)
	}
	// Output:
	// first again 0.88
}

func ExampleCorpus_Stories() {
	c, err := dedup.Open(context.Background(), []string{"seeds"}, dedup.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	stories, err := c.Stories()
	if err != nil {
		log.Fatal(err)
	}
	for _, s := range stories {
		fmt.Printf("%s: %d articles, %q\n", s.ID, len(s.Articles), s.Keywords)
	}
	// Output: s1: 5 articles, ["Istanbul" "ceasefire" "Ukrainian" "prisoner exchange" "President Zelensky" "Hakan Fidan"]
}

func ExampleCorpus_Repeats() {
	c, err := dedup.Open(context.Background(), []string{"seeds"}, dedup.Options{Only: dedup.Parts{Passages: true}})
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	repeats, err := c.Repeats()
	if err != nil {
		log.Fatal(err)
	}
	for _, r := range repeats {
		fmt.Printf("%s, %d words, in lines", r.Article, r.Tokens)
		for _, o := range r.Occurrences {
			fmt.Print(" ", o.Line)
		}
		fmt.Println()
	}
	// Output:
	// seeds/000_e4c884ea56731e73.txt, 15 words, in lines 1 3
	// seeds/004_e5dc5441f684e6ff.txt, 11 words, in lines 2 4
}

func ExampleJudge() {
	j, err := dedup.NewJudge(dedup.Options{})
	if err != nil {
		log.Fatal(err)
	}
	brief := "A ferry ran aground off Marl Point at dawn on Saturday. All ninety people aboard are safe, the coast guard said in its morning bulletin."
	full := brief + " The vessel had left the harbour in thick fog, and struck the sandbank twenty minutes later. Divers will look at the hull on Sunday."
	v := j.Compare(brief, full)
	fmt.Printf("%s: %.2f of the brief is in the full text; the brief may go: %t, the full text: %t\n", v.Rule, v.ContainmentA, v.AMayGo, v.BMayGo)
	// Output: containment: 1.00 of the brief is in the full text; the brief may go: true, the full text: false
}

func ExampleIndex() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	x, err := dedup.OpenIndex(filepath.Join(dir, "corpus.idx"), dedup.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer x.Close()

	ctx := context.Background()
	text := "A ferry ran aground off Marl Point at dawn on Saturday. All ninety people aboard are safe, the coast guard said."
	take := func() {
		found, err := x.Look(ctx, text)
		if err != nil {
			log.Fatal(err)
		}
		if len(found.Known) > 0 {
			fmt.Println("known as", found.Known[0].ID)
			return
		}
		one := func(yield func(dedup.Article, error) bool) { yield(dedup.Article{ID: "a1", Text: text}, nil) }
		added, err := x.Add(ctx, one, "example")
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println("new:", added.Articles)
	}
	take()
	take()
	// Output:
	// new: 1
	// known as a1
}

// See what would go, keep one of it, write the rest, and rebuild the input.
func ExamplePlanClean() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	ctx, out := context.Background(), filepath.Join(dir, "clean")
	p, err := dedup.PlanClean(ctx, []string{"testdata/articles"}, dedup.Options{Keep: "longest"},
		dedup.CleanOptions{Protect: []string{"testdata/articles/library-chronicle.txt"}})
	if err != nil {
		log.Fatal(err)
	}
	defer p.Close()
	for r := range p.Removals() {
		if r.End == 0 {
			fmt.Printf("%s goes for %s: %s\n", filepath.Base(r.Article), filepath.Base(r.Kept), r.Rule)
		} else {
			fmt.Printf("%d bytes of %s go: %s\n", r.End-r.Start, filepath.Base(r.Article), r.Rule)
		}
	}
	done, err := p.Write(ctx, out)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("removed", done.Removed, "of", done.Articles)
	files, err := dedup.Restore(ctx, out, filepath.Join(dir, "again"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("restored", files)
	// Output:
	// bridge-first.txt goes for bridge-update.txt: containment
	// 182 bytes of museum.txt go: furniture
	// 51 bytes of orchard.txt go: repeat
	// removed 1 of 13
	// restored 13
}

// The weight of an article is the size of its cluster over everything that an index has seen.
func ExampleCorpus_Counts() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	ctx := context.Background()
	x, err := dedup.OpenIndex(filepath.Join(dir, "corpus.idx"), dedup.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer x.Close()
	text := "A ferry ran aground off Marl Point at dawn on Saturday. All ninety people aboard are safe, the coast guard said."
	articles := func(list ...dedup.Article) func(yield func(dedup.Article, error) bool) {
		return func(yield func(dedup.Article, error) bool) {
			for _, a := range list {
				if !yield(a, nil) {
					return
				}
			}
		}
	}
	if _, err := x.Add(ctx, articles(dedup.Article{ID: "a", Text: text}, dedup.Article{ID: "b", Text: text}), "May"); err != nil {
		log.Fatal(err)
	}
	c, err := dedup.Read(ctx, articles(dedup.Article{ID: "c", Text: text}, dedup.Article{ID: "d", Text: "The library opens a reading room."}), dedup.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	counts, err := c.Counts(x)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(counts)
	// Output:
	// [3 1]
}
