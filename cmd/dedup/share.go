package main

import (
	"fmt"
	"strconv"
	"strings"
)

// share is a part of a whole as a flag: 0.8 or 80%. A resemblance is one too.
type share float64

// Set reads a share. A number above 1 without a percent sign is refused, never guessed at: 80 and
// 1.5 have more than one meaning.
func (s *share) Set(v string) error {
	num, percent := strings.CutSuffix(strings.TrimSpace(v), "%")
	num = strings.TrimSpace(num)
	x, err := strconv.ParseFloat(num, 64)
	switch {
	case err != nil || !(x >= 0):
		return fmt.Errorf("%q is no share\nhint: write 80%% or 0.8", v)
	case percent && x > 100:
		return fmt.Errorf("%q is more than all of it\nhint: a share is up to 100%%", v)
	case percent:
		x /= 100
	case x > 1 && x <= 100:
		return fmt.Errorf("%q is more than all of it\nhint: write %s%% or %s", v, num, strconv.FormatFloat(x/100, 'f', -1, 64))
	case x > 1:
		return fmt.Errorf("%q is more than all of it\nhint: a share is up to 1, or 100%%", v)
	}
	*s = share(x)
	return nil
}

func (s *share) String() string { return strconv.FormatFloat(float64(*s), 'g', -1, 64) }

// Type is what the help calls the value.
func (s *share) Type() string { return "share" }
