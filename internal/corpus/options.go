package corpus

import (
	"fmt"
	"io"
	"math"
	"os"
	"runtime"
	"strings"
	"time"

	"dedup/internal/article"
	"dedup/internal/background"
	"dedup/internal/cluster/near"
	"dedup/internal/nearest"
	"dedup/internal/sketch"
)

// Options are those of package dedup, which documents them, field by field: the compiler converts
// one into the other.
type Options struct {
	Only Parts

	Format     string
	Fields     Fields
	MaxArticle int64
	Stdin      io.Reader

	Threshold, Containment float64
	Simhash                bool
	Keep                   string
	Granularity            string
	Window                 time.Duration
	MinTokens              int
	Background             []byte
	NoFingerprints         bool
	NoLabels               bool

	Workers  int
	Memory   int64
	Tmp      string
	Skipped  func(error)
	Learned  func([]background.Learned)
	Progress func(stage string, done, total int64, articles int)
}

// Parts are the questions that a corpus may be asked.
type Parts = struct{ Clusters, Stories, Passages, Phrases, Matches bool }

// Fields names the fields of records, as article.Fields does.
type Fields = struct{ ID, Text, Title, Source, Published, URL string }

// AllParts asks everything.
var AllParts = Parts{true, true, true, true, true}

// ParseParts reads a list such as "clusters,stories"; an empty one is all.
func ParseParts(list []string) (p Parts, err error) {
	if len(list) == 0 {
		return AllParts, nil
	}
	of := map[string]*bool{"clusters": &p.Clusters, "stories": &p.Stories, "passages": &p.Passages, "phrases": &p.Phrases}
	for _, name := range list {
		part := of[strings.TrimSpace(name)]
		if part == nil {
			return p, fmt.Errorf("unknown part %q: use clusters, stories, passages or phrases%s", name, nearest.Hint(strings.TrimSpace(name), "clusters", "stories", "passages", "phrases"))
		}
		*part = true
	}
	return p, nil
}

// Near is the definition of near-duplicates.
func (o *Options) Near() near.Options {
	return near.Options{Threshold: o.Threshold, Containment: o.Containment, Simhash: o.Simhash}
}

// Defaults are the options with what is zero filled in.
func (o Options) Defaults() Options {
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.Memory <= 0 {
		o.Memory = 2 << 30
	}
	if o.Tmp == "" {
		o.Tmp = os.TempDir()
	}
	if o.Skipped == nil {
		o.Skipped = func(error) {}
	}
	if o.Learned == nil {
		o.Learned = func([]background.Learned) {}
	}
	if o.Progress == nil {
		o.Progress = func(string, int64, int64, int) {}
	}
	if o.Only == (Parts{}) {
		o.Only = AllParts
	}
	return o
}

// Model is the background model that stories and phrases are weighed by.
func (o *Options) Model() (*background.Model, error) {
	if o.Background == nil {
		return background.Default(), nil
	}
	return background.Read(strings.NewReader(string(o.Background)))
}

// Stage gives the progress callback of a stage that counts up to total.
func (o *Options) Stage(name string) func(done, total int64) {
	if o.Progress == nil {
		return func(int64, int64) {}
	}
	return func(done, total int64) { o.Progress(name, done, total, 0) }
}

// article says how articles are read; what is skipped is counted.
func (o *Options) article(c *Counts) article.Options {
	return article.Options{
		Fields: article.Fields(o.Fields), Format: o.Format, Workers: o.Workers, MaxArticle: o.MaxArticle, Tmp: o.Tmp, Stdin: o.Stdin,
		Bad: func(b article.Bad) {
			if !b.Kept {
				c.Skipped++
			}
			o.Skipped(b)
		},
		Dates: &c.Dates,
	}
}

// scheme is what sketches are made by.
var scheme = sketch.Default

// Counts is what was read.
type Counts struct {
	article.Dates
	Skipped int   // inputs, or records of them, that were left out
	Empty   int   // articles without text
	Bytes   int64 // of text
	Tokens  int64
}

// Ratio is a share or a resemblance as reports give it: with four decimals.
func Ratio(x float64) float64 { return math.Round(x*1e4) / 1e4 }

// Published prints a date as reports do: the day alone where no time is known.
func Published(t time.Time, dateOnly bool) string {
	switch {
	case t.IsZero():
		return ""
	case dateOnly:
		return t.Format(time.DateOnly)
	}
	return t.Format(time.RFC3339)
}
