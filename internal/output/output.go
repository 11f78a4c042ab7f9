// Package output writes the file that a flag names. It is the one place that decides what a name
// means before anything is written to it:
//
//	nothing, or a link to nothing   a file appears there, whole or not at all
//	a file, or links to one         the file is replaced where it lies, in one step; the links stay
//	a FIFO, a device                is written into
//	/dev/stdout, /dev/fd/3          the open descriptor is written into, whatever it is: `-o >(cmd)` names one
//	a directory, a socket           an error
//
// A file that is being written lies in the directory of its target, because a rename is one step
// only within a directory.
package output

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Kind is what a name stands for.
type Kind int

// Kinds of targets.
const (
	New       Kind = iota // nothing yet: a file or a directory can appear
	File                  // a regular file
	Directory             //
	Stream                // a FIFO, a device or an open descriptor: what is written is gone
	Socket                // nothing that can be opened
)

// Target is what a name leads to.
type Target struct {
	Name string      // as it was given
	Path string      // where its links lead
	Kind Kind        //
	Info fs.FileInfo // what is there now; nil for New
	fd   int         // of Stream: the open descriptor, -1 for none
}

// maxLinks is how many links may follow each other, as on Linux.
const maxLinks = 40

// Look says what name leads to. It opens nothing.
func Look(name string) (*Target, error) {
	at := name
	for range maxLinks {
		if fd, ok := descriptor(at); ok {
			info, err := os.Stat(at)
			if err != nil {
				return nil, fmt.Errorf("descriptor %d is not open", fd)
			}
			return &Target{Name: name, Path: at, Kind: Stream, Info: info, fd: fd}, nil
		}
		info, err := os.Lstat(at)
		if errors.Is(err, fs.ErrNotExist) {
			return settle(&Target{Name: name, Path: at, Kind: New, fd: -1})
		}
		if err != nil {
			return nil, cause(err)
		}
		if info.Mode()&fs.ModeSymlink == 0 {
			return settle(&Target{Name: name, Path: at, Kind: kindOf(info.Mode()), Info: info, fd: -1})
		}
		link, err := os.Readlink(at)
		if err != nil {
			return nil, cause(err)
		}
		if !filepath.IsAbs(link) {
			dir, _ := filepath.Split(at)
			link = dir + link // not joined: that would take "x/.." out although x may be a link
		}
		at = link
	}
	return nil, errors.New("its links lead to each other")
}

// settle gives a target the directory that it lies in, without links: there its pending file goes.
func settle(t *Target) (*Target, error) {
	dir, base := filepath.Split(t.Path)
	if t.Kind == Directory || base == "" || base == "." || base == ".." {
		if t.Kind == New {
			return nil, fmt.Errorf("there is no directory %s", t.Path)
		}
		path, err := filepath.EvalSymlinks(t.Path)
		t.Path = path
		return t, err
	}
	if dir == "" {
		return t, nil
	}
	real, err := filepath.EvalSymlinks(dir)
	if err == nil {
		var info fs.FileInfo
		if info, err = os.Stat(real); err == nil && !info.IsDir() {
			err = fs.ErrNotExist
		}
	}
	if err != nil {
		return nil, fmt.Errorf("there is no directory %s", filepath.Clean(dir))
	}
	t.Path = filepath.Join(real, base)
	return t, nil
}

func kindOf(m fs.FileMode) Kind {
	switch {
	case m.IsRegular():
		return File
	case m.IsDir():
		return Directory
	case m&fs.ModeSocket != 0:
		return Socket
	}
	return Stream
}

// Writable wants a target that a file's content can go to.
func (t *Target) Writable() error {
	switch t.Kind {
	case Directory:
		return errors.New("it is a directory\nhint: name a file")
	case Socket:
		return errors.New("it is a socket\nhint: name a file or a FIFO")
	}
	return nil
}

// Check says whether name can be written to, as far as that shows before it is done.
func Check(name string) error {
	t, err := Look(name)
	if err != nil {
		return err
	}
	return t.Writable()
}

// cause is an error of the file system without the name, which the caller says.
func cause(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
