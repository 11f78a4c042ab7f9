package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// action is action.yml; its fields are the keys that a composite action may have.
type action struct {
	Name, Description, Author string
	Branding                  struct{ Icon, Color string }
	Inputs                    map[string]actionInput
	Outputs                   map[string]struct{ Description, Value string }
	Runs                      struct {
		Using string
		Steps []actionStep
	}
}

type actionInput struct {
	Description, Default string
	Required             bool
	DeprecationMessage   string `yaml:"deprecationMessage"`
}

type actionStep struct {
	Name, ID, If, Uses, Run, Shell string
	With, Env                      map[string]string
	WorkingDirectory               string `yaml:"working-directory"`
	ContinueOnError                bool   `yaml:"continue-on-error"`
}

var (
	actionExpr   = regexp.MustCompile(`\$\{\{ (.*?) \}\}`)
	actionTerm   = regexp.MustCompile(`^(\S+) (==|!=) '([^']*)'$`)
	actionOutput = regexp.MustCompile(`(?m)^([a-z-]+)=(.*)$`)
)

// actionRun is one run of the action: what its steps said and what it gave to the workflow.
type actionRun struct {
	code         int
	log, summary string
	outputs      map[string]string
	context      map[string]string // values of expressions
}

// run does what a runner does with the inputs of a workflow, except that actions of others are
// skipped: the cache is empty and Go is there.
func (a *action) run(t *testing.T, dir string, with map[string]string) actionRun {
	t.Helper()
	tmp := t.TempDir()
	r := actionRun{outputs: map[string]string{}, context: map[string]string{"runner.os": "Linux", "runner.arch": "X64", "github.action_ref": "main", "github.action_repository": "OWNER/dedup", "github.server_url": "https://github.com"}}
	for name, in := range a.Inputs {
		r.context["inputs."+name] = in.Default
	}
	for name, v := range with {
		if _, ok := a.Inputs[name]; !ok {
			t.Fatalf("the action has no input %q", name)
		}
		r.context["inputs."+name] = v
	}
	for i, s := range a.Runs.Steps {
		if !r.applies(t, s.If) {
			continue
		}
		for _, v := range s.With {
			r.expand(t, v)
		}
		if s.Uses != "" {
			continue
		}
		output, summary := filepath.Join(tmp, fmt.Sprint("output", i)), filepath.Join(tmp, fmt.Sprint("summary", i))
		writeFile(t, output, "")
		writeFile(t, summary, "")
		env := []string{"CI=true", "GITHUB_ACTIONS=true", "GITHUB_WORKSPACE=" + dir, "RUNNER_TEMP=" + filepath.Join(tmp, "runner temp"),
			"GITHUB_ACTION_PATH=" + repoRoot(t), "GITHUB_OUTPUT=" + output, "GITHUB_STEP_SUMMARY=" + summary}
		for k, v := range s.Env {
			env = append(env, k+"="+r.expand(t, v))
		}
		script := filepath.Join(tmp, fmt.Sprint("script", i, ".sh"))
		writeFile(t, script, s.Run)
		code, log := runIn(t, dir, env, "bash", "--noprofile", "--norc", "-e", "-o", "pipefail", script)
		r.log += log
		r.summary += readFile(t, summary)
		for _, m := range actionOutput.FindAllStringSubmatch(readFile(t, output), -1) {
			r.context["steps."+s.ID+".outputs."+m[1]] = m[2]
		}
		if r.code = code; code != 0 {
			break
		}
	}
	for name, o := range a.Outputs {
		r.outputs[name] = r.expand(t, o.Value)
	}
	return r
}

// expand puts values in place of the expressions of s. What a step that did not run would have
// given is empty, as on a runner.
func (r *actionRun) expand(t *testing.T, s string) string {
	t.Helper()
	return actionExpr.ReplaceAllStringFunc(s, func(e string) string {
		name := actionExpr.FindStringSubmatch(e)[1]
		v, ok := r.context[name]
		if !ok && !strings.HasPrefix(name, "steps.") {
			t.Errorf("nothing gives a value to %s", e)
		}
		return v
	})
}

