package main

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

// gitlabJob has the keys of a job that ci/gitlab.yml uses.
type gitlabJob struct {
	Extends, Image, Stage string
	ResourceGroup         string `yaml:"resource_group"`
	Rules                 []struct{ If string }
	Cache                 []struct {
		Key, Policy string
		Paths       []string
		Unprotect   bool
	}
	BeforeScript []string `yaml:"before_script"`
	Script       []string
	Artifacts    struct {
		When    string
		Paths   []string
		Reports struct{ JUnit string }
	}
}

func gitlabJobs(t *testing.T) map[string]gitlabJob {
	t.Helper()
	jobs := map[string]gitlabJob{}
	readYAML(t, "ci/gitlab.yml", &jobs)
	return jobs
}

// gitlabVariables are the variables that the template explains; its scripts use all of them and no
// others.
func gitlabVariables(t *testing.T) map[string]bool {
	t.Helper()
	text := readFile(t, filepath.Join(repoRoot(t), "ci", "gitlab.yml"))
	names, used := map[string]bool{}, map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^#   (DEDUP_[A-Z_]+)  `).FindAllStringSubmatch(text, -1) {
		names[m[1]] = true
	}
	for _, m := range regexp.MustCompile(`\$(DEDUP_[A-Z_]+)`).FindAllStringSubmatch(text, -1) {
		used[m[1]] = true
	}
	if !maps.Equal(names, used) {
		t.Errorf("explained: %v; used: %v", names, used)
	}
	return names
}

// runGitLab runs a job as GitLab does: all lines of before_script and script in one shell that
// stops at the first failure.
func runGitLab(t *testing.T, shell, dir string, job gitlabJob, variables map[string]string) (code int, log string) {
	t.Helper()
	base := gitlabJobs(t)[job.Extends]
	set := map[string]string{"CI": "true", "CI_PROJECT_DIR": dir}
	maps.Copy(set, variables)
	var env []string
	for k, v := range set {
		env = append(env, k+"="+v)
	}
	start := "set -e\n"
	if shell == "bash" {
		start = "set -eo pipefail\n"
	}
	return runIn(t, dir, env, shell, "-c", start+strings.Join(append(append([]string{}, base.BeforeScript...), job.Script...), "\n"))
}

// The template runs nothing by itself, and none of its variables is taken for a flag.
func TestGitLabTemplateIsSound(t *testing.T) {
	jobs := gitlabJobs(t)
	flags := pflag.NewFlagSet("all", pflag.ContinueOnError)
	for _, name := range [][]string{{"check"}, {"index", "build"}, {"index", "add"}} {
		cmd, _, err := newRootCmd(&app{}).Find(name)
		if err != nil {
			t.Fatal(err)
		}
		flags.AddFlagSet(cmd.Flags())
		flags.AddFlagSet(cmd.InheritedFlags())
	}
	for name, job := range jobs {
		if !strings.HasPrefix(name, ".") {
			t.Errorf("%s is no hidden job", name)
		}
		if _, ok := jobs[job.Extends]; job.Extends != "" && !ok {
			t.Errorf("%s extends %s, which is not there", name, job.Extends)
		}
	}
	for v := range gitlabVariables(t) {
		f := strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(v, "DEDUP_")), "_", "-")
		if flags.Lookup(f) != nil && v != "DEDUP_INDEX" { // the index is meant as the flag
			t.Errorf("the variable %s also sets --%s", v, f)
		}
	}
}

