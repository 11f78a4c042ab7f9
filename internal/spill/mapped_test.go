package spill

import (
	"encoding/binary"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// What is written to a mapped file is there when it is looked at again, however often its pages
// were given back in between, and by whichever goroutine; and no more than the group's bytes are
// held.
func TestPagesComeBack(t *testing.T) {
	const words, workers = 1 << 19, 4
	f, err := os.Create(filepath.Join(t.TempDir(), "f"))
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Truncate(words * 8); err != nil {
		t.Fatal(err)
	}
	g := NewGroup(0)
	m, err := g.mapped(f, true)
	if err != nil {
		t.Skip(err)
	}
	var wait sync.WaitGroup
	for w := range uint64(workers) {
		wait.Go(func() { // each has the words that its number divides
			rnd := rand.New(rand.NewPCG(w, 1))
			b := m.Bytes()
			for range 20_000 {
				i := int64(rnd.Uint64N(words/workers))*workers + int64(w)
				m.Touch(i*8, 8)
				if v := binary.LittleEndian.Uint64(b[i*8:]); v != 0 && v != uint64(i)+1 {
					t.Errorf("word %d is %d", i, v)
				}
				binary.LittleEndian.PutUint64(b[i*8:], uint64(i)+1)
			}
		})
	}
	wait.Wait()
	if held := g.held.Load(); held > g.most+workers*grain {
		t.Errorf("%d bytes are held of %d", held, g.most)
	}
	g.Release()
	if held := g.held.Load(); held != 0 {
		t.Errorf("%d bytes are held when all was given back", held)
	}
	if err := g.Close(); err != nil {
		t.Error(err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
}
