package report

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"dedup"
	"dedup/internal/gate"
)

// long is a name of n characters that ends with its number, so that a cut shows wherever it is.
func long(kind string, n, i int) string { return kind + strings.Repeat("x", n) + fmt.Sprint(i) }

// lengthy is the sample with names that are longer than any screen, each article in a file of its
// own.
func lengthy() *Report {
	r := sample()
	ids := map[string]string{}
	for i := range r.Articles {
		a := &r.Articles[i]
		ids[a.ID] = long("id/", 200, i)
		a.ID, a.Path, a.Source, a.Title, a.Published = ids[a.ID], long("file/", 200, i), long("Source ", 60, i), long("Title ", 300, i), fmt.Sprintf("2024-05-%02d", i+1)
	}
	rename := func(id *string) { *id = ids[*id] }
	for i := range r.Clusters {
		rename(&r.Clusters[i].Canonical)
		for k := range r.Clusters[i].Members {
			rename(&r.Clusters[i].Members[k].Article)
		}
	}
	for i := range r.Stories {
		for k := range r.Stories[i].Articles {
			rename(&r.Stories[i].Articles[k])
		}
	}
	for i := range r.Passages {
		if o := r.Passages[i].Origin; o != nil {
			rename(&o.Article)
		}
		for k := range r.Passages[i].Occurrences {
			rename(&r.Passages[i].Occurrences[k].Article)
		}
	}
	for i := range r.Phrases {
		for k := range r.Phrases[i].Occurrences {
			rename(&r.Phrases[i].Occurrences[k].Article)
		}
	}
	rename(&r.Repeats[0].Article)
	rename(&r.Furniture[0].Article)
	return r
}

// Names of articles could not be opened in the log of a CI job: they were cut to 80 cells where no
// screen was.
func TestNamesAreWholeOutsideATerminal(t *testing.T) {
	r := lengthy()
	for _, section := range []struct {
		parts Parts
		until string
		named []int
	}{
		{Parts{Stories: true}, "", []int{0, 1, 2}}, {Parts{Clusters: true}, "", []int{0, 1}},
		{Parts{Passages: true}, "REPEATS", []int{0, 3}}, {Parts{Passages: true}, "", []int{0, 3}},
	} {
		var b bytes.Buffer
		if err := Text(&b, r, TextOptions{Parts: section.parts, Top: 20}); err != nil {
			t.Fatal(err)
		}
		out, _, _ := strings.Cut(b.String(), section.until+"\n")
		if section.until == "" {
			out = b.String()
		}
		for _, i := range section.named {
			a := &r.Articles[i]
			for _, whole := range []string{a.ID, a.Path, a.Title + " · " + a.Source + " · " + a.Published} {
				if !strings.Contains(out, whole) {
					t.Errorf("%+v: %q is not in\n%s", section.parts, whole, out)
				}
			}
		}
	}
	d := &Diff{A: DiffArticle{Article: r.Articles[0], Text: "a"}, B: DiffArticle{Article: r.Articles[1], Text: "b"}}
	var b bytes.Buffer
	if err := DiffText(&b, d, TextOptions{}); err != nil {
		t.Fatal(err)
	}
	for i := range 2 {
		for _, whole := range []string{r.Articles[i].ID, r.Articles[i].Title, r.Articles[i].Source, "right in the left"} {
			if !strings.Contains(b.String(), whole) {
				t.Errorf("diff: %q is not in\n%s", whole, &b)
			}
		}
	}
}

// A check names file and line of both articles, and both by title, source and date, in the formats
// for people.
func TestCheckNamesAreWhole(t *testing.T) {
	d := gate.Drop{Articles: 2, Findings: []gate.Finding{{
		Rule: gate.CopiedPassage, Article: long("id/", 200, 1), Path: long("file/", 200, 1), Record: 17, Source: long("Source ", 60, 1), Title: long("Title ", 300, 1),
		Published: "2024-06-02", Line: 3, Column: 4, Text: "words", Tokens: 1, Matched: long("id/", 200, 2), Where: long("file/", 200, 2) + ":812",
		About: gate.Byline{Title: long("Title ", 300, 2), Source: long("Source ", 60, 2), Published: "2024-06-01"},
	}}}
	res := gate.Judge(d, gate.DefaultLimits(), nil)
	for _, name := range []string{"check.txt", "check.gh", "check.xml", "check.md"} {
		out := string(written(t, formats[name], res))
		f := &d.Findings[0]
		wants := []string{f.Article, f.Path, byline(f.Byline(), 1000), f.Matched, f.Where, byline(f.About, 1000)}
		for _, whole := range wants {
			if !strings.Contains(out, whole) {
				t.Errorf("%s: %q is not in\n%s", name, whole, out)
			}
		}
	}
}

// On a screen nothing is wider than it, whatever names are like, but for commands.
func TestNamesFitTheScreen(t *testing.T) {
	r := lengthy()
	for _, names := range []int{40, 80, 81, 160, 400} {
		for _, top := range []int{0, 1, 20} {
			var b bytes.Buffer
			if err := Text(&b, r, TextOptions{Parts: dedup.AllParts, Width: min(names, 120), Names: names, Top: top}); err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(b.String()) {
				if line = strings.TrimSuffix(line, "\n"); Width(line) > names && !isCommand(line) {
					t.Errorf("%d cells of %d in %q", Width(line), names, line)
				}
			}
		}
	}
}

// byline keeps within its width, keeps the date longest, and is whole where there is room.
func TestByline(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		by := gate.Byline{
			Title:     rapid.OneOf(rapid.String(), rapid.StringN(0, 90, -1)).Draw(t, "title"),
			Source:    rapid.OneOf(rapid.Just(""), rapid.StringN(1, 40, -1)).Draw(t, "source"),
			Published: rapid.SampledFrom([]string{"", "2024-06-01", "2024-06-01T07:15:00Z", "\x1b[31m"}).Draw(t, "published"),
		}
		width := rapid.IntRange(8, 200).Draw(t, "width")
		whole, cut := byline(by, 1<<20), byline(by, width)
		if Width(cut) > width {
			t.Fatalf("%d cells of %d: %q", Width(cut), width, cut)
		}
		if Width(whole) <= width && cut != whole {
			t.Fatalf("%q is cut to %q", whole, cut)
		}
		if Plain(whole) != whole {
			t.Fatalf("%q is not safe for a terminal", whole)
		}
		if width >= 60 && by.Published == "2024-06-01" && !strings.HasSuffix(cut, "2024-06-01") {
			t.Fatalf("%q has lost its date in %d cells", cut, width)
		}
	})
}
