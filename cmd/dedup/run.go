package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"dedup/internal/article"
	"dedup/internal/output"
	"dedup/internal/report"
)

// Exit codes; every command's help lists them.
const (
	exitOK          = 0
	exitFound       = 1   // the gate of check failed
	exitFatal       = 2   // usage, or nothing could be done
	exitSkipped     = 3   // done, but some input was skipped
	exitInterrupted = 130 // 128 and the number of the signal, as shells have it
	exitTerminated  = 143
)

const exitHelp = `
Exit codes:
  0  done
  2  wrong usage, a fatal error, or nothing at all could be read
  3  done, but some input could not be read and was skipped (named on stderr)
  130  interrupted (SIGINT)
  143  terminated (SIGTERM)`

// errSkipped is the outcome of a run that left input out.
var errSkipped = errors.New("some input was skipped")

// app is what every command shares: the streams and the global flags.
type app struct {
	stdin          io.Reader // as it is: the article reader sees to interruptions itself
	list           io.Reader // stdin for everything else; gives up when the run is interrupted
	typed          bool      // stdin is a terminal
	stdout, stderr io.Writer
	global         globalFlags
	paths          *list // of --files-from, once it is read
	complaints     complaints
	dates          dateNote
	languages      languageNote
	recordings     []recording // of --cpuprofile and --trace
}

type globalFlags struct {
	workers    int
	memory     size
	tmp        string
	quiet      bool
	verbose    bool
	cpuprofile string
	trace      string
}

// run is the whole program: it maps the error of a command to an exit code and does nothing else.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	ctx, stop := signalled(context.Background())
	defer stop()
	signal.Ignore(syscall.SIGPIPE) // a closed pipe is an error of Write, so that everything is cleaned up
	stderr = &screen{w: stderr}
	f, ok := stdin.(*os.File)
	a := &app{stdin: stdin, list: newInterruptible(ctx, stdin), typed: ok && isTerminal(f), stdout: stdout, stderr: stderr, complaints: complaints{w: stderr}}
	root := newRootCmd(a)
	root.SetArgs(args)
	root.SetIn(a.list)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	a.complaints.done()
	if e := a.endRecordings(); err == nil {
		err = e
	}
	if err == nil || errors.Is(err, errSkipped) || errors.Is(err, errFound) {
		a.dates.done(stderr, a.global.quiet)
		a.languages.done(stderr, a.global.quiet)
	}
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errFound):
		return exitFound
	case errors.Is(err, errSkipped):
		return exitSkipped
	case errors.Is(context.Cause(ctx), errTerminated):
		fmt.Fprintln(stderr, "dedup: terminated")
		return exitTerminated
	case ctx.Err() != nil:
		fmt.Fprintln(stderr, "dedup: interrupted")
		return exitInterrupted
	case output.ReaderGone(err), errors.Is(err, io.ErrClosedPipe):
		return exitOK
	}
	fmt.Fprintln(stderr, "dedup:", spoken(err, args))
	return exitFatal
}

// errTerminated is why the run ends where SIGTERM asked for it.
var errTerminated = errors.New("terminated")

// signalled gives a context that ends with the first SIGINT or SIGTERM; a second one ends the
// process at once.
func signalled(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	got := make(chan os.Signal, 1)
	signal.Notify(got, os.Interrupt, syscall.SIGTERM)
	go func() {
		select {
		case s := <-got:
			signal.Stop(got)
			var why error
			if s == syscall.SIGTERM {
				why = errTerminated
			}
			cancel(why)
		case <-ctx.Done():
		}
	}()
	return ctx, func() { signal.Stop(got); cancel(nil) }
}

// spoken is what an error says, with the line ends in names escaped: those of arguments, and of
// files that the system named. The message's own line ends stay, and a name cannot write lines that
// look like them. The screen escapes the rest.
func spoken(err error, args []string) string {
	text := err.Error()
	for _, name := range append(errorPaths(err), args...) {
		if strings.ContainsAny(name, "\n\r") {
			text = strings.ReplaceAll(text, name, report.Visible(name))
		}
	}
	return text
}

// errorPaths lists the files that the errors of the system behind err name.
func errorPaths(err error) []string {
	switch e := err.(type) {
	case *fs.PathError:
		return []string{e.Path}
	case *os.LinkError:
		return []string{e.Old, e.New}
	case interface{ Unwrap() error }:
		return errorPaths(e.Unwrap())
	case interface{ Unwrap() []error }:
		var list []string
		for _, one := range e.Unwrap() {
			list = append(list, errorPaths(one)...)
		}
		return list
	}
	return nil
}

