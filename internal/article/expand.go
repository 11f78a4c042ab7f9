package article

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/bmatcuk/doublestar/v4"
)

// Expand turns paths as given (files, directories, globs, "-") into the files to read: sorted by
// path, each file once, hidden ones under directories left out. Links are followed; one that leads
// back to a directory above it is reported.
func Expand(paths []string, bad func(Bad)) []Input {
	if bad == nil {
		bad = func(Bad) {}
	}
	e := expander{bad: bad, inputs: map[string]Input{}, links: map[string]string{}}
	e.here, _ = os.Getwd() // without it, one file by two kinds of path is read twice
	sorted := slices.Clone(paths)
	slices.Sort(sorted)
	for _, p := range slices.Compact(sorted) {
		e.given(p)
	}
	e.dropLinked()
	out := make([]Input, 0, len(e.inputs))
	for _, in := range e.inputs {
		out = append(out, in)
	}
	slices.SortFunc(out, func(a, b Input) int { return strings.Compare(a.Path, b.Path) })
	return out
}

type expander struct {
	bad    func(Bad)
	here   string
	inputs map[string]Input  // by absolute path, and "-"
	links  map[string]string // absolute path of a file that was reached through a link → its real path
}

func (e *expander) given(path string) {
	if path == "-" {
		e.inputs["-"] = Input{Path: "-"}
		return
	}
	info, err := os.Stat(path)
	if err != nil && strings.ContainsAny(path, "*?[{") {
		e.glob(path)
		return
	}
	if err != nil {
		e.bad(brokenPath(path, err))
		return
	}
	e.add(path, info)
}

// glob adds what matches a pattern; "**" matches any directories.
func (e *expander) glob(pattern string) {
	matches, err := doublestar.FilepathGlob(pattern, doublestar.WithNoHidden())
	if err != nil {
		e.bad(Bad{Path: pattern, Reason: "not a valid glob: " + err.Error(), Hint: "escape special characters with a backslash"})
		return
	}
	if len(matches) == 0 {
		e.bad(Bad{Path: pattern, Reason: "no file matches", Hint: hintPath})
		return
	}
	slices.Sort(matches)
	files := 0
	for _, m := range matches {
		info, err := os.Stat(m)
		if err != nil {
			e.bad(brokenPath(m, err))
			continue
		}
		if !info.IsDir() { // a directory's files match by themselves, or were not meant
			e.add(m, info)
			files++
		}
	}
	if files > 0 {
		return
	}
	for _, m := range matches {
		if info, err := os.Stat(m); err == nil {
			e.add(m, info)
		}
	}
}

func (e *expander) add(path string, info fs.FileInfo) {
	if !info.IsDir() {
		e.file(path, info, "")
		return
	}
	real, err := filepath.EvalSymlinks(path)
	if err == nil {
		real, err = filepath.Abs(real)
	}
	if err != nil {
		e.bad(brokenPath(path, err))
		return
	}
	before := len(e.inputs)
	found := e.walk(path, real, []string{real}, false)
	if found == 0 && len(e.inputs) == before {
		e.bad(Bad{Path: path, Reason: "no articles in this directory", Hint: "hidden files are left out; name them to read them"})
	}
}

// walk adds the files under a directory and counts what it came across, also what it reported.
// above are the real paths of the directories on the way here; linked tells that one of them was
// reached by a link.
func (e *expander) walk(dir, real string, above []string, linked bool) (found int) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		e.bad(brokenPath(dir, err))
		found++
	}
	for _, entry := range entries {
		name := entry.Name()
		if strings.HasPrefix(name, ".") {
			continue
		}
		if savedBy(name, func(other string) bool {
			return slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == other })
		}) {
			continue
		}
		path, realPath := filepath.ToSlash(filepath.Join(dir, name)), filepath.Join(real, name) // ids are the same on every system
		link := entry.Type()&fs.ModeSymlink != 0
		info, err := os.Stat(path)
		if err == nil && link {
			if realPath, err = filepath.EvalSymlinks(path); err == nil {
				realPath, err = filepath.Abs(realPath)
			}
		}
		if err != nil {
			e.bad(brokenPath(path, err))
			found++
			continue
		}
		if !info.IsDir() && !info.Mode().IsRegular() { // a pipe that was not asked for could keep us waiting
			e.bad(Bad{Path: path, Reason: "neither a file nor a directory", Hint: "name it to read from it"})
			found++
			continue
		}
		if !info.IsDir() {
			at := ""
			if link || linked {
				at = realPath
			}
			e.file(path, info, at)
			found++
			continue
		}
		if slices.Contains(above, realPath) {
			e.bad(Bad{Path: path, Reason: "a symlink loop: it leads back to " + realPath, Hint: "delete the link"})
			found++
			continue
		}
		found += e.walk(path, realPath, append(above[:len(above):len(above)], realPath), link || linked)
	}
	return found
}

// file adds one file; real is its real path where a link leads to it.
func (e *expander) file(path string, info fs.FileInfo, real string) {
	size := info.Size()
	if !info.Mode().IsRegular() {
		size = 0
	}
	key := filepath.Clean(path)
	if !filepath.IsAbs(key) {
		key = filepath.Join(e.here, key)
	}
	if _, twice := e.inputs[key]; twice {
		return
	}
	e.inputs[key] = Input{Path: path, Size: size}
	if real != "" {
		e.links[key] = real
	}
}

// dropLinked drops files that were found by a link and by their own path too, or by several links.
func (e *expander) dropLinked() {
	if len(e.links) == 0 {
		return
	}
	seen := map[string]bool{}
	for key := range e.inputs {
		if _, linked := e.links[key]; !linked && key != "-" {
			if dir, err := filepath.EvalSymlinks(filepath.Dir(key)); err == nil {
				key = filepath.Join(dir, filepath.Base(key))
			}
			seen[key] = true
		}
	}
	keys := make([]string, 0, len(e.links))
	for key := range e.links {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for _, key := range keys {
		if seen[e.links[key]] {
			delete(e.inputs, key)
		}
		seen[e.links[key]] = true
	}
}

// brokenPath reports a path that leads nowhere.
func brokenPath(path string, err error) Bad {
	if errors.Is(err, syscall.ELOOP) {
		return Bad{Path: path, Reason: "a symlink loop: links that lead to each other", Hint: "delete the link"}
	}
	if info, e := os.Lstat(path); e == nil && info.Mode()&fs.ModeSymlink != 0 && errors.Is(err, fs.ErrNotExist) {
		return Bad{Path: path, Reason: "a symlink to nowhere", Hint: "delete the link"}
	}
	return unreadable(path, err)
}
