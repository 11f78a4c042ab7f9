package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/pflag"

	"dedup/internal/article"
	"dedup/internal/engine"
	"dedup/internal/nearest"
)

// inputOptions are the flags of every command that reads articles.
type inputOptions struct {
	filesFrom  string
	null       bool
	format     string
	fields     []string
	maxArticle size
}

var inputHelp = fmt.Sprintf(`
Articles are files, directories, globs or "-" (standard input), each file also
.gz, .zst or .bz2. The format is told by content where that is sure, else by name:
%s.
What is none of these (an office document, a picture) is refused with a hint;
--input-format text takes any text as it stands. A head of YAML or TOML above a
text (front matter) gives title, date, source, url and id, and is not part of the
text. Fields are found by their usual names (text|body|content…, title|headline,
id|url, source|domain, date|published…); --field text=payload.body names
another. Dates may have most forms (docs/algorithms/articles.md); without a zone
they are UTC. docs/formats.md lists the formats.
`, strings.Join(wrapped(article.FormatNames(), 78), "\n"))

// wrapped joins names to lines of at most so many bytes, a comma behind each name but the last.
func wrapped(names []string, width int) (lines []string) {
	line := ""
	for i, name := range names {
		if i < len(names)-1 {
			name += ","
		}
		switch {
		case line == "":
			line = name
		case len(line)+1+len(name) > width:
			lines, line = append(lines, line), name
		default:
			line += " " + name
		}
	}
	return append(lines, line)
}

func (o *inputOptions) add(f *pflag.FlagSet) {
	f.StringVar(&o.filesFrom, "files-from", "", `read paths from this file, one a line ("-": standard input)`)
	f.BoolVarP(&o.null, "null", "0", false, "paths of --files-from end with NUL instead of a line end")
	f.StringVar(&o.format, "input-format", "", "read all input as this format, instead of looking")
	f.StringArrayVar(&o.fields, "field", nil, "take a field from elsewhere: text=NAME (also id, title, source, published, url); text= several times joins them")
	o.maxArticle = 64 << 20
	f.Var(&o.maxArticle, "max-article", "skip articles larger than this")
	addConfig(f)
}

// config turns flags and arguments into what the engine reads; no article is opened yet.
func (o *inputOptions) config(a *app, args []string) (engine.Config, error) {
	fields, err := parseFields(o.fields)
	if err != nil {
		return engine.Config{}, err
	}
	paths := args
	if o.filesFrom != "" {
		more, err := a.listed(context.Background(), o.filesFrom, o.null) // it was read before: the guard looks at all inputs
		if err != nil {
			return engine.Config{}, err
		}
		paths = append(paths[:len(paths):len(paths)], more...)
	} else if o.null {
		return engine.Config{}, errors.New("--null goes with --files-from")
	}
	if len(paths) == 0 && o.filesFrom == "" {
		if a.typed {
			return engine.Config{}, errNoInput
		}
		paths = []string{"-"}
	}
	g := a.global
	return engine.Config{
		Paths:   paths,
		Article: article.Options{Fields: fields, Format: o.format, MaxArticle: int64(o.maxArticle), Stdin: a.stdin},
		Workers: g.workers,
		Memory:  int64(g.memory),
		Tmp:     g.tmp,
		Bad:     a.complaints.add,
		Dates:   &a.dates.counts,
	}, nil
}

var errNoInput = errors.New("no articles given\nhint: name files or directories, or pipe articles in")

func parseFields(list []string) (article.Fields, error) {
	var f article.Fields
	for _, kv := range list {
		name, value, ok := strings.Cut(kv, "=")
		if !ok || value == "" {
			return f, fmt.Errorf("--field %q: use NAME=FIELD, for example text=payload.body", kv)
		}
		switch name {
		case "id":
			f.ID = value
		case "text":
			if f.Text != "" { // several are joined
				f.Text += "\n"
			}
			f.Text += value
		case "title":
			f.Title = value
		case "source":
			f.Source = value
		case "published", "date":
			f.Published = value
		case "url":
			f.URL = value
		default:
			return f, fmt.Errorf("--field %q: no such field; use id, text, title, source, published or url%s", kv,
				nearest.Hint(name, "id", "text", "title", "source", "published", "date", "url"))
		}
	}
	return f, nil
}

// list is the paths that --files-from names.
type list struct {
	name  string
	paths []string
}

// listed gives the paths of --files-from. They are read once.
func (a *app) listed(ctx context.Context, name string, null bool) ([]string, error) {
	if a.paths != nil && a.paths.name == name {
		return a.paths.paths, nil
	}
	paths, err := readPaths(ctx, name, null, a.list)
	if err == nil {
		a.paths = &list{name, paths}
	}
	return paths, err
}

// readPaths reads a list of paths, ended by line ends or NULs.
func readPaths(ctx context.Context, name string, null bool, stdin io.Reader) ([]string, error) {
	r := stdin
	if name != "-" {
		f, err := article.Open(ctx, name)
		if err != nil {
			return nil, fmt.Errorf("--files-from: %w", err)
		}
		defer f.Close()
		r = f
	}
	sc := bufio.NewScanner(r)
	sc.Buffer(nil, 1<<20)
	if null {
		sc.Split(splitNull)
	}
	var paths []string
	for sc.Scan() {
		p := sc.Text()
		if !null {
			p = strings.TrimSuffix(p, "\r")
		}
		if p != "" {
			paths = append(paths, p)
		}
	}
	if err := sc.Err(); err != nil {
		return nil, fmt.Errorf("--files-from %q: %w", name, err)
	}
	return paths, nil
}

// splitNull is a bufio.SplitFunc for NUL-ended items.
func splitNull(data []byte, atEOF bool) (int, []byte, error) {
	if i := bytes.IndexByte(data, 0); i >= 0 {
		return i + 1, data[:i], nil
	}
	if atEOF && len(data) > 0 {
		return len(data), data, nil
	}
	return 0, nil, nil
}
