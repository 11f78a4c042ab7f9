package lsh

import (
	"context"
	"slices"
)

// Pairs sends every pair of ids that share a bucket to the spool pairs, as the key a<<32|b with a >
// b, often more than once. In a bucket of more than most ids, only the pairs with its least id
// are made. So its cost is linear, and copies of one page, which are all like the first, still meet
// in pairs. Pairs uses up the spool buckets.
func Pairs(ctx context.Context, workers int, buckets, pairs *Spool, most int) error {
	writers := pairs.Writers(workers)
	if err := buckets.Groups(ctx, workers, func(g, _ int, group []Record) error {
		for i, r := range group {
			others := group[:i]
			if len(group) > most {
				others = group[:min(i, 1)]
			}
			for _, o := range others {
				if r.ID != o.ID {
					if err := writers[g].Add(Record{Key: uint64(r.ID)<<32 | uint64(o.ID)}); err != nil {
						return err
					}
				}
			}
		}
		return nil
	}); err != nil {
		return err
	}
	return writers.Flush()
}

// Distinct returns the keys of a spool, each once, in order.
func Distinct(ctx context.Context, workers int, s *Spool) ([]uint64, error) {
	var parts [spoolParts][]uint64
	if err := s.Groups(ctx, workers, func(_, part int, group []Record) error {
		parts[part] = append(parts[part], group[0].Key)
		return nil
	}); err != nil {
		return nil, err
	}
	return slices.Concat(parts[:]...), nil
}
