package index

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/sstable"
)

// What is in the directory of an index is written, moved and removed as the index's own. So nothing
// in it may lead out of it: a link at store/archive would have strangers' files removed, one at
// lock would have another file written over.

// partDirs are the directories of an index; everything else in them is a regular file.
var partDirs = []string{"", storeDir, stagingDir, trashDir}

// ownParts refuses an index of which a part is no directory or regular file of its own. dir itself
// may be a link: its owner named it. Cost: 1 µs a file.
func ownParts(dir string) error {
	for _, part := range partDirs {
		if part != "" {
			info, err := os.Lstat(filepath.Join(dir, part))
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil {
				return err
			}
			if !info.IsDir() {
				return strange(part, info.Mode(), "a directory")
			}
		}
		files, err := os.ReadDir(filepath.Join(dir, part))
		if err != nil {
			return nil // who opens it says so in better words
		}
		for _, f := range files {
			if t := f.Type(); t&^fs.ModeDir != 0 {
				want, name := "a file", filepath.ToSlash(filepath.Join(part, f.Name()))
				if slices.Contains(partDirs, name) {
					want = "a directory"
				}
				return strange(name, t, want)
			}
		}
	}
	return nil
}

// strange says what is in the place of a part.
func strange(part string, mode fs.FileMode, want string) error {
	what := "a special file"
	switch {
	case mode.IsRegular():
		what = "a file"
	case mode&fs.ModeSymlink != 0:
		what = "a symbolic link"
	}
	return fmt.Errorf("%s is %s, not %s\nhint: put a copy of the index in its place, with the files that links lead to; nothing was changed", part, what, want)
}

// ends reads, of every table, what does not grow with its entries: the footer, the properties and
// the index of blocks; then all batches and dictionaries. It is what a writer looks at before it
// writes. What it does not see is damage in the blocks of entries, words, ids and seeds: only Check
// reads those. Cost: 50 µs a table of 64 MiB, 5 ms a large dictionary.
func ends(ctx context.Context, dir string, db *pebble.DB, o *pebble.Options) error {
	levels, err := db.SSTables()
	if err != nil {
		return fromStore(err)
	}
	for _, tables := range levels {
		for _, t := range tables {
			if err := ctx.Err(); err != nil {
				return err
			}
			name := fmt.Sprintf("%s.sst", t.BackingSSTNum)
			if err := tableEnds(ctx, o, filepath.Join(dir, storeDir, name)); err != nil {
				return fromStore(fmt.Errorf("file %s: %w", name, err))
			}
		}
	}
	if _, err := readBatches(db); err != nil {
		return err
	}
	return scan(db, keyDictionary, func(k, v []byte) error {
		if _, err := readDictionary(numberOf(k), v); err != nil {
			return broken("dictionary", numberOf(k), err)
		}
		return ctx.Err()
	})
}

func tableEnds(ctx context.Context, o *pebble.Options, name string) error {
	f, err := o.FS.Open(name)
	if err != nil {
		return err
	}
	file, err := sstable.NewSimpleReadable(f)
	if err != nil {
		return errors.Join(err, f.Close())
	}
	r, err := sstable.NewReader(ctx, file, o.MakeReaderOptions())
	if err != nil {
		return errors.Join(err, file.Close())
	}
	_, err = r.Layout()
	return errors.Join(err, r.Close())
}
