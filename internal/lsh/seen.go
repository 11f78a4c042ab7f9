package lsh

import (
	"math"

	"dedup/internal/shingle"
)

// Seen remembers signatures and says which of them a new one resembles: near-duplicates of a
// stream, in constant memory for each that is remembered.
//
// A signature is seenSlots minima of a one-permutation MinHash, of which 16 bits each are kept
// (b-bit minwise hashing: Li and König 2010; two different minima agree once in 65,536 times). The
// share of equal slots estimates the resemblance J, with a standard error of √(J(1-J)/256): 0.029
// at 0.7. Candidates share a band of seenRows slots. With 32 bands of 4 rows, a pair of resemblance
// 0.7 is found with probability 1-(1-0.7⁴)³² = 0.9998, of 0.8 with 1-5·10⁻⁸.
//
// Of the signatures that share a band only the seenMost earliest stand in the table and are
// compared. So runs of taken places stay short even if thousands of articles share a template.
// Memory: 512 bytes for the slots and, at a load of at most 0.6, up to 427 for the bands.
type Seen struct {
	sigs  []uint16 // seenSlots for each
	table []uint32 // number + 1, by band; open addressing
	taken int      // places of table
	n     int
	mark  []uint32 // by number: the look in which it was compared
	look  uint32
	walk  int // places of table that were looked at so far
}

const (
	SeenSlots = 256
	seenBands = 32
	seenRows  = 4
	seenMost  = 16
)

// Add remembers a signature of SeenSlots values and gives its number, counted from 0.
func (s *Seen) Add(sig []uint16) int {
	if 10*(s.taken+seenBands) > 6*len(s.table) {
		s.grow()
	}
	s.sigs = append(s.sigs, sig[:SeenSlots]...)
	s.mark = append(s.mark, 0)
	s.insert(s.n)
	s.n++
	return s.n - 1
}

func (s *Seen) grow() {
	s.table, s.taken = make([]uint32, max(1<<12, 2*len(s.table))), 0
	for i := range s.n {
		s.insert(i)
	}
}

func (s *Seen) insert(i int) {
	sig := s.sigs[i*SeenSlots:]
	for b := range seenBands {
		at, met := s.slot(sig, b), 0
		for ; s.table[at] != 0 && met < seenMost; at = (at + 1) & (len(s.table) - 1) {
			s.walk++
			if s.shares(int(s.table[at]-1), sig, b) {
				met++
			}
		}
		if met < seenMost {
			s.table[at] = uint32(i + 1)
			s.taken++
		}
	}
}

// shares tells whether signature i agrees with sig in a band.
func (s *Seen) shares(i int, sig []uint16, b int) bool {
	return [seenRows]uint16(s.sigs[i*SeenSlots+b*seenRows:]) == [seenRows]uint16(sig[b*seenRows:])
}

// slot is where the search for a band begins.
func (s *Seen) slot(sig []uint16, b int) int {
	v := sig[b*seenRows : b*seenRows+seenRows]
	h := uint64(v[0]) | uint64(v[1])<<16 | uint64(v[2])<<32 | uint64(v[3])<<48
	return int(shingle.Mix(h+uint64(b)*0x9e3779b97f4a7c15) & uint64(len(s.table)-1))
}

// Find gives the remembered signature that resembles sig most, the earliest of equals, and the
// estimate; -1 when none reaches threshold.
func (s *Seen) Find(sig []uint16, threshold float64) (best int, estimate float64) {
	best = -1
	if s.n == 0 {
		return best, 0
	}
	s.look++
	least := int(math.Ceil(threshold * SeenSlots))
	equal := 0
	for b := range seenBands {
		met := 0
		for at := s.slot(sig, b); s.table[at] != 0 && met < seenMost; at = (at + 1) & (len(s.table) - 1) {
			s.walk++
			i := int(s.table[at] - 1)
			if !s.shares(i, sig, b) {
				continue
			}
			other := s.sigs[i*SeenSlots : (i+1)*SeenSlots]
			met++
			if s.mark[i] == s.look {
				continue
			}
			s.mark[i] = s.look
			n := 0
			for k, v := range other {
				if v == sig[k] {
					n++
				}
			}
			if n >= least && (n > equal || n == equal && i < best) {
				best, equal = i, n
			}
		}
	}
	return best, float64(equal) / SeenSlots
}

// SeenError is the standard error of an estimate.
func SeenError(j float64) float64 { return math.Sqrt(j * (1 - j) / SeenSlots) }
