// Package engine is the one orchestrator: it reads articles, runs the stages that are asked for and
// puts their results into a report.
package engine

import (
	"fmt"
	"os"
	"strings"
	"time"

	"dedup/internal/article"
	"dedup/internal/background"
	"dedup/internal/cluster/near"
	"dedup/internal/cluster/story"
	"dedup/internal/nearest"
	"dedup/internal/passage"
	"dedup/internal/phrase"
	"dedup/internal/report"
	"dedup/internal/sketch"
)

// Config says what to read and what to find. The zero value of a stage's options means its
// defaults.
type Config struct {
	Paths      []string        // files, directories, globs, "-"
	Article    article.Options // Workers is taken from below
	Parts      report.Parts    // the questions of Run
	Near       near.Options
	Keep       Keep
	Stories    story.Options
	Passages   passage.Options
	Phrases    phrase.Options
	Background *background.Model          // nil: the embedded one
	Learned    func([]background.Learned) // is told, once, of languages that the model lacks; nil: nobody
	Scheme     sketch.Scheme              // zero: sketch.Default
	Workers    int
	Memory     int64 // bytes to stay within
	Tmp        string
	Bad        func(article.Bad) // is told every input that is skipped; nil: nobody
	Progress   func(Progress)    // is told how far the run is; nil: nobody
	Dates      *article.Dates    // what came of the dates is added to it; nil: nowhere
}

// Progress is how far a stage is. It comes from any goroutine, one at a time.
type Progress struct {
	Stage       string
	Done, Total int64 // Total 0: not known
	Bytes       bool  // Done and Total are bytes; else things the stage counts
	Articles    int64 // read so far
}

// ParseParts reads a list such as "clusters,stories".
func ParseParts(list []string) (report.Parts, error) {
	if len(list) == 0 {
		return report.AllParts, nil
	}
	var p report.Parts
	for _, name := range list {
		switch strings.TrimSpace(name) {
		case "clusters":
			p.Clusters = true
		case "stories":
			p.Stories = true
		case "passages":
			p.Passages = true
		case "phrases":
			p.Phrases = true
		default:
			return p, fmt.Errorf("unknown part %q: use clusters, stories, passages or phrases%s", name, nearest.Hint(strings.TrimSpace(name), "clusters", "stories", "passages", "phrases"))
		}
	}
	return p, nil
}

func (c *Config) setDefaults() {
	c.Workers = max(c.Workers, 1)
	if c.Memory <= 0 {
		c.Memory = 2 << 30
	}
	if c.Tmp == "" {
		c.Tmp = os.TempDir()
	}
	if c.Background == nil {
		c.Background = background.Default()
	}
	if c.Scheme == (sketch.Scheme{}) {
		c.Scheme = sketch.Default
	}
	if c.Bad == nil {
		c.Bad = func(article.Bad) {}
	}
	if c.Learned == nil {
		c.Learned = func([]background.Learned) {}
	}
	if c.Dates == nil {
		c.Dates = &article.Dates{}
	}
	if c.Progress == nil {
		c.Progress = func(Progress) {}
	}
}

// Published prints a date as the report does.
func Published(t time.Time, dateOnly bool) string {
	switch {
	case t.IsZero():
		return ""
	case dateOnly:
		return t.Format(time.DateOnly)
	}
	return t.Format(time.RFC3339)
}
