package main

import (
	"github.com/spf13/cobra"

	"dedup/internal/article"
)

// completeFormats has shells complete the formats that flags of cmd, and of the commands below it,
// take: --input-format by the table of input formats, --format by what the command prints.
func completeFormats(cmd *cobra.Command) {
	complete := func(flag string, values []string) {
		_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)) // fails only for flags that are not there
	}
	if cmd.LocalFlags().Lookup("input-format") != nil {
		complete("input-format", article.FormatNames())
	}
	if f := cmd.LocalFlags().Lookup("format"); f != nil && f.Annotations[formatsOf] != nil {
		complete("format", f.Annotations[formatsOf])
	}
	for _, c := range cmd.Commands() {
		completeFormats(c)
	}
}
