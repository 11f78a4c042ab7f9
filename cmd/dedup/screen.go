package main

import (
	"io"
	"os"
	"strings"
	"sync"

	"golang.org/x/term"

	"dedup/internal/report"
)

// screen is standard error: messages and the progress bar both go through it. A message takes the
// bar off its line, and the bar comes back below it, so neither overwrites the other. Where
// standard error is no terminal there is no bar, and screen only passes on.
type screen struct {
	mu   sync.Mutex
	w    io.Writer
	bar  []byte // what the bar drew last; empty: it is not on the screen
	open bool   // a message was begun whose line has not ended
}

// eraseLine empties the line of the cursor and goes to its beginning.
const eraseLine = "\x1b[2K\r"

// Write prints a message, or a part of one, and makes visible what names in it would do to a
// terminal: whatever prints on standard error comes here, errors with file names and those of other
// libraries too.
func (s *screen) Write(p []byte) (int, error) {
	if _, err := s.message(s.w, report.AppendVisible(nil, p)); err != nil {
		return 0, err
	}
	return len(p), nil
}

// message writes p to w, which may be another stream on the same terminal.
func (s *screen) message(w io.Writer, p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(p) == 0 {
		return 0, nil
	}
	if len(s.bar) > 0 && !s.open {
		if _, err := io.WriteString(s.w, eraseLine); err != nil {
			return 0, err
		}
	}
	n, err := w.Write(p)
	s.open = p[len(p)-1] != '\n'
	if err == nil && !s.open {
		_, err = s.w.Write(s.bar)
	}
	return n, err
}

// drawing is where the bar draws.
type drawing struct{ *screen }

// Write draws the bar, unless a message stands unfinished on the line.
func (d drawing) Write(p []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	line, shown := d.fit(string(p)), len(d.bar) > 0
	d.bar = d.bar[:0]
	if line != eraseLine {
		d.bar = append(d.bar, line...)
	}
	if d.open || line == eraseLine && !shown { // a finished bar erases itself over and over
		return len(p), nil
	}
	if _, err := io.WriteString(d.w, line); err != nil {
		return 0, err
	}
	return len(p), nil
}

// eraseRest is what the bar ends with.
const eraseRest = "\x1b[0K"

// fit cuts a bar to the width of the terminal: what ran on into a second line would stay there. The
// progress bar asks for the width itself only where it writes to a file.
func (d drawing) fit(line string) string {
	text, ok := strings.CutSuffix(strings.TrimPrefix(line, "\r"), eraseRest)
	f, file := d.w.(*os.File)
	if !ok || !file {
		return line
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil || width < 2 {
		return line
	}
	return "\r" + report.Truncate(strings.TrimRight(text, " "), width-1) + eraseRest
}

// besideBar is a stream that may be on the same terminal as the bar.
type besideBar struct {
	*screen
	to io.Writer
}

func (b besideBar) Write(p []byte) (int, error) { return b.message(b.to, p) }

// lines gives standard output to what prints on it while the bar shows.
func (a *app) lines() io.Writer {
	if s, ok := a.stderr.(*screen); ok && isTerminal(a.stdout) && isTerminal(s.w) {
		return besideBar{s, a.stdout}
	}
	return a.stdout
}
