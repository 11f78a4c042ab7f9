package gate

import (
	"fmt"
	"math/bits"
	"strconv"
	"strings"
)

// Limit is how much is allowed: a count, a share, or as much as there is. The zero value allows
// none. It has the methods of a flag's value.
type Limit struct {
	kind  limitKind
	value uint64 // a count, or a share in parts of whole
}

type limitKind uint8

const (
	ofCount limitKind = iota
	ofShare
	ofNone
)

// A share is kept as a whole number of parts, so that comparing is exact: whole is 100 %, nine
// decimals of a percent are kept.
const (
	percent  = 1e9 // parts
	whole    = 100 * percent
	decimals = 9
)

// NoLimit allows everything.
var NoLimit = Limit{kind: ofNone}

// Count is the limit of n.
func Count(n int) Limit { return Limit{ofCount, uint64(max(0, n))} }

// ParseLimit reads a count ("10"), a share ("0.5%") or "none".
func ParseLimit(s string) (Limit, error) {
	s = strings.TrimSpace(s)
	if s == "none" {
		return NoLimit, nil
	}
	bad := fmt.Errorf("%q is no limit\nhint: use a count (10), a share (0.5%%) or none", s)
	share, ok := strings.CutSuffix(s, "%")
	if !ok {
		n, err := strconv.ParseUint(s, 10, 63)
		if x, e := strconv.ParseFloat(s, 64); err != nil && e == nil && x > 0 && x < 1 { // half a percent, or half of all?
			return Limit{}, fmt.Errorf("%w; %s of all is %s%%", bad, s, strconv.FormatFloat(x*100, 'f', -1, 64))
		}
		if err != nil || s[0] == '+' {
			return Limit{}, bad
		}
		return Limit{ofCount, n}, nil
	}
	units, fraction, dotted := strings.Cut(strings.TrimRight(share, " "), ".")
	if dotted && fraction == "" || len(fraction) > decimals {
		return Limit{}, bad
	}
	n, err := strconv.ParseUint(units+fraction+strings.Repeat("0", decimals-len(fraction)), 10, 63)
	if err != nil || units == "" || units[0] == '+' {
		return Limit{}, bad
	}
	return Limit{ofShare, n}, nil
}

// String is what ParseLimit reads.
func (l Limit) String() string {
	switch l.kind {
	case ofNone:
		return "none"
	case ofCount:
		return strconv.FormatUint(l.value, 10)
	}
	s := strconv.FormatUint(l.value/percent, 10)
	if rest := l.value % percent; rest > 0 {
		s += "." + strings.TrimRight(fmt.Sprintf("%0*d", decimals, rest), "0")
	}
	return s + "%"
}

// Set reads the limit from a flag.
func (l *Limit) Set(s string) error {
	parsed, err := ParseLimit(s)
	if err == nil {
		*l = parsed
	}
	return err
}

// Type is what the help calls the value.
func (l *Limit) Type() string { return "limit" }

// Exceeded tells whether n of all are more than the limit. A share is compared exactly: of 1000,
// 0.5% allows 5 and not 6.
func (l Limit) Exceeded(n, all int) bool {
	switch l.kind {
	case ofNone:
		return false
	case ofCount:
		return n > 0 && uint64(n) > l.value
	}
	hi, lo := bits.Mul64(uint64(max(0, n)), whole)
	allowedHi, allowedLo := bits.Mul64(uint64(max(0, all)), l.value)
	return hi > allowedHi || hi == allowedHi && lo > allowedLo
}

// IsShare tells whether the limit is a share, so that what it is of matters.
func (l Limit) IsShare() bool { return l.kind == ofShare }

// Limits are what a drop is held against.
type Limits struct {
	Duplicates  Limit // articles with a near-duplicate or in-corpus finding
	Superseding Limit // supersedes findings
	Passages    Limit // copied-passage findings
	Repeats     Limit
	Furniture   Limit
	Boilerplate Limit
	Empty       Limit // a share of it is of all records, those without text included
	Tiny        Limit
	PerSource   Limit // as Duplicates, but of any one source; a share is of the source's articles
	Cluster     Limit // articles of the drop in one near-duplicate cluster, the one that is kept included
}

// DefaultLimits allow no finding but of articles that supersede others, and look neither at single
// sources nor at the size of clusters.
func DefaultLimits() Limits {
	return Limits{Superseding: NoLimit, PerSource: NoLimit, Cluster: NoLimit}
}

// LimitFlag is a limit as a flag.
type LimitFlag struct {
	Name  string
	Limit *Limit
	Usage string
}

// Flags gives the limits as flags, in the order of help.
func (l *Limits) Flags() []LimitFlag {
	return []LimitFlag{
		{MaxDuplicates, &l.Duplicates, "articles that are near-duplicates of others, or in the corpus already"},
		{MaxSuperseding, &l.Superseding, "articles that contain a shorter one of the corpus"},
		{MaxPassages, &l.Passages, "passages copied from the corpus"},
		{MaxRepeats, &l.Repeats, "passages that stand in an article again"},
		{MaxFurniture, &l.Furniture, "page leftovers"},
		{MaxBoilerplate, &l.Boilerplate, "passages that a source repeats across unrelated stories"},
		{MaxEmpty, &l.Empty, "articles without text"},
		{MaxTiny, &l.Tiny, "tiny articles"},
		{MaxPerSource, &l.PerSource, "duplicates of any one source; a share is of its articles"},
		{MaxCluster, &l.Cluster, "articles in one near-duplicate cluster, the kept one included"},
	}
}
