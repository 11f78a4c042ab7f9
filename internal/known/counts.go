package known

import (
	"context"
	"sync"

	"dedup/internal/corpus"
	"dedup/internal/index"
)

// Counts gives of every article how many articles its cluster has in corpus and index together, the
// copies that the index left out included. By the rule of index.Add: all articles of a cluster of
// the corpus join the cluster of the index that the first of them joins which joins any. An article
// that is an entry already, by its id and the text that it shares, counts once. c must have kept its
// texts.
func Counts(ctx context.Context, c *corpus.Corpus, x *index.Index) ([]int, error) {
	clusters, err := c.Clusters()
	if err != nil {
		return nil, err
	}
	j, err := join(ctx, c, x)
	if err != nil {
		return nil, err
	}
	sizes, err := x.Sizes(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]int, c.Len())
	for i := range out {
		out[i] = j.size([]int{i}, sizes)
	}
	for _, cl := range clusters.List {
		members := make([]int, len(cl.Members))
		for k, m := range cl.Members {
			members[k] = int(m.Article)
		}
		n := j.size(members, sizes)
		for _, i := range members {
			out[i] = n
		}
	}
	return out, nil
}

// joined is what the index says of the articles: the cluster that each joins, and whether it is
// there already.
type joined struct {
	joins []bool
	unit  []uint32
	there []bool
}

func join(ctx context.Context, c *corpus.Corpus, x *index.Index) (*joined, error) {
	j := &joined{make([]bool, c.Len()), make([]uint32, c.Len()), make([]bool, c.Len())}
	var mu sync.Mutex
	var same []int // articles of which an entry has all shingles, and no other
	var ids []string
	err := Look(ctx, c, x, Options{Near: func(i int, n *index.Near, _ bool, e *index.Entry) {
		j.joins[i], j.unit[i] = true, e.Unit
		if n.Resemblance == 1 {
			mu.Lock()
			defer mu.Unlock()
			same, ids = append(same, i), append(ids, c.ID(i))
		}
	}})
	if err != nil {
		return nil, err
	}
	has, err := x.HasIDs(ids)
	if err != nil {
		return nil, err
	}
	for k, i := range same {
		j.there[i] = has[k]
	}
	return j, nil
}

// size is how many articles there are of a cluster of the corpus.
func (j *joined) size(members []int, sizes *index.Sizes) (n int) {
	first := -1
	for _, i := range members {
		if !j.there[i] {
			n++
		}
		if j.joins[i] && (first < 0 || i < first) {
			first = i
		}
	}
	if first >= 0 {
		n += sizes.Of(j.unit[first])
	}
	return n
}
