// Package sweep keeps all verified pairs of a corpus from a low resemblance up, so that the effect of
// every threshold above it can be told without looking at the corpus again: how many articles would
// go, from which sources, and, with the answers of a reader, how many of them wrongly.
package sweep

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/zeebo/xxh3"

	"dedup/internal/cluster/near"
	"dedup/internal/corpus"
)

// Floor is the resemblance from which pairs are kept.
const Floor = 0.3

// Run is what a sweep keeps.
type Run struct {
	Head  Head
	Edges []near.Edge // by A, then B: numbers of Articles
}

// Head is all but the pairs. Only articles of pairs are listed, in input order.
type Head struct {
	Schema      string         `json:"schema"`
	Floor       float64        `json:"floor"`       // least resemblance of a pair
	Containment float64        `json:"containment"` // that makes a pair whatever its resemblance
	Keep        string         `json:"keep"`
	Paths       []string       `json:"paths"`   // what was read, as it was given
	Total       int            `json:"total"`   // articles that were read
	Sources     map[string]int `json:"sources"` // articles of each
	Articles    []Article      `json:"-"`
	Listed      int            `json:"listed"` // Articles
	Pairs       int            `json:"pairs"`
}

// Article is an article that is in a pair.
type Article struct {
	ID, Path                 string
	Line                     int
	Title, Source, Published string
	Rank                     int32 // among the articles of the list: 0 is kept before all others
}

// Schema names the format. A file is Magic, the length of the head in JSON (8 bytes), the head, 20
// bytes for each pair (a, b, shingles of a, of b, shared), the articles, the XXH3 of all that.
// Numbers are little-endian. An article is its rank, its line, and five strings (id, path, title,
// source, date), each behind its length; these numbers are varints. JSON would take a second to read
// for a million articles.
const (
	Schema = "dedup.sweep/1"
	Magic  = "dedup.sweep/1\n"
)

