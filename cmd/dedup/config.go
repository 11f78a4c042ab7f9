package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"dedup/internal/article"
	"dedup/internal/gate"
)

// A configuration file sets flags of every command that reads articles. A key is the name of a flag
// and means that flag in all of them; a command passes over keys that only others have.
// docs/settings.md is the contract.

// defaultConfig is read where it is there.
const defaultConfig = ".dedup.yaml"

// ofTheCall are the flags that make no sense in a file that is committed: they say what one call
// reads, or that it is a trial.
var ofTheCall = []string{"config", "help", "version", "dry-run", "files-from", "null"}

// configPaths are the keys whose values are paths: they count from the directory of the file.
var configPaths = []string{"index", "baseline", "background"}

// formatsOf annotates a flag whose values differ by command, with those of its command.
const formatsOf = "formats"

// addConfig gives a command the configuration file.
func addConfig(f *pflag.FlagSet) {
	f.String("config", defaultConfig, `configuration file; "": none`)
}

// configure sets the flags that neither the command line nor the environment set from the
// configuration file.
func (a *app) configure(cmd *cobra.Command) error {
	flags := cmd.LocalFlags() // the global ones are of the machine, not of the corpus
	if flags.Lookup("config") == nil {
		return nil
	}
	name := flags.Lookup("config").Value.String()
	if name == "" {
		return nil
	}
	f, err := article.Open(cmd.Context(), name)
	if errors.Is(err, fs.ErrNotExist) && !flags.Changed("config") {
		return nil
	}
	if err != nil {
		return fmt.Errorf("--config: %w", err)
	}
	defer f.Close()
	k := configKeys(cmd.Root())
	settings, err := gate.ReadConfig(f, name, k.names, func(key string) string { return notConfigured(cmd, key) })
	if err != nil {
		return err
	}
	var used []string
	for _, s := range settings {
		flag := flags.Lookup(s.Key)
		if flag == nil || flag.Changed || k.elsewhere(flag, s.Value) {
			continue
		}
		if err := setFromConfig(flag, name, s); err != nil {
			return fmt.Errorf("%s:%d: %s: %w", name, s.Line, s.Key, err)
		}
		used = append(used, s.Key)
	}
	if len(used) > 0 && !a.global.quiet && cmd.Name() != "check" { // a check is expected to be configured
		_, err = fmt.Fprintf(a.stderr, "dedup: settings from %s: %s\n", name, strings.Join(used, ", "))
	}
	return err
}

// keys are what a configuration may set: of all commands that take one.
type keys struct {
	names   []string
	formats map[string][]string // of flags that have formatsOf: the values of all commands
}

func configKeys(root *cobra.Command) keys {
	k := keys{formats: map[string][]string{}}
	eachCommand(root, func(c *cobra.Command) {
		if c.LocalFlags().Lookup("config") == nil {
			return
		}
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			r, reserved := reservedFlag(f.Name)
			if c.Root().PersistentFlags().Lookup(f.Name) != nil || slices.Contains(ofTheCall, f.Name) || reserved && !r.file {
				return
			}
			k.names = append(k.names, f.Name)
			k.formats[f.Name] = append(k.formats[f.Name], f.Annotations[formatsOf]...)
		})
	})
	slices.Sort(k.names)
	k.names = slices.Compact(k.names)
	return k
}

// elsewhere tells whether a value of the flag is one of other commands only: "format: sarif" is for
// check.
func (k keys) elsewhere(f *pflag.Flag, value string) bool {
	own := f.Annotations[formatsOf]
	return own != nil && !slices.Contains(own, value) && slices.Contains(k.formats[f.Name], value)
}

// notConfigured says why a flag that there is cannot be set by a file; empty where no command has
// it.
func notConfigured(cmd *cobra.Command, key string) string {
	if cmd.Root().PersistentFlags().Lookup(key) != nil {
		return "--" + key + " is of the machine: give it on the command line, or as " + variable(key)
	}
	known := false
	eachCommand(cmd.Root(), func(c *cobra.Command) { known = known || c.LocalFlags().Lookup(key) != nil })
	if r, reserved := reservedFlag(key); known && (reserved && !r.file || slices.Contains(ofTheCall, key)) {
		return "give --" + key + " on the command line"
	}
	return ""
}

// setFromConfig sets one flag. A flag that is repeated on the command line takes the items of a
// list one by one.
func setFromConfig(f *pflag.Flag, file string, s gate.Setting) error {
	if s.Items == nil {
		value := fromConfig(file, s.Key, s.Value)
		if err := f.Value.Set(value); err != nil {
			return plainValue(value, err)
		}
		return nil
	}
	list, ok := f.Value.(pflag.SliceValue)
	if !ok {
		return errors.New("a list where a single value belongs")
	}
	for i := range s.Items {
		s.Items[i] = fromConfig(file, s.Key, s.Items[i])
	}
	return list.Replace(s.Items)
}

// fromConfig makes the paths in a value count from the directory of the configuration.
func fromConfig(file, key, value string) string {
	if format, name, ok := strings.Cut(value, "="); ok && key == "report" {
		return format + "=" + beside(file, name)
	}
	if slices.Contains(configPaths, key) {
		return beside(file, value)
	}
	return value
}

// beside is a path as it counts from the directory of file.
func beside(file, path string) string {
	if path == "" || path == "-" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(filepath.Dir(file), path)
}
