package main

import (
	"fmt"
	"io"
	"slices"

	"dedup/internal/gate"
	"dedup/internal/report"
	"dedup/internal/report/page"
)

// format is a way to print a T: a row of one of the tables below. A new format is a row, and a
// function that prints.
type format[T any] struct {
	name  string
	print func(w io.Writer, v T, opt report.TextOptions) error // opt is for formats that people read on a terminal
	texts bool                                                 // it shows the texts of articles, for a browser
}

type formats[T any] []format[T]

// names lists the formats; the first is the default.
func (f formats[T]) names() []string {
	names := make([]string, len(f))
	for i := range f {
		names[i] = f[i].name
	}
	return names
}

// first is names with another default.
func (f formats[T]) first(name string) []string {
	return append([]string{name}, slices.DeleteFunc(f.names(), func(other string) bool { return other == name })...)
}

// of is the format of a name.
func (f formats[T]) of(name string) *format[T] {
	for i := range f {
		if f[i].name == name {
			return &f[i]
		}
	}
	panic(fmt.Sprintf("no format %q: flags are checked first", name))
}

// plain makes the row of a format that looks the same everywhere.
func plain[T any](name string, print func(w io.Writer, v T) error) format[T] {
	return format[T]{name: name, print: func(w io.Writer, v T, _ report.TextOptions) error { return print(w, v) }}
}

// shownReport is a report, and what its page shows besides.
type shownReport struct {
	*report.Report
	texts page.Texts
	page  page.Options
}

// reportFormats print a report.
var reportFormats = formats[shownReport]{
	{name: "text", print: func(w io.Writer, r shownReport, opt report.TextOptions) error { return report.Text(w, r.Report, opt) }},
	plain("json", func(w io.Writer, r shownReport) error { return report.JSON(w, r.Report) }),
	plain("jsonl", func(w io.Writer, r shownReport) error { return report.JSONLines(w, r.Report) }),
	{name: "html", texts: true, print: func(w io.Writer, r shownReport, _ report.TextOptions) error {
		return page.Write(w, r.Report, r.texts, r.page)
	}},
}

// checkFormats print the verdict on a drop.
var checkFormats = formats[*gate.Result]{
	{name: "text", print: report.CheckText},
	plain("json", report.CheckJSON),
	plain("sarif", func(w io.Writer, res *gate.Result) error { return report.CheckSARIF(w, res, versionString()) }),
	plain("junit", report.CheckJUnit),
	plain("github", report.CheckGitHub),
}

// diffFormats print two articles beside each other.
var diffFormats = formats[*report.Diff]{
	{name: "text", print: report.DiffText},
	plain("json", report.DiffJSON),
}
