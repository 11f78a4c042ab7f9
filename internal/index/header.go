package index

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/zeebo/xxh3"

	"dedup/internal/output"
	"dedup/internal/sketch"
)

// Format is the version of what is on disk. Every version ever written stays in testdata/index and
// opens.
const Format = 1

const (
	magic      = "dedup index "
	headerFile = "header"
)

// header is the first thing that is read of an index:
//
//	dedup index 1
//	scheme sketch1-tokens1-f2-w5-slots128-seed0
//	seeds window6-bits40
//	sum 0123456789abcdef
//
// The sum is the xxh3 of the lines before it.
type header struct {
	format int
	scheme sketch.Scheme
}

func (h header) String() string {
	s := fmt.Sprintf("%s%d\nscheme %s\n%s\n", magic, h.format, h.scheme, seedScheme)
	return fmt.Sprintf("%ssum %016x\n", s, xxh3.HashString(s))
}

var seedScheme = fmt.Sprintf("seeds window%d-bits%d", seedWindow, seedBits)

// errNoIndex says that a directory holds no index.
var errNoIndex = errors.New("not a dedup index\nhint: dedup index build DIR PATH... makes one")

// parseHeader reads a header and refuses one that this program cannot read on.
func parseHeader(data string) (header, error) {
	var h header
	lines := strings.SplitAfter(data, "\n")
	if _, err := fmt.Sscanf(lines[0], magic+"%d\n", &h.format); err != nil {
		return h, errNoIndex
	}
	if h.format != Format {
		return h, fmt.Errorf("the index has format %d, this program reads format %d\nhint: use the program that made it, or build the index again", h.format, Format)
	}
	if len(lines) != 5 || lines[4] != "" {
		return h, errors.New("the header is not four lines")
	}
	if want := fmt.Sprintf("sum %016x\n", xxh3.HashString(strings.Join(lines[:3], ""))); lines[3] != want {
		return h, errors.New("the checksum of the header is wrong: the file was changed or damaged")
	}
	name, ok := strings.CutPrefix(strings.TrimSuffix(lines[1], "\n"), "scheme ")
	if !ok {
		return h, errors.New("the header has no scheme")
	}
	var err error
	if h.scheme, err = sketch.ReadScheme(name); err != nil {
		return h, err
	}
	if got := strings.TrimSuffix(lines[2], "\n"); got != seedScheme {
		return h, fmt.Errorf("the index has %q, this program %q\nhint: build the index again", got, seedScheme)
	}
	return h, nil
}

// fits says where the scheme of an index and that of this run differ.
func fits(index, run sketch.Scheme) error {
	var list []string
	for _, d := range index.Differences(run) {
		list = append(list, fmt.Sprintf("%s: the index has %v, this program %v", d.Field, d.A, d.B))
	}
	if list == nil {
		return nil
	}
	return fmt.Errorf("the index was made by another scheme: %s\nhint: build the index again, or use the program that made it", strings.Join(list, "; "))
}

func readHeader(dir string) (header, error) {
	data, err := os.ReadFile(filepath.Join(dir, headerFile))
	if errors.Is(err, os.ErrNotExist) {
		if _, e := os.Stat(dir); errors.Is(e, os.ErrNotExist) {
			return header{}, fmt.Errorf("index %s: there is no such directory\nhint: dedup index build %s PATH... makes one", dir, dir)
		}
		return header{}, fmt.Errorf("index %s: %w", dir, errNoIndex)
	}
	if err != nil {
		return header{}, fmt.Errorf("index %s: %w", dir, err)
	}
	h, err := parseHeader(string(data))
	if err == nil {
		err = fits(h.scheme, sketch.Default)
	}
	if err != nil {
		return h, fmt.Errorf("index %s: %w", dir, err)
	}
	return h, nil
}

func writeHeader(dir string) error {
	return output.WriteFile(filepath.Join(dir, headerFile), []byte(header{Format, sketch.Default}.String()))
}
