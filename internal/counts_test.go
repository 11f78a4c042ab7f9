package internal

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// counted is a number with a word behind it that has a plural.
var counted = regexp.MustCompile(`%(\[\d+\])?(d|v|\.0f) (more |gold |[a-z]+-)?(article|entr|span|file|word|source|cluster|stor|duplicate|pair|passage|input|line|column|byte|fault|record|` +
	`repeat|phrase|seed|argument|token|batch|near-duplicate)(s|es|ies|y)?\b`)

// alwaysMany are the messages whose number is never one.
var alwaysMany = []string{
	"%s: it is larger than %d bytes, so it is no configuration",
	"fingerprint shingles of %d tokens, not 1 to 63",
	"signature shingles of %d tokens, not 1 to 63",
	"near-duplicates: shingles of %d tokens; 1 to 63 can be",
	"near-duplicates: %d articles are more than one run can number",
	"near-duplicates: ranks of %d articles, of which there are %d",
	"a cluster of %d near-duplicates, more than %d, around %s (%s)",
	"find passages: more than %d different tokens; split the input",
}

// TestCountsHavePlurals: "1 repeats" was printed wherever a format string ended a word by hand;
// numbers before words come from internal/plural.
func TestCountsHavePlurals(t *testing.T) {
	for _, top := range []string{"internal", "cmd"} {
		err := filepath.WalkDir(filepath.Join("..", top), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
				return err
			}
			files := token.NewFileSet()
			parsed, err := parser.ParseFile(files, path, nil, 0)
			if err != nil {
				return err
			}
			ast.Inspect(parsed, func(n ast.Node) bool {
				lit, ok := n.(*ast.BasicLit)
				if !ok || lit.Kind != token.STRING {
					return true
				}
				s, err := strconv.Unquote(lit.Value)
				if err == nil && counted.MatchString(s) && !slices.Contains(alwaysMany, s) {
					t.Errorf("%s: %q counts by hand; use plural.Count", files.Position(lit.Pos()), s)
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
