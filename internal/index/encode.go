package index

import (
	"context"

	"golang.org/x/sync/errgroup"
)

// sampled is how many articles of a chunk a dictionary is judged by.
const sampled = 4096

// chooseDictionary makes a new dictionary for a chunk where that saves more than it takes.
func (a *Add) chooseDictionary(fresh []int) error {
	step := (len(fresh) + sampled - 1) / sampled
	counts := tally{}
	for k := 0; k < len(fresh); k += step {
		for _, h := range a.texts[fresh[k]] {
			counts[h]++
		}
	}
	d, size := counts.dictionary(step)
	if last := a.last; last != nil && counts.size(last)*step <= size {
		return nil
	}
	d.number = a.totals.nextDictionary
	a.totals.nextDictionary++
	d.index()
	a.last = d
	return a.c.dictionaries.set(numberKey(nil, keyDictionary, d.number), d.append(nil))
}

// encoded is what is written of a row of articles.
type encoded struct {
	entries, words         []byte
	entriesEnds, wordsEnds []int
	sums                   sums
}

// encode writes entries and words and hands on the keys that are sorted later.
func (a *Add) encode(ctx context.Context, fresh []int) error {
	const step = 512
	blocks := make([]encoded, (len(fresh)+step-1)/step)
	g, gctx := errgroup.WithContext(ctx)
	for from := range a.w.opt.Workers {
		g.Go(func() error {
			f := a.c.feeder(tagSet)
			for b := from; b < len(blocks); b += a.w.opt.Workers {
				if err := gctx.Err(); err != nil {
					return err
				}
				if err := a.encodeBlock(f, &blocks[b], fresh[b*step:min((b+1)*step, len(fresh))]); err != nil {
					return err
				}
			}
			return f.close()
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	write := func(r *run, kind byte, of func(*encoded) ([]byte, []int)) func() error {
		return func() error {
			k, key := 0, []byte(nil)
			for b := range blocks {
				data, ends := of(&blocks[b])
				at := 0
				for _, end := range ends {
					key = numberKey(key[:0], kind, a.entries[fresh[k]].Number)
					if err := r.set(key, data[at:end]); err != nil {
						return err
					}
					at = end
					k++
				}
			}
			return nil
		}
	}
	w, _ := errgroup.WithContext(ctx)
	w.Go(write(a.c.entries, keyEntry, func(e *encoded) ([]byte, []int) { return e.entries, e.entriesEnds }))
	w.Go(write(a.c.words, keyWords, func(e *encoded) ([]byte, []int) { return e.words, e.wordsEnds }))
	for b := range blocks {
		a.batch.sums.add(blocks[b].sums)
	}
	return w.Wait()
}

func (a *Add) encodeBlock(f *feeder, out *encoded, fresh []int) error {
	for _, i := range fresh {
		e, words := &a.entries[i], a.texts[i]
		at := len(out.entries)
		out.entries = e.append(out.entries)
		out.entriesEnds = append(out.entriesEnds, len(out.entries))
		out.words = a.last.appendWords(out.words, words)
		out.wordsEnds = append(out.wordsEnds, len(out.words))
		s, err := f.feed(e, out.entries[at:], words)
		if err != nil {
			return err
		}
		out.sums.add(s)
	}
	return nil
}
