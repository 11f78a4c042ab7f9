package gate

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// declaredRules are the constants of type Rule.
func declaredRules(t *testing.T) (rules []Rule) {
	file, err := parser.ParseFile(token.NewFileSet(), "gate.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok && len(v.Values) == 1 {
			if of, ok := v.Type.(*ast.Ident); ok && of.Name == "Rule" {
				name, err := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
				if err != nil {
					t.Fatal(err)
				}
				rules = append(rules, Rule(name))
			}
		}
		return true
	})
	return rules
}

// A rule without a row, or with a part of one, once was held against max-tiny without a word.
func TestEveryRuleHasAWholeRow(t *testing.T) {
	doc, err := os.ReadFile(filepath.Join("..", "..", "docs", "check.md"))
	if err != nil {
		t.Fatal(err)
	}
	declared := declaredRules(t)
	if len(declared) < 9 || len(Rules) != len(declared) {
		t.Errorf("%d rules are declared, %d have rows", len(declared), len(Rules))
	}
	var flags []string
	limits := DefaultLimits()
	for _, f := range limits.Flags() {
		flags = append(flags, f.Name)
	}
	for _, r := range declared {
		i := slices.Index(Rules, r)
		if i < 0 {
			t.Errorf("%s has no row in rule.go", r)
			continue
		}
		row := &rows[i]
		for what, has := range map[string]bool{
			"One": row.One != "", "Many": row.Many != "", "Says": row.Says != "", "Short": strings.HasSuffix(row.Short, "."), "Full": strings.HasSuffix(row.Full, "."),
			"Help": strings.HasSuffix(row.Help, "."), "of": row.of != nil, "limit, as a flag": slices.Contains(flags, row.limit),
			"a mention in docs/check.md": strings.Contains(string(doc), "`"+string(r)+"`"), "a mention of its limit there": strings.Contains(string(doc), row.limit),
		} {
			if !has {
				t.Errorf("the row of %s lacks %s", r, what)
			}
		}
	}
}

func TestUnknownRuleIsNoOther(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a rule without a row got the limit of another one")
		}
	}()
	limits := DefaultLimits()
	limits.of("no-such-rule")
}