// applies tells whether the condition of a step holds: comparisons joined by &&.
func (r *actionRun) applies(t *testing.T, cond string) bool {
	t.Helper()
	if cond == "" {
		return true
	}
	for term := range strings.SplitSeq(actionExpr.FindStringSubmatch(cond)[1], " && ") {
		m := actionTerm.FindStringSubmatch(term)
		if m == nil {
			t.Fatalf("condition %q: this test reads only comparisons", cond)
		}
		if (r.context[m[1]] == m[3]) != (m[2] == "==") {
			return false
		}
	}
	return true
}

// action.yml has only keys that GitHub knows, every name in it leads somewhere, and no value can
// become part of a script.
func TestActionIsSound(t *testing.T) {
	var a action
	readYAML(t, "action.yml", &a)
	if a.Name == "" || a.Description == "" || len(a.Description) > 150 || a.Runs.Using != "composite" {
		t.Errorf("name, description or kind is missing: %+v", a)
	}
	var exprs []string
	gives := map[string]bool{"runner.os": true, "runner.arch": true, "steps.cache.outputs.cache-hit": true, "github.action_ref": true, "github.action_repository": true, "github.server_url": true}
	for name, in := range a.Inputs {
		gives["inputs."+name] = true
		if in.Description == "" {
			t.Errorf("input %s has no description", name)
		}
	}
	for _, s := range a.Runs.Steps {
		if (s.Run == "") == (s.Uses == "") || (s.Run == "") != (s.Shell == "") {
			t.Errorf("step %q: either run and shell, or uses", s.Name)
		}
		if strings.Contains(s.Run, "${{") {
			t.Errorf("step %q: an expression inside a script runs whatever its value says; hand it over by env", s.Name)
		}
		for name := range s.Env {
			if !regexp.MustCompile(`\$\{?` + name + `\b`).MatchString(s.Run) {
				t.Errorf("step %q: its script does not use %s", s.Name, name)
			}
		}
		exprs = slices.AppendSeq(slices.AppendSeq(append(exprs, s.If), maps.Values(s.With)), maps.Values(s.Env))
		for _, m := range regexp.MustCompile(`(?:echo "|out "?)([a-z-]+)=`).FindAllStringSubmatch(s.Run, -1) {
			gives["steps."+s.ID+".outputs."+m[1]] = true
		}
	}
	for _, o := range a.Outputs {
		exprs = append(exprs, o.Value)
	}
	used := map[string]bool{}
	for _, name := range regexp.MustCompile(`(inputs|steps|runner|github)\.[a-z._-]+`).FindAllString(strings.Join(exprs, "\n"), -1) {
		used[name] = true
		if !gives[name] {
			t.Errorf("nothing gives a value to %s", name)
		}
	}
	for name := range a.Inputs {
		if !used["inputs."+name] {
			t.Errorf("input %s does nothing", name)
		}
	}
}

