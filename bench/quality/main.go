// Command quality runs dedup over the labelled sets and prints one table: how good the stories,
// near-duplicates and passages are, against the floors (what a plain method reaches) and the
// targets. Every set runs under the same default flags.
//
//	bin/bench/quality [-dedup BINARY] [-data DIR] [-seeds DIR] [-strict]
//
// The data is in DEDUP_DATA or ../shared/data; without it the command says so and ends well.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"text/tabwriter"
	"time"

	"dedup/bench/program"
)

func main() {
	data := os.Getenv("DEDUP_DATA")
	if data == "" {
		data = filepath.Join("..", "shared", "data")
	}
	b := &bench{}
	flag.StringVar(&b.dedup, "dedup", "", "the binary to measure; built from ./cmd/dedup if not given")
	flag.StringVar(&b.data, "data", data, "directory with the labelled sets")
	flag.StringVar(&b.seeds, "seeds", "seeds", "directory with the seeds")
	strict := flag.Bool("strict", false, "end with 1 when a floor is missed")
	flag.Parse()
	missed, err := b.main(os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "quality:", err)
		os.Exit(2)
	}
	if missed && *strict {
		os.Exit(1)
	}
}

type bench struct {
	dedup, data, seeds string
	rows               []row
}

// row is one measure of one set. Floor and target are 0 where there is none. For less, smaller
// values are better.
type row struct {
	set, measure         string
	value, floor, target float64
	less                 bool
	seconds              float64 // of the command that the value was measured on
}

func (b *bench) main(out io.Writer) (missed bool, err error) {
	if _, err := os.Stat(b.data); errors.Is(err, os.ErrNotExist) {
		fmt.Fprintf(out, "no labelled data in %s: nothing measured (set DEDUP_DATA to where it is)\n", b.data)
		return false, nil
	}
	tmp, err := os.MkdirTemp("", "dedup-quality-")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(tmp)
	if b.dedup == "" {
		if b.dedup, err = program.Build(tmp); err != nil {
			return false, err
		}
	}
	for _, measure := range []func(*bench) error{stories, mixed, seedStory, nearDuplicates, passages} {
		if err := measure(b); err != nil {
			return false, err
		}
	}
	return b.print(out)
}

// run runs dedup and gives what it printed. Skipped input (exit code 3) is no failure; it is said
// on stderr.
func (b *bench) run(args ...string) ([]byte, float64, error) {
	var out, msg bytes.Buffer
	cmd := exec.Command(b.dedup, append([]string{"--quiet"}, args...)...)
	cmd.Stdout, cmd.Stderr = &out, &msg
	start := time.Now()
	err := cmd.Run()
	seconds := time.Since(start).Seconds()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.ExitCode() == 3 {
		fmt.Fprintf(os.Stderr, "dedup %s skipped %d inputs\n", args[0], bytes.Count(msg.Bytes(), []byte("skipped ")))
		err = nil
	}
	if err != nil {
		return nil, 0, fmt.Errorf("dedup %q: %w\n%s", args, err, msg.Bytes())
	}
	return out.Bytes(), seconds, nil
}

// articles gives the path of a set's articles; ok is false, and it is said, where the set is
// absent.
func (b *bench) articles(set string) (path string, ok bool) {
	path = filepath.Join(b.data, set, "articles.jsonl.zst")
	if _, err := os.Stat(path); err != nil {
		fmt.Fprintf(os.Stderr, "%s is absent: not measured\n", path)
		return "", false
	}
	return path, true
}

func (b *bench) add(set string, seconds float64, rows ...row) {
	for _, r := range rows {
		r.set, r.seconds = set, seconds
		b.rows = append(b.rows, r)
	}
}

func (b *bench) print(out io.Writer) (missed bool, err error) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "set\tmeasure\tvalue\tfloor\ttarget\t\tseconds")
	for _, r := range b.rows {
		verdict := r.verdict()
		missed = missed || verdict == "miss"
		fmt.Fprintf(w, "%s\t%s\t%.4f\t%s\t%s\t%s\t%.1f\n", r.set, r.measure, r.value, bound(r.floor), bound(r.target), verdict, r.seconds)
	}
	return missed, w.Flush()
}

// verdict is "ok" where the target (or the floor, where there is no target) is reached, "below
// target" where only the floor is, "miss" below the floor, and nothing where neither is set.
func (r row) verdict() string {
	reaches := func(bound float64) bool {
		return bound == 0 || r.value == bound || (r.value < bound) == r.less
	}
	switch {
	case r.floor == 0 && r.target == 0:
		return ""
	case !reaches(r.floor):
		return "miss"
	case reaches(r.target):
		return "ok"
	case r.floor == 0:
		return "miss"
	}
	return "below target"
}

func bound(x float64) string {
	if x == 0 {
		return "-"
	}
	return fmt.Sprintf("%.3f", x)
}
