package article

import (
	"errors"
	"fmt"
	"io/fs"
	"sync"

	"dedup/internal/plural"
)

// Hints name the flags of the commands.
const (
	hintField   = "name the field that holds the text: --field text=NAME"
	hintMax     = "raise --max-article if it is really an article"
	hintMarkup  = "extract the texts first, for example with trafilatura; such a text is compared with its tags, and nothing is cut out of it"
	hintPath    = "check the spelling; quote globs so that the shell leaves them alone"
	hintDamaged = "get the file again; what was read before is kept"
)

func tooLong(path string, line int, limit int64) Bad {
	return Bad{Path: path, Line: line, Reason: fmt.Sprintf("longer than the limit of %s", bytesText(limit)), Hint: hintMax}
}

func bytesText(n int64) string {
	switch {
	case n >= 1<<20 && n%(1<<20) == 0:
		return fmt.Sprintf("%d MiB", n>>20)
	case n >= 1<<10 && n%(1<<10) == 0:
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return plural.Count(n, "byte")
}

// unreadable reports an error of the file system.
func unreadable(path string, err error) Bad {
	b := Bad{Path: path, Reason: cause(err)}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		b.Reason, b.Hint = "no such file or directory", hintPath
	case errors.Is(err, fs.ErrPermission):
		b.Reason, b.Hint = "permission denied", "make it readable (chmod +r) or leave it out"
	default:
		b.Hint = "check that the file can be read"
	}
	return b
}

// cause is the message of err without the path that an *fs.PathError repeats.
func cause(err error) string {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err.Error()
	}
	return err.Error()
}

// reporter hands reports on in the order of the blocks they belong to.
type reporter struct {
	mu       sync.Mutex
	bad      func(Bad)
	progress func(int64)
	next     int           // block whose reports are due
	held     map[int][]Bad // of blocks that were done early
	seen     map[string]bool
}

// tell takes all the reports of block seq.
func (r *reporter) tell(seq int, bad []Bad) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if seq != r.next {
		r.held[seq] = append([]Bad(nil), bad...)
		return
	}
	for ok := true; ok; {
		for _, b := range bad {
			r.emit(b)
		}
		r.next++
		bad, ok = r.held[r.next]
		delete(r.held, r.next)
	}
}

// emit passes on a report, a warning of one kind once a file.
func (r *reporter) emit(b Bad) {
	if b.First(r.seen) {
		b.once = ""
		r.bad(b)
	}
}

// First tells whether a report is to be passed on: a warning of a kind that is given once a file
// only when seen does not have it, which then does.
func (b *Bad) First(seen map[string]bool) bool {
	if b.once == "" {
		return true
	}
	key := b.Path + "\x00" + b.once
	if seen[key] {
		return false
	}
	seen[key] = true
	return true
}

func (r *reporter) read(n int) {
	if r.progress == nil || n <= 0 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.progress(int64(n))
}
