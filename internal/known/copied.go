package known

import (
	"context"
	"slices"
	"strings"

	"dedup/internal/index"
	"dedup/internal/passage"
)

// copied tells of the passages.
func (b *block) copied(ctx context.Context) error {
	shared := make([][]passage.Shared, b.n)
	var numbers []uint32 // of the entries that share a passage
	for k := range b.pairs {
		p := &b.pairs[k]
		if len(p.shared) == 0 {
			continue
		}
		shared[p.article] = append(shared[p.article], p.shared...)
		if number := b.entries[p.entry]; len(numbers) == 0 || numbers[len(numbers)-1] != number {
			numbers = append(numbers, number)
		}
	}
	origins := make(map[uint32]index.Entry, len(numbers))
	err := b.index.Entries(ctx, numbers, func(_ int, e *index.Entry) error {
		o := *e
		o.ID, o.Path, o.Source = strings.Clone(e.ID), strings.Clone(e.Path), strings.Clone(e.Source)
		origins[e.Number] = o
		return nil
	})
	if err != nil {
		return err
	}
	for k := range shared {
		if len(shared[k]) == 0 {
			continue
		}
		i := b.from + k
		sourceOf := func(other int32) string { return origins[b.entries[other]].Source }
		copied := b.sought[k].Copied(b.Text(i), b.Source(i), shared[k], sourceOf)
		found := make([]Passage, len(copied))
		for j, p := range copied {
			found[j] = Passage{Copied: p, Entry: origins[b.entries[p.Other]]}
		}
		if err := b.tell(ctx, i, found); err != nil {
			return err
		}
	}
	return nil
}

// tell hands the passages of article i over, with the words of their entries where they are wanted.
func (b *block) tell(ctx context.Context, i int, found []Passage) error {
	if b.opt.Words {
		numbers := make([]uint32, len(found))
		for j := range found {
			numbers[j] = found[j].Entry.Number
		}
		err := b.index.Words(ctx, numbers, func(j int, words []uint64) error {
			found[j].Words = slices.Clone(words)
			return nil
		})
		if err != nil {
			return err
		}
	}
	return b.opt.Copied(i, found)
}