func newRootCmd(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:   "dedup",
		Short: "Find near-duplicate news articles, shared stories, copied passages and wire phrasing",
		Long: `dedup reads news articles and says which are the same text, which tell the same
story, which passages were copied, and which phrasing independent sources share.

Articles come as files, directories, globs or "-" (standard input) in any of the
formats that docs/formats.md lists, each also compressed (.gz .zst .bz2).
Flags can also be set by the environment, --memory as DEDUP_MEMORY, and by a file,
.dedup.yaml; but none that destroys, overwrites or accepts.

Exit codes:
  0  done; of check: passed
  1  check: the gate failed
  2  wrong usage, or a fatal error
  3  done, but some input could not be read and was skipped (named on stderr)
  130  interrupted (SIGINT)
  143  terminated (SIGTERM)`,
		Example: `  dedup scan seeds/
  dedup clusters corpus.jsonl.zst > duplicates.tsv
  zstdcat drop.jsonl.zst | dedup scan --format json - | jq .summary`,
		Version:           versionString(),
		SilenceErrors:     true,
		SilenceUsage:      true,
		PersistentPreRunE: func(cmd *cobra.Command, args []string) error { return a.prepare(cmd, args) },
	}
	g := &a.global
	g.memory = 2 << 30
	f := root.PersistentFlags()
	f.IntVarP(&g.workers, "jobs", "j", runtime.GOMAXPROCS(0), "number of workers; the output does not depend on it")
	f.Var(&g.memory, "memory", "memory to stay within; what needs more goes to --tmp")
	f.StringVar(&g.tmp, "tmp", os.TempDir(), "directory for temporary files")
	f.BoolVarP(&g.quiet, "quiet", "q", false, "no progress bar and no summary messages on stderr; errors still show")
	f.BoolVarP(&g.verbose, "verbose", "v", false, "name every input that is skipped, not only the first 20 with the same fault")
	f.StringVar(&g.cpuprofile, "cpuprofile", "", "write a CPU profile to this file")
	f.Lookup("cpuprofile").Hidden = true
	f.StringVar(&g.trace, "trace", "", "write an execution trace to this file")
	f.Lookup("trace").Hidden = true
	f.Lookup("tmp").DefValue = "the system's"
	f.Lookup("jobs").DefValue = "all cores"
	root.AddCommand(newScanCmd(a), newSketchCmd(a), newPairsCmd(a), newLabelCmd(a), newClustersCmd(a), newStoriesCmd(a), newPassagesCmd(a), newPhrasesCmd(a), newFlowCmd(a),
		newDiffCmd(a), newReportCmd(a), newCleanCmd(a), newRestoreCmd(a), newFilterCmd(a), newCheckCmd(a), newIndexCmd(a), newTextCmd(a), newEvalCmd(), newBackgroundCmd(a), newShardCmd(a), newMergeCmd(a), newWorkerCmd(a), newManCmd(), newVersionCmd())
	completeFormats(root)
	guardTypos(group(root))
	return root
}

// prepare fills flags from the environment and the configuration, checks the global ones, sees that
// outputs and inputs are apart, and sets the runtime up.
func (a *app) prepare(cmd *cobra.Command, args []string) error {
	notes := a.stderr
	if a.global.quiet {
		notes = io.Discard
	}
	if err := fromEnvironment(cmd.Flags(), os.LookupEnv, notes); err != nil {
		return err
	}
	if err := a.configure(cmd); err != nil {
		return err
	}
	g := &a.global
	a.complaints.all = g.verbose
	if g.workers < 1 {
		return fmt.Errorf("--jobs %d: at least one worker is needed", g.workers)
	}
	if g.memory < 64<<20 {
		return fmt.Errorf("--memory %s: at least 64MiB are needed", g.memory.String())
	}
	a.limitHeap(int64(g.memory))
	article.LimitMemory(int64(g.memory))
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(150)
	}
	if err := a.guard(cmd, args); err != nil {
		return err
	}
	return a.record(cmd.Context())
}

// limitHeap has the collector keep the heap below seven eighths of n bytes where it can, unless
// GOMEMLIMIT says something else. The rest is for pages of files.
func (a *app) limitHeap(n int64) {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(n / 8 * 7)
	}
}
