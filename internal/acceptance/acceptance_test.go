// Package acceptance holds what dedup writes against the programs that read it: the HTML report
// against a browser, SARIF against its schema, JUnit against a reader. It is a module of its own, so
// that none of these is a requirement of dedup. It tests the built program.
package acceptance

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// program is the dedup that is tested.
var program string

// root is where dedup's own module lies.
var root = filepath.Join("..", "..")

func TestMain(m *testing.M) { os.Exit(withProgram(m)) }

func withProgram(m *testing.M) int {
	dir, err := os.MkdirTemp("", "dedup-acceptance-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	defer os.RemoveAll(dir)
	program = filepath.Join(dir, "dedup.exe") // the ending does no harm elsewhere
	build := exec.Command("go", "build", "-o", program, "./cmd/dedup")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build dedup: %v\n%s", err, out)
		return 2
	}
	return m.Run()
}
