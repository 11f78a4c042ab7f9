package output

import (
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"unicode/utf8"

	"dedup/internal/disk"
)

// pending is a file that is to take a name. It lies in the directory of that name, for only so is
// the last step a rename, and is called .NAME.dedup-NUMBER. It is locked while its run lives: what
// a killed run left is removed by the next one that writes to the name.
type pending struct {
	*disk.File
	path string
}

// longestBase is how much of a long name the name of its pending file has: file systems allow 255
// bytes.
const longestBase = 200

// PendingPrefix is what the names begin with of all that is to take the name base. A long name is
// cut between characters: some file systems take no names that are not UTF-8.
func PendingPrefix(base string) string {
	if n := longestBase; len(base) > n {
		for n > longestBase-utf8.UTFMax && !utf8.RuneStart(base[n]) {
			n--
		}
		base = base[:n]
	}
	return "." + base + ".dedup-"
}

var errLocked = errors.New("another run has it")

func newPending(path string) (*pending, error) {
	dir, base := filepath.Split(path)
	prefix := PendingPrefix(base)
	sweep(dir, prefix)
	for {
		f, err := openPending(dir+prefix+strconv.FormatUint(rand.Uint64(), 10), true)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if errors.Is(lock(f.File), errLocked) || swept(f.File) { // between the two calls, another run took it for one that was left
			f.Close()
			continue
		}
		if info, err := os.Stat(path); err == nil {
			if err := f.Chmod(info.Mode().Perm()); err != nil && runtime.GOOS != "windows" {
				return nil, errors.Join(err, (&pending{f, path}).Cleanup())
			}
		}
		return &pending{f, path}, nil
	}
}

// swept tells whether an open file has lost its name.
func swept(f *os.File) bool {
	own, err := f.Stat()
	if err != nil {
		return false
	}
	there, err := os.Lstat(f.Name())
	return err != nil || !os.SameFile(own, there)
}

// sweep removes what killed runs left. That is best effort: what cannot be removed stays.
func sweep(dir, prefix string) {
	d, err := os.Open(filepath.Clean(dir))
	if err != nil {
		return
	}
	defer d.Close()
	for {
		names, err := d.Readdirnames(1 << 10)
		for _, name := range names {
			number, ours := strings.CutPrefix(name, prefix)
			if _, err := strconv.ParseUint(number, 10, 64); ours && err == nil {
				sweepFile(dir + name)
			}
		}
		if err != nil {
			return
		}
	}
}

func sweepFile(name string) {
	info, err := os.Lstat(name)
	if err != nil || !info.Mode().IsRegular() {
		return
	}
	f, err := openPending(name, false)
	if err != nil {
		return
	}
	defer f.Close()
	if lock(f.File) == nil {
		_ = disk.Remove(name)
	}
}

// CloseAtomicallyReplace gives the file its name. It is locked until it has it.
func (p *pending) CloseAtomicallyReplace() error {
	err := p.Sync()
	if err == nil {
		err = Rename(p.Name(), p.path)
	}
	return errors.Join(err, p.Close())
}

// Cleanup takes the file away.
func (p *pending) Cleanup() error { return errors.Join(disk.Remove(p.Name()), p.Close()) }
