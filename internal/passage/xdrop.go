package passage

// Extension follows the greedy X-drop alignment of Zhang, Schwartz, Wagner and Miller ("A greedy
// algorithm for aligning DNA sequences",
// 2000), over words: from a seed, both ways, for d = 0, 1, 2… differences the furthest place on every diagonal, until all are drop below
// the best score seen; the match ends at the best score. A matched word scores 1, a changed word
// costs 1, an inserted or deleted one 1½, so a passage keeps growing while more words match than
// not. Invariant: a match begins and ends with a matched word. Cost: O(length + d²) for d
// differences, not length².
const (
	diffCost = 4   // in half points, of a difference that also earns 2 (changed) or 1 (inserted, deleted) for getting on
	drop     = 8   // points: bridges 8 changed words or 5 inserted ones
	bandMax  = 48  // diagonals that an extension may drift
	diffMax  = 600 // differences at most
)

// xdrop is the scratch of the greedy extension: by diagonal, how far it has come in a, and how many
// tokens matched on the way.
type xdrop struct {
	reach, matched, nextReach, nextMatched []int32

	ends bool // of two ends with one score, that of an article is the better one
}

// forward extends from the starts of a and b; it returns how many tokens of each the match takes
// and how many of them are equal.
func (x *xdrop) forward(a, b []uint32) (na, nb, matched int32) {
	return x.run(len(a), len(b), func(i, j int32) bool { return a[i] == b[j] })
}

// backward extends from the ends of a and b.
func (x *xdrop) backward(a, b []uint32) (na, nb, matched int32) {
	i0, j0 := int32(len(a)-1), int32(len(b)-1)
	return x.run(len(a), len(b), func(i, j int32) bool { return a[i0-i] == b[j0-j] })
}

const (
	unreached = -1 << 30
	width     = 2*bandMax + 5 // diagonals, with two cells of margin on either side
	middle    = bandMax + 2
)

// start makes all diagonals unreached but that of the start, which has come n far.
func (x *xdrop) start(n int32) {
	if x.reach == nil {
		buf := make([]int32, 4*width)
		x.reach, x.matched, x.nextReach, x.nextMatched = buf[:width], buf[width:2*width], buf[2*width:3*width], buf[3*width:]
	}
	for k := range x.reach {
		x.reach[k], x.nextReach[k] = unreached, unreached
	}
	x.reach[middle], x.matched[middle] = n, n
}

// step gives how far diagonal k (place in a minus place in b, plus middle) comes with one more
// difference, before it slides on, and how many tokens have matched.
func (x *xdrop) step(k int) (i, matched int32) {
	i, matched = x.reach[k]+1, x.matched[k] // changed
	if r := x.reach[k-1] + 1; r > i || r == i && x.matched[k-1] > matched {
		i, matched = r, x.matched[k-1] // in a only
	}
	if r := x.reach[k+1]; r > i || r == i && x.matched[k+1] > matched {
		i, matched = r, x.matched[k+1] // in b only
	}
	return i, matched
}

func (x *xdrop) run(la, lb int, equal func(i, j int32) bool) (na, nb, matched int32) {
	n, m := int32(la), int32(lb)
	for na < n && na < m && equal(na, na) {
		na++
	}
	x.start(na)
	nb, matched = na, na
	best := 2 * na // twice the score
	lo, hi := middle, middle
	for d := int32(1); d <= diffMax && lo <= hi; d++ {
		from, to := max(lo-1, 2), min(hi+1, width-3)
		lo, hi = to+1, from-1
		for k := from; k <= to; k++ {
			x.nextReach[k] = unreached
			i, got := x.step(k)
			j := i - int32(k-middle)
			if i < 0 || j < 0 || i > n || j > m {
				continue
			}
			for i < n && j < m && equal(i, j) {
				i, j, got = i+1, j+1, got+1
			}
			score := i + j - diffCost*d
			if score < best-2*drop {
				continue
			}
			if score > best || x.ends && score == best && (i == n || j == m) {
				best, na, nb, matched = score, i, j, got
			}
			x.nextReach[k], x.nextMatched[k] = i, got
			lo, hi = min(lo, k), max(hi, k)
		}
		x.nextReach[from-2], x.nextReach[from-1], x.nextReach[to+1], x.nextReach[to+2] = unreached, unreached, unreached, unreached
		x.reach, x.nextReach = x.nextReach, x.reach
		x.matched, x.nextMatched = x.nextMatched, x.matched
	}
	return na, nb, matched
}
