package main

import (
	"slices"
	"strconv"
)

// author makes articles. One a goroutine.
type author struct {
	lang *language
	text []uint32 // words of the article
	from []uint32 // words of the article that it was made from
	more []uint32
	sets [2][]uint64
}

const (
	made      = 3  // of ten articles are made from an earlier one
	templates = 40 // one in so many of the others fills a template
	siblings  = 50 // articles fill one template on average; the first ones have many more
)

// original says whether article i is written from nothing.
func (a *author) original(i int) bool {
	r := fork(a.lang.seed, 3, uint64(i))
	return i == 0 || r.below(10) >= made && r.below(templates) > 0
}

// write makes the words of an original.
func (a *author) write(dst []uint32, i int) []uint32 {
	r := fork(a.lang.seed, 4, uint64(i))
	n := 80 + r.below(251)
	return a.lang.write(dst, &r, n)
}

// append makes article i and its gold line.
func (a *author) append(p piece, i int) piece {
	a.text = a.text[:0]
	r := fork(a.lang.seed, 3, uint64(i))
	if a.original(i) {
		a.text = a.write(a.text, i)
		p.corpus = a.print(p.corpus, i)
		return p
	}
	if r.below(10) >= made {
		a.fill(i)
		p.corpus = a.print(p.corpus, i)
		p.gold = append(appendID(p.gold, i), "\t-\ttemplate\t0\t0\n"...)
		return p
	}
	r = fork(a.lang.seed, 5, uint64(i))
	of := r.below(i)
	for !a.original(of) {
		of--
	}
	a.from = a.write(a.from[:0], of)
	kind := a.change(&r)
	p.corpus = a.print(p.corpus, i)
	shared, small, union := a.compare()
	p.gold = append(appendID(append(appendID(p.gold, i), '\t'), of), '\t')
	p.gold = append(append(p.gold, kind...), '\t')
	p.gold = append(strconv.AppendFloat(p.gold, float64(shared)/float64(max(union, 1)), 'f', 4, 64), '\t')
	p.gold = append(strconv.AppendFloat(p.gold, float64(shared)/float64(max(small, 1)), 'f', 4, 64), '\n')
	return p
}

// change makes a.text of a.from.
func (a *author) change(r *random) (kind string) {
	a.text = append(a.text, a.from...)
	n := len(a.text)
	a.more = a.lang.write(a.more[:0], r, n)
	switch r.below(6) {
	case 0:
		return "exact"
	case 1:
		for range max(n*(1+r.below(20))/100, 1) {
			a.text[r.below(n)] = a.lang.draw(r)
		}
		return "edited"
	case 2:
		k := max(n*(1+r.below(20))/100, 1)
		at := r.below(n - k + 1)
		copy(a.text[at:at+k], a.more)
		return "edited"
	case 3:
		a.text = a.text[:n-n*(1+r.below(60))/100]
		return "truncated"
	case 4:
		a.text = append(a.text, a.more[:n*(1+r.below(99))/100]...)
		return "extended"
	}
	k := n * (1 + r.below(25)) / 100
	a.text = slices.Insert(a.text, 0, a.more[:k]...)
	a.text = append(a.text, a.more[k:2*k]...)
	return "wrapped"
}

// fill makes an article of a template: four blocks of its words, and other words between them.
func (a *author) fill(i int) {
	own := fork(a.lang.seed, 7, uint64(i))
	t := fork(a.lang.seed, 6, uint64(own.below(1+own.below(1+i/templates/siblings))))
	n := 30 + t.below(40)
	for range 4 {
		a.text = a.lang.write(a.text, &t, n*78/100)
		a.text = a.lang.write(a.text, &own, n-n*78/100)
	}
}

// compare counts the 5-grams of a.text and a.from as sets: shared, those of the smaller, those of
// either.
func (a *author) compare() (shared, small, union int) {
	for k, text := range [][]uint32{a.text, a.from} {
		set := a.sets[k][:0]
		for i := range text[:max(len(text)-4, 0)] {
			h := uint64(0)
			for _, w := range text[i : i+5] {
				h = (h ^ uint64(w)) * 0x9e3779b97f4a7c15
				h ^= h >> 29
			}
			set = append(set, h)
		}
		slices.Sort(set)
		a.sets[k] = slices.Compact(set)
	}
	x, y := a.sets[0], a.sets[1]
	for i, j := 0, 0; i < len(x) && j < len(y); {
		switch {
		case x[i] == y[j]:
			shared, i, j = shared+1, i+1, j+1
		case x[i] < y[j]:
			i++
		default:
			j++
		}
	}
	return shared, min(len(x), len(y)), len(x) + len(y) - shared
}

func appendID(dst []byte, i int) []byte {
	const digits = "0000000000"
	dst = append(dst, 'p')
	n := len(dst)
	dst = append(dst, digits...)
	for k := len(dst) - 1; k >= n; k, i = k-1, i/10 {
		dst[k] += byte(i % 10)
	}
	return dst
}

// print appends the article as a JSON line: sentences of 8 to 23 words, paragraphs of some
// sentences; where they end is drawn anew for each article, so copies are laid out otherwise than
// what they were made from.
func (a *author) print(dst []byte, i int) []byte {
	r := fork(a.lang.seed, 8, uint64(i))
	dst = append(dst, `{"id":"`...)
	dst = append(appendID(dst, i), `","source":"source`...)
	dst = strconv.AppendInt(dst, int64(r.below(40)), 10)
	dst = append(dst, `.example","text":"`...)
	left := 0
	for k, w := range a.text {
		if left == 0 {
			if left = 8 + r.below(16); k > 0 {
				dst = append(dst, '.')
				if r.below(3) == 0 {
					dst = append(dst, `\n\n`...)
				} else {
					dst = append(dst, ' ')
				}
			}
			s := a.lang.word[w]
			dst = append(append(dst, s[0]&^' '), s[1:]...)
		} else {
			dst = append(append(dst, ' '), a.lang.word[w]...)
		}
		left--
	}
	return append(dst, ".\"}\n"...)
}
