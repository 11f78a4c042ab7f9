package main

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// The configurations that docs/ci.md shows name only inputs, outputs, jobs, variables and hooks
// that there are.
func TestDocumentedConfigurations(t *testing.T) {
	doc := readFile(t, filepath.Join(repoRoot(t), "docs", "ci.md"))
	var a action
	readYAML(t, "action.yml", &a)
	jobs, explained := gitlabJobs(t), gitlabVariables(t)
	seen := map[string]int{}
	for _, m := range regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(doc, -1) {
		var top any
		if err := yaml.Unmarshal([]byte(m[1]), &top); err != nil {
			t.Fatalf("%v\n%s", err, m[1])
		}
		eachMapping(top, func(node map[string]any) {
			with, _ := node["with"].(map[string]any)
			uses, _ := node["uses"].(string)
			extends, _ := node["extends"].(string)
			switch {
			case strings.HasPrefix(uses, "OWNER/dedup@"):
				seen["action"]++
				for name := range with {
					if _, ok := a.Inputs[name]; !ok {
						t.Errorf("the action has no input %q", name)
					}
				}
			case extends != "":
				seen["job"]++
				if _, ok := jobs[extends]; !ok {
					t.Errorf("the template has no job %s", extends)
				}
				variables, _ := node["variables"].(map[string]any)
				for name := range variables {
					if !explained[name] && !isCheckFlag(t, name) {
						t.Errorf("%s is no variable of the template and no flag of dedup check", name)
					}
				}
			case node["files"] != nil:
				seen["hook"]++
				if id := readHook(t).ID; node["id"] != id {
					t.Errorf("there is no hook %v", node["id"])
				}
			}
		})
	}
	if seen["action"] != 2 || seen["job"] != 2 || seen["hook"] != 1 {
		t.Errorf("shown: %v", seen)
	}
	for _, m := range regexp.MustCompile(`steps\.dedup\.outputs\.([a-z-]+)`).FindAllStringSubmatch(doc, -1) {
		if _, ok := a.Outputs[m[1]]; !ok {
			t.Errorf("the action has no output %q", m[1])
		}
	}
	for name := range a.Inputs {
		if !strings.Contains(doc, "`"+name+"`") {
			t.Errorf("docs/ci.md does not tell of the input %s", name)
		}
	}
	for name := range a.Outputs {
		if !strings.Contains(doc, "`"+name+"`") {
			t.Errorf("docs/ci.md does not tell of the output %s", name)
		}
	}
}

// isCheckFlag tells whether an environment variable sets a flag of dedup check.
func isCheckFlag(t *testing.T, variable string) bool {
	t.Helper()
	cmd, _, err := newRootCmd(&app{}).Find([]string{"check"})
	if err != nil {
		t.Fatal(err)
	}
	name, ok := strings.CutPrefix(variable, "DEDUP_")
	return ok && cmd.Flags().Lookup(strings.ToLower(strings.ReplaceAll(name, "_", "-"))) != nil
}

// eachMapping calls fn with every mapping in a YAML document.
func eachMapping(node any, fn func(map[string]any)) {
	switch n := node.(type) {
	case map[string]any:
		fn(n)
		for _, v := range n {
			eachMapping(v, fn)
		}
	case []any:
		for _, v := range n {
			eachMapping(v, fn)
		}
	}
}
