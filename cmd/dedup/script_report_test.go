package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"

	"dedup/internal/report"
)

// json FILE PATH WANT looks up PATH ("summary.clusters", "stories.0.articles.len") in the JSON of
// FILE; len is the length of a list, and WANT is the value as JSON, or a string without its quotes.
func cmdJSON(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: json FILE PATH WANT")
	}
	var v any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &v))
	for step := range strings.SplitSeq(args[1], ".") {
		switch at := v.(type) {
		case map[string]any:
			next, ok := at[step]
			if !ok {
				ts.Fatalf("%s: no field %q", args[1], step)
			}
			v = next
		case []any:
			i, err := strconv.Atoi(step)
			switch {
			case step == "len":
				v = len(at)
			case err != nil || i < 0 || i >= len(at):
				ts.Fatalf("%s: no element %q of %d", args[1], step, len(at))
			default:
				v = at[i]
			}
		default:
			ts.Fatalf("%s: %q of a value that has none", args[1], step)
		}
	}
	got, ok := v.(string)
	if !ok {
		b, err := json.Marshal(v)
		ts.Check(err)
		got = string(b)
	}
	if got == args[2] == neg {
		ts.Fatalf("%s is %s, want (not: %v) %s", args[1], got, neg, args[2])
	}
}

// sameReport A B wants two JSON reports to be the same but for the ids and paths of articles.
func cmdSameReport(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: sameReport A B")
	}
	a, b := loadReport(ts, args[0]), loadReport(ts, args[1])
	anonymous(ts, &a)
	anonymous(ts, &b)
	if diff := cmp.Diff(a, b); (diff == "") == neg {
		ts.Fatalf("reports of %s and %s differ (want: %v):\n%s", args[0], args[1], neg, diff)
	}
}

func loadReport(ts *testscript.TestScript, name string) (r report.Report) {
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(name)), &r))
	if r.Schema != report.Schema {
		ts.Fatalf("%s: schema %q", name, r.Schema)
	}
	return r
}

// anonymous replaces the ids of articles, clusters, stories and passages by their places in the
// report and drops paths.
func anonymous(ts *testscript.TestScript, r *report.Report) {
	articles, others := make(map[string]string), map[string]string{"": ""}
	for i := range r.Articles {
		articles[r.Articles[i].ID] = fmt.Sprint("article ", i)
	}
	for i := range r.Clusters {
		others[r.Clusters[i].ID] = fmt.Sprint("cluster ", i)
	}
	for i := range r.Stories {
		others[r.Stories[i].ID] = fmt.Sprint("story ", i)
	}
	swap := func(names map[string]string, id *string) {
		name, ok := names[*id]
		if !ok {
			ts.Fatalf("the report refers to %q, which it does not hold", *id)
		}
		*id = name
	}
	for i := range r.Articles {
		a := &r.Articles[i]
		a.Path = ""
		swap(articles, &a.ID)
		swap(others, &a.Cluster)
		swap(others, &a.Story)
	}
	for i := range r.Clusters {
		swap(others, &r.Clusters[i].ID)
		swap(articles, &r.Clusters[i].Canonical)
		for j := range r.Clusters[i].Members {
			swap(articles, &r.Clusters[i].Members[j].Article)
		}
	}
	for i := range r.Stories {
		swap(others, &r.Stories[i].ID)
		for j := range r.Stories[i].Articles {
			swap(articles, &r.Stories[i].Articles[j])
		}
	}
	for i := range r.Passages {
		r.Passages[i].ID = fmt.Sprint("passage ", i)
	}
	for i := range r.Phrases {
		swap(others, &r.Phrases[i].Story)
	}
	eachPlace(r, func(id *string, _ report.Place, _ string) { swap(articles, id) })
}

// eachPlace calls fn with every place in the report; text is what must stand there, empty where the
// report does not say.
func eachPlace(r *report.Report, fn func(id *string, p report.Place, text string)) {
	occurrences := func(list []report.Occurrence, text string) {
		for i := range list {
			fn(&list[i].Article, list[i].Place, text)
			text = "" // the others may differ in a word, a case, an accent
		}
	}
	for i := range r.Passages {
		occurrences(r.Passages[i].Occurrences, r.Passages[i].Text)
	}
	for i := range r.Phrases {
		occurrences(r.Phrases[i].Occurrences, "")
	}
	for i := range r.Furniture {
		fn(&r.Furniture[i].Article, r.Furniture[i].Place, r.Furniture[i].Text)
	}
	for i := range r.Repeats {
		text, id := r.Repeats[i].Text, r.Repeats[i].Article
		for _, p := range r.Repeats[i].Occurrences {
			id := id
			fn(&id, p, text)
			text = ""
		}
		fn(&r.Repeats[i].Article, r.Repeats[i].Occurrences[0], "")
	}
}

// cuts REPORT wants every place in the report of text files to lie in its article on character
// boundaries, at the line and column that it says, and to hold the text that it claims.
func cmdCuts(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: cuts REPORT")
	}
	r := loadReport(ts, args[0])
	texts := make(map[string]string)
	for _, a := range r.Articles {
		path := a.Path
		if !filepath.IsAbs(path) {
			path = ts.MkAbs(path)
		}
		data, err := os.ReadFile(path)
		ts.Check(err)
		texts[a.ID] = string(data)
	}
	n := 0
	eachPlace(&r, func(id *string, p report.Place, want string) {
		n++
		text := texts[*id]
		if p.Start < 0 || p.Start >= p.End || p.End > len(text) || !utf8.RuneStart(text[p.Start]) || p.End < len(text) && !utf8.RuneStart(text[p.End]) {
			ts.Fatalf("%s: bytes %d to %d are no span of %d bytes", *id, p.Start, p.End, len(text))
		}
		if got := text[p.Start:p.End]; want != "" && got != want {
			ts.Fatalf("%s: bytes %d to %d are %q, the report says %q", *id, p.Start, p.End, got, want)
		}
		before := text[:p.Start]
		line, column := strings.Count(before, "\n")+1, utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:])+1
		if p.Line != line || p.Column != column {
			ts.Fatalf("%s: byte %d is at %d:%d, the report says %d:%d", *id, p.Start, line, column, p.Line, p.Column)
		}
	})
	if n == 0 {
		ts.Fatalf("the report holds no place at all")
	}
	for _, p := range r.Phrases {
		spelt := func(o report.Occurrence) bool { return texts[o.Article][o.Start:o.End] == p.Text }
		if !slices.ContainsFunc(p.Occurrences, spelt) {
			ts.Fatalf("phrase %q is spelt like this in none of its places", p.Text)
		}
	}
}
