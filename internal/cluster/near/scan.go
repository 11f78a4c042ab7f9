package near

import (
	"cmp"
	"context"
	"math/bits"
	"slices"
	"sync"
	"sync/atomic"
)

// A pass over the words of all articles. In: the slabs that feeding filled, in memory or in files.
// Out: each article that is wanted, once, with its coded words, on some goroutine.

// unit is a slab of words to scan.
type unit struct {
	worker *Worker
	slab   int
}

// scan calls fn for every article of want (nil: all) and its coded words, side by side; g is the
// number of the goroutine. Files are read a slab at a time, and slabs without any article of want
// are not read.
func (n *Finder) scan(ctx context.Context, want flags, fn func(g int, id int32, a *article, words []uint64) error) error {
	var units []unit
	for _, w := range n.workers {
		for i := range w.words.slabs {
			units = append(units, unit{w, i})
		}
	}
	bufs := make([][]uint64, n.opt.Workers)
	var done int64
	return n.parallel(ctx, len(units), func(g, u int) error {
		defer n.tell(&done, len(units))
		return units[u].scan(want, &bufs[g], func(id int32, a *article, words []uint64) error { return fn(g, id, a, words) })
	})
}

func (u unit) scan(want flags, buf *[]uint64, fn func(id int32, a *article, words []uint64) error) error {
	w := u.worker
	var slab []uint64
	local, end := w.words.slabs[u.slab].first, w.n
	if next := u.slab + 1; next < len(w.words.slabs) {
		end = w.words.slabs[next].first
	}
	r, found := slices.BinarySearchFunc(w.runs, local, func(r run, l int) int { return cmp.Compare(r.local, l) })
	if !found {
		r--
	}
	for ; local < end; local++ {
		for local >= w.runs[r].local+w.runs[r].n {
			r++
		}
		id := w.runs[r].first + int32(local-w.runs[r].local)
		if want != nil && !want.has(id) {
			continue
		}
		if slab == nil {
			var err error
			if slab, err = w.words.slab(u.slab, buf); err != nil {
				return err
			}
		}
		a := w.article(local)
		if err := fn(id, a, slab[a.place.off:int(a.place.off)+a.size()]); err != nil {
			return err
		}
	}
	return nil
}

// parallel calls fn for 0..units−1 on the goroutines of the options. It ends early on an error or
// when ctx does.
func (n *Finder) parallel(ctx context.Context, units int, fn func(g, u int) error) error {
	var next atomic.Int64
	var wait sync.WaitGroup
	errs := make([]error, n.opt.Workers)
	for g := range min(n.opt.Workers, units) {
		wait.Go(func() {
			for errs[g] == nil {
				u := int(next.Add(1)) - 1
				if u >= units {
					return
				}
				if errs[g] = ctx.Err(); errs[g] == nil {
					errs[g] = fn(g, u)
				}
			}
			next.Store(int64(units)) // an error ends the others too
		})
	}
	wait.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// flags is a set of article numbers.
type flags []uint64

func newFlags(n int) flags { return make(flags, (n+63)/64) }

func (f flags) has(i int32) bool { return atomic.LoadUint64(&f[i>>6])>>(i&63)&1 != 0 }

func (f flags) clear(i int32) { atomic.AndUint64(&f[i>>6], ^(1 << (i & 63))) }

// set is cheap for what is set already.
func (f flags) set(i int32) {
	if p := &f[i>>6]; atomic.LoadUint64(p)>>(i&63)&1 == 0 {
		atomic.OrUint64(p, 1<<(i&63))
	}
}

func (f flags) count() int {
	n := 0
	for _, w := range f {
		n += bits.OnesCount64(w)
	}
	return n
}
