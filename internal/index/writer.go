package index

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/gofrs/flock"
)

// Writer is an index open for writing; there is one at a time. Its methods are for one goroutine.
type Writer struct {
	dir    string
	opt    Options
	lock   *flock.Flock
	db     *pebble.DB
	totals totals
	last   *dictionary // the newest; nil for none
	open   *change     // what is being written; nil for nothing
	files  atomic.Int64
}

func (o *Options) setDefaults() {
	if o.Memory <= 0 {
		o.Memory = 1 << 30
	}
	if o.Cache <= 0 {
		o.Cache = o.Memory / 8
	}
	if o.Tmp == "" {
		o.Tmp = os.TempDir()
	}
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.Batch <= 0 {
		o.Batch = 1_000_000
	}
	if o.Context == nil {
		o.Context = context.Background()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Progress == nil {
		o.Progress = func(int64, int64) {}
	}
}

// Create makes an empty index in a directory that does not exist yet or is empty, and opens it.
func Create(dir string, opt Options) (*Writer, error) {
	if err := vacant(dir); err != nil {
		return nil, fmt.Errorf("index %s: %w", dir, err)
	}
	for _, name := range []string{dir, filepath.Join(dir, stagingDir)} {
		if err := os.MkdirAll(name, 0o777); err != nil {
			return nil, fmt.Errorf("make index: %w", err)
		}
	}
	w, err := openWriter(dir, opt, true)
	if err != nil {
		return nil, err
	}
	if err := writeHeader(dir); err != nil {
		return nil, errors.Join(fmt.Errorf("make index: %w", err), w.Close())
	}
	return w, nil
}

// errBusy is what a writer says while an Add of it has begun a batch.
var errBusy = errors.New("another batch is being added")

// OpenWriter opens an index for writing. While another process does, it returns an error that names
// that process.
func OpenWriter(dir string, opt Options) (*Writer, error) {
	if err := ownParts(dir); err != nil { // before anything of it is opened
		return nil, of(dir, err)
	}
	if _, err := readHeader(dir); err != nil {
		return nil, err
	}
	return openWriter(dir, opt, false)
}

// openWriter opens the store of an index, or makes it: one that is gone is not made again in
// silence.
func openWriter(dir string, opt Options, anew bool) (_ *Writer, err error) {
	opt.setDefaults()
	w := &Writer{dir: dir, opt: opt}
	if w.lock, err = lockWriter(dir); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, w.Close())
		}
	}()
	if err := w.emptyStaging(); err != nil {
		return nil, fmt.Errorf("index %s: %w", dir, err)
	}
	readers, err := os.OpenFile(filepath.Join(dir, readersFile), os.O_CREATE|os.O_RDONLY, 0o666) // for readers to lock, who make nothing
	if err == nil {
		err = readers.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("index %s: %w", dir, err)
	}
	o := storeOptions(dir, opt)
	if !anew { // what a writer opens it changes at once: it removes tables that the manifest does not name
		db, _, err := openChecked(dir, opt)
		if err == nil {
			err = of(dir, ends(opt.Context, dir, db, o))
			err = errors.Join(err, of(dir, fromStore(db.Close())))
		}
		if err != nil {
			return nil, err
		}
	}
	o.ErrorIfExists, o.ErrorIfNotExists = anew, !anew
	if w.db, err = pebble.Open(filepath.Join(dir, storeDir), o); err != nil {
		return nil, of(dir, fromStore(err))
	}
	if w.totals, err = readTotals(w.db); err == nil {
		err = writeNewest(dir, w.totals)
	}
	if err != nil {
		return nil, fmt.Errorf("index %s: %w", dir, err)
	}
	if n := w.totals.nextDictionary; n > 0 {
		if w.last, err = loadDictionary(w.db, n-1); err != nil {
			return nil, fmt.Errorf("index %s: %w", dir, err)
		}
		w.last.index()
	}
	return w, nil
}

// emptyStaging removes what a writer left that was killed.
func (w *Writer) emptyStaging() error {
	staging := filepath.Join(w.dir, stagingDir)
	if err := os.RemoveAll(staging); err != nil {
		return err
	}
	return os.MkdirAll(staging, 0o777)
}

// Close gives the index back.
func (w *Writer) Close() error {
	var err error
	if w.db != nil {
		err = of(w.dir, fromStore(w.db.Close()))
		w.db = nil
		err = errors.Join(err, emptyTrash(w.dir))
	}
	if w.lock != nil {
		err = errors.Join(err, w.lock.Close())
		w.lock = nil
	}
	return err
}

// Len is how many articles are in the index.
func (w *Writer) Len() int { return w.totals.articles }

func (w *Writer) tables() *tables {
	return &tables{dir: filepath.Join(w.dir, stagingDir), opts: storeOptions(w.dir, w.opt), next: func() int { return int(w.files.Add(1)) }}
}

// ingest takes all tables in at once: afterwards all of them are in the store, on disk, or none.
func (w *Writer) ingest(ctx context.Context, names []string) error {
	if len(names) == 0 {
		return nil
	}
	if err := w.db.Ingest(ctx, names); err != nil {
		return fmt.Errorf("index %s: take in a batch: %w", w.dir, fromStore(err))
	}
	return nil
}

// get reads one value.
func get(db pebble.Reader, key []byte, fn func(value []byte) error) error {
	v, c, err := db.Get(key)
	if err != nil {
		return fromStore(err)
	}
	return closing(fn(v), c)
}

func readTotals(db pebble.Reader) (t totals, err error) {
	err = get(db, []byte{keyTotals}, t.read)
	if errors.Is(err, pebble.ErrNotFound) {
		return t, nil // nothing was added yet
	}
	if err != nil {
		return t, fmt.Errorf("read totals: %w", err)
	}
	return t, nil
}

func loadDictionary(db pebble.Reader, number uint32) (d *dictionary, err error) {
	err = get(db, numberKey(nil, keyDictionary, number), func(v []byte) error {
		d, err = readDictionary(number, v)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read dictionary %d: %w", number, err)
	}
	return d, nil
}
