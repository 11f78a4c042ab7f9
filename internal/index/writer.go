package index

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"dedup/internal/sketch"
)

const lockFile = "lock"

// Writer is an index open for writing; there is one at a time. Its methods are for one goroutine.
type Writer struct {
	state
	opt      Options
	lock     *flock.Flock
	manifest *manifest
	adding   bool  // an Add has begun a batch
	failed   error // a manifest may have been published or not; nothing more is written
}

func (o *Options) setDefaults() {
	if o.Memory <= 0 {
		o.Memory = 1 << 30
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
	if o.Placed == nil {
		o.Placed = func(Placement) {}
	}
	if o.Progress == nil {
		o.Progress = func(int64, int64) {}
	}
}

// Create makes an empty index in a directory that does not exist yet or is empty, and opens it.
func Create(dir string, opt Options) (*Writer, error) {
	opt.setDefaults()
	if err := vacant(dir); err != nil {
		return nil, of(dir, err)
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, fmt.Errorf("make index: %w", err)
	}
	lock, err := lockWriter(dir)
	if err != nil {
		return nil, err
	}
	w := &Writer{state: state{dir: dir}, opt: opt, lock: lock, manifest: &manifest{scheme: sketch.Default, file: 1}}
	if err := opt.disk.replace(filepath.Join(dir, manifestFile), []byte(w.manifest.String())); err != nil {
		return nil, errors.Join(fmt.Errorf("make index: %w", err), w.Close())
	}
	if opt.Stories {
		if err := w.withStories(); err != nil {
			return nil, errors.Join(fmt.Errorf("make index: %w", err), w.Close())
		}
	}
	return w, nil
}

// errBusy is what a writer says while an Add of it has begun a batch.
var errBusy = errors.New("another batch is being added")

// OpenWriter opens an index for writing, and reads all of it: it refuses one of which a checksum is
// wrong. While another process writes, it returns an error that names that process.
func OpenWriter(dir string, opt Options) (_ *Writer, err error) {
	opt.setDefaults()
	if _, err := readManifest(dir, opt.disk); err != nil { // before anything is made
		return nil, of(dir, err)
	}
	w := &Writer{state: state{dir: dir}, opt: opt}
	if w.lock, err = lockWriter(dir); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(of(dir, err), w.Close())
		}
	}()
	if w.manifest, err = readManifest(dir, opt.disk); err != nil {
		return nil, err
	}
	if err := w.open(opt.disk, w.manifest, nil); err != nil {
		return nil, err
	}
	for _, s := range w.segments {
		if err := s.verify(opt.Context, opt.Workers); err != nil {
			return nil, err
		}
	}
	w.sweep()
	return w, nil
}

// sweep removes files that the manifest does not name: what killed writers left, and what readers
// still had open, on systems that keep open files. What cannot be removed now is so another time.
func (w *Writer) sweep() {
	files, err := os.ReadDir(w.dir)
	if err != nil {
		return
	}
	names := w.manifest.names()
	for _, f := range files {
		if partName(f.Name()) && !names[f.Name()] && f.Type().IsRegular() {
			_ = w.opt.disk.remove(filepath.Join(w.dir, f.Name()))
		}
	}
}

// Close gives the index back.
func (w *Writer) Close() error {
	err := w.state.close()
	if w.lock != nil {
		err = errors.Join(err, w.lock.Close())
		w.lock = nil
	}
	return err
}

// fileName gives the name of the next file.
func (w *Writer) fileName(m *manifest, kind string) string {
	m.file++
	return fmt.Sprintf("%010d.%s", m.file-1, kind)
}

// change is a copy of the manifest to write a new state in.
func (w *Writer) change() *manifest {
	m := *w.manifest
	m.parts = slices.Clone(m.parts)
	return &m
}

// ready wants nothing to be in the way of a change.
func (w *Writer) ready() error {
	switch {
	case w.failed != nil:
		return w.failed
	case w.adding:
		return errBusy
	}
	return nil
}

// publish makes m the state of the index. The files that it names are on disk. When it fails, it is
// not known which state is; so the writer ends, and leaves the files of both.
func (w *Writer) publish(m *manifest) error {
	err := w.opt.disk.keepDir(w.dir)
	if err == nil {
		err = w.opt.disk.replace(filepath.Join(w.dir, manifestFile), []byte(m.String()))
	}
	if err == nil {
		w.manifest = m
		err = w.open(w.opt.disk, m, w.segments)
	}
	if err != nil {
		w.failed = err
		return err
	}
	w.sweep()
	return nil
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
		return nil, errors.Join(fmt.Errorf("lock the index: %w", pathError(err, name)), l.Close())
	}
	return l, nil
}
