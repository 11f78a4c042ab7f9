package lsh

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

func TestSpoolGivesBackEveryRecordByKey(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		keyBits := rapid.SampledFrom([]int{4, 9, 20, 40, 64}).Draw(rt, "bits")
		records := rapid.SliceOf(rapid.Custom(func(t *rapid.T) Record {
			key := rapid.Uint64().Draw(t, "key") >> (64 - keyBits)
			if rapid.Bool().Draw(t, "common") {
				key = 7
			}
			return Record{key, rapid.Uint32Range(0, 50).Draw(t, "id"), 1}
		})).Draw(rt, "records")
		memory := rapid.SampledFrom([]int64{0, 100, 1 << 30}).Draw(rt, "memory")
		s := NewSpool(t.TempDir(), memory, keyBits)
		defer s.Close()
		var wait sync.WaitGroup
		for g := range 2 {
			w := s.Writer()
			wait.Go(func() {
				for i := g; i < len(records); i += 2 {
					if err := w.Add(records[i]); err != nil {
						t.Error(err)
					}
				}
				if err := w.Flush(); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		var parts [spoolParts][]Record
		err := s.Groups(context.Background(), 2, func(_, part int, group []Record) error {
			parts[part] = append(parts[part], group...)
			return nil
		})
		if err != nil {
			rt.Fatal(err)
		}
		slices.SortFunc(records, compareRecords)
		if got := slices.Concat(parts[:]...); !slices.Equal(got, records) {
			rt.Fatalf("got %v, want %v", got, records)
		}
	})
}

func TestSpoolLeavesNoFile(t *testing.T) {
	tmp := t.TempDir()
	s := NewSpool(tmp, 1<<16, 64)
	w := s.Writer()
	r := rand.New(rand.NewPCG(1, 1))
	for range 500_000 {
		if err := w.Add(Record{Key: r.Uint64()}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if s.file.Len() == 0 {
		t.Error("nothing went to disk")
	}
	ctx, cancel := context.WithCancel(context.Background())
	err := s.Groups(ctx, 2, func(int, int, []Record) error { cancel(); return nil })
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(tmp); err != nil || len(left) > 0 {
		t.Error("left behind:", left, err)
	}
}

func BenchmarkSpool(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	keys := make([]uint64, 1<<20)
	for i := range keys {
		keys[i] = r.Uint64()
	}
	b.ReportAllocs()
	for b.Loop() {
		s := NewSpool(b.TempDir(), 1<<30, 64)
		w := s.Writer()
		for i, k := range keys {
			_ = w.Add(Record{Key: k, ID: uint32(i)})
		}
		_ = w.Flush()
		_ = s.Groups(context.Background(), 1, func(int, int, []Record) error { return nil })
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(keys)), "ns/record")
}
