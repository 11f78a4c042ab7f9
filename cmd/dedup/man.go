package main

import (
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

func newManCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "man DIR",
		Short: "Write the man pages into a directory",
		Long:  "man writes one man page a command (section 1) into DIR, which it makes if need be.\n" + exitHelp,
		Example: `  dedup man /usr/local/share/man/man1
  man -l man/dedup-scan.1`,
		Args: takes(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := os.MkdirAll(args[0], 0o777); err != nil {
				return fmt.Errorf("man pages: %w", err)
			}
			root := cmd.Root()
			date := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC) // of the manual, not of the call: the same bytes every time
			root.DisableAutoGenTag = true
			if err := doc.GenManTree(root, &doc.GenManHeader{Title: "DEDUP", Section: "1", Date: &date, Source: "dedup", Manual: "dedup"}, args[0]); err != nil {
				return fmt.Errorf("man pages: %w", err)
			}
			return nil
		},
	}
}
