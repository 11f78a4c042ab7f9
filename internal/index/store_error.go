package index

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"

	"github.com/cockroachdb/pebble/v2"

	"dedup/internal/plural"
)

// What Pebble says is for its makers: "L6: 000008: file 000008 (type sstable) unknown to the
// objstorage provider". Every error that comes out of it passes fromStore, which says which file is
// wrong, how, and what to do. The error itself stays behind it, for errors.Is.

// storeError is an error of Pebble in the words of this program.
type storeError struct {
	say string
	err error
}

func (e *storeError) Error() string { return e.say }

func (e *storeError) Unwrap() error { return e.err }

const (
	hintDamaged = "\nhint: put a copy of the index in its place, or build it again; nothing was changed"
	hintDisk    = "\nhint: make room on the disk, then do the same again"
	hintAgain   = "\nhint: look at the file and the disk it is on; dedup index check reads all of the index"
)

// storeWords are the words for what Pebble says, tried in order.
var storeWords = []struct {
	theirs string // in its text
	ours   string // behind the file
	file   string // where its text names none
}{
	{"unknown to the objstorage provider", "is missing", ""},
	{"object size mismatch", "is longer or shorter than when it was written", ""},
	{"checksum mismatch", "is damaged: a checksum in it is wrong", ""},
	{"could not open manifest file", "is missing", ""},
	{"malformed manifest file", "is damaged", ""},
	{"database does not exist", "is missing, or the files beside it", storeDir + "/marker.manifest"},
	{"does not exist", "is missing", storeDir},
	{"not pristine", "is missing", storeDir + "/marker.format-version"},
	{"syntax", "is damaged", storeDir + "/OPTIONS"},
	{"not found", "lacks an entry that it should have", storeDir},
}

var (
	tableName = regexp.MustCompile(`\b(\d{6,})(\.sst|:| )`)
	otherName = regexp.MustCompile(`\b((?:MANIFEST|OPTIONS|marker)[-.\w]*)`)
)

// fromStore puts an error of Pebble into other words. What is none of its own stays as it is.
func fromStore(err error) error {
	if _, done := errors.AsType[*storeError](err); err == nil || done || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return &storeError{pathError(e), err}
	}
	text := err.Error()
	for _, w := range storeWords {
		if strings.Contains(text, w.theirs) {
			return &storeError{inFiles(text, w.file) + " " + w.ours + hintDamaged, err}
		}
	}
	if errors.Is(err, fs.ErrNotExist) {
		return &storeError{inFiles(text, storeDir) + " is missing" + hintDamaged, err}
	}
	if pebble.IsCorruptionError(err) {
		return &storeError{inFiles(text, storeDir) + " is damaged" + hintDamaged, err}
	}
	if no, ok := errors.AsType[syscall.Errno](err); ok {
		return &storeError{inFiles(text, storeDir) + ": " + no.Error() + hintAgain, err}
	}
	return &storeError{inFiles(text, storeDir) + " cannot be used" + hintAgain, err}
}

// pathError is an error of the file system, which names its file.
func pathError(e *fs.PathError) string {
	switch {
	case errors.Is(e, fs.ErrNotExist):
		return e.Path + " is missing" + hintDamaged
	case errors.Is(e, syscall.ENOSPC), errors.Is(e, syscall.EDQUOT), errors.Is(e, syscall.EFBIG):
		return e.Error() + hintDisk
	}
	return e.Error() + hintAgain
}

// inFiles are the files that a text of Pebble names, as they stand below the index; other where it
// names none.
func inFiles(text, other string) string {
	var names []string
	for _, m := range tableName.FindAllStringSubmatch(text, -1) {
		if strings.Trim(m[1], "0") != "" { // a table that is read by itself has that number too
			names = append(names, storeDir+"/"+m[1]+".sst")
		}
	}
	if names == nil {
		for _, m := range otherName.FindAllStringSubmatch(text, -1) {
			names = append(names, storeDir+"/"+m[1])
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	switch {
	case names == nil && other == "":
		return storeDir
	case names == nil:
		return other
	case len(names) > 1:
		return names[0] + " (and " + plural.Count(len(names)-1, "more file") + ")"
	}
	return names[0]
}

// closing closes what was read from the store; its own error counts only where there is none yet:
// most often it is the same one.
func closing(err error, c io.Closer) error {
	if e := c.Close(); err == nil {
		return fromStore(e)
	}
	return err
}

// of says which index an error is of, once.
func of(dir string, err error) error {
	if err == nil || errors.Is(err, context.Canceled) || strings.HasPrefix(err.Error(), "index "+dir+": ") {
		return err
	}
	return fmt.Errorf("index %s: %w", dir, err)
}

// quiet keeps Pebble from printing. What is fatal to it ends the program: going on could lose what
// was written.
type quiet struct {
	dir   string
	fatal func(error) // says so and ends the program; nil: a panic does
}

// Infof implements pebble.Logger.
func (quiet) Infof(string, ...any) {}

// Errorf implements pebble.Logger: the error comes back too.
func (quiet) Errorf(string, ...any) {}

// Fatalf implements pebble.Logger; it does not return.
func (q quiet) Fatalf(format string, args ...any) {
	err := fmt.Errorf(format, args...)
	for _, a := range args {
		if e, ok := a.(error); ok {
			err = e
		}
	}
	err = of(filepath.Clean(q.dir), fromStore(err))
	if q.fatal != nil {
		q.fatal(err)
	}
	panic(err)
}
