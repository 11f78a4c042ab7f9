package quality

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"dedup/internal/article"
	"dedup/internal/plural"
)

// Gold files are tab-separated, without a header line; blank lines do not count. Ids and labels are
// taken as they stand.
//
//	clusters, stories   id, label
//	pairs               a, b [, score in 0..1]
//	passages            reply, start, length, parent, start, length   (bytes)

// readLabels reads gold labels, and the label of each group. Every id has one label.
func readLabels(in Input) (Partition, *naming, error) {
	g := newGrouper()
	err := eachRow(in, func(cols []string) error {
		if len(cols) != 2 {
			return columns(cols, "2: id, label")
		}
		return g.add(cols[0], cols[1])
	})
	if err == nil && len(g.p.IDs) == 0 {
		err = emptyGold(in)
	}
	return g.p, &naming{groups: g.names()}, err
}

// ReadPairs reads gold pairs; one without a score has score 1.
func ReadPairs(in Input) ([]GoldPair, error) {
	var pairs []GoldPair
	err := eachRow(in, func(cols []string) error {
		if len(cols) != 2 && len(cols) != 3 {
			return columns(cols, "2 or 3: id, id, score")
		}
		p := GoldPair{A: strings.Clone(cols[0]), B: strings.Clone(cols[1]), Score: 1}
		if err := checkPair(p.A, p.B); err != nil {
			return err
		}
		if len(cols) == 3 {
			score, err := strconv.ParseFloat(cols[2], 64)
			if err != nil || math.IsNaN(score) {
				return fmt.Errorf("score %q is not a number", cols[2])
			}
			p.Score = score
		}
		pairs = append(pairs, p)
		return nil
	})
	if err == nil && len(pairs) == 0 {
		err = emptyGold(in)
	}
	return pairs, err
}

// ReadPassages reads gold passages, one pair of spans a line.
func ReadPassages(in Input) ([]Match, error) {
	var matches []Match
	err := eachRow(in, func(cols []string) error {
		if len(cols) != 6 {
			return columns(cols, "6: reply, start, length, parent, start, length")
		}
		m := Match{A: strings.Clone(cols[0]), B: strings.Clone(cols[3])}
		if err := checkPair(m.A, m.B); err != nil {
			return err
		}
		var err error
		if m.SpanA, err = parseExtent(cols[1], cols[2]); err != nil {
			return err
		}
		if m.SpanB, err = parseExtent(cols[4], cols[5]); err != nil {
			return err
		}
		matches = append(matches, m)
		return nil
	})
	if err == nil && len(matches) == 0 {
		err = emptyGold(in)
	}
	return matches, err
}

func emptyGold(in Input) error {
	return fmt.Errorf("read %q: no gold in it; give tab-separated lines", in.Name)
}

func columns(cols []string, want string) error {
	return fmt.Errorf("%s, want %s", plural.Count(len(cols), "tab-separated column"), want)
}

func checkPair(a, b string) error {
	if a == "" || b == "" {
		return errors.New("an id is empty")
	}
	if a == b {
		return fmt.Errorf("a pair of %q with itself; delete the line", a)
	}
	return nil
}

func parseExtent(start, length string) (article.Span, error) {
	s, err := parseOffset(start)
	if err != nil {
		return article.Span{}, err
	}
	n, err := parseOffset(length)
	if err != nil {
		return article.Span{}, err
	}
	return makeSpan(s, s+n)
}

func makeSpan(start, end int) (article.Span, error) {
	if start >= end {
		return article.Span{}, fmt.Errorf("bytes %d to %d are no span; it must have a byte at least", start, end)
	}
	return article.Span{Start: start, End: end}, nil
}

const maxOffset = 1 << 40 // far above any article; sums of two cannot overflow

func parseOffset(s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > maxOffset {
		return 0, fmt.Errorf("%q is not a byte offset (a whole number from 0)", s)
	}
	return n, nil
}

// eachRow calls fn with the columns of every line that is not blank; an error of fn comes back with
// the file and the line. The columns share one string: clone what is kept.
func eachRow(in Input, fn func(cols []string) error) error {
	l := newLines(in)
	for {
		line, err := l.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := fn(strings.Split(line, "\t")); err != nil {
			return l.blame(err)
		}
	}
}

// lines reads lines of any length, without line ends, blank ones and a byte order mark, and knows
// where it is.
type lines struct {
	name string
	r    *bufio.Reader
	n    int // 1-based number of the line read last

	naming naming // of the result, once it is read
}

func newLines(in Input) *lines { return &lines{name: in.Name, r: bufio.NewReaderSize(in.R, 1<<16)} }

func (l *lines) next() (string, error) {
	for {
		s, err := l.r.ReadString('\n')
		if err != nil && err != io.EOF {
			return "", fmt.Errorf("read %q line %d: %w", l.name, l.n+1, err)
		}
		if s == "" {
			return "", io.EOF
		}
		l.n++
		if l.n == 1 {
			s = strings.TrimPrefix(s, "\ufeff")
		}
		s = strings.TrimSuffix(strings.TrimSuffix(s, "\n"), "\r")
		if strings.TrimSpace(s) != "" {
			return s, nil
		}
	}
}

func (l *lines) blame(err error) error { return fmt.Errorf("read %q line %d: %w", l.name, l.n, err) }

// grouper builds a Partition from (id, label) rows.
type grouper struct {
	p     Partition
	at    map[string]int32 // id → index
	label map[string]int32 // label → group
}

func newGrouper() *grouper {
	return &grouper{at: make(map[string]int32), label: make(map[string]int32)}
}

func (g *grouper) add(id, label string) error {
	if id == "" || label == "" {
		return errors.New("the id or the label is empty")
	}
	if _, ok := g.at[id]; ok {
		return fmt.Errorf("%q stands a second time; each article has one label", id)
	}
	group, ok := g.label[label]
	if !ok {
		group = int32(len(g.label))
		g.label[strings.Clone(label)] = group
	}
	id = strings.Clone(id)
	g.at[id] = int32(len(g.p.IDs))
	g.p.IDs = append(g.p.IDs, id)
	g.p.Group = append(g.p.Group, group)
	g.p.Groups = len(g.label)
	return nil
}

// names are the labels by group.
func (g *grouper) names() []string {
	names := make([]string, len(g.label))
	for name, group := range g.label {
		names[group] = name
	}
	return names
}

// closeLabels makes every label that is an article's id a member of its own group: the canonical of
// a cluster, where it has no row of its own. It fails where that article is in another group.
func (g *grouper) closeLabels() error {
	names := g.names()
	for group, name := range names {
		i, ok := g.at[name]
		if !ok {
			if err := g.add(name, name); err != nil {
				return err
			}
		} else if g.p.Group[i] != int32(group) {
			return fmt.Errorf("canonical %q is itself in the cluster of %q", name, names[g.p.Group[i]])
		}
	}
	return nil
}