// The action as a runner runs it, step by step, on articles that pass and on articles that do not.
func TestActionRuns(t *testing.T) {
	needTools(t, "bash", "dedup")
	var a action
	readYAML(t, "action.yml", &a)
	type in map[string]string
	for _, c := range []struct {
		name         string
		in           in
		code         int
		result, exit string
		says         string
	}{
		{"pass", in{"paths": "new drop\n"}, 0, "pass", "0", "::notice"},
		{"fail", in{"paths": "bad"}, 1, "fail", "1", "::error file=bad/bees.txt,line=3,"},
		{"only report", in{"paths": "bad", "fail": "false"}, 0, "fail", "1", "::error file=bad/bees.txt,line=3,"},
		{"limit", in{"paths": "bad", "args": "--max-repeats 1\r\n\n--tiny=10\n"}, 0, "pass", "0", "::warning file=bad/bees.txt"},
		{"no such flag", in{"paths": "bad", "args": "--limit 1"}, 2, "error", "2", "--limit"},
		{"annotations stay", in{"paths": "bad", "args": "--output x\n--format text", "config": "other.yaml"}, 1, "fail", "1", "::error file="},
		{"two paths", in{"paths": "new drop/lido.txt\r\nnew drop/bees.txt"}, 0, "pass", "0", "2 articles"},
		{"list", in{"paths": "new drop/lido.txt", "files-from": "list"}, 1, "fail", "1", "2 articles"},
		{"empty list", in{"files-from": "none"}, 0, "pass", "0", ""},
		{"no list", in{"files-from": "no such list"}, 2, "error", "2", "files-from"},
		{"nothing", in{"paths": " \n"}, 2, "error", "2", "name nothing"},
		{"neither true nor false", in{"paths": "bad", "fail": "no"}, 2, "error", "2", "true or false"},
		{"skipped", in{"paths": "new drop\nbroken.jsonl"}, 3, "fail", "3", "::error title=dedup check::what could"},
		{"skipped, allowed", in{"paths": "new drop\nbroken.jsonl", "allow-skipped": "true"}, 0, "pass", "3", "::warning title=dedup check::what could"},
		{"skipped, only report", in{"paths": "new drop\nbroken.jsonl", "fail": "false"}, 0, "fail", "3", "broken.jsonl"},
		{"index", in{"paths": "copy.txt", "index": "an index", "corpus": "corpus"}, 1, "fail", "1", "::error file=copy.txt,line=1,title=in-corpus"},
		{"no corpus", in{"paths": "copy.txt", "index": "an index", "corpus": "nowhere"}, 2, "error", "2", "nothing could be read"},
		{"no index", in{"paths": "copy.txt", "index": "an index"}, 2, "error", "2", "an index"},
		{"no baseline", in{"paths": "bad", "baseline": "no such file"}, 2, "error", "2", "baseline"},
		{"no config", in{"paths": "bad", "config": "no such file"}, 2, "error", "2", "config"},
		{"no reports", in{"paths": "bad", "sarif-file": "", "junit-file": ""}, 1, "fail", "1", "::error file="},
		{"no script", in{"paths": "$(touch injected)`touch injected`\"; touch injected; \""}, 2, "error", "2", "skipped $(touch"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := ciDir(t)
			writeFile(t, filepath.Join(dir, "list"), "bad/bees.txt\n")
			writeFile(t, filepath.Join(dir, "none"), "")
			writeFile(t, filepath.Join(dir, "broken.jsonl"), "{\"text\": \"a\n")
			writeFile(t, filepath.Join(dir, "copy.txt"), readFile(t, filepath.Join(dir, "corpus", "chess.txt")))
			writeFile(t, filepath.Join(dir, "other.yaml"), "format: json\nreport: [json=z]\n")
			c.in["dedup"] = "dedup"
			r := a.run(t, dir, c.in)
			if r.code != c.code || r.outputs["result"] != c.result || r.outputs["exit-code"] != c.exit {
				t.Fatalf("exit code %d, outputs %v, want %d, %s, %s\n%s", r.code, r.outputs, c.code, c.result, c.exit, r.log)
			}
			if !strings.Contains(r.log, c.says) {
				t.Errorf("it does not say %q:\n%s", c.says, r.log)
			}
			if (r.summary != "") != (c.result != "error") {
				t.Errorf("job summary: %q", r.summary)
			}
			for _, report := range []string{"sarif-file", "junit-file"} {
				want := a.Inputs[report].Default
				if v, set := c.in[report]; set || c.result == "error" {
					want = v
				}
				if r.outputs[report] != want {
					t.Errorf("%s: %q, want %q", report, r.outputs[report], want)
				} else if want != "" {
					readFile(t, filepath.Join(dir, want))
				}
			}
			if _, err := os.Stat(filepath.Join(dir, "injected")); err == nil {
				t.Error("an input ran as a script")
			}
		})
	}
}

