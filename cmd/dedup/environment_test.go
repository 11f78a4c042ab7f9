package main

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// harmless are the flags that the environment may set: none destroys, overwrites or accepts
// anything. Whoever adds a flag writes it here or into reservedFlags, and so decides.
var harmless = strings.Fields(`
	all answers background baseline batch-size bin by color config containment counts cut dry-run exact field fields-only files-from format full gold granularity help index input-format jobs keep
	keep-boilerplate keep-per-source label max-article max-articles max-boilerplate max-cluster max-cluster-size max-duplicates max-empty max-furniture max-passages max-per-source
	max-removed max-repeats max-superseding max-tiny memory min-copied min-jaccard min-passage min-tokens no-descriptions no-text null of only outlets pairs parts pipe quiet route rules seconds seed sources stage
	stories sweep tables threshold tiny tmp top verbose version window work worst`)

// suspects are words of names and descriptions that only reserved flags have.
var suspects = []string{"force", "overwrite", "delete", "drop-", "accept", "write this", "write what", "to this file"}

// TestFlagsAreClassified walks all commands: DEDUP_FORCE=1, left over from another job, once
// switched the guard of every later one off.
func TestFlagsAreClassified(t *testing.T) {
	eachCommand(newRootCmd(&app{}), func(c *cobra.Command) {
		c.InitDefaultHelpFlag()
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			_, reserved := reservedFlag(f.Name)
			free := slices.Contains(harmless, f.Name)
			if reserved == free {
				t.Errorf("%s --%s is reserved: %t, and harmless: %t; add it to reservedFlags or to harmless", c.CommandPath(), f.Name, reserved, free)
			}
			for _, s := range suspects {
				if free && (strings.Contains(f.Name, s) || strings.Contains(f.Usage, s)) {
					t.Errorf("%s --%s (%s) is harmless?", c.CommandPath(), f.Name, f.Usage)
				}
			}
		})
	})
}

// TestEnvironment sets every flag of every command by its variable, one command at a time, and
// looks which took the value.
func TestEnvironment(t *testing.T) {
	eachCommand(newRootCmd(&app{}), func(c *cobra.Command) {
		values := map[string]string{"bool": "true", "int": "7", "uint64": "7", "share": "0.25", "size": "5MiB", "duration": "3d", "limit": "9"}
		before := map[string]string{}
		c.LocalFlags().VisitAll(func(f *pflag.Flag) { before[f.Name] = f.Value.String() })
		var notes bytes.Buffer
		lookup := func(name string) (string, bool) {
			f := c.Flags().Lookup(strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(name, "DEDUP_"), "_", "-")))
			if v, ok := values[f.Value.Type()]; ok {
				return v, true
			}
			return "x", true
		}
		if err := fromEnvironment(c.Flags(), lookup, &notes); err != nil {
			t.Error(err)
		}
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			_, reserved := reservedFlag(f.Name)
			if reserved != (f.Value.String() == before[f.Name]) && f.Name != "help" && f.Name != "version" && f.Name != "no-descriptions" { // which all shells share
				t.Errorf("%s --%s is %q, and was %q", c.CommandPath(), f.Name, f.Value, before[f.Name])
			}
			if reserved && !strings.Contains(notes.String(), variable(f.Name)+" is not read") {
				t.Errorf("%s --%s is passed over in silence", c.CommandPath(), f.Name)
			}
		})
	})
}
