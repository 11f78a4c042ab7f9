package main

import (
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"

	"dedup/internal/report"
	"dedup/internal/sketch"
)

// version is set by the release build: -ldflags "-X main.version=v1.2.3".
var version = ""

func newVersionCmd() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version, and the scheme and report schema it writes",
		Long:    "version prints the program's version, the sketch scheme and the report schema.\n" + exitHelp,
		Example: "  dedup version",
		Args:    takes(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "dedup %s\nscheme %s\nreport %s\n", versionString(), sketch.Default, report.Schema)
			return err
		},
	}
}

func versionString() string {
	if info, ok := debug.ReadBuildInfo(); ok && version == "" {
		return info.Main.Version
	}
	return version
}
