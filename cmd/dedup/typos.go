package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"dedup/internal/nearest"
	"dedup/internal/plural"
)

// What is mistyped fails: no command, flag or value is guessed, and the message names the one that
// was most likely meant.

// group makes a command of commands: alone it prints its help, and whatever follows it that is no
// command of it is an error.
func group(cmd *cobra.Command) *cobra.Command {
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return unknownCommand(cmd, args[0])
		}
		return nil
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	return cmd
}

// takes wants so many arguments, at least and at most; -1: any number.
func takes(least, most int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if n := len(args); n < least || most >= 0 && n > most {
			return fmt.Errorf("%s\nhint: %s", plural.Count(n, "argument"), cmd.UseLine())
		}
		return nil
	}
}

// unknownCommand says which command of parent was meant; where none is near, what it may be.
func unknownCommand(parent *cobra.Command, name string) error {
	var known []string
	for _, c := range parent.Commands() {
		if c.IsAvailableCommand() || c.Name() == "help" {
			known = append(known, c.Name())
		}
	}
	hint := nearest.Hint(name, known...)
	if hint == "" {
		hint = "\nhint: " + parent.CommandPath() + " --help lists the commands"
	}
	if parent.HasParent() {
		return fmt.Errorf("unknown command %q for %q%s", name, parent.CommandPath(), hint)
	}
	return fmt.Errorf("unknown command %q%s", name, hint)
}

// guardTypos makes what cobra adds by itself strict too: help of a command that there is none of,
// and shells without completion.
func guardTypos(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		switch c.Name() {
		case "help":
			c.Long, c.Example = "help prints what a command does and which flags it has, as COMMAND --help does.\n"+exitHelp, "  dedup help index add"
			c.Run = nil
			c.RunE = func(_ *cobra.Command, args []string) error { return helpOn(root, args) }
		case "completion":
			c.Long += exitHelp
			c.Example = "  dedup completion bash > /etc/bash_completion.d/dedup"
			group(c)
		}
	}
	root.SetFlagErrorFunc(flagError)
}

// helpOn prints the help of the command that args name.
func helpOn(cmd *cobra.Command, args []string) error {
	for _, name := range args {
		i := slices.IndexFunc(cmd.Commands(), func(c *cobra.Command) bool { return c.Name() == name })
		if i < 0 && !cmd.HasSubCommands() {
			return fmt.Errorf("%q has no command %q\nhint: %s --help", cmd.CommandPath(), name, cmd.CommandPath())
		}
		if i < 0 {
			return unknownCommand(cmd, name)
		}
		cmd = cmd.Commands()[i]
	}
	cmd.InitDefaultHelpFlag() // or the help would not list it
	cmd.InitDefaultVersionFlag()
	return cmd.Help()
}

// flagError says what was meant by a flag that the command does not have, and what a value may be.
func flagError(cmd *cobra.Command, err error) error {
	if words := cmd.Flags().Args(); cmd.HasSubCommands() && len(words) > 0 {
		return unknownCommand(cmd, words[0]) // the flag is that of the command that was meant
	}
	if e, ok := errors.AsType[*pflag.NotExistError](err); ok && e.GetSpecifiedShortnames() == "" {
		return fmt.Errorf("unknown flag --%s%s", e.GetSpecifiedName(), flagHint(cmd, e.GetSpecifiedName()))
	}
	if e, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		return fmt.Errorf("--%s: %w", e.GetFlag().Name, valueError(e))
	}
	return fmt.Errorf("%w\nhint: %s --help lists the flags", err, cmd.CommandPath())
}

// flagHint is the nearest flag of the command, or of another command the flag of just this name.
func flagHint(cmd *cobra.Command, name string) string {
	if hint := nearest.Hint(name, flagNames(cmd)...); hint != "" {
		return strings.Replace(hint, "did you mean ", "did you mean --", 1)
	}
	var with []string
	eachCommand(cmd.Root(), func(c *cobra.Command) {
		if c.Runnable() && c.LocalFlags().Lookup(name) != nil {
			with = append(with, c.CommandPath())
		}
	})
	if len(with) > 0 {
		return fmt.Sprintf("\nhint: --%s is a flag of %s", name, strings.Join(with, ", "))
	}
	return fmt.Sprintf("\nhint: %s --help lists the flags", cmd.CommandPath())
}

func flagNames(cmd *cobra.Command) []string {
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	})
	return names
}

// eachCommand calls fn with cmd and all commands below it.
func eachCommand(cmd *cobra.Command, fn func(*cobra.Command)) {
	fn(cmd)
	for _, c := range cmd.Commands() {
		eachCommand(c, fn)
	}
}

// valueError is what a flag says of a value that it was set to.
func valueError(err error) error {
	if e, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		return plainValue(e.GetValue(), e.Unwrap())
	}
	return err
}

// plainValue names the value that err is about, and puts in plain words what Go's parsers say.
func plainValue(value string, err error) error {
	quoted := strconv.Quote(value)
	number, ok := errors.AsType[*strconv.NumError](err)
	switch {
	case !ok && strings.HasPrefix(err.Error(), quoted):
		return err
	case !ok:
		return fmt.Errorf("%s: %w", quoted, err)
	case errors.Is(number, strconv.ErrRange):
		return fmt.Errorf("%s is too large", quoted)
	case number.Func == "ParseBool":
		return fmt.Errorf("%s is neither true nor false", quoted)
	case number.Func == "ParseFloat":
		return fmt.Errorf("%s is no number", quoted)
	}
	return fmt.Errorf("%s is no whole number", quoted)
}
