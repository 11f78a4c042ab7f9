// Package program builds dedup for the benchmarks, and runs programs and says what they took.
package program

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"
)

// Build builds dedup as it is released, static and stripped, into dir. It is run from the module's
// root.
func Build(dir string) (path string, err error) {
	path = filepath.Join(dir, "dedup")
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", path, "./cmd/dedup")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build dedup: %w\n%s", err, text)
	}
	return path, nil
}

// Run is what one run of a program took: seconds of wall clock and of CPU in all threads, and the
// peak of resident memory in KiB.
type Run struct {
	Wall, CPU float64
	Peak      int64
}

// Measure runs a command to its end. Exit codes besides 0 that are a success are named; any other
// is an error with what the command said.
func Measure(cmd *exec.Cmd, codes ...int) (Run, error) {
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	start := time.Now()
	err := cmd.Run()
	r := Run{Wall: time.Since(start).Seconds()}
	if err != nil && (cmd.ProcessState == nil || !slices.Contains(codes, cmd.ProcessState.ExitCode())) {
		return r, fmt.Errorf("%q: %w: %s", cmd.Args, err, bytes.TrimSpace(stderr.Bytes()))
	}
	r.CPU = (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
	r.Peak = peak(cmd.ProcessState)
	return r, nil
}

// Median is the median of one value of some runs, of which there is at least one.
func Median(runs []Run, value func(Run) float64) float64 {
	v := make([]float64, len(runs))
	for i, r := range runs {
		v[i] = value(r)
	}
	slices.Sort(v)
	return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
}
