package output

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Guard keeps what a run writes away from what it reads, and its outputs apart. It is told all
// names before anything is opened, and asked once:
//
//	what is there     is one file under any name: hard links, links to directories and descriptors are seen through
//	what is not yet   is one file where its directory is the same and its name, in capitals or not
//	                  as the file system has it
//	a directory       that is written holds no input; one that is read (an index) holds no output
//	a FIFO            that is read and written would wait for itself
//
// Devices and sockets take what is written and give something else: they clash with nothing.
type Guard struct {
	read, written []place
	dirs          map[string]string  // directories without links, each looked up once
	folders       map[string]*folder // by such a directory
}

// place is something that is read or written.
type place struct {
	what   string      // the flag, or what else it is; empty for an article
	name   string      // as it was given; empty for standard input and output
	path   string      // absolute, its directory without links; empty for a descriptor
	info   fs.FileInfo // nil: nothing is there yet
	stream bool        // written where its descriptor stands: two of them follow each other
	whole  bool        // a directory of which all is read
}

func (p *place) String() string { return strings.TrimSpace(p.what + " " + p.name) }

// Reads adds a file that is read; what says what for, empty: as articles. What is not there is no
// input yet.
func (g *Guard) Reads(what, name string) {
	if info, err := os.Stat(name); err == nil {
		g.reads(place{what: what, name: name, path: g.real(name), info: info})
	}
}

// Keeps adds a directory that holds what must stay, or a file.
func (g *Guard) Keeps(what, name string) {
	info, err := os.Stat(name)
	if err != nil || !info.IsDir() {
		g.Reads(what, name)
		return
	}
	top, err := filepath.EvalSymlinks(g.real(name))
	if err != nil {
		return
	}
	g.reads(place{what: what, name: name, path: top, info: info, whole: true})
	_ = filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error { // what cannot be seen is told when it is read
		if err == nil && !d.IsDir() {
			if info, err := os.Stat(path); err == nil {
				g.reads(place{what: what, name: path, path: path, info: info})
			}
		}
		return nil
	})
}

// ReadsFrom adds an open file that is read.
func (g *Guard) ReadsFrom(what string, f *os.File) {
	if info, err := f.Stat(); err == nil {
		g.reads(place{what: what, info: info})
	}
}

func (g *Guard) reads(p place) {
	if clashes(p.info) {
		g.read = append(g.read, p)
	}
}

// Writes adds what a flag names. A name that leads nowhere is not its matter: Check of the name
// tells.
func (g *Guard) Writes(flag, name string) {
	t, err := Look(name)
	if err != nil {
		return
	}
	p := place{what: flag, name: name, info: t.Info, stream: t.Kind == Stream}
	if t.fd < 0 {
		p.path = g.real(t.Path)
	}
	if p.info == nil || clashes(p.info) {
		g.written = append(g.written, p)
	}
}

// WritesTo adds an open file that is written. With alone it is compared with what is read, not with
// the other outputs.
func (g *Guard) WritesTo(what string, f *os.File, alone bool) error {
	info, err := f.Stat()
	if err != nil || !clashes(info) {
		return nil
	}
	p := place{what: what, info: info, stream: true}
	if alone {
		return g.apart(&p)
	}
	g.written = append(g.written, p)
	return nil
}

// Busy tells whether something is there where the run writes: only then can it be an input.
func (g *Guard) Busy() bool {
	for i := range g.written {
		if g.written[i].info != nil {
			return true
		}
	}
	return false
}

// Check refuses the first output that would take the place of an input or of another output.
func (g *Guard) Check() error {
	for i := range g.written {
		w := &g.written[i]
		if err := g.apart(w); err != nil {
			return err
		}
		for k := range g.written[:i] {
			before := &g.written[k]
			if !(w.stream && before.stream) && same(w, before) {
				if w.name == "" { // standard output is said second: the flag can be changed
					w, before = before, w
				}
				return fmt.Errorf("%s: %s names this file already\nhint: name another file", w, before.what)
			}
		}
	}
	return nil
}

// apart holds an output against all that is read.
func (g *Guard) apart(w *place) error {
	for i := range g.read {
		r := &g.read[i]
		holds := w.info != nil && w.info.IsDir() && g.below(r.path, w.info)
		if !holds && !same(w, r) && !(r.whole && g.below(w.path, r.info)) {
			continue
		}
		switch {
		case w.name == "":
			return fmt.Errorf("%s is an input as well (%s)\nhint: send it to another file; what > names is emptied before dedup starts", w, r)
		case r.whole:
			return fmt.Errorf("%s lies in what is read (%s)\nhint: name a file elsewhere", w, r)
		}
		return fmt.Errorf("%s is an input as well (%s)\nhint: name another file, outside of what is read", w, r)
	}
	return nil
}

// same tells whether two places are one.
func same(a, b *place) bool {
	if a.info != nil && b.info != nil {
		return os.SameFile(a.info, b.info)
	}
	return a.info == nil && b.info == nil && sameNew(a.path, b.path)
}

// clashes tells whether what is there is read and written at one place.
func clashes(info fs.FileInfo) bool {
	m := info.Mode()
	return m.IsRegular() || m.IsDir() || m&fs.ModeNamedPipe != 0
}

// folder is a directory and the one that it lies in, nil above the root.
type folder struct {
	info fs.FileInfo
	up   *folder
}

// below tells whether path lies below a directory: whether one of the directories that it lies in
// is that directory, under whatever name. A descriptor has no path and lies nowhere.
func (g *Guard) below(path string, dir fs.FileInfo) bool {
	if path == "" {
		return false
	}
	for at := g.folder(filepath.Dir(path)); at != nil; at = at.up {
		if at.info != nil && os.SameFile(at.info, dir) {
			return true
		}
	}
	return false
}

// folder looks a directory up that is named without links, and all above it, each once.
func (g *Guard) folder(dir string) *folder {
	if f, ok := g.folders[dir]; ok {
		return f
	}
	f := &folder{}
	if info, err := os.Stat(dir); err == nil {
		f.info = info
	}
	if up := filepath.Dir(dir); up != dir {
		f.up = g.folder(up)
	}
	if g.folders == nil {
		g.folders = map[string]*folder{}
	}
	g.folders[dir] = f
	return f
}

// Below tells whether path, of which the last element need not exist, lies below the directory dir.
// Links are seen through, and so are capitals where the file system makes no difference.
func Below(path, dir string) bool {
	var g Guard
	info, err := os.Stat(dir)
	return err == nil && g.below(g.real(path), info)
}

// real gives a name whose directory is absolute and without links.
func (g *Guard) real(name string) string {
	dir, base := filepath.Split(filepath.Clean(name))
	at, ok := g.dirs[dir]
	if !ok {
		abs, err := filepath.Abs(dir)
		if err == nil {
			at = abs
			if whole, err := filepath.EvalSymlinks(abs); err == nil {
				at = whole
			}
		}
		if g.dirs == nil {
			g.dirs = map[string]string{}
		}
		g.dirs[dir] = at
	}
	return filepath.Join(at, base)
}
