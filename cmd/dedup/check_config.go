package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"dedup/internal/gate"
)

// defaultConfig is read where it is there.
const defaultConfig = ".dedup.yaml"

// notConfigured are the flags that make no sense in a file that is committed.
var notConfigured = []string{"config", "update-baseline", "help"}

// configPaths are the keys whose values are paths: they count from the directory of the file.
var configPaths = []string{"index", "baseline", "output", "files-from"}

// configure sets the flags that neither the command line nor the environment set from the configuration file.
func (o *checkOptions) configure(cmd *cobra.Command) error {
	flags := cmd.LocalFlags() // the global ones are of the machine, not of the corpus
	if o.config == "" {
		return nil
	}
	f, err := os.Open(o.config)
	if errors.Is(err, fs.ErrNotExist) && !flags.Changed("config") {
		return nil
	}
	if err != nil {
		return fmt.Errorf("--config: %w", err)
	}
	defer f.Close()
	settings, err := gate.ReadConfig(f, o.config, configKeys(flags))
	if err != nil {
		return err
	}
	for _, s := range settings {
		if flags.Changed(s.Key) {
			continue
		}
		if err := o.set(flags, s); err != nil {
			return fmt.Errorf("%s:%d: %s: %w", o.config, s.Line, s.Key, err)
		}
	}
	return nil
}

// configKeys are the flags that a configuration may set.
func configKeys(flags *pflag.FlagSet) []string {
	var keys []string
	flags.VisitAll(func(f *pflag.Flag) {
		if !slices.Contains(notConfigured, f.Name) {
			keys = append(keys, f.Name)
		}
	})
	return keys
}

// set sets one flag. A flag that is repeated on the command line takes the items of a list one by one.
func (o *checkOptions) set(flags *pflag.FlagSet, s gate.Setting) error {
	value := flags.Lookup(s.Key).Value
	if s.Items == nil {
		return value.Set(o.fromConfig(s.Key, s.Value))
	}
	list, ok := value.(pflag.SliceValue)
	if !ok {
		return errors.New("a list where a single value belongs")
	}
	for i := range s.Items {
		s.Items[i] = o.fromConfig(s.Key, s.Items[i])
	}
	return list.Replace(s.Items)
}

// fromConfig makes the paths in a value count from the directory of the configuration.
func (o *checkOptions) fromConfig(key, value string) string {
	if format, name, ok := strings.Cut(value, "="); ok && key == "report" {
		return format + "=" + beside(o.config, name)
	}
	if slices.Contains(configPaths, key) {
		return beside(o.config, value)
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
