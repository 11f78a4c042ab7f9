package clean

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"dedup/internal/disk"
	dest "dedup/internal/output"
)

// Output and manifest appear together or not at all. Both are written into a directory of their own
// beside the output, brought to the disk, and then take their names in three steps:
//
//  1. the new manifest is renamed to MANIFEST.next
//  2. the new output takes the place of the old one: a file by rename, a directory by exchanging
//     the two names (renameat2, renameatx_np), each one step
//  3. MANIFEST.next is renamed to MANIFEST
//
// Step 2 is the one that counts. A run killed before it leaves the old output with its manifest;
// one killed between 2 and 3 leaves the new output with MANIFEST.next, which restore finds, as
// every manifest names the sum of its output. Where names of directories cannot be exchanged (not
// Linux or macOS, some network file systems), the old one is renamed away first: killed in between, the run
// leaves none under the name, and the old one whole beside it.
//
// What a killed run leaves behind (.NAME.dedup-*) is taken away by the next run to the same output:
// the directory is locked while its run lives.

// stage is the temporary directory of one run.
type stage struct {
	room
	aside  room   // beside the manifest, where that goes to another directory: renamed from here it might have to change its file system
	target string // the output's name
	final  string // the manifest's
	out    string // the output before it has its name
	single bool
	tmp    string // where the check of an output may spool
	owed   bool   // an index has it already (into.go): it stays until it is published
}

func (s *stage) manifest() string {
	if s.aside.dir != "" {
		return filepath.Join(s.aside.dir, "manifest")
	}
	return filepath.Join(s.dir, "manifest")
}

// create makes an output file: the one there is, or the one of that name below the directory.
func (s *stage) create(name, packed string) (*packedFile, error) {
	where := s.out
	if !s.single {
		where = filepath.Join(s.out, filepath.FromSlash(name))
		if err := disk.MkdirAll(filepath.Dir(where), 0o777); err != nil {
			return nil, err
		}
	}
	return newPackedFile(where, packed)
}

