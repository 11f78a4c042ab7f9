package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"dedup/internal/output"
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
			return manPages(cmd.Context(), root, doc.GenManHeader{Title: "DEDUP", Section: "1", Date: &date, Source: "dedup", Manual: "dedup"}, args[0])
		},
	}
}

// manPages writes the page of a command and those of its subcommands.
func manPages(ctx context.Context, cmd *cobra.Command, head doc.GenManHeader, dir string) error {
	for _, c := range cmd.Commands() {
		if !c.IsAvailableCommand() || c.IsAdditionalHelpTopicCommand() {
			continue
		}
		if err := manPages(ctx, c, head, dir); err != nil {
			return err
		}
	}
	name := strings.ReplaceAll(cmd.CommandPath(), " ", "-")
	return output.Write(ctx, filepath.Join(dir, name+"."+head.Section), func(w io.Writer) error { return doc.GenMan(cmd, &head, w) })
}
