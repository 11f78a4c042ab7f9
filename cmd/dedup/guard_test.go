package main

import (
	"slices"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// noFiles are the flags of text that name no file.
var noFiles = []string{"accept", "article", "as-of", "by", "color", "field", "format", "granularity", "id", "input-format", "keep", "label", "of", "only", "route", "rules", "source", "stage", "tmp"}

// TestFlagsAreGuarded walks all commands: a flag that names a file and is not in the guard's table
// is one more way to destroy an input.
func TestFlagsAreGuarded(t *testing.T) {
	known := map[string]use{}
	for _, u := range flagUses {
		known[u.flag] = u.use
	}
	eachCommand(newRootCmd(&app{}), func(c *cobra.Command) {
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			u, ok := known[f.Name]
			if r, reserved := reservedFlag(f.Name); reserved && r.does == "overwrites a file" && (!ok || u != writes && u != prints) {
				t.Errorf("%s --%s overwrites a file, and the guard does not know", c.CommandPath(), f.Name)
			}
			if text := slices.Contains([]string{"string", "stringArray", "stringSlice"}, f.Value.Type()); text && ok == slices.Contains(noFiles, f.Name) {
				t.Errorf("%s --%s names a file: %t by flagUses, %t by noFiles", c.CommandPath(), f.Name, ok, !ok)
			}
			if (u == prints) != (f.Value.Type() == "stringArray") && ok {
				t.Errorf("%s --%s is a %s", c.CommandPath(), f.Name, f.Value.Type())
			}
		})
	})
}