// Make reads a corpus and keeps its pairs. Memory: 20 bytes a pair.
func Make(ctx context.Context, cfg corpus.Config) (_ *Run, counts corpus.Counts, err error) {
	r := &Run{Head: Head{Schema: Schema, Floor: Floor, Keep: cfg.Keep, Containment: cfg.Containment, Paths: cfg.Paths, Sources: map[string]int{}}}
	cfg.Threshold = Floor
	cfg.Want = corpus.Want{Near: true, Text: true} // titles are of examples
	c, err := corpus.Open(ctx, cfg)
	if err != nil {
		return nil, counts, err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	err = c.Pairs(func(e near.Edge) error { r.Edges = append(r.Edges, e); return nil })
	if err != nil {
		return nil, counts, err
	}
	r.Head.Total = c.Len()
	for i := range c.Len() {
		r.Head.Sources[c.Source(i)]++
	}
	r.list(c)
	return r, c.Counts, nil
}

// list fills in the articles of pairs, and has the pairs name them by their numbers there.
func (r *Run) list(c *corpus.Corpus) {
	number := map[int32]int32{}
	var in []int32
	for _, e := range r.Edges {
		for _, i := range []int32{e.A, e.B} {
			if _, has := number[i]; !has {
				number[i] = 0
				in = append(in, i)
			}
		}
	}
	slices.Sort(in)
	rank := c.Rank()
	order := slices.Clone(in)
	slices.SortFunc(order, func(a, b int32) int { return int(rank[a]) - int(rank[b]) })
	for k, i := range in {
		number[i] = int32(k)
		a := c.At(int(i))
		r.Head.Articles = append(r.Head.Articles, Article{
			ID: a.ID, Path: a.Path, Line: a.Line, Title: corpus.Excerpt(c.Title(int(i))), Source: a.Source, Published: corpus.Published(a.Published, a.DateOnly),
		})
	}
	for at, i := range order {
		r.Head.Articles[number[i]].Rank = int32(at)
	}
	for k := range r.Edges {
		r.Edges[k].A, r.Edges[k].B = number[r.Edges[k].A], number[r.Edges[k].B]
	}
	r.Head.Pairs = len(r.Edges)
}

// Write writes a run.
func (r *Run) Write(w io.Writer) error {
	r.Head.Listed = len(r.Head.Articles)
	head, err := json.Marshal(&r.Head)
	if err != nil {
		return err
	}
	b := append([]byte(Magic), make([]byte, 8)...)
	binary.LittleEndian.PutUint64(b[len(Magic):], uint64(len(head)))
	b = append(b, head...)
	for _, e := range r.Edges {
		for _, n := range []int32{e.A, e.B, e.NA, e.NB, e.Shared} {
			b = binary.LittleEndian.AppendUint32(b, uint32(n))
		}
	}
	for i := range r.Head.Articles {
		a := &r.Head.Articles[i]
		b = binary.AppendUvarint(binary.AppendUvarint(b, uint64(a.Rank)), uint64(a.Line))
		for _, s := range []string{a.ID, a.Path, a.Title, a.Source, a.Published} {
			b = append(binary.AppendUvarint(b, uint64(len(s))), s...)
		}
	}
	b = binary.LittleEndian.AppendUint64(b, xxh3.Hash(b))
	_, err = w.Write(b)
	return err
}

var errBroken = errors.New("it is damaged, or cut short\nhint: make it again: dedup pairs --sweep -o RUN PATH")

// Read reads what Write wrote.
func Read(in io.Reader) (*Run, error) {
	b, err := io.ReadAll(in)
	if err != nil {
		return nil, err
	}
	if !bytes.HasPrefix(b, []byte(Magic)) {
		return nil, errors.New("it is no saved run of pairs\nhint: make one: dedup pairs --sweep -o RUN PATH")
	}
	end := len(b) - 8
	if end < len(Magic)+8 || binary.LittleEndian.Uint64(b[end:]) != xxh3.Hash(b[:end]) {
		return nil, errBroken
	}
	n := binary.LittleEndian.Uint64(b[len(Magic):])
	b = b[len(Magic)+8 : end]
	if n > uint64(len(b)) {
		return nil, errBroken
	}
	r := &Run{}
	if err := json.Unmarshal(b[:n], &r.Head); err != nil {
		return nil, fmt.Errorf("%w: %w", errBroken, err)
	}
	b = b[n:]
	if r.Head.Pairs < 0 || r.Head.Listed < 0 || r.Head.Pairs > len(b)/20 || r.Head.Listed > (len(b)-20*r.Head.Pairs)/7 {
		return nil, errBroken
	}
	r.Edges = make([]near.Edge, r.Head.Pairs)
	for k := range r.Edges {
		e := &r.Edges[k]
		for _, n := range []*int32{&e.A, &e.B, &e.NA, &e.NB, &e.Shared} {
			*n, b = int32(binary.LittleEndian.Uint32(b)), b[4:]
		}
	}
	if err := r.articles(b); err != nil {
		return nil, err
	}
	return r, r.check()
}

// articles reads the articles, which are all of b. Their strings lie in one.
func (r *Run) articles(b []byte) error {
	all, at, ok := string(b), 0, true
	number := func() uint64 {
		n, k := binary.Uvarint(b[at:])
		ok = ok && k > 0 && n <= math.MaxInt32
		at += max(k, 0)
		return n
	}
	r.Head.Articles = make([]Article, r.Head.Listed)
	for i := range r.Head.Articles {
		a := &r.Head.Articles[i]
		a.Rank, a.Line = int32(number()), int(number())
		for _, s := range []*string{&a.ID, &a.Path, &a.Title, &a.Source, &a.Published} {
			n := number()
			if ok = ok && n <= uint64(len(b)-at); !ok {
				return errBroken
			}
			*s = all[at : at+int(n)]
			at += int(n)
		}
	}
	if at != len(b) {
		return errBroken
	}
	return nil
}

// check wants every number to be one that there is.
func (r *Run) check() error {
	n := int32(len(r.Head.Articles))
	taken := make([]bool, n)
	for i := range r.Head.Articles {
		k := r.Head.Articles[i].Rank
		if k < 0 || k >= n || taken[k] {
			return errBroken
		}
		taken[k] = true
	}
	for _, e := range r.Edges {
		if e.A < 0 || e.A >= n || e.B < 0 || e.B >= n || e.A == e.B || e.Shared < 1 || e.Shared > min(e.NA, e.NB) {
			return errBroken
		}
	}
	return nil
}
