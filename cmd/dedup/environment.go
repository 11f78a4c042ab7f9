package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/pflag"
)

// reserved is a flag that the environment never sets, because it destroys, overwrites or accepts:
// that must stand where it is done. A variable that was set for one job is there for the next one
// too.
type reserved struct {
	name string
	file bool // a configuration file may: it is named, and kept with the corpus
	does string
}

// reservedFlags is the one list of them; TestFlagsAreClassified wants every flag to be in it or in
// the list of harmless ones.
var reservedFlags = []reserved{
	{"force", false, "goes on where the guard stops"},
	{"update-baseline", false, "accepts what is found"},
	{"accept", false, "accepts what is found"},
	{"output", false, "overwrites a file"},
	{"manifest", false, "overwrites a file"},
	{"removed", false, "overwrites a file"},
	{"superseding", false, "overwrites a file"},
	{"cpuprofile", false, "overwrites a file"},
	{"trace", false, "overwrites a file"},
	{"report", true, "overwrites a file"},
	{"add", false, "changes the index"},
	{"article", false, "says what is put back"},
	{"protect", true, "says what is taken away"},
	{"per-story", true, "says what is taken away"},
	{"passages", true, "says what is taken away"},
	{"older-than", false, "says what is taken away"},
	{"as-of", false, "says what is taken away"},
	{"id", false, "says what is taken away"},
	{"ids-from", false, "says what is taken away"},
	{"source", false, "says what is taken away"},
	{"batch", false, "says what is taken away"},
}

// reservedStems are beginnings of names of such flags, whatever follows: nobody may forget the next
// one.
var reservedStems = []string{"drop-", "force-", "remove-", "delete-", "accept-", "overwrite-", "update-", "replace-"}

func reservedFlag(name string) (reserved, bool) {
	for _, r := range reservedFlags {
		if r.name == name {
			return r, true
		}
	}
	for _, stem := range reservedStems {
		if strings.HasPrefix(name, stem) {
			return reserved{name: name, does: "destroys or accepts, by its name"}, true
		}
	}
	return reserved{}, false
}

// variable is the name of a flag in the environment.
func variable(flag string) string {
	return "DEDUP_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// fromEnvironment sets every flag that the command line left alone and that DEDUP_NAME names, but
// for the reserved ones: of these it says on notes that they were not set.
func fromEnvironment(flags *pflag.FlagSet, lookup func(string) (string, bool), notes io.Writer) error {
	var err error
	flags.VisitAll(func(f *pflag.Flag) {
		v, ok := lookup(variable(f.Name))
		if !ok || v == "" || f.Changed || err != nil || f.Name == "help" || f.Name == "version" {
			return
		}
		if r, not := reservedFlag(f.Name); not {
			_, err = fmt.Fprintf(notes, "dedup: %s is not read: --%s must stand on the command line, for it %s\n", variable(f.Name), f.Name, r.does)
		} else if e := flags.Set(f.Name, v); e != nil {
			err = fmt.Errorf("environment %s: %w", variable(f.Name), valueError(e))
		}
	})
	return err
}
