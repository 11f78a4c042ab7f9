package internal

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// layers is the order of the packages. A package may import only what stands in a row above its
// own; packages of one row do not know each other. A directory inside a package's directory belongs
// to its layer.
var layers = [][]string{
	{"internal/nearest", "internal/plural", "internal/work", "internal/quality/score", "internal/forest", "internal/disk"},
	{"internal/output", "internal/columnar"},
	{"internal/spill"},
	{"internal/article"},
	{"internal/text"},
	{"internal/shingle"},
	{"internal/sketch", "internal/background"},
	{"internal/lsh", "internal/passage"},
	{"internal/cluster/near", "internal/cluster/story", "internal/phrase"},
	{"internal/flow"},
	{"internal/corpus"},
	{"internal/index"},
	{"internal/known"},
	{"internal/indexing", "internal/gate", "internal/dist"},
	{"internal/clean"},
	{root},
	{"internal/report"},
	{"internal/quality", "internal/filter", "internal/diff", "internal/sweep"},
	{"cmd/dedup"},
}

// root is the public package, in the module's own directory.
const root = "."

// commandOnly are the modules of the command line: the rest returns data and errors, and neither
// parses flags nor draws bars.
var commandOnly = []string{"github.com/spf13/cobra", "github.com/spf13/pflag", "github.com/schollz/progressbar/v3", "golang.org/x/term"}

// replacing renames over whatever has a name, be it a device or a link; internal/output does not,
// and removes what killed runs left.
const replacing = "github.com/google/renameio/v2"

// byName call methods by name, so that the linker keeps all exported methods of all types: 5 MB
// (docs/weight.md).
var byName = []string{"html/template", "text/template"}

// TestLayers reads the imports of every Go file that is not a test. It parses them itself: the test
// cache sees files that are read, and does not see what `go list` would.
func TestLayers(t *testing.T) {
	const module = ".."
	for _, top := range []string{root, "internal", "cmd"} {
		err := filepath.WalkDir(filepath.Join(module, top), func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if d.IsDir() && (d.Name() == "testdata" || strings.HasPrefix(d.Name(), "_") || top == root && path != module) {
				return filepath.SkipDir
			}
			if d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
				return nil
			}
			rel, err := filepath.Rel(module, path)
			if err != nil {
				return err
			}
			checkImports(t, path, filepath.ToSlash(rel))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// checkImports holds the imports of the file at path, which is called file from the module's root,
// against the layers.
func checkImports(t *testing.T, path, file string) {
	own := layerOf(file)
	if own < 0 {
		t.Errorf("%s: its package has no layer; give it one in internal/layers_test.go", file)
		return
	}
	parsed, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
	if err != nil {
		t.Error(err)
		return
	}
	for _, spec := range parsed.Imports {
		name, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Error(err)
			continue
		}
		if own < len(layers)-1 && slices.Contains(commandOnly, name) {
			t.Errorf("%s imports %s, which only cmd may", file, name)
		}
		if slices.Contains(byName, name) {
			t.Errorf("%s imports %s, which makes the program a quarter larger: internal/report/shell escapes what a page shows", file, name)
		}
		if name == replacing {
			t.Errorf("%s imports %s: internal/output writes files, and knows what is none", file, name)
		}
		imported, ok := strings.CutPrefix(name+"/", "dedup/")
		if imported = strings.TrimSuffix(imported, "/"); !ok || home(imported) == home(file) {
			continue
		}
		if layer := layerOf(imported); layer < 0 || layer >= own {
			t.Errorf("%s imports %s, which is not in a layer below its own", file, name)
		}
	}
}

// layerOf is the row of layers that a path from the module's root belongs to; -1 for none.
func layerOf(path string) int {
	return slices.IndexFunc(layers, func(row []string) bool { return slices.Contains(row, home(path)) })
}

// home is the entry of layers that holds path, or the first two elements of path where none does.
func home(path string) string {
	if !strings.Contains(path, "/") {
		return root
	}
	for _, row := range layers {
		for _, dir := range row {
			if path == dir || strings.HasPrefix(path, dir+"/") {
				return dir
			}
		}
	}
	parts := strings.SplitN(path, "/", 3)
	return strings.Join(parts[:min(2, len(parts))], "/")
}
