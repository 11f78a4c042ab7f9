package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestProgressIsForTerminals(t *testing.T) {
	var b bytes.Buffer
	p := newProgress(&b, false)
	if p != nil || p.hook() != nil {
		t.Fatal("a bar where stderr is no terminal")
	}
	p.done() // nothing to do, nothing breaks
}

func TestProgressNamesTheStage(t *testing.T) {
	var b bytes.Buffer
	p := &progress{w: &b}
	p.update("reading", 500, 1000, 7)
	p.update("finding stories", 1, 2, 0)
	p.done()
	for _, want := range []string{"reading", "finding stories"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q does not show %q", b.String(), want)
		}
	}
}

func TestSizes(t *testing.T) {
	for in, want := range map[string]size{"64MiB": 64 << 20, "2g": 2 << 30, "1.5GB": 15e8, "100": 100, "7 kb": 7000} {
		var s size
		if err := s.Set(in); err != nil || s != want {
			t.Errorf("%q is %d, error %v; want %d", in, s, err, want)
		}
	}
	for _, bad := range []string{"", "x", "-1", "1ZB", "GiB"} {
		var s size
		if err := s.Set(bad); err == nil {
			t.Errorf("%q was taken for %d", bad, s)
		}
	}
	if s := size(64 << 20); s.String() != "64MiB" {
		t.Errorf("64 MiB prints as %s", s.String())
	}
}
