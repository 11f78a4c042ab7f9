package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"dedup/internal/quality"
)

// eventSets have gold.tsv: id, event. Floors: what a plain method with one cut reaches; targets:
// what is asked of dedup (B-cubed F1).
var eventSets = []struct {
	name          string
	floor, target float64
}{
	{"newscluster", 0.943, 0.945},
	{"ecbplus", 0.864, 0.935},
	{"basil", 0.916, 0.99},
	{"gunviolence", 0, 0.945},
	{"headlines", 0, 0.80},
	{"neus", 0, 0.80},
	{"vietnamese", 0, 0.95},
}

// stories scores each event set by itself.
func stories(b *bench) error {
	for _, s := range eventSets {
		path, ok := b.articles("events/" + s.name)
		if !ok {
			continue
		}
		gold, err := os.ReadFile(filepath.Join(b.data, "events", s.name, "gold.tsv"))
		if err != nil {
			return err
		}
		if err := b.scoreStories(s.name, gold, s.floor, s.target, path); err != nil {
			return err
		}
	}
	return nil
}

// mixed scores the event sets and the seeds, read in one run: each set by itself, articles of other
// sets left out of the groups, their mean, and all together. Labels are told apart by their set; a
// seed's id is its path.
func mixed(b *bench) error {
	paths, err := filepath.Glob(filepath.Join(b.seeds, "*.txt"))
	if err != nil {
		return err
	}
	var gold bytes.Buffer
	for _, p := range paths {
		fmt.Fprintf(&gold, "%s\tseeds\n", p)
	}
	var golds [][]byte
	for _, s := range eventSets {
		path, ok := b.articles("events/" + s.name)
		if !ok {
			return nil
		}
		paths = append(paths, path)
		one, err := os.ReadFile(filepath.Join(b.data, "events", s.name, "gold.tsv"))
		if err != nil {
			return err
		}
		golds = append(golds, one)
		for line := range strings.Lines(string(one)) {
			id, label, _ := strings.Cut(strings.TrimRight(line, "\r\n"), "\t")
			fmt.Fprintf(&gold, "%s\t%s/%s\n", id, s.name, label)
		}
	}
	out, seconds, err := b.run(append([]string{"stories"}, paths...)...)
	if err != nil {
		return err
	}
	mean := 0.0
	for k, s := range eventSets {
		score, err := evaluate(quality.Stories, s.name, golds[k], out, 0)
		if err != nil {
			return err
		}
		f := score.Partition.BCubed.F1
		mean += f / float64(len(eventSets))
		b.add("all + seeds", seconds, row{measure: "stories B-cubed F1 of " + s.name, value: f})
	}
	b.add("all + seeds", seconds, row{measure: "  mean of the sets", value: mean, target: 0.89})
	return b.addStories("all + seeds", gold.Bytes(), out, seconds, 0, 0)
}

func (b *bench) scoreStories(set string, gold []byte, floor, target float64, paths ...string) error {
	out, seconds, err := b.run(append([]string{"stories"}, paths...)...)
	if err != nil {
		return err
	}
	return b.addStories(set, gold, out, seconds, floor, target)
}

func (b *bench) addStories(set string, gold, out []byte, seconds, floor, target float64) error {
	s, err := evaluate(quality.Stories, set, gold, out, 0)
	if err != nil {
		return err
	}
	b.add(set, seconds,
		row{measure: "stories B-cubed F1", value: s.Partition.BCubed.F1, floor: floor, target: target},
		row{measure: "  precision", value: s.Partition.BCubed.Precision},
		row{measure: "  recall", value: s.Partition.BCubed.Recall},
		row{measure: "  adjusted Rand index", value: s.Partition.ARI})
	return nil
}

// seedStory says whether the seeds, read together with newscluster, are one story and alone in it:
// the share of the seeds that share the story of the first, over the size of that story.
func seedStory(b *bench) error {
	path, ok := b.articles("events/newscluster")
	if !ok {
		return nil
	}
	seeds, err := filepath.Glob(filepath.Join(b.seeds, "*.txt"))
	if err != nil || len(seeds) == 0 {
		return fmt.Errorf("no seeds in %s: %v", b.seeds, err)
	}
	var gold bytes.Buffer
	for _, p := range seeds {
		fmt.Fprintf(&gold, "%s\tseeds\n", p)
	}
	out, seconds, err := b.run(append([]string{"stories", path}, seeds...)...)
	if err != nil {
		return err
	}
	var story string
	together, size := 0, 0
	for line := range strings.Lines(string(out)) {
		if id, s, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t"); id == seeds[0] {
			story = s
		}
	}
	for line := range strings.Lines(string(out)) {
		id, s, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if s != story {
			continue
		}
		size++
		if bytes.Contains(gold.Bytes(), []byte(id+"\t")) {
			together++
		}
	}
	b.add("newscluster + seeds", seconds,
		row{measure: "seeds in one story", value: float64(together) / float64(len(seeds)), floor: 1},
		row{measure: "  and alone", value: float64(together) / float64(max(size, 1)), floor: 1})
	return nil
}

