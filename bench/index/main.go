// Command index measures the corpus index: building it beside clusters, its size, opening it,
// checking a drop against it, and how much of what one run over both finds a look-up finds. It
// prints the table of docs/benchmarks.md.
//
//	bin/bench/index [-dedup BINARY] [-n 1000000] [-drop 10000] [-rounds 3]        planted articles (bench/plant)
//	bin/bench/index -corpus A.jsonl -dropped B.jsonl                              any two files
//	bin/bench/index -split FILE.jsonl                                             every other line is dropped
//
// Every round runs each command once, so that a noisy neighbour meets all of them; what counts are
// the medians.
package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	"dedup/bench/program"
)

type bench struct {
	dedup, corpus, drop string
	tmp                 string
	rounds              int
}

func main() {
	var b bench
	flag.StringVar(&b.dedup, "dedup", "", "the binary to measure; built from ./cmd/dedup if not given")
	n := flag.Int("n", 1_000_000, "planted articles in the index")
	drop := flag.Int("drop", 10_000, "planted articles in the drop")
	split := flag.String("split", "", "take the articles of this file by turns instead")
	flag.StringVar(&b.corpus, "corpus", "", "index the articles of this file instead")
	flag.StringVar(&b.drop, "dropped", "", "with -corpus: check the articles of this file")
	flag.IntVar(&b.rounds, "rounds", 3, "runs of each command")
	flag.Parse()
	if err := b.main(*n, *drop, *split, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "index:", err)
		os.Exit(2)
	}
}

func (b *bench) main(n, drop int, split string, out io.Writer) (err error) {
	if b.rounds < 1 || n < 1 || drop < 1 || (b.corpus == "") != (b.drop == "") {
		return errors.New("-rounds, -n and -drop must be at least 1, and -corpus goes with -dropped")
	}
	if b.tmp, err = os.MkdirTemp("", "dedup-index-"); err != nil {
		return err
	}
	defer os.RemoveAll(b.tmp)
	if b.dedup == "" {
		if b.dedup, err = program.Build(b.tmp); err != nil {
			return err
		}
	}
	switch {
	case split != "":
		err = b.cut(split, func(i int) bool { return i%2 == 0 })
	case b.corpus == "":
		planted := filepath.Join(b.tmp, "planted.jsonl")
		plant := exec.Command("go", "run", "-C", "bench", "./plant", "-n", strconv.Itoa(n+drop), "-o", planted)
		plant.Stderr = os.Stderr
		if err = plant.Run(); err == nil {
			err = b.cut(planted, func(i int) bool { return i < n })
			os.Remove(planted)
		}
	}
	if err != nil {
		return err
	}
	t, err := b.times()
	if err != nil {
		return err
	}
	f, err := b.compare(context.Background())
	if err != nil {
		return err
	}
	return b.print(out, t, f)
}

// cut deals the lines of a file out to corpus and drop.
func (b *bench) cut(path string, inCorpus func(i int) bool) error {
	b.corpus, b.drop = filepath.Join(b.tmp, "corpus.jsonl"), filepath.Join(b.tmp, "drop.jsonl")
	var w [2]*bufio.Writer
	for i, name := range []string{b.corpus, b.drop} {
		f, err := os.Create(name)
		if err != nil {
			return err
		}
		defer f.Close()
		w[i] = bufio.NewWriterSize(f, 1<<20)
	}
	i := 0
	err := lines(path, func(line []byte) error {
		to := w[1]
		if inCorpus(i) {
			to = w[0]
		}
		i++
		_, err := to.Write(line)
		return err
	})
	return errors.Join(err, w[0].Flush(), w[1].Flush())
}

