package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"dedup/bench/program"
)

// contender is one command line and what its runs took. Its standard output goes to the file at
// path to.
type contender struct {
	name   string
	args   []string // without wc's or dedup's own name and the input
	to     string
	target float64 // wall clock as a multiple of wc; 0: none is set
	slow   bool
	runs   []program.Run
}

// measure runs every contender in turn, round after round, after one round of wc that only fills
// the page cache.
func (b *bench) measure(tmp string) ([]*contender, error) {
	null, file := os.DevNull, filepath.Join(tmp, "out.tsv")
	all := []*contender{
		{name: "`wc -w`", to: null},
		{name: "`dedup clusters > /dev/null`", args: []string{"clusters"}, to: null, target: 1},
		{name: "`dedup clusters > FILE`", args: []string{"clusters"}, to: file, target: 1},
		{name: "`dedup clusters --all > FILE`", args: []string{"clusters", "--all"}, to: file},
		{name: "`dedup pairs`", args: []string{"pairs"}, to: null},
		{name: "`dedup sketch`", args: []string{"sketch"}, to: null},
		{name: "`dedup passages`", args: []string{"passages"}, to: null, target: 15, slow: true},
		{name: "`dedup stories`", args: []string{"stories"}, to: null, slow: true},
		{name: "`dedup scan`", args: []string{"scan"}, to: null, slow: true},
	}
	if _, err := b.once(all[0]); err != nil {
		return nil, err
	}
	for round := range max(b.rounds, b.slow) {
		for _, c := range all {
			if c.slow && round >= b.slow || !c.slow && round >= b.rounds {
				continue
			}
			r, err := b.once(c)
			if err != nil {
				return nil, err
			}
			c.runs = append(c.runs, r)
		}
	}
	return all, nil
}

// once runs c and waits for it. Exit code 3 of dedup is a success with input skipped, which bulk
// has none of but other files may.
func (b *bench) once(c *contender) (program.Run, error) {
	cmd := exec.Command("wc", "-w", b.file)
	var codes []int
	if len(c.args) > 0 {
		cmd = exec.Command(b.dedup, append(c.args[:len(c.args):len(c.args)], "--quiet", b.file)...)
		codes = []int{3}
	}
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8") // in which wc is faster than in C
	out, err := os.Create(c.to)
	if err != nil {
		return program.Run{}, err
	}
	defer out.Close()
	cmd.Stdout = out
	r, err := program.Measure(cmd, codes...)
	if err != nil {
		return r, fmt.Errorf("%s: %w", c.name, err)
	}
	return r, nil
}