// newStage makes the directory beside what target leads to. tmp is where the check of an output may
// spool.
func newStage(target, manifest string, single bool, tmp string) (s *stage, err error) {
	s = &stage{single: single, tmp: tmp}
	if s.target, err = Target("--output", target); err != nil {
		return nil, err
	}
	if s.final, err = Target("--manifest", manifest); err != nil {
		return nil, err
	}
	if s.room, err = newRoom(s.target); err != nil {
		return nil, err
	}
	s.out = filepath.Join(s.dir, "out")
	if !single {
		err = disk.Mkdir(s.out, 0o777)
	}
	if err == nil && filepath.Dir(s.final) != filepath.Dir(s.target) {
		s.aside, err = newRoom(s.final)
	}
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// Target is where the links of an output lead: there it is replaced, and they stay. What is written
// in two steps, and read again, must be a file or a directory.
func Target(flag, name string) (string, error) {
	t, err := dest.Look(filepath.Clean(name))
	switch {
	case name == "-", err == nil && (t.Kind == dest.Stream || t.Kind == dest.Socket):
		return "", fmt.Errorf("%s %s: what is written here appears whole or not at all, and that is no file\nhint: name a file", flag, name)
	case err != nil:
		return "", fmt.Errorf("%s %s: %w", flag, name, err)
	}
	return t.Path, nil
}

// room is a temporary directory beside a name, locked while its run lives.
type room struct {
	dir  string
	lock *os.File
}

func newRoom(name string) (r room, err error) {
	parent, base := filepath.Dir(name), filepath.Base(name)
	prefix := dest.PendingPrefix(base)
	sweep(parent, prefix)
	for range 10 {
		if r.dir, err = disk.MkdirTemp(parent, prefix); err != nil {
			return room{}, err
		}
		if r.lock, err = dest.LockDir(r.dir); err == nil {
			if _, err = os.Lstat(r.dir); err == nil {
				return r, nil
			}
			r.lock.Close()
		}
		_ = disk.RemoveAll(r.dir) // before it was locked, another run took it for one that was left
	}
	return room{}, err
}

func (r *room) close() error {
	if r.dir == "" {
		return nil
	}
	return errors.Join(r.lock.Close(), disk.RemoveAll(r.dir)) // in this order: Windows keeps what is open
}

// sweep takes away what killed runs left. That is best effort: what cannot be removed stays.
func sweep(parent, prefix string) {
	entries, _ := disk.ReadDir(parent)
	for _, e := range entries {
		if !e.IsDir() || !strings.HasPrefix(e.Name(), prefix) {
			continue
		}
		dir := filepath.Join(parent, e.Name())
		if !recorded(dir) && dest.Abandoned(dir) {
			_ = disk.RemoveAll(dir)
		}
	}
}

// close takes the directory away, with what is in it: the old output, once the new one has its
// name.
func (s *stage) close() error {
	if s.owed {
		err := s.lock.Close()
		if s.aside.dir != "" {
			err = errors.Join(err, s.aside.lock.Close())
		}
		return err
	}
	return errors.Join(s.room.close(), s.aside.close())
}

// toDisk waits until output and manifest are on the disk.
func (s *stage) toDisk() error {
	if err := toDisk(s.dir); err != nil {
		return fmt.Errorf("bring %s to the disk: %w", s.target, err)
	}
	if s.aside.dir != "" {
		if err := toDisk(s.aside.dir); err != nil {
			return fmt.Errorf("bring %s to the disk: %w", s.final, err)
		}
	}
	return nil
}

// publish gives output and manifest their names.
func (s *stage) publish(ctx context.Context) error {
	if err := s.toDisk(); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	next := s.final + nextSuffix
	if err := finish(ctx, s.target, s.final, s.single, s.tmp); err != nil {
		return err
	}
	if err := dest.Rename(s.manifest(), next); err != nil {
		return err
	}
	reached("manifest named")
	if err := s.replace(); err != nil {
		return errors.Join(err, disk.Remove(next))
	}
	reached("output named")
	if err := dest.Rename(next, s.final); err != nil {
		return err
	}
	return errors.Join(dest.SyncDir(filepath.Dir(s.target)), dest.SyncDir(filepath.Dir(s.final)))
}

// finish does step 3 of a run that was killed before it. A manifest of a run that was killed before
// step 2 goes away; one that could not be held against its output stays.
func finish(ctx context.Context, out, manifest string, single bool, tmp string) error {
	next := manifest + nextSuffix
	if _, err := os.Lstat(next); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	err := verify(ctx, out, next, single, tmp)
	_, unread := errors.AsType[*fs.PathError](err)
	switch {
	case err == nil:
		return dest.Rename(next, manifest)
	case ctx.Err() != nil, unread && !errors.Is(err, fs.ErrNotExist): // it may describe the output, which could not be read
		return err
	}
	return disk.Remove(next)
}

// publishOutput gives an output its name that has no manifest.
func (s *stage) publishOutput(ctx context.Context) error {
	if err := toDisk(s.dir); err != nil {
		return fmt.Errorf("bring %s to the disk: %w", s.target, err)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := s.replace(); err != nil {
		return err
	}
	return dest.SyncDir(filepath.Dir(s.target))
}

// nextSuffix marks the manifest of an output that is just taking its name.
const nextSuffix = ".next"

// replace gives the output its name.
func (s *stage) replace() error {
	_, err := os.Lstat(s.target)
	if errors.Is(err, fs.ErrNotExist) || err == nil && s.single {
		return dest.Rename(s.out, s.target)
	}
	if err != nil {
		return err
	}
	if err := exchange(s.out, s.target); err == nil {
		return nil
	}
	old := filepath.Join(s.dir, "old")
	if err := dest.Rename(s.target, old); err != nil {
		return err
	}
	if err := dest.Rename(s.out, s.target); err != nil {
		return errors.Join(err, dest.Rename(old, s.target))
	}
	return nil
}

func syncFile(name string) error {
	f, err := disk.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