// Without the input "dedup" the action builds the program from its own source.
func TestActionBuilds(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program")
	}
	needTools(t, "bash", "go", "find", "cksum", "sort", "cut", "sed")
	var a action
	readYAML(t, "action.yml", &a)
	dir := ciDir(t)
	r := a.run(t, dir, map[string]string{"paths": "bad"})
	if r.code != 1 || r.outputs["result"] != "fail" {
		t.Fatalf("exit code %d, outputs %v\n%s", r.code, r.outputs, r.log)
	}
	if v := r.context["steps.source.outputs.go"]; !regexp.MustCompile(`^1\.\d+(\.\d+)?$`).MatchString(v) {
		t.Errorf("Go version %q", v)
	}
	if v := r.context["steps.source.outputs.hash"]; !regexp.MustCompile(`^[0-9a-f]{64}$`).MatchString(v) {
		t.Errorf("cache key %q", v)
	}
	if code, out := runIn(t, dir, nil, r.outputs["dedup"], "version"); code != 0 {
		t.Errorf("the program that was built: exit code %d\n%s", code, out)
	}
}

// The action takes a release where there is one, and only with the sum that the release gives for
// it; without one it builds.
func TestActionTakesARelease(t *testing.T) {
	needTools(t, "bash", "curl", "tar", "sha256sum")
	var a action
	readYAML(t, "action.yml", &a)
	i := slices.IndexFunc(a.Runs.Steps, func(s actionStep) bool { return s.ID == "release" })
	if i < 0 {
		t.Fatal("there is no such step")
	}
	dir := t.TempDir()
	release := filepath.Join(dir, "team", "dedup", "releases", "download", "v0.1.0")
	if err := os.MkdirAll(release, 0o777); err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(release, "dedup"), "the program")
	const file = "dedup_0.1.0_linux_amd64.tar.gz"
	if code, log := runIn(t, release, nil, "bash", "-ec", "tar -czf "+file+" dedup && sha256sum "+file+" > SHA256SUMS"); code != 0 {
		t.Fatal(log)
	}
	try := func(ref, machine string) (code int, said, program string) {
		output, bin, script := filepath.Join(t.TempDir(), "output"), filepath.Join(t.TempDir(), "bin"), filepath.Join(t.TempDir(), "script.sh")
		writeFile(t, output, "")
		writeFile(t, script, a.Runs.Steps[i].Run)
		env := []string{"GITHUB_OUTPUT=" + output, "BIN=" + bin, "REF=" + ref, "REPOSITORY=team/dedup", "SERVER=file://" + dir, "SYSTEM=Linux", "MACHINE=" + machine}
		code, _ = runIn(t, dir, env, "bash", "--noprofile", "--norc", "-e", "-o", "pipefail", script)
		b, _ := os.ReadFile(filepath.Join(bin, "dedup"))
		return code, readFile(t, output), string(b)
	}
	if code, said, program := try("v0.1.0", "X64"); code != 0 || said != "done=true\n" || program != "the program" {
		t.Errorf("%d, %q, %q", code, said, program)
	}
	for _, none := range [][2]string{{"v0.2.0", "X64"}, {"v0.1.0", "ARM64"}, {"main", "X64"}, {"v1", "X64"}, {"v0.1.0", "RISCV"}} {
		if code, said, program := try(none[0], none[1]); code != 0 || said != "" || program != "" {
			t.Errorf("%q: %d, %q, %q", none, code, said, program)
		}
	}
	writeFile(t, filepath.Join(release, "SHA256SUMS"), strings.Repeat("0", 64)+"  "+file+"\n")
	if code, said, program := try("v0.1.0", "X64"); code != 2 || said != "" || program != "" {
		t.Errorf("with another sum: %d, %q, %q", code, said, program)
	}
}
