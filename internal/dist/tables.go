package dist

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"

	"dedup/internal/plural"
)

// Tables are what every call of a stage needs besides its own frames: a few bytes an article.
type tables struct {
	pieces []numbered
	n      uint32            // articles
	first  map[uint32]uint32 // of an article with the text of an earlier one: the first with it
	again  map[uint32]string // of an article whose id an earlier one has: its own
	went   map[uint32]bool   // articles that went for others
	cuts   []uint8           // of each article: the level up to which it takes buckets, 0: it takes none
	binOf  []uint32          // of each article: 1 + its group; 0: it has none
}

// numbered is a piece and its place among all.
type numbered struct {
	Origin
	base    uint32 // number of its first article
	rows    uint64 // of its file before it
	unnamed string // the path, where an article of the piece has no id
}

// mostArticles is how many articles a run can number.
const mostArticles = 1 << 30

// read takes in frames of some kinds; those of other kinds are passed over.
func (t *tables) read(in frames, kinds string) error {
	if kinds == "" {
		return nil
	}
	var late []Frame // what needs the number of articles
	seen := false
	for f, err := range in {
		if err != nil {
			return fmt.Errorf("read tables: %w", err)
		}
		if !strings.ContainsRune(kinds, rune(f.Kind)) {
			continue
		}
		if f.Kind != Numbers {
			f.Data = bytes.Clone(f.Data)
			late = append(late, f)
		} else if err := t.readNumbers(f.Data); err != nil {
			return fmt.Errorf("read the numbers of articles: %w", err)
		} else {
			seen = true
		}
	}
	if !seen {
		return errors.New("read tables: the numbers of articles are not among them\nhint: run the stage number before")
	}
	t.first, t.again, t.went = map[uint32]uint32{}, map[uint32]string{}, map[uint32]bool{}
	if strings.ContainsRune(kinds, Cuts) {
		t.cuts = make([]uint8, t.n)
	}
	if strings.ContainsRune(kinds, Bins) {
		t.binOf = make([]uint32, t.n)
	}
	for _, f := range late {
		add := t.add
		if f.Kind == Groups {
			add = t.addClusters
		}
		if err := add(f); err != nil {
			return fmt.Errorf("read a table of kind %q: %w", f.Kind, err)
		}
	}
	return nil
}

// add takes in a frame that says something of articles, by number.
func (t *tables) add(f Frame) error {
	c := cursor{b: f.Data}
	for number := uint32(0); c.more(); {
		number += c.number()
		if number >= t.n {
			c.fail()
			break
		}
		switch f.Kind {
		case Same:
			first := c.number()
			if first >= number {
				c.fail()
				break
			}
			t.first[number] = first
		case Renamed:
			t.again[number] = c.str()
		case Cuts:
			t.cuts[number] = uint8(c.number())
		case Bins:
			t.binOf[number] = c.number() + 1
		}
	}
	return c.err
}

// addClusters takes in which articles went.
func (t *tables) addClusters(f Frame) error {
	clusters, err := ReadClusters(f)
	for _, c := range clusters {
		for _, m := range c[1:] {
			t.went[m.Number] = true
		}
	}
	return err
}

// readNumbers reads the frame of the stage number.
func (t *tables) readNumbers(data []byte) error {
	c := cursor{b: data}
	t.n = c.number()
	for c.more() {
		t.pieces = append(t.pieces, numbered{c.origin(), c.number(), c.uint(), c.str()})
	}
	if t.n > mostArticles {
		c.fail()
	}
	return c.err
}

// piece finds a piece.
func (t *tables) piece(o Origin) (*numbered, error) {
	i, ok := slices.BinarySearchFunc(t.pieces, o, func(p numbered, o Origin) int { return p.compare(o) })
	if !ok {
		return nil, fmt.Errorf("a piece of the input (file %d, byte %d, chunk %d) was not there when articles were numbered\nhint: run all stages over the same input", o.File, o.Start, o.Chunk)
	}
	return &t.pieces[i], nil
}

// of is the number of an article of the piece.
func (t *tables) of(p *numbered, local uint32) (uint32, error) {
	if local >= t.n-p.base {
		return 0, errData
	}
	return p.base + local, nil
}

// number is the stage: it adds up the articles of all pieces.
func (r *run) number(in frames, out func(Frame) error) error {
	type split struct {
		numbered
		articles, rows uint64
	}
	var list []split
	for f, err := range in {
		if err != nil {
			return err
		}
		c := cursor{b: f.Data}
		s := split{numbered: numbered{Origin: c.origin()}, articles: c.uint(), rows: c.uint()}
		for range 3 { // counts for people
			c.uint()
		}
		if s.unnamed = c.str(); c.err != nil {
			return c.err
		}
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b split) int { return cmp.Or(a.compare(b.Origin), cmp.Compare(a.articles, b.articles)) })
	var b []byte
	n, rows := uint64(0), uint64(0)
	for i, s := range list {
		if i > 0 && list[i-1].Origin == s.Origin {
			return fmt.Errorf("a piece of the input (file %d, byte %d, chunk %d) was read twice\nhint: give every shard another number", s.File, s.Start, s.Chunk)
		}
		if i > 0 && list[i-1].File != s.File {
			rows = 0
		}
		b = binary.AppendUvarint(s.append(b), n)
		b = binary.AppendUvarint(b, rows)
		b = appendString(b, s.unnamed)
		n, rows = n+s.articles, rows+s.rows
		if n > mostArticles {
			return fmt.Errorf("there are more than %s, as many as a run can number", plural.Count(mostArticles, "article"))
		}
	}
	return out(Frame{Kind: Numbers, Data: append(binary.AppendUvarint(nil, n), b...)})
}

// list makes frames of what is said of articles, in the order of their numbers.
type list struct {
	kind byte
	key  uint32
	b    []byte
	last uint32
	out  func(Frame) error
}

// tableFrame is how long a frame of a table gets.
const tableFrame = 1 << 20

// add begins an entry. What it says is appended to b.
func (l *list) add(number uint32) error {
	if len(l.b) >= tableFrame {
		if err := l.close(); err != nil {
			return err
		}
	}
	l.b = binary.AppendUvarint(l.b, uint64(number-l.last))
	l.last = number
	return nil
}

func (l *list) close() error {
	if len(l.b) == 0 {
		return nil
	}
	err := l.out(Frame{Kind: l.kind, Key: l.key, Data: l.b})
	l.b, l.last = nil, 0
	return err
}
