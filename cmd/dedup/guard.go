package main

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"dedup/internal/article"
	"dedup/internal/clean"
	"dedup/internal/output"
	"dedup/internal/report"
)

// No output of a command may take the place of what the command reads, or of another output. This
// file says which flags and arguments name what; output.Guard compares. It is asked before anything
// is opened, for every command.

// use is what a command does with what a flag names.
type use int

const (
	reads  use = iota
	keeps      // a directory that is read, with all that is in it
	writes     //
	prints     // writes, behind "FORMAT="
)

// flagUses has a row for every flag that names a file; TestFlagsAreGuarded wants all that overwrite
// to be in it.
var flagUses = []struct {
	flag string
	use  use
}{
	{"output", writes}, {"manifest", writes}, {"removed", writes}, {"superseding", writes}, {"cpuprofile", writes}, {"trace", writes},
	{"baseline", reads}, {"report", prints}, {"background", reads}, {"config", reads}, {"files-from", reads}, {"gold", reads}, {"ids-from", reads}, {"index", keeps}, {"work", keeps}, {"tables", reads}, {"protect", reads}, {"answers", reads},
}

// ownArgs are the commands whose arguments are not articles, or the first of which is none.
var ownArgs = map[string]struct {
	what string
	all  bool
}{
	"dedup report": {"the report", false}, "dedup label": {"the saved run", false}, "dedup eval": {"the result", true}, "dedup restore": {"what is restored", true},
	"dedup index build": {"the index", false}, "dedup index add": {"the index", false}, "dedup index remove": {"the index", true},
	"dedup shard": {"the part", false}, "dedup merge": {"the directory", true}, "dedup worker": {"the stage", true},
	"dedup index info": {"the index", true}, "dedup index check": {"the index", true}, "dedup index merge": {"the index", true}, "dedup index export": {"the index", true},
}

// guarded is a command line as the guard sees it.
type guarded struct {
	output.Guard
	app   *app
	cmd   *cobra.Command
	stdin string // what standard input is read as, as far as it is
}

// guard refuses a command line by which an output would destroy an input.
func (a *app) guard(cmd *cobra.Command, args []string) error {
	g := &guarded{app: a, cmd: cmd}
	for _, u := range flagUses {
		if f := cmd.Flags().Lookup(u.flag); f != nil {
			g.flag(u.flag, g.adapt(u.flag, u.use))
		}
	}
	toStdout := g.value("output") == "" || g.value("output") == "-"
	g.derived()
	articles, err := g.arguments(cmd.Context(), args)
	if err != nil {
		return err
	}
	stdout, ok := a.stdout.(*os.File)
	file := ok && regularOrPipe(stdout)
	if g.Busy() || file {
		for _, in := range article.Expand(slices.DeleteFunc(articles, func(p string) bool { return p == "-" }), nil) {
			g.Reads("", in.Path)
		}
		if f, ok := a.stdin.(*os.File); ok && g.stdin != "" {
			g.ReadsFrom(g.stdin, f)
		}
	}
	if file {
		if err := g.WritesTo("standard output", stdout, !toStdout); err != nil {
			return err
		}
	}
	return g.Check()
}

// guardTexts refuses to write the page of a report over the articles that the report names, which
// are read again.
func (a *app) guardTexts(o *outputOptions, r *report.Report) error {
	var g output.Guard
	if !o.toStdout() {
		g.Writes("--output", o.file)
	}
	for _, r := range [][2]string{{"--cpuprofile", a.global.cpuprofile}, {"--trace", a.global.trace}} {
		if flag, name := r[0], r[1]; name != "" {
			g.Writes(flag, name)
		}
	}
	stdout, ok := a.stdout.(*os.File)
	file := ok && regularOrPipe(stdout)
	if g.Busy() || file {
		last := ""
		for i := range r.Articles {
			if p := r.Articles[i].Path; p != last && p != "-" {
				g.Reads("", p)
				last = p
			}
		}
	}
	err := g.Check()
	if err == nil && file {
		err = g.WritesTo("standard output", stdout, true)
	}
	if err != nil {
		a.dropRecordings()
	}
	return err
}