// The jobs as GitLab runs them: on articles that pass, on articles that do not, and the index from
// branch to branch.
func TestGitLabJobsRun(t *testing.T) {
	jobs := gitlabJobs(t)
	for _, shell := range []string{"sh", "bash"} {
		for _, c := range []struct {
			name string
			job  string
			set  map[string]string
			code int
		}{
			{"pass", ".dedup-check", map[string]string{"DEDUP_PATHS": "new drop/lido.txt\nnew drop/bees.txt"}, 0},
			{"fail", ".dedup-check", map[string]string{"DEDUP_PATHS": "bad"}, 1},
			{"limit", ".dedup-check", map[string]string{"DEDUP_PATHS": "bad", "DEDUP_MAX_REPEATS": "1"}, 0},
			{"skipped", ".dedup-check", map[string]string{"DEDUP_PATHS": "new drop\nbroken.jsonl"}, 3},
			{"no such path", ".dedup-check", map[string]string{"DEDUP_PATHS": "nowhere"}, 2},
			{"nothing", ".dedup-check", nil, 2},
			{"index", ".dedup-check", map[string]string{"DEDUP_PATHS": "copy.txt", "DEDUP_INDEX": ".dedup/corpus.idx", "DEDUP_CORPUS": "corpus\nbroken.jsonl"}, 1},
			{"no index", ".dedup-check", map[string]string{"DEDUP_PATHS": "copy.txt", "DEDUP_INDEX": ".dedup/corpus.idx"}, 2},
			{"no corpus", ".dedup-check", map[string]string{"DEDUP_PATHS": "copy.txt", "DEDUP_INDEX": ".dedup/corpus.idx", "DEDUP_CORPUS": "nowhere"}, 2},
			{"merged", ".dedup-index", map[string]string{"DEDUP_PATHS": "new drop", "DEDUP_INDEX": ".dedup/corpus.idx", "DEDUP_CORPUS": "corpus"}, 0},
			{"merged into nothing", ".dedup-index", map[string]string{"DEDUP_PATHS": "nowhere", "DEDUP_INDEX": ".dedup/corpus.idx"}, 2},
		} {
			t.Run(shell+"/"+c.name, func(t *testing.T) {
				needTools(t, shell, "dedup")
				dir := ciDir(t)
				writeFile(t, filepath.Join(dir, "broken.jsonl"), "{\"text\": \"a\n")
				writeFile(t, filepath.Join(dir, "copy.txt"), readFile(t, filepath.Join(dir, "corpus", "chess.txt")))
				writeFile(t, filepath.Join(dir, ".dedup", "note"), "the folder that is cached\n")
				code, log := runGitLab(t, shell, dir, jobs[c.job], c.set)
				if code != c.code {
					t.Fatalf("exit code %d, want %d\n%s", code, c.code, log)
				}
				for _, name := range jobs[c.job].Artifacts.Paths {
					if _, err := os.Stat(filepath.Join(dir, name)); (err == nil) != (code != exitFatal) {
						t.Errorf("artifact %s: %v\n%s", name, err, log)
					}
				}
				if c.name != "merged" {
					return
				}
				c.set["DEDUP_CORPUS"] = ""
				c.set["DEDUP_PATHS"] = "copy.txt" // is in the corpus: the job adds what it is told to
				if code, log := runGitLab(t, shell, dir, jobs[".dedup-index"], c.set); code != 0 {
					t.Errorf("add to the index: exit code %d\n%s", code, log)
				}
				c.set["DEDUP_PATHS"] = "bad"
				if code, log := runGitLab(t, shell, dir, jobs[".dedup-check"], c.set); code != 1 || !strings.Contains(log, "new drop/bees.txt") {
					t.Errorf("what was merged is not found: exit code %d\n%s", code, log)
				}
			})
		}
	}
}

// Where the image has no dedup, the job fetches the source and builds it.
func TestGitLabBuilds(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program")
	}
	needTools(t, "sh", "git", "go", "mktemp")
	source := sourceRepo(t)
	dir := ciDir(t)
	set := map[string]string{"DEDUP_PATHS": "bad", "PATH": pathWithout(t, "dedup"), "DEDUP_REPOSITORY": source, "DEDUP_REF": "v1.0.0"}
	job := gitlabJobs(t)[".dedup-check"]
	if code, log := runGitLab(t, "sh", dir, job, set); code != 1 {
		t.Fatalf("exit code %d\n%s", code, log)
	}
	set["DEDUP_REPOSITORY"] = "" // the cache brings the program back
	if code, log := runGitLab(t, "sh", dir, job, set); code != 1 {
		t.Errorf("from the cache: exit code %d\n%s", code, log)
	}
	if err := os.RemoveAll(filepath.Join(dir, ".dedup")); err != nil {
		t.Fatal(err)
	}
	if code, log := runGitLab(t, "sh", dir, job, set); code != 2 || !strings.Contains(log, "DEDUP_REPOSITORY") {
		t.Errorf("no program and nowhere to get one: exit code %d\n%s", code, log)
	}
}

// pathWithout is PATH without the directories that hold the program.
func pathWithout(t *testing.T, program string) string {
	t.Helper()
	var keep []string
	for _, d := range filepath.SplitList(os.Getenv("PATH")) {
		if _, err := os.Stat(filepath.Join(d, program)); err != nil {
			keep = append(keep, d)
		}
	}
	return strings.Join(keep, string(filepath.ListSeparator))
}
