package main

import (
	"fmt"
	"strconv"
	"strings"
)

// size is a number of bytes as a flag: 512MiB, 2G, 1500000.
type size int64

var sizeUnits = []struct {
	suffix string
	bytes  int64
}{{"kib", 1 << 10}, {"mib", 1 << 20}, {"gib", 1 << 30}, {"tib", 1 << 40}, {"kb", 1e3}, {"mb", 1e6}, {"gb", 1e9}, {"tb", 1e12},
	{"k", 1 << 10}, {"m", 1 << 20}, {"g", 1 << 30}, {"t", 1 << 40}, {"b", 1}, {"", 1}}

func (s *size) Set(v string) error {
	low := strings.ToLower(strings.TrimSpace(v))
	for _, u := range sizeUnits {
		if num, ok := strings.CutSuffix(low, u.suffix); ok {
			x, err := strconv.ParseFloat(strings.TrimSpace(num), 64)
			if err != nil || x < 0 || x*float64(u.bytes) > 1<<62 {
				break
			}
			*s = size(x * float64(u.bytes))
			return nil
		}
	}
	return fmt.Errorf("%q is no size: use for example 512MiB, 2GiB or 1500000", v)
}

func (s *size) String() string {
	for _, u := range []struct {
		suffix string
		bytes  int64
	}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}} {
		if int64(*s) >= u.bytes && int64(*s)%u.bytes == 0 {
			return strconv.FormatInt(int64(*s)/u.bytes, 10) + u.suffix
		}
	}
	return strconv.FormatInt(int64(*s), 10)
}

func (s *size) Type() string { return "size" }
