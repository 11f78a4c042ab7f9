package index

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/cockroachdb/pebble/v2"
	"github.com/zeebo/xxh3"

	"dedup/internal/output"
)

// The store's manifest is a log of edits, and Pebble takes a record that it cannot read for the end
// of the log, as a crash would leave it: one flipped bit makes the store an earlier one, or an
// empty one, and the next writer removes the tables that came later. So the newest state is written
// down beside the store, after each change, and a store that is older is refused before anything is
// written:
//
//	next 1234
//	articles 1200
//	sum 0123456789abcdef
//
// States are ordered: additions raise the next number of an entry, and removals lower the count of
// articles.
const newestFile = "newest"

type newest struct {
	next     uint32
	articles int
}

func (n newest) String() string {
	s := fmt.Sprintf("next %d\narticles %d\n", n.next, n.articles)
	return fmt.Sprintf("%ssum %016x\n", s, xxh3.HashString(s))
}

var errOlder = errors.New("the store is older than what was last written to it, or damaged\nhint: put a copy of the index in its place, or build it again; nothing was changed")

// parseNewest reads what String wrote, and nothing else.
func parseNewest(s string) (n newest, err error) {
	var sum uint64
	if _, err := fmt.Sscanf(s, "next %d\narticles %d\nsum %x\n", &n.next, &n.articles, &sum); err != nil || n.String() != s {
		return n, errors.New("the file newest is damaged\nhint: put a copy of the index in its place, or build it again; nothing was changed")
	}
	return n, nil
}

func readNewest(dir string) (n newest, err error) {
	data, err := os.ReadFile(filepath.Join(dir, newestFile))
	if err != nil {
		return n, err
	}
	return parseNewest(string(data))
}

func writeNewest(dir string, t totals) error {
	return output.WriteFile(filepath.Join(dir, newestFile), []byte(newest{t.nextEntry, t.articles}.String()))
}

// check holds a store against what was read before it was opened: it may be newer.
func (n newest) check(db pebble.Reader) (totals, error) {
	t, err := readTotals(db)
	if err == nil && (t.nextEntry < n.next || t.nextEntry == n.next && t.articles > n.articles) {
		err = errOlder
	}
	return t, err
}

// openChecked opens the store for reading, in the newest state or a newer one.
func openChecked(dir string, opt Options) (*pebble.DB, totals, error) {
	n, err := readNewest(dir)
	if err != nil {
		return nil, totals{}, fmt.Errorf("index %s: %w", dir, err)
	}
	db, err := openStore(dir, opt)
	if err != nil {
		return nil, totals{}, err
	}
	t, err := n.check(db)
	if err != nil {
		return nil, t, errors.Join(of(dir, err), fromStore(db.Close()))
	}
	return db, t, nil
}
