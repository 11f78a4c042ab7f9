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

	"dedup"
	"dedup/internal/article"
	"dedup/internal/corpus"
	"dedup/internal/gate"
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

// again is how another command reads the same articles.
func (o *inputOptions) again(paths []string) gate.Reading {
	how := gate.Reading{Paths: paths}
	if o.format != "" {
		how.Flags = append(how.Flags, "--input-format="+o.format)
	}
	for _, f := range o.fields {
		how.Flags = append(how.Flags, "--field="+f)
	}
	return how
}

// reading is what a command reads, and how.
type reading struct {
	dedup.Options
	paths []string
}

// corpus is the same for what works on articles beneath the public package.
func (r *reading) corpus() corpus.Config {
	return corpus.Config{Options: corpus.Options(r.Options), Paths: r.paths}
}

// reading gives the options that are the same for whatever a command does.
func (a *app) reading(paths []string) reading {
	g := a.global
	return reading{dedup.Options{Workers: g.workers, Memory: int64(g.memory), Tmp: g.tmp, Skipped: a.complaints.add, Learned: a.languages.add}, paths}
}

// config turns flags and arguments into what is read; no article is opened yet.
func (o *inputOptions) config(a *app, args []string) (r reading, err error) {
	fields, err := parseFields(o.fields)
	if err != nil {
		return r, err
	}
	paths := args
	if o.filesFrom != "" {
		more, err := a.listed(context.Background(), o.filesFrom, o.null) // it was read before: the guard looks at all inputs
		if err != nil {
			return r, err
		}
		paths = append(paths[:len(paths):len(paths)], more...)
	} else if o.null {
		return r, errors.New("--null goes with --files-from")
	}
	if len(paths) == 0 && o.filesFrom == "" {
		if a.typed {
			return r, errNoInput
		}
		paths = []string{"-"}
	}
	r = a.reading(paths)
	r.Fields, r.Format, r.MaxArticle, r.Stdin = fields, o.format, int64(o.maxArticle), a.stdin
	return r, nil
}

var errNoInput = errors.New("no articles given\nhint: name files or directories, or pipe articles in")

func parseFields(list []string) (dedup.Fields, error) {
	var f dedup.Fields
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
