package work

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
)

var errBroken = errors.New("broken")

func TestEachCallsEveryNumberOnce(t *testing.T) {
	for _, n := range []int{0, 1, 7, 1000} {
		var mu sync.Mutex
		var got []int
		err := Told(t.Context(), 3, n, func(done, total int64) {
			if done < 1 || done > total || total != int64(n) {
				t.Errorf("told of %d of %d", done, total)
			}
		}, func(worker, i int) error {
			mu.Lock()
			defer mu.Unlock()
			if got = append(got, i); worker < 0 || worker > 2 {
				t.Errorf("worker %d", worker)
			}
			return nil
		})
		slices.Sort(got)
		if err != nil || len(got) != n || n > 0 && (got[0] != 0 || got[n-1] != n-1) {
			t.Errorf("%d: %d calls, %v", n, len(got), err)
		}
	}
}

func TestLoopsEndWithTheFirstError(t *testing.T) {
	if err := Each(t.Context(), 2, 1<<30, func(_, i int) error {
		if i == 10 {
			return errBroken
		}
		return nil
	}); !errors.Is(err, errBroken) {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	if err := Each(ctx, 2, 1<<30, func(_, i int) error { cancel(); return nil }); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	endless := func(yield func(int, error) bool) {
		for i := 0; yield(i, nil); i++ {
		}
	}
	if err := Feed(t.Context(), 2, endless, func(_, i int) error {
		if i == 10 {
			return errBroken
		}
		return nil
	}); !errors.Is(err, errBroken) {
		t.Error(err)
	}
	q := NewInOrder(func(i int) error {
		if i == 1 {
			return errBroken
		}
		return nil
	})
	if err := errors.Join(q.Put(2, 2), q.Put(0, 0)); err != nil {
		t.Error(err)
	}
	if err := q.Put(1, 1); !errors.Is(err, errBroken) {
		t.Error(err)
	}
}
