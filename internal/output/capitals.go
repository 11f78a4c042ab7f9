package output

import (
	"os"
	"path/filepath"
	"strings"
	"unicode"
)

// sameNew tells whether two paths, at neither of which there is anything yet, would become one
// file.
func sameNew(a, b string) bool {
	if a == b {
		return true
	}
	return strings.EqualFold(a, b) && !capitalsCount(filepath.Dir(a))
}

// capitalsLook is how many names of a directory are looked at for a letter.
const capitalsLook = 64

// capitalsCount tells whether the file system of a directory takes "A" and "a" for two names. It
// asks for a name that is there with the capitals exchanged: the first with a letter in the
// directory, else the directory itself, else one above. Where no name has a letter, capitals count.
func capitalsCount(dir string) bool {
	if d, err := os.Open(dir); err == nil {
		names, _ := d.Readdirnames(capitalsLook) // what is not told is looked for above
		d.Close()
		for _, name := range names {
			if swapped := swapCapitals(name); swapped != name {
				return !sameEntry(filepath.Join(dir, name), filepath.Join(dir, swapped))
			}
		}
	}
	for ; filepath.Dir(dir) != dir; dir = filepath.Dir(dir) {
		up, name := filepath.Split(dir)
		if swapped := swapCapitals(name); swapped != name {
			return !sameEntry(dir, up+swapped)
		}
	}
	return true
}

// sameEntry tells whether two names lead to one file.
func sameEntry(a, b string) bool {
	one, err := os.Stat(a)
	if err != nil {
		return false
	}
	other, err := os.Stat(b)
	return err == nil && os.SameFile(one, other)
}

// swapCapitals makes capitals small and small letters capital, where that can be undone.
func swapCapitals(name string) string {
	return strings.Map(func(r rune) rune {
		swapped := unicode.ToUpper(r)
		if swapped == r {
			swapped = unicode.ToLower(r)
		}
		if unicode.ToUpper(swapped) != r && unicode.ToLower(swapped) != r {
			return r
		}
		return swapped
	}, name)
}
