package index

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/zeebo/xxh3"

	"dedup/internal/sketch"
)

// An index is a directory:
//
//	manifest       what is in the index; the only file that is ever replaced
//	NUMBER.seg     segments (segment.go)
//	NUMBER.gone    which rows of a segment were removed (bitmap.go)
//	lock           flock of the one writer, with its pid
//
// The manifest is text:
//
//	dedup index 2
//	scheme sketch1-tokens1-f2-w5-slots128-seed0
//	seeds step5-all64-slack50-bits34
//	next file 3, batch 2, entry 1200
//	segment 0000000001.seg size 123456, sum 0123456789abcdef, articles 1100, bytes 99999, tokens 20000, removed 0000000002.gone 0123456789abcdef
//	sum 0123456789abcdef
//
// with a line for each segment, by the numbers of their entries. A segment of which nothing was
// removed has "-" in place of the last two. articles, bytes and tokens are of the entries that are
// left. sum is the xxh3 of all lines before it.
//
// What is written appears by a new manifest, in one step (internal/output). Files that it does not
// name are left over from a killed writer or from a state before, and the next writer removes them.
// A reader that has opened the files of a state keeps it.

// Format is the version of what is on disk. Every version that was released opens; those in
// testdata/index do, but for the first one, which was not.
const Format = 2

const (
	magic        = "dedup index "
	manifestFile = "manifest"
	headerFile   = "header" // of format 1
)

var seedScheme = fmt.Sprintf("step%d-all%d-slack%d-bits%d", seedStep, seedAll, seedSlack, keyBits)

// part is what the manifest says of a segment.
type part struct {
	name          string
	size          int64
	sum           uint64 // of the table of contents
	live          int
	bytes, tokens int64
	removed       string // name of the file of rows that are gone; empty for none
	removedSum    uint64
}

// manifest is the state of an index.
type manifest struct {
	scheme               sketch.Scheme
	file                 int // number of the next file
	nextBatch, nextEntry uint32
	parts                []part
}

func (m *manifest) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s%d\nscheme %s\nseeds %s\nnext file %d, batch %d, entry %d\n", magic, Format, m.scheme, seedScheme, m.file, m.nextBatch, m.nextEntry)
	for _, p := range m.parts {
		removed := "-"
		if p.removed != "" {
			removed = fmt.Sprintf("%s %016x", p.removed, p.removedSum)
		}
		fmt.Fprintf(&b, "segment %s size %d, sum %016x, articles %d, bytes %d, tokens %d, removed %s\n", p.name, p.size, p.sum, p.live, p.bytes, p.tokens, removed)
	}
	return fmt.Sprintf("%ssum %016x\n", b.String(), xxh3.HashString(b.String()))
}

var partPattern = regexp.MustCompile(`^[0-9]{10}\.(seg|gone)$`)

// partName tells whether a file of that name is named by manifests.
func partName(name string) bool { return partPattern.MatchString(name) }

// errNoIndex says that a directory holds no index.
var errNoIndex = errors.New("not a dedup index\nhint: dedup index build DIR PATH... makes one")

// formatError refuses another format.
func formatError(n int) error {
	hint := "use the program that made it, or build the index again"
	if n < Format {
		hint = "build the index again from its corpus"
	}
	return fmt.Errorf("the index has format %d, this program reads format %d\nhint: %s", n, Format, hint)
}

// parseManifest reads a manifest and refuses one that this program cannot read on.
func parseManifest(data string) (*manifest, error) {
	m := &manifest{}
	var format int
	if _, err := fmt.Sscanf(data, magic+"%d\n", &format); err != nil {
		return nil, errNoIndex
	}
	if format != Format {
		return nil, formatError(format)
	}
	wrong := &damage{manifestFile, "its checksum is wrong"}
	lines := strings.SplitAfter(data, "\n")
	if len(lines) < 6 {
		return nil, wrong
	}
	body := strings.Join(lines[:len(lines)-2], "")
	if data != fmt.Sprintf("%ssum %016x\n", body, xxh3.HashString(body)) {
		return nil, wrong
	}
	wrong.what = "it does not say what it should"
	scheme, ok := strings.CutPrefix(strings.TrimSuffix(lines[1], "\n"), "scheme ")
	if !ok {
		return nil, wrong
	}
	var err error
	if m.scheme, err = sketch.ReadScheme(scheme); err != nil {
		return nil, err
	}
	if err := fits(m.scheme, sketch.Default); err != nil {
		return nil, err
	}
	if got := strings.TrimSuffix(lines[2], "\n"); got != "seeds "+seedScheme {
		return nil, fmt.Errorf("the index has %q, this program %q\nhint: build the index again", got, "seeds "+seedScheme)
	}
	if err := m.rest(lines[3 : len(lines)-2]); err != nil || m.String() != data {
		return nil, wrong
	}
	return m, nil
}

// rest reads the line of the next numbers and those of segments.
func (m *manifest) rest(lines []string) error {
	if _, err := fmt.Sscanf(lines[0], "next file %d, batch %d, entry %d\n", &m.file, &m.nextBatch, &m.nextEntry); err != nil {
		return err
	}
	for _, line := range lines[1:] {
		var p part
		line, removed, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ", removed ")
		if _, err := fmt.Sscanf(line, "segment %s size %d, sum %x, articles %d, bytes %d, tokens %d", &p.name, &p.size, &p.sum, &p.live, &p.bytes, &p.tokens); err != nil {
			return err
		}
		if removed != "-" {
			if _, err := fmt.Sscanf(removed, "%s %x", &p.removed, &p.removedSum); err != nil {
				return err
			}
		}
		if !partName(p.name) || p.removed != "" && !partName(p.removed) || p.size < 0 || p.live < 0 {
			return errShort
		}
		m.parts = append(m.parts, p)
	}
	return nil
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

// readManifest reads the manifest of an index.
func readManifest(dir string, d disk) (*manifest, error) {
	if err := ownParts(dir); err != nil {
		return nil, err
	}
	data, err := d.readFile(filepath.Join(dir, manifestFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, noManifest(dir)
	}
	if err != nil {
		return nil, err
	}
	return parseManifest(string(data))
}

// noManifest says what a directory without a manifest is.
func noManifest(dir string) error {
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no such directory\nhint: dedup index build %s PATH... makes one", dir)
	}
	old := 0
	if data, err := os.ReadFile(filepath.Join(dir, headerFile)); err == nil {
		if _, err := fmt.Sscanf(string(data), magic+"%d\n", &old); err == nil {
			return formatError(old)
		}
	}
	return errNoIndex
}

// names are the files that the manifest names.
func (m *manifest) names() map[string]bool {
	list := map[string]bool{}
	for _, p := range m.parts {
		list[p.name] = true
		if p.removed != "" {
			list[p.removed] = true
		}
	}
	return list
}

// articles is how many entries the index has, of how many bytes and words.
func (m *manifest) articles() (n int, bytes, tokens int64) {
	for _, p := range m.parts {
		n += p.live
		bytes += p.bytes
		tokens += p.tokens
	}
	return n, bytes, tokens
}
