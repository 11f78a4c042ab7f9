package spill

import (
	"os"
	"strconv"
	"strings"
	"testing"
)

// What is looked at brings in no more than is counted, however much was written at once: texts
// written a mebibyte at a time came back a mebibyte at a time, and were counted as 64 KiB.
func TestOneByteBringsInOneGrain(t *testing.T) {
	const places, apart = 64, 1 << 20
	f := New(t.TempDir(), "zeros")
	defer f.Close()
	b := make([]byte, places*apart)
	for i := range b {
		b[i] = byte(i >> 12)
	}
	if _, err := f.Append(b); err != nil {
		t.Fatal(err)
	}
	g := NewGroup(places * apart)
	defer g.Close()
	m, err := g.Map(f, false)
	if err != nil {
		t.Fatal(err)
	}
	before, sum := residentFile(t), 0
	for i := range int64(places) {
		m.Touch(i*apart+apart/2, 1)
		sum += int(m.Bytes()[i*apart+apart/2])
	}
	grown := residentFile(t) - before
	t.Logf("%d bytes are resident, %d are counted, sum %d", grown, g.held.Load(), sum)
	if most := 2*g.held.Load() + 4<<20; grown > most {
		t.Errorf("%d bytes are resident, %d at most should be", grown, most)
	}
}

// residentFile is how many bytes of files are resident.
func residentFile(t *testing.T) int64 {
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Skip(err)
	}
	_, rest, _ := strings.Cut(string(b), "RssFile:")
	kb, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	n, err := strconv.ParseInt(kb, 10, 64)
	if err != nil {
		t.Skip(err)
	}
	return n << 10
}
