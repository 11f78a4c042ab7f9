package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// period is a length of time as a flag: 90d, 12w, 1w3d, 36h, 1h30m.
type period time.Duration

const day = 24 * time.Hour

// Set reads weeks and days, in this order, and behind them what else Go writes a duration with.
func (p *period) Set(v string) error {
	rest, sum := v, time.Duration(0)
	bad := fmt.Errorf("%q is no length of time\nhint: use for example 90d, 12w or 36h", v)
	for _, unit := range []struct {
		name string
		is   time.Duration
	}{{"w", 7 * day}, {"d", day}} {
		num, behind, ok := strings.Cut(rest, unit.name)
		if !ok {
			continue
		}
		n, err := strconv.ParseUint(num, 10, 63)
		if err != nil || n > uint64(math.MaxInt64-sum)/uint64(unit.is) {
			return bad
		}
		rest, sum = behind, sum+time.Duration(n)*unit.is
	}
	if rest != "" || v == "" {
		d, err := time.ParseDuration(rest)
		if err != nil || d < 0 || d > math.MaxInt64-sum {
			return bad
		}
		sum += d
	}
	*p = period(sum)
	return nil
}

// String gives whole days as such.
func (p *period) String() string {
	d := time.Duration(*p)
	if d > 0 && d%day == 0 {
		return strconv.FormatInt(int64(d/day), 10) + "d"
	}
	return d.String()
}

// Type is what the help calls the value.
func (p *period) Type() string { return "duration" }
