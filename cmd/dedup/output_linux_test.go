package main

import (
	"fmt"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// On a terminal, names are cut to its real width, or to COLUMNS, which counts before it; text is
// laid out for no more than can be read.
func TestTextWidthOnATerminal(t *testing.T) {
	screen := pseudoterminal(t)
	for _, c := range []struct {
		columns      string
		real         uint16
		width, names int
	}{{"", 80, 80, 80}, {"", 160, maxTextWidth, 160}, {"", 50, 50, 50}, {"", 0, 80, 80}, {"60", 160, 60, 60}, {"200", 80, maxTextWidth, 200}} {
		t.Setenv("COLUMNS", c.columns)
		if err := unix.IoctlSetWinsize(int(screen.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 50, Col: c.real}); err != nil {
			t.Fatal(err)
		}
		opt, err := new(outputOptions).textOptions(screen, "never")
		if err != nil || opt.Width != c.width || opt.Names != c.names {
			t.Errorf("COLUMNS=%q on %d cells: width %d, names %d, %v; want %d and %d", c.columns, c.real, opt.Width, opt.Names, err, c.width, c.names)
		}
		to := outputOptions{file: "out.txt"}
		if opt, _ := to.textOptions(screen, "never"); opt.Names != 0 {
			t.Errorf("names in a file are cut to %d", opt.Names)
		}
	}
}

// pseudoterminal opens a pseudoterminal and gives the side that programs print on.
func pseudoterminal(t *testing.T) *os.File {
	main, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { main.Close() })
	n, err := unix.IoctlGetInt(int(main.Fd()), unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(main.Fd()), unix.TIOCSPTLCK, 0)
	}
	if err != nil {
		t.Skip(err)
	}
	screen, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { screen.Close() })
	return screen
}
