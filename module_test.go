package dedup_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const ingest = `package main

import (
	"context"
	"fmt"
	"iter"

	"dedup"
)

func main() {
	text := "A ferry ran aground off Marl Point at dawn. All ninety people aboard are safe, the coast guard said."
	var articles iter.Seq2[dedup.Article, error] = func(yield func(dedup.Article, error) bool) {
		_ = yield(dedup.Article{ID: "a", Text: text}, nil) && yield(dedup.Article{ID: "b", Text: text + " Divers come."}, nil)
	}
	var opt dedup.Options
	opt.Progress = func(string, int64, int64, int) {}
	c, err := dedup.Read(context.Background(), articles, opt)
	if err != nil {
		panic(err)
	}
	defer c.Close()
	var r *dedup.Report
	if r, err = c.Report(dedup.Parts{Clusters: true, Stories: true}); err != nil {
		panic(err)
	}
	var clusters []dedup.Cluster = r.Clusters
	var stories []dedup.Story = r.Stories
	fmt.Println(len(clusters), clusters[0].Canonical, len(stories))
}
`

// A program of another module can use the package, and name every type that it meets.
func TestAnotherModuleUsesIt(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a program")
	}
	here, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile("go.sum")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, content := range map[string]string{
		"main.go": ingest, "go.sum": string(sums),
		"go.mod": "module example.com/ingest\n\ngo 1.26.0\n\nrequire dedup v0.0.0\n\nreplace dedup => " + here + "\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("go", "run", "-mod=mod", ".")
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOPROXY=off", "GOWORK=off")
	out, err := cmd.CombinedOutput()
	if err != nil || strings.TrimSpace(string(out)) != "1 a 1" {
		t.Errorf("%v\n%s", err, out)
	}
}
