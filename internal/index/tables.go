package index

import (
	"fmt"
	"path/filepath"
	"strconv"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/objstorage/objstorageprovider"
	"github.com/cockroachdb/pebble/v2/sstable"
	"github.com/cockroachdb/pebble/v2/vfs"
)

const (
	blockSize = 32 << 10 // bytes before compression: what one look reads
	tableSize = 64 << 20 // of a table, about
)

// tableCompression is the compression of every table: blocks that it shrinks by less than a fifth stay as they are.
var tableCompression = sstable.BalancedCompression

// tables writes sorted tables into the staging directory. Runs of keys may be written side by side.
type tables struct {
	dir   string
	opts  *pebble.Options
	next  func() int // number of the next file
	paths *[]string  // of those that are done; not for several goroutines
}

// run is a sorted run of keys, cut into tables.
type run struct {
	t     *tables
	w     *sstable.Writer
	name  string
	size  int
	names []string
}

func (t *tables) run() *run { return &run{t: t} }

// open begins the next table if none is open.
func (r *run) open() error {
	if r.w != nil {
		return nil
	}
	r.name = filepath.Join(r.t.dir, strconv.Itoa(r.t.next())+".sst")
	f, err := vfs.Default.Create(r.name, vfs.WriteCategoryUnspecified)
	if err != nil {
		return fmt.Errorf("write a table of the index: %w", err)
	}
	// As for the top level: at the lowest one, Pebble takes it that a deletion has nothing left to delete.
	r.w, r.size = sstable.NewWriter(objstorageprovider.NewFileWritable(f), r.t.opts.MakeWriterOptions(0, storeFormat.MaxTableFormat())), 0
	return nil
}

// set adds a key; keys come in ascending order.
func (r *run) set(key, value []byte) error {
	if err := r.open(); err != nil {
		return err
	}
	if err := r.w.Set(key, value); err != nil {
		return fmt.Errorf("write %s: %w", r.name, err)
	}
	return r.grown(len(key) + len(value))
}

// delete says that a key is gone.
func (r *run) delete(key []byte) error {
	if err := r.open(); err != nil {
		return err
	}
	if err := r.w.Delete(key); err != nil {
		return fmt.Errorf("write %s: %w", r.name, err)
	}
	return r.grown(len(key))
}

func (r *run) grown(n int) error {
	if r.size += n; r.size < tableSize {
		return nil
	}
	return r.close()
}

// close ends the table that is open. More keys begin a new one.
func (r *run) close() error {
	if r.w == nil {
		return nil
	}
	w := r.w
	r.w = nil
	if err := w.Close(); err != nil {
		return fmt.Errorf("write %s: %w", r.name, err)
	}
	r.names = append(r.names, r.name)
	return nil
}
