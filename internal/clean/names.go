package clean

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"dedup/internal/article"
	"dedup/internal/disk"
	dest "dedup/internal/output"
)

// Output names come from the file system alone, never from articles: a single file that was named
// becomes the output itself; otherwise a file keeps its path below the deepest directory that all
// that was named has in common. So no name leads out of the output directory.

// Layout says how inputs become outputs.
type Layout struct {
	Single bool     // the one input is a file: so is the output
	base   string   // absolute
	dirs   []string // directories that were named, absolute
}

// NewLayout looks at the paths as they were given.
func NewLayout(paths []string) (Layout, error) {
	if len(paths) == 1 && (paths[0] == "-" || isFile(paths[0])) {
		return Layout{Single: true}, nil
	}
	if slices.Contains(paths, "-") {
		return Layout{}, errors.New("standard input cannot be cleaned together with files\nhint: clean it on its own")
	}
	l := Layout{}
	for i, p := range paths {
		dir, err := filepath.Abs(fixed(p))
		if err != nil {
			return l, err
		}
		if info, err := os.Stat(dir); err == nil && !info.IsDir() {
			dir = filepath.Dir(dir)
		} else if _, e := os.Stat(p); err == nil && e == nil { // the directory itself, not the one that a glob begins with
			l.dirs = append(l.dirs, dir)
		}
		if i == 0 {
			l.base = dir
		}
		for l.base != dir && !below(dir, l.base) {
			l.base = filepath.Dir(l.base)
		}
	}
	return l, nil
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir()
}

// fixed is the part of a glob before its first pattern; all of a path that exists.
func fixed(p string) string {
	if _, err := os.Lstat(p); err == nil {
		return p
	}
	if i := strings.IndexAny(p, "*?[{"); i >= 0 {
		p = p[:i]
		if p != "" && os.IsPathSeparator(p[len(p)-1]) {
			return filepath.Clean(p)
		}
	}
	return filepath.Dir(p)
}

// below tells whether path lies below dir.
func below(path, dir string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && rel != "." && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// Name is the output name of an input, slash-separated; empty for the single one.
func (l Layout) Name(path string) (string, error) {
	if l.Single {
		return "", nil
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	rel, err := filepath.Rel(l.base, abs)
	if err == nil && rel != "." && !strings.HasPrefix(rel, "..") {
		if err := dest.CheckName(filepath.ToSlash(rel)); err != nil {
			return "", err
		}
	}
	if err != nil || !filepath.IsLocal(rel) || rel == "." {
		return "", fmt.Errorf("%s does not lie below %s", path, l.base)
	}
	return filepath.ToSlash(rel), nil
}

// Check refuses an output that would be read as input, now or by the next run, and one that would
// take the place of files that clean did not write. tmp is where a Parquet file may spool that is
// looked at for it.
func (l Layout) Check(ctx context.Context, out, manifest string, inputs []article.Input, tmp string) error {
	place, err := Target("--output", out)
	if err != nil {
		return err
	}
	var g dest.Guard
	g.Writes("--output", out)
	g.Writes("--manifest", manifest)
	g.Writes("--manifest", NextManifest(manifest))
	if err := apart(&g, inputs); err != nil {
		return err
	}
	for _, w := range [][2]string{{"--output", out}, {"--manifest", manifest}} {
		if err := l.outside(w[0], w[1]); err != nil {
			return err
		}
	}
	info, err := os.Lstat(place)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case l.Single && info.IsDir():
		return fmt.Errorf("--output %s is a directory, and the input is one file\nhint: name a file", out)
	case !l.Single && !info.IsDir():
		return fmt.Errorf("--output %s is a file, and there are several inputs\nhint: name a directory", out)
	case !l.Single:
		return ownDirectory(out, place, manifest)
	}
	return ownFile(ctx, out, place, manifest, info.Size(), tmp)
}

// CheckPlan refuses to write a plan over an input, or over the manifest of a run: without it,
// nothing could be restored.
func CheckPlan(plan string, inputs []article.Input) error {
	var g dest.Guard
	g.Writes("--manifest", plan)
	if err := apart(&g, inputs); err != nil {
		return err
	}
	if info, err := os.Stat(plan); err != nil || !info.Mode().IsRegular() {
		return nil
	}
	f, err := os.Open(plan)
	if err != nil {
		return nil // writing will say more
	}
	defer f.Close()
	line, err := bufio.NewReaderSize(f, 1<<12).ReadSlice('\n')
	if err != nil {
		return nil
	}
	if e, err := parseEntry(line); err == nil && e.Kind == "manifest" && !e.Head.Plan {
		return fmt.Errorf("--manifest %s is the manifest of a run, which restore needs\nhint: name another file for the plan", plan)
	}
	return nil
}

// apart wants what is written to be none of the inputs.
func apart(g *dest.Guard, inputs []article.Input) error {
	for _, in := range inputs {
		if in.Path != "-" {
			g.Reads("", in.Path)
		}
	}
	return g.Check()
}

// outside wants what a flag names to lie in no directory that is read. Names are those of the file
// system: links and capitals make no difference that it does not make.
func (l Layout) outside(flag, name string) error {
	place, err := Target(flag, name)
	if err != nil {
		return err
	}
	for _, name := range []string{filepath.Clean(name), place} { // what is read must not be overwritten through a link either
		at, err := filepath.Abs(name)
		if err != nil {
			return err
		}
		for _, dir := range l.dirs {
			if sameFile(at, dir) || dest.Below(at, dir) {
				return fmt.Errorf("%s %s lies in %s, which is read: the next run would read it too\nhint: name an output beside it", flag, name, dir)
			}
		}
	}
	return nil
}

// sameFile tells whether two names lead to one file or directory.
func sameFile(a, b string) bool {
	one, err := os.Stat(a)
	if err != nil {
		return false
	}
	other, err := os.Stat(b)
	return err == nil && os.SameFile(one, other)
}

// ownFile lets a file be replaced only when it is empty, or what the manifest beside it describes.
func ownFile(ctx context.Context, out, place, manifest string, size int64, tmp string) error {
	if size == 0 { // as mktemp makes it
		return nil
	}
	for _, name := range []string{manifest, NextManifest(manifest), DefaultManifest(out)} {
		err := verify(ctx, place, name, true, tmp)
		if err == nil || ctx.Err() != nil {
			return err
		}
	}
	return fmt.Errorf("--output %s exists, and is not what clean wrote: no manifest beside it describes it\nhint: name another file, or take it away", out)
}

// ownDirectory lets a directory be replaced only when it is empty, or holds nothing but what its
// manifest names.
func ownDirectory(out, place, manifest string) error {
	known := map[string]bool{}
	for _, name := range []string{manifest, manifest + nextSuffix} {
		f, err := disk.Open(name)
		if err != nil {
			continue
		}
		err = ReadManifest(name, f, func(e *Entry, _ int64, _ int) error {
			if e.Kind == "file" {
				known[e.File.Name] = true
			}
			return nil
		})
		f.Close()
		if errors.Is(err, ErrPlan) { // of what clean did not do, nothing is there
			continue
		}
		if err != nil {
			return fmt.Errorf("--output %s exists: %w", out, err)
		}
	}
	return filepath.WalkDir(place, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(place, path)
		if err == nil && !known[filepath.ToSlash(rel)] {
			err = fmt.Errorf("--output %s exists and holds %s, which clean did not write\nhint: name another directory, or take it away", out, rel)
		}
		return err
	})
}
