package near

// Edge is a verified pair of articles, by number: how many shingles the set of each has, and how
// many they share.
type Edge struct{ A, B, NA, NB, Shared int32 }

// Resemblance is |A∩B|/|A∪B|.
func (e Edge) Resemblance() float64 { return float64(e.Shared) / float64(e.NA+e.NB-e.Shared) }

// ContainmentA is |A∩B|/|A|: how much of A stands in B.
func (e Edge) ContainmentA() float64 { return float64(e.Shared) / float64(e.NA) }

// ContainmentB is |A∩B|/|B|: how much of B stands in A.
func (e Edge) ContainmentB() float64 { return float64(e.Shared) / float64(e.NB) }

// contained is how much of the smaller set stands in the other.
func (e Edge) contained() float64 { return max(e.ContainmentA(), e.ContainmentB()) }

// flip is the same edge seen from its other end.
func (e Edge) flip() Edge { return Edge{e.B, e.A, e.NB, e.NA, e.Shared} }

// same tells whether the two sets are equal.
func (e Edge) same() bool { return e.Shared == e.NA && e.Shared == e.NB }
