package index

import (
	"os"
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

// tableCompression is the compression of every table: blocks that it shrinks by less than a fifth
// stay as they are.
var tableCompression = sstable.BalancedCompression

// tables writes sorted tables into the staging directory. Runs of keys may be written side by side.
type tables struct {
	dir  string
	opts *pebble.Options
	next func() int // number of the next file
	runs []*run
}

// run is a sorted run of keys, cut into tables.
type run struct {
	t     *tables
	w     *sstable.Writer
	name  string
	size  int
	names []string
}

func (t *tables) run() *run {
	r := &run{t: t}
	t.runs = append(t.runs, r)
	return r
}

// discard closes and removes the tables that are not in the store; where that fails, they go when a
// writer opens the index again.
func (t *tables) discard() {
	for _, r := range t.runs {
		if r.w != nil {
			_ = r.w.Close()
			_ = os.Remove(r.name)
		}
		for _, name := range r.names {
			_ = os.Remove(name) // is gone where the store took it
		}
	}
	t.runs = nil
}

// open begins the next table if none is open.
func (r *run) open() error {
	if r.w != nil {
		return nil
	}
	r.name = filepath.Join(r.t.dir, strconv.Itoa(r.t.next())+".sst")
	f, err := vfs.Default.Create(r.name, vfs.WriteCategoryUnspecified)
	if err != nil {
		return fromStore(err)
	}
	// As for the top level: at the lowest one, Pebble takes it that a deletion has nothing left to
	// delete.
	r.w, r.size = sstable.NewWriter(objstorageprovider.NewFileWritable(f), r.t.opts.MakeWriterOptions(0, storeFormat.MaxTableFormat())), 0
	return nil
}

// set adds a key; keys come in ascending order.
func (r *run) set(key, value []byte) error {
	if err := r.open(); err != nil {
		return err
	}
	if err := r.w.Set(key, value); err != nil {
		return fromStore(err)
	}
	return r.grown(len(key) + len(value))
}

// delete says that a key is gone.
func (r *run) delete(key []byte) error {
	if err := r.open(); err != nil {
		return err
	}
	if err := r.w.Delete(key); err != nil {
		return fromStore(err)
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
		return fromStore(err)
	}
	r.names = append(r.names, r.name)
	return nil
}
