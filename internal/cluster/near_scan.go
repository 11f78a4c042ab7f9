package cluster

import (
	"cmp"
	"context"
	"math/bits"
	"slices"
	"sync"
	"sync/atomic"
)

// nearUnit is a slab of words to scan.
type nearUnit struct {
	worker *NearWorker
	slab   int
}

// scan calls fn for every article of want (nil: all) and its coded words, side by side; g is the number of the goroutine. Files are read a slab at a time, and
// slabs without any article of want are not read.
func (n *Near) scan(ctx context.Context, want nearFlags, fn func(g int, id int32, a *nearArticle, words []uint64) error) error {
	var units []nearUnit
	for _, w := range n.workers {
		for i := range w.words.slabs {
			units = append(units, nearUnit{w, i})
		}
	}
	bufs := make([][]uint64, n.opt.Workers)
	var done int64
	return n.parallel(ctx, len(units), func(g, u int) error {
		defer n.tell(&done, len(units))
		return units[u].scan(want, &bufs[g], func(id int32, a *nearArticle, words []uint64) error { return fn(g, id, a, words) })
	})
}

func (u nearUnit) scan(want nearFlags, buf *[]uint64, fn func(id int32, a *nearArticle, words []uint64) error) error {
	w := u.worker
	var slab []uint64
	local, end := w.words.slabs[u.slab].first, w.n
	if next := u.slab + 1; next < len(w.words.slabs) {
		end = w.words.slabs[next].first
	}
	r, found := slices.BinarySearchFunc(w.runs, local, func(r nearRun, l int) int { return cmp.Compare(r.local, l) })
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

// parallel calls fn for 0..units−1 on the goroutines of the options. It ends early on an error or when ctx does.
func (n *Near) parallel(ctx context.Context, units int, fn func(g, u int) error) error {
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

// nearFlags is a set of article numbers.
type nearFlags []uint64

func newNearFlags(n int) nearFlags { return make(nearFlags, (n+63)/64) }

func (f nearFlags) has(i int32) bool { return f[i>>6]>>(i&63)&1 != 0 }

func (f nearFlags) clear(i int32) { atomic.AndUint64(&f[i>>6], ^(1 << (i & 63))) }

// set is cheap for what is set already.
func (f nearFlags) set(i int32) {
	if p := &f[i>>6]; atomic.LoadUint64(p)>>(i&63)&1 == 0 {
		atomic.OrUint64(p, 1<<(i&63))
	}
}

func (f nearFlags) count() int {
	n := 0
	for _, w := range f {
		n += bits.OnesCount64(w)
	}
	return n
}