// lines calls fn with every line of a file, line end included.
func lines(path string, fn func(line []byte) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	r := bufio.NewReaderSize(f, 1<<20)
	for {
		line, err := r.ReadSlice('\n')
		for errors.Is(err, bufio.ErrBufferFull) {
			var more []byte
			line = bytes.Clone(line)
			more, err = r.ReadSlice('\n')
			line = append(line, more...)
		}
		if len(line) > 0 {
			if e := fn(line); e != nil {
				return e
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// run runs dedup; codes are the exit codes besides 0 that are fine.
func (b *bench) run(codes []int, args ...string) (program.Run, error) {
	return program.Measure(exec.Command(b.dedup, args...), codes...)
}

// times are the runs of all commands.
type times struct {
	clusters, build, open, check, verify []program.Run
	disk                                 int64
	articles, dropped                    int
}

func (b *bench) index() string { return filepath.Join(b.tmp, "corpus.idx") }

func (b *bench) times() (t times, err error) {
	done, some := []int{3}, []int{1, 3}
	for range b.rounds {
		if err := os.RemoveAll(b.index()); err != nil {
			return t, err
		}
		for _, c := range []struct {
			runs  *[]program.Run
			codes []int
			args  []string
		}{
			{&t.clusters, done, []string{"clusters", "-q", "-o", filepath.Join(b.tmp, "clusters.tsv"), b.corpus}},
			{&t.build, done, []string{"index", "build", "-q", b.index(), b.corpus}},
			{&t.open, done, []string{"index", "info", "--format", "json", "-o", filepath.Join(b.tmp, "info.json"), b.index()}},
			{&t.check, some, []string{"check", "-q", "--index", b.index(), "--format", "json", "-o", filepath.Join(b.tmp, "check.json"), b.drop}},
			{&t.verify, done, []string{"index", "check", "-q", b.index()}},
		} {
			r, err := b.run(c.codes, c.args...)
			if err != nil {
				return t, err
			}
			*c.runs = append(*c.runs, r)
		}
	}
	info, err := readInfo(filepath.Join(b.tmp, "info.json"))
	if err != nil {
		return t, err
	}
	t.disk, t.articles = info.Disk, info.Articles
	return t, lines(b.drop, func([]byte) error { t.dropped++; return nil })
}

func (b *bench) print(w io.Writer, t times, f found) error {
	median := program.Median
	wall := func(r program.Run) float64 { return r.Wall }
	cpu := func(r program.Run) float64 { return r.CPU }
	peak := func(r program.Run) float64 { return float64(r.Peak) / (1 << 10) }
	fmt.Fprintf(w, "%d articles in the index, %d in the drop; medians of %d rounds\n\n", t.articles, t.dropped, b.rounds)
	fmt.Fprintln(w, "| command | wall, s | CPU, s | peak, MiB |\n|---|---:|---:|---:|")
	for _, row := range []struct {
		name string
		runs []program.Run
	}{{"clusters", t.clusters}, {"index build", t.build}, {"index info (opens it)", t.open}, {"check --index", t.check}, {"index check", t.verify}} {
		fmt.Fprintf(w, "| `%s` | %.2f | %.2f | %.0f |\n", row.name, median(row.runs, wall), median(row.runs, cpu), median(row.runs, peak))
	}
	fmt.Fprintf(w, "\n- speed of building: %.2f of that of clusters (target: 0.5 or more)\n", median(t.clusters, wall)/median(t.build, wall))
	fmt.Fprintf(w, "- on disk: %d bytes an article (target: 500 or fewer)\n", t.disk/int64(max(t.articles, 1)))
	_, err := fmt.Fprintf(w, "- pairs of a dropped article and one of the corpus, by one run over both: %d; found by look-ups: %d (%.4f; target: 1), not among those: %d\n"+
		"- dropped articles with such a pair: %d; reported by check: %d (%.4f), others: %d\n",
		f.pairs, f.pairsFound, ratio(f.pairsFound, f.pairs), f.pairsMore, f.articles, f.articlesFound, ratio(f.articlesFound, f.articles), f.articlesMore)
	return err
}

func ratio(a, b int) float64 {
	if b == 0 {
		return 1
	}
	return float64(a) / float64(b)
}
