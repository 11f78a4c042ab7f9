package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"dedup/bench/program"
)

// table prints what was measured as markdown, ready for docs/benchmarks.md.
func (b *bench) table(out io.Writer, all []*contender) error {
	w := bufio.NewWriter(out)
	fmt.Fprintln(w, b.conditions())
	fmt.Fprintln(w)
	fmt.Fprintln(w, "| command | runs | wall, s | × `wc -w` | target | CPU, s | × `wc -w` CPU | MB/s | peak, MiB |")
	fmt.Fprintln(w, "|---|---:|---:|---:|---:|---:|---:|---:|---:|")
	yard := all[0]
	for _, c := range all {
		wall, cpu, peak := c.medians()
		yardWall, yardCPU, _ := yard.medians()
		target := ""
		if c.target > 0 {
			target = fmt.Sprintf("≤ %g", c.target)
		}
		fmt.Fprintf(w, "| %s | %d | %.3f | %.2f | %s | %.3f | %.2f | %.0f | %.0f |\n",
			c.name, len(c.runs), wall, wall/yardWall, target, cpu, cpu/yardCPU, float64(b.size)/1e6/wall, peak/1024)
	}
	return w.Flush()
}

// medians of a contender's runs: wall clock and CPU in seconds, peak memory in KiB.
func (c *contender) medians() (wall, cpu, peak float64) {
	of := func(value func(program.Run) float64) float64 { return program.Median(c.runs, value) }
	return of(func(r program.Run) float64 { return r.Wall }), of(func(r program.Run) float64 { return r.CPU }), of(func(r program.Run) float64 { return float64(r.Peak) })
}

// conditions is the line above the table: when, on what, of which version. No names of hosts or
// paths.
func (b *bench) conditions() string {
	version := "dedup"
	if text, err := exec.Command(b.dedup, "version").Output(); err == nil {
		version, _, _ = strings.Cut(strings.TrimSpace(string(text)), "\n")
	}
	load := "unknown"
	if text, err := os.ReadFile("/proc/loadavg"); err == nil {
		load, _, _ = strings.Cut(string(text), " ")
	}
	memory := "memory unknown"
	var kib float64
	if n, _ := fmt.Sscanf(procValue("/proc/meminfo", "MemTotal"), "%g kB", &kib); n == 1 {
		memory = fmt.Sprintf("%.0f GiB", kib/(1<<20))
	}
	return fmt.Sprintf("%s UTC; %s, %d cores, %s; %s; %s; input %.1f MB; load at the end %s.",
		time.Now().UTC().Format("2006-01-02 15:04"), procValue("/proc/cpuinfo", "model name"), runtime.NumCPU(), memory,
		runtime.Version(), version, float64(b.size)/1e6, load)
}

// procValue is what a /proc file says after "key :" on its first such line.
func procValue(path, key string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return "unknown"
	}
	for line := range strings.Lines(string(text)) {
		name, value, found := strings.Cut(line, ":")
		if found && strings.TrimSpace(name) == key {
			return strings.Join(strings.Fields(value), " ")
		}
	}
	return "unknown"
}

// writeRaw keeps every run: command, round, wall seconds, CPU seconds, peak KiB.
func (b *bench) writeRaw(path string, all []*contender) (err error) {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	fmt.Fprintf(f, "# %s\n# command\tround\twall_s\tcpu_s\tpeak_kib\n", b.conditions())
	for _, c := range all {
		for i, r := range c.runs {
			fmt.Fprintf(f, "%s\t%d\t%.4f\t%.4f\t%d\n", strings.Trim(c.name, "`"), i+1, r.Wall, r.CPU, r.Peak)
		}
	}
	fmt.Fprintln(f)
	return b.table(f, all)
}
