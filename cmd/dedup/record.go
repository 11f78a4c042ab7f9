package main

import (
	"context"
	"errors"
	"io"
	"runtime/pprof"
	"runtime/trace"

	"dedup/internal/output"
)

// Two hidden flags write down what a run does, for who makes it faster: --cpuprofile for go tool
// pprof, --trace for go tool trace.

// recording is one of them while it runs.
type recording struct {
	flag, name string
	to         *output.Handle
	stop       func()
}

// record begins what the flags ask for; endRecordings writes it, however the command ended.
func (a *app) record(ctx context.Context) error {
	for _, r := range []struct {
		flag, name string
		start      func(io.Writer) error
		stop       func()
	}{
		{"--cpuprofile", a.global.cpuprofile, pprof.StartCPUProfile, pprof.StopCPUProfile},
		{"--trace", a.global.trace, trace.Start, trace.Stop},
	} {
		if r.name == "" {
			continue
		}
		t, err := output.Look(r.name)
		if err != nil {
			return named(r.flag, r.name, err)
		}
		to, err := t.Create(ctx)
		if err == nil {
			err = r.start(to)
		}
		if err != nil {
			return named(r.flag, r.name, err)
		}
		a.recordings = append(a.recordings, recording{r.flag, r.name, to, r.stop})
	}
	return nil
}

// dropRecordings ends them without writing them.
func (a *app) dropRecordings() {
	for _, r := range a.recordings {
		r.stop()
		r.to.Abort()
	}
	a.recordings = nil
}

func (a *app) endRecordings() (err error) {
	for _, r := range a.recordings {
		r.stop()
		err = errors.Join(err, named(r.flag, r.name, r.to.Commit()))
	}
	a.recordings = nil
	return err
}