func regularOrPipe(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && (info.Mode().IsRegular() || info.Mode()&os.ModeNamedPipe != 0)
}

// value is what a flag names, empty where the command has none of this name.
func (g *guarded) value(flag string) string {
	if f := g.cmd.Flags().Lookup(flag); f != nil {
		return f.Value.String()
	}
	return ""
}

func (g *guarded) given(flag string) bool { return g.value(flag) == "true" }

// adapt is the use of a flag in this command, as its other flags have it.
func (g *guarded) adapt(flag string, u use) use {
	switch {
	case flag == "manifest" && g.cmd.Name() == "restore":
		return reads
	case flag == "baseline" && (g.given("update-baseline") || g.cmd.Flags().Changed("accept")):
		return writes
	}
	return u
}

// flag adds what one flag names.
func (g *guarded) flag(name string, u use) {
	values := []string{g.value(name)}
	if u == prints {
		values, _ = g.cmd.Flags().GetStringArray(name) // it is one: TestFlagsAreGuarded
	}
	for _, value := range values {
		if u == prints {
			_, value, _ = strings.Cut(value, "=")
		}
		switch {
		case value == "":
		case u == reads && value == "-":
			g.stdin = "--" + name
		case u == reads:
			g.Reads("--"+name, value)
		case u == keeps:
			g.Keeps("--"+name, value)
		case value != "-" && !(name == "output" && g.given("dry-run")):
			g.Writes("--"+name, value)
		}
	}
}

// derived adds what is read or written besides what flags name.
func (g *guarded) derived() {
	out, manifest := g.value("output"), g.value("manifest")
	if g.cmd.Name() == "clean" && !g.given("dry-run") && out != "" && out != "-" {
		if manifest == "" {
			manifest = clean.DefaultManifest(out)
			g.Writes("--manifest", manifest)
		}
		g.Writes("--manifest", clean.NextManifest(manifest))
	}
	if name := os.Getenv("GITHUB_STEP_SUMMARY"); name != "" && g.cmd.Flags().Lookup("update-baseline") != nil {
		reports, _ := g.cmd.Flags().GetStringArray("report")
		if g.value("format") == "github" || slices.ContainsFunc(reports, func(r string) bool { return strings.HasPrefix(r, "github=") }) {
			g.Writes("GITHUB_STEP_SUMMARY", name)
		}
	}
}

// arguments adds the arguments that are no articles and gives those that are.
func (g *guarded) arguments(ctx context.Context, args []string) (articles []string, err error) {
	own, some := ownArgs[g.cmd.CommandPath()]
	n := 0
	if some {
		if n = min(1, len(args)); own.all {
			n = len(args)
		}
	}
	for _, arg := range args[:n] {
		if arg == "-" {
			g.stdin = own.what
		} else {
			g.Keeps(own.what, arg)
		}
	}
	switch g.cmd.CommandPath() {
	case "dedup restore":
		if g.value("manifest") == "" {
			g.Reads("the manifest", clean.DefaultManifest(args[0]))
			g.Reads("the manifest", clean.NextManifest(clean.DefaultManifest(args[0])))
		}
	case "dedup eval":
		if n == 0 {
			g.stdin = own.what
		}
	}
	articles = slices.Clone(args[n:])
	list := g.value("files-from")
	if list != "" {
		if list == "-" && slices.Contains(articles, "-") {
			return nil, errors.New("standard input cannot be both the list of --files-from and an article")
		}
		more, err := g.app.listed(ctx, list, g.given("null"))
		if err != nil {
			return nil, err
		}
		articles = append(articles, more...)
	}
	reading := g.cmd.Flags().Lookup("field") != nil && g.cmd.CommandPath() != "dedup report" && g.cmd.CommandPath() != "dedup label"
	if slices.Contains(articles, "-") || reading && list == "" && len(articles) == 0 {
		g.stdin = "standard input"
	}
	return articles, nil
}
