package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"dedup/internal/columnar"
	"dedup/internal/corpus"
	"dedup/internal/dist"
)

// distFlags set what all stages of a distributed run must agree on.
type distFlags struct {
	near  nearFlags
	parts int
	bin   size
	pairs bool
}

func (d *distFlags) add(f *pflag.FlagSet) {
	d.near.add(f)
	f.IntVar(&d.parts, "parts", 64, "parts that all shingles are dealt out to: a power of two; one for some gigabytes of text each 16")
	d.bin = 8 << 20
	f.Var(&d.bin, "bin", "shingles of articles that are clustered together, at least")
	f.BoolVar(&d.pairs, "pairs", false, "find pairs too")
}

// options are those of a run; input may be nil where no text is read.
func (d *distFlags) options(a *app, input *inputOptions) (dist.Options, error) {
	cfg := a.reading(nil)
	if input != nil {
		fields, err := parseFields(input.fields)
		if err != nil {
			return dist.Options{}, err
		}
		cfg.Fields, cfg.Format, cfg.MaxArticle = fields, input.format, int64(input.maxArticle)
	}
	keep, err := d.near.apply(a, &cfg)
	if err != nil {
		return dist.Options{}, err
	}
	if keep.ByDate() {
		a.dates.matter = datesOfCopies
	}
	return dist.Options{Options: corpus.Options(cfg.Options), Parts: d.parts, Bin: int64(d.bin), Pairs: d.pairs}, nil
}

// newWorkerCmd is for engines that run stages: spark/ is one.
func newWorkerCmd(a *app) *cobra.Command {
	var flagsOf distFlags
	var input inputOptions
	var tables string
	cmd := &cobra.Command{
		Use:   "worker STAGE",
		Short: "Run a stage of a distributed run over frames on standard input",
		Long: `worker reads frames from standard input and writes those that a stage makes of
them to standard output (docs/algorithms/dist.md has the stages and the format).
Besides the stages there are "stages", which prints the table of them as JSON, and
"clusters" and "pairs", which make an Arrow stream of what the last stage found.
` + exitHelp,
		Example: "  dedup worker seeds --tables tables < words > seeds",
		Hidden:  true,
		Args:    takes(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch args[0] {
			case "stages":
				return printStages(a.stdout)
			case "clusters":
				return arrowOf(a.list, a.stdout, clusterColumns, dist.Groups, clusterValues)
			case "pairs":
				return arrowOf(a.list, a.stdout, pairColumns, dist.Pairs, pairValues)
			}
			stage, err := dist.StageNamed(args[0])
			if err != nil {
				return err
			}
			opt, err := flagsOf.options(a, &input)
			if err != nil {
				return err
			}
			a.limitHeap(opt.Memory / 2)
			of, closeTables, err := framesOf(tables)
			if err != nil {
				return err
			}
			defer closeTables()
			w := dist.NewWriter(a.stdout)
			out := w.Write
			if stage.Name == "drop" { // who asks holds the rows until it knows which of them go
				out = w.WriteNow
			}
			if err := stage.Run(cmd.Context(), opt, of, dist.Read(a.list), out); err != nil {
				return err
			}
			return w.Close()
		},
	}
	f := cmd.Flags()
	flagsOf.add(f)
	input.add(f)
	f.StringVar(&tables, "tables", "", "file of the frames that every call of the stage needs")
	return cmd
}

// framesOf gives the frames of a file; "" is none.
func framesOf(name string) (iter.Seq2[dist.Frame, error], func(), error) {
	if name == "" {
		var none bytes.Buffer
		err := dist.NewWriter(&none).Close()
		return dist.Read(&none), func() {}, err
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, nil, fmt.Errorf("--tables: %w", err)
	}
	return dist.Read(f), func() { f.Close() }, nil
}

// printStages prints the table of stages, for whoever drives them.
func printStages(w io.Writer) error {
	e := json.NewEncoder(w)
	for _, s := range dist.Stages {
		grouping := [...]string{"any", "key", "all"}[s.Grouping]
		if err := e.Encode(map[string]string{"name": s.Name, "in": s.In, "tables": s.Tables, "grouping": grouping, "out": s.Out}); err != nil {
			return err
		}
	}
	return nil
}

// clusterColumns are rows in the order of cluster and place; the first of a cluster is the
// canonical.
var clusterColumns = []column{
	{Name: "cluster", Kind: columnar.Int}, {Name: "place", Kind: columnar.Int}, {Name: "article"}, {Name: "canonical"},
	{Name: "resemblance", Kind: columnar.Float}, {Name: "containment", Kind: columnar.Float}, {Name: "rule"}, {Name: "number", Kind: columnar.Int},
}

func clusterValues(t typedRows, f dist.Frame) error {
	list, err := dist.ReadClusters(f)
	if err != nil {
		return err
	}
	for _, c := range list {
		for place, m := range c {
			t.int(int(dist.First(c)))
			t.int(place)
			t.str(m.ID)
			t.str(c[0].ID)
			t.float(m.Resemblance, 0)
			t.float(m.Containment, 0)
			t.str(m.Rule.String())
			t.int(int(m.Number))
			if err := t.end(); err != nil {
				return err
			}
		}
	}
	return nil
}

// pairColumns are rows in the order of the two numbers.
var pairColumns = []column{
	{Name: "number_a", Kind: columnar.Int}, {Name: "number_b", Kind: columnar.Int}, {Name: "a"}, {Name: "b"},
	{Name: "resemblance", Kind: columnar.Float}, {Name: "containment_a", Kind: columnar.Float}, {Name: "containment_b", Kind: columnar.Float}, {Name: "distance", Kind: columnar.Int},
}

func pairValues(t typedRows, f dist.Frame) error {
	list, err := dist.ReadPairs(f)
	if err != nil {
		return err
	}
	for _, p := range list {
		t.int(int(p.Edge.A))
		t.int(int(p.Edge.B))
		t.str(p.A)
		t.str(p.B)
		for _, x := range []float64{p.Resemblance(), p.ContainmentA(), p.ContainmentB()} {
			t.float(x, 0)
		}
		t.int(p.Distance)
		if err := t.end(); err != nil {
			return err
		}
	}
	return nil
}

// arrowOf makes an Arrow stream of frames of a kind.
func arrowOf(r io.Reader, w io.Writer, columns []column, kind byte, fill func(typedRows, dist.Frame) error) error {
	for _, e := range columnar.Encoders {
		if e.Name != "arrow" {
			continue
		}
		t := typedRows{columnar.NewWriter(e.New(w, columns), columns)}
		for f, err := range dist.Read(r) {
			if err == nil && f.Kind == kind {
				err = fill(t, f)
			}
			if err != nil {
				return err
			}
		}
		return t.close()
	}
	return errors.New("no Arrow streams can be written")
}