// nearDuplicates scores pairs and clusters on the agency set.
func nearDuplicates(b *bench) error {
	const set = "neardup/reuters2013"
	path, ok := b.articles(set)
	if !ok {
		return nil
	}
	jaccard, err := os.ReadFile(filepath.Join(b.data, set, "jaccard.tsv"))
	if err != nil {
		return err
	}
	updates, err := os.ReadFile(filepath.Join(b.data, set, "updates.tsv"))
	if err != nil {
		return err
	}
	pairs, seconds, err := b.run("pairs", "--threshold", "0.7", path)
	if err != nil {
		return err
	}
	near, err := evaluate(quality.Pairs, "jaccard.tsv", jaccard, pairs, 0.75)
	if err != nil {
		return err
	}
	alike, err := evaluate(quality.Pairs, "jaccard.tsv", jaccard, resembling(pairs, 0.7), 0.75)
	if err != nil {
		return err
	}
	b.add("reuters2013", seconds,
		row{measure: "pairs recall, Jaccard ≥ 0.75", value: near.Pairs.Recall, target: 0.999},
		row{measure: "  reported at ≥ 0.7 and gold at ≥ 0.5", value: alike.Pairs.Precision})
	clusters, seconds, err := b.run("clusters", path)
	if err != nil {
		return err
	}
	inClusters, err := evaluate(quality.Pairs, "jaccard.tsv", jaccard, clusters, 0.75)
	if err != nil {
		return err
	}
	reissued, err := evaluate(quality.Pairs, "updates.tsv", updates, clusters, 0)
	if err != nil {
		return err
	}
	b.add("reuters2013", seconds,
		row{measure: "clusters recall, Jaccard ≥ 0.75", value: inClusters.Pairs.Recall},
		row{measure: "clusters recall, re-issued stories", value: reissued.Pairs.Recall})
	return nil
}

// resembling keeps the rows of pairs whose resemblance (third column) is min or more, and the
// header.
func resembling(pairs []byte, min float64) []byte {
	var out bytes.Buffer
	for line := range bytes.Lines(pairs) {
		cols := strings.Split(string(line), "\t")
		if len(cols) < 3 {
			continue
		}
		if r, err := strconv.ParseFloat(cols[2], 64); err != nil || r >= min {
			out.Write(line)
		}
	}
	return out.Bytes()
}

// passages scores what replies quote from their parents.
func passages(b *bench) error {
	const set = "passages/newsgroups"
	path, ok := b.articles(set)
	if !ok {
		return nil
	}
	gold, err := os.ReadFile(filepath.Join(b.data, set, "gold.tsv"))
	if err != nil {
		return err
	}
	out, seconds, err := b.run("passages", path)
	if err != nil {
		return err
	}
	s, err := evaluate(quality.Passages, set, gold, out, 0)
	if err != nil {
		return err
	}
	p := s.Passages
	b.add("newsgroups", seconds,
		row{measure: "passages character recall", value: p.Characters.Recall, target: 0.98},
		row{measure: "  character precision", value: p.Characters.Precision, target: 0.95},
		row{measure: "  granularity", value: p.Granularity, target: 1.05, less: true},
		row{measure: "  recall, mean over pairs", value: p.Mean.Recall},
		row{measure: "  precision, mean over pairs", value: p.Mean.Precision})
	out, seconds, err = b.run("scan", "--only", "passages", "--format", "json", path)
	if err != nil {
		return err
	}
	if s, err = evaluate(quality.Passages, set, gold, out, 0); err != nil {
		return err
	}
	b.add("newsgroups", seconds,
		row{measure: "grouped in the report: recall", value: s.Passages.Characters.Recall},
		row{measure: "  precision", value: s.Passages.Characters.Precision},
		row{measure: "  granularity", value: s.Passages.Granularity, less: true})
	return nil
}

func evaluate(of quality.Of, name string, gold, result []byte, min float64) (quality.Score, error) {
	return quality.Evaluate(of, quality.Input{Name: name, R: bytes.NewReader(gold)}, quality.Input{Name: "dedup's output", R: bytes.NewReader(result)}, quality.Options{Min: min})
}
