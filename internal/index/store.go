package index

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/sstable"
	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/gofrs/flock"
)

// Pebble locks its directory even for reading. Here a writer has a lock of its own, and readers get
// by without one: a writer only adds tables and moves those that are no longer of use to trash,
// where a reader that still knows them by their old place finds them. So a reader sees the state of
// the moment in which it opened the store, whatever happens beside it.

const (
	storeDir    = "store"
	stagingDir  = "staging"
	trashDir    = "store/archive"
	lockFile    = "lock"
	readersFile = "readers"
)

// storeFormat is the version of the store's own format. It is not raised without a new Format.
const storeFormat = pebble.FormatTableFormatV6

// storeOptions are those of both readers and writers.
func storeOptions(dir string, opt Options) *pebble.Options {
	o := &pebble.Options{
		FormatMajorVersion: storeFormat,
		CacheSize:          opt.Cache,
		DisableWAL:         true, // all that is written is ingested
		Logger:             quiet{dir, opt.Fatal},
		EventListener:      &pebble.EventListener{DataCorruption: func(pebble.DataCorruptionInfo) {}}, // the error comes back too; by default it ends the program
		FS:                 storeFS{vfs.Default, filepath.Join(dir, trashDir), opt.Context},
		Cleaner:            pebble.ArchiveCleaner{}, // moves them to trashDir
		MaxOpenFiles:       256,
	}
	for i := range o.Levels {
		o.Levels[i].BlockSize = blockSize
		o.Levels[i].Compression = func() *sstable.CompressionProfile { return tableCompression }
	}
	o.EnsureDefaults()
	return o
}

type nothing struct{}

func (nothing) Close() error { return nil }

var openTries = 10 // but for tests

// openStore opens the store for reading. A writer may change the directory at that very moment:
// then the next try sees the new state.
func openStore(dir string, opt Options) (*pebble.DB, error) {
	o := storeOptions(dir, opt)
	o.ReadOnly = true
	store := filepath.Join(dir, storeDir)
	var err error
	for try := range openTries {
		var db *pebble.DB
		if db, err = pebble.Open(store, o); err == nil {
			return db, nil
		}
		time.Sleep(time.Duration(try*try) * time.Millisecond)
	}
	return nil, of(dir, fromStore(err))
}

// lockReaders holds off the emptying of trash. Where the directory cannot be written or knows no
// locks, nobody empties it either.
func lockReaders(dir string) io.Closer {
	l := flock.New(filepath.Join(dir, readersFile), flock.SetFlag(os.O_RDONLY))
	if err := l.RLock(); err != nil {
		return nothing{}
	}
	return l
}

// lockWriter takes the writer's lock, or says who has it.
func lockWriter(dir string) (*flock.Flock, error) {
	name := filepath.Join(dir, lockFile)
	l := flock.New(name, flock.SetFlag(os.O_CREATE|os.O_RDWR), flock.SetPermissions(0o666))
	ok, err := l.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock the index: %w", err)
	}
	if !ok {
		who := "another process"
		if pid, err := os.ReadFile(name); err == nil {
			if n, err := strconv.Atoi(strings.TrimSpace(string(pid))); err == nil {
				who = fmt.Sprintf("process %d", n)
			}
		}
		return nil, fmt.Errorf("index %s: %s is writing to it\nhint: wait for it to end; nothing was changed", dir, who)
	}
	if err := os.WriteFile(name, fmt.Appendln(nil, os.Getpid()), 0o666); err != nil {
		return nil, errors.Join(fmt.Errorf("lock the index: %w", err), l.Close())
	}
	return l, nil
}

// emptyTrash removes replaced tables, unless somebody reads. Nothing outside of the index can be
// removed, whatever stands in the place of the trash.
func emptyTrash(dir string) (err error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	files, err := fs.ReadDir(root.FS(), trashDir)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(files) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	l := flock.New(filepath.Join(dir, readersFile))
	if ok, err := l.TryLock(); err != nil || !ok {
		return err
	}
	for _, f := range files {
		if e := root.Remove(trashDir + "/" + f.Name()); e != nil {
			err = errors.Join(err, e)
		}
	}
	return errors.Join(err, l.Close())
}
