package quality

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"dedup/internal/report"
)

func input(s string) Input { return Input{Name: "in.tsv", R: strings.NewReader(s)} }

// goldLabels is what readLabels reads, without the labels.
func goldLabels(in Input) (Partition, error) {
	p, _, err := readLabels(in)
	return p, err
}

func TestReadGold(t *testing.T) {
	labels, err := goldLabels(input("\ufeffa\t1\r\n\nb\t2\n c\t1"))
	if err != nil || !slices.Equal(labels.IDs, []string{"a", "b", " c"}) || !slices.Equal(labels.Group, []int32{0, 1, 0}) || labels.Groups != 2 {
		t.Errorf("labels: %+v, %v", labels, err)
	}
	pairs, err := ReadPairs(input("a\tb\t0.5\nc\td\n"))
	if err != nil || !slices.Equal(pairs, []GoldPair{{"a", "b", 0.5}, {"c", "d", 1}}) {
		t.Errorf("pairs: %+v, %v", pairs, err)
	}
	passages, err := ReadPassages(input("r\t1\t2\tp\t0\t3\n"))
	if err != nil || !slices.Equal(passages, []Match{{"r", span(1, 3), "p", span(0, 3)}}) {
		t.Errorf("passages: %+v, %v", passages, err)
	}
}

func TestReadGoldRefuses(t *testing.T) {
	labels := func(in Input) error { _, err := goldLabels(in); return err }
	pairs := func(in Input) error { _, err := ReadPairs(in); return err }
	passages := func(in Input) error { _, err := ReadPassages(in); return err }
	for _, tc := range []struct {
		name string
		read func(Input) error
		in   string
		want string
	}{
		{"nothing", labels, "\n \n", "no gold"},
		{"no pair", pairs, "", "no gold"},
		{"no passage", passages, "", "no gold"},
		{"one column", labels, "a\t1\nb\n", "line 2: 1 tab-separated column, want 2"},
		{"an id twice", labels, "a\t1\nb\t1\na\t2\n", "line 3"},
		{"no label", labels, "a\t\n", "line 1"},
		{"with itself", pairs, "a\tb\n\na\ta\n", "line 3"},
		{"no number", pairs, "a\tb\tmuch\n", `score "much"`},
		{"not a number", pairs, "a\tb\tNaN\n", "line 1"},
		{"a header", passages, "reply\tstart\tlength\tparent\tstart\tlength\n", `"start" is not a byte offset`},
		{"below zero", passages, "r\t-1\t2\tp\t0\t3\n", "line 1"},
		{"no bytes", passages, "r\t1\t0\tp\t0\t3\n", "no span"},
		{"too far", passages, "r\t9223372036854775807\t9223372036854775807\tp\t0\t3\n", "line 1"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			err := tc.read(input(tc.in))
			if err == nil || !strings.Contains(err.Error(), "in.tsv") || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v; want the file and %q in it", err, tc.want)
			}
		})
	}
}

func TestReadResult(t *testing.T) {
	partition := func(ids string, group ...int32) Result {
		p := &Partition{IDs: strings.Split(ids, ""), Group: group}
		for _, g := range group {
			p.Groups = max(p.Groups, int(g)+1)
		}
		return Result{Partition: p}
	}
	pairs := Result{Pairs: []Pair{{"a", "b"}, {"c", "d"}}}
	matches := Result{Matches: []Match{{"a", span(0, 5), "b", span(2, 7)}}}
	for _, tc := range []struct {
		name string
		of   Of
		in   string
		want Result
	}{
		{"stories", Stories, "article\tstory\na\ts1\nb\ts2\nc\ts1\n", partition("abc", 0, 1, 0)},
		{"stories, lines of JSON", Stories, `{"article":"a","story":"s1"}` + "\n" + `{"article":"b","story":"s2"}`, partition("ab", 0, 1)},
		{"clusters", Clusters, "article\tcanonical\tresemblance\na\ta\t1\nb\ta\t0.8\n", partition("ab", 0, 0)},
		{"clusters, the canonical not listed", Clusters, "article\tcanonical\tresemblance\nb\ta\t0.8\nc\td\t0.9\n", partition("bcad", 0, 1, 0, 1)},
		{"escapes", Stories, "article\tstory\n" + `a\\\tb\x1b\n` + "\ts1\n", Result{Partition: &Partition{IDs: []string{"a\\\tb\x1b\n"}, Group: []int32{0}, Groups: 1}}},
		{"no cluster", Clusters, "article\tcanonical\tresemblance\n", Result{Partition: &Partition{}}},
		{"pairs", Pairs, "a\tb\tresemblance\na\tb\t0.9\nc\td\t0.8\n", pairs},
		{"pairs, other columns first", Pairs, "resemblance\tb\ta\n0.9\tb\ta\n0.8\td\tc\n", pairs},
		{"pairs, lines of JSON", Pairs, `{"a":"a","b":"b","resemblance":0.9}` + "\n" + `{"a":"c","b":"\u0064"}`, pairs},
		{"pairs of clusters", Pairs, "article\tcanonical\na\ta\nb\ta\n", partition("ab", 0, 0)},
		{"passages", Passages, "a\ta_start\ta_end\tb\tb_start\tb_end\ttokens\tmatched\na\t0\t5\tb\t2\t7\t1\t1\n", matches},
		{"passages, lines of JSON", Passages, `{"a":"a","a_start":0,"a_end":5,"b":"b","b_start":2,"b_end":7}`, matches},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := ReadResult(tc.of, input(tc.in))
			if err != nil {
				t.Fatal(err)
			}
			if !sameResult(got, tc.want) {
				t.Errorf("got %s, want %s", show(got), show(tc.want))
			}
		})
	}
}

func TestReadReport(t *testing.T) {
	rep := report.Report{
		Schema:   report.Schema,
		Articles: []report.Article{{ID: "a"}, {ID: "b"}, {ID: "c"}},
		Clusters: []report.Cluster{{Canonical: "c", Members: []report.Member{{Article: "c"}, {Article: "a"}}}},
		Stories:  []report.Story{{Articles: []string{"b", "a"}}, {Articles: []string{"c"}}},
		Passages: []report.Passage{{Occurrences: []report.Occurrence{
			{Article: "a", Place: report.Place{Start: 0, End: 5}}, {Article: "b", Place: report.Place{Start: 2, End: 7}},
		}}},
	}
	compact, err := json.Marshal(rep)
	if err != nil {
		t.Fatal(err)
	}
	indented, err := json.MarshalIndent(rep, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	var byLine strings.Builder
	if err := report.JSONLines(&byLine, &rep); err != nil {
		t.Fatal(err)
	}
	for _, data := range []string{byLine.String(), string(compact), string(indented) + "\n", "\n" + string(indented)} {
		clusters, err := ReadResult(Clusters, input(data))
		if err != nil || !slices.Equal(clusters.Partition.IDs, []string{"c", "a", "b"}) || !slices.Equal(clusters.Partition.Group, []int32{0, 0, 1}) {
			t.Errorf("clusters: %s, %v", show(clusters), err)
		}
		stories, err := ReadResult(Stories, input(data))
		if err != nil || !slices.Equal(stories.Partition.IDs, []string{"b", "a", "c"}) || !slices.Equal(stories.Partition.Group, []int32{0, 0, 1}) {
			t.Errorf("stories: %s, %v", show(stories), err)
		}
		passages, err := ReadResult(Passages, input(data))
		if err != nil || len(passages.Groups) != 1 || len(passages.Groups[0]) != 2 {
			t.Errorf("passages: %s, %v", show(passages), err)
		}
	}
}

func TestReadResultRefuses(t *testing.T) {
	for _, tc := range []struct {
		name string
		of   Of
		in   string
		want string
	}{
		{"nothing", Stories, "", "empty"},
		{"another stage", Stories, "a\tb\nx\ty\n", "no columns article, story"},
		{"no header", Pairs, "x\ty\t0.9\n", "line 1: no columns a, b"},
		{"cut off", Stories, "article\tstory\na\ts\nb\n", "line 3"},
		{"an article twice", Stories, "article\tstory\na\ts\na\tr\n", "line 3"},
		{"a chain", Clusters, "article\tcanonical\nb\ta\na\tc\n", `canonical "a"`},
		{"a lone backslash", Stories, "article\tstory\nC:\\news\\d\ts1\n", "line 2"},
		{"half an escape", Stories, "article\tstory\na\\x1\ts1\n", "line 2"},
		{"broken lines of a report", Stories, `{"kind":"summary","schema":"dedup.report/1"}` + "\n" + `{"kind":"story","articles":`, "line 2"},
		{"with itself", Pairs, "a\tb\nx\tx\n", "line 2"},
		{"no offset", Passages, "a\ta_start\ta_end\tb\tb_start\tb_end\nx\t0\tfive\ty\t0\t5\n", "line 2: a_end"},
		{"backwards", Passages, "a\ta_start\ta_end\tb\tb_start\tb_end\nx\t5\t0\ty\t0\t5\n", "line 2"},
		{"broken JSON", Stories, `{"article":"a","story":"s"}` + "\n{\"article\":\n", "line 2"},
		{"broken JSON at once", Stories, "{\"article\":\n", "line 1"},
		{"a missing field", Stories, `{"article":"a","story":"s"}` + "\n" + `{"article":"b"}`, `line 2: no field "story"`},
		{"a number for an id", Stories, `{"article":1,"story":"s"}`, "line 1"},
		{"a string for an offset", Passages, `{"a":"a","a_start":"0","a_end":5,"b":"b","b_start":2,"b_end":7}`, "line 1: a_start"},
		{"a cut off report", Stories, "{\n  \"schema\": \"dedup.report/1\",\n  \"stories\": [\n", "line 3"},
		{"no report", Stories, "{\n  \"name\": \"x\"\n}\n", "schema"},
		{"another version", Stories, "{\n  \"schema\": \"dedup.report/9\"\n}\n", "dedup.report/9"},
		{"a report without stories", Stories, `{"schema":"dedup.report/1","articles":[{"id":"a"}],"stories":[]}`, "no stories"},
		{"an article in two stories", Stories, `{"schema":"dedup.report/1","stories":[{"articles":["a"]},{"articles":["a"]}]}`, "stories[1]"},
		{"no span", Passages, `{"schema":"dedup.report/1","passages":[{"occurrences":[{"article":"a","start":5,"end":5}]}]}`, "passages[0]"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			res, err := ReadResult(tc.of, input(tc.in))
			if err == nil || !strings.Contains(err.Error(), "in.tsv") || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v (%s); want the file and %q in it", err, show(res), tc.want)
			}
		})
	}
}

// TestReadLabelsRoundTrip writes a partition as gold and as a result and reads both back.
func TestReadLabelsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ids := rapid.SliceOfNDistinct(rapid.StringMatching(`[^\t\r\n{\x{feff} \\][^\t\r\n\\]*`), 1, 20, rapid.ID).Draw(t, "ids")
		gold, result := "", "article\tstory\n"
		var want []string
		for i, id := range ids {
			if strings.TrimSpace(id) == "" {
				continue // \v and its like: a blank line
			}
			want = append(want, id)
			row := id + "\t" + string(rune('a'+i%3)) + "\n"
			gold, result = gold+row, result+row
		}
		if want == nil {
			t.Skip()
		}
		a, err := goldLabels(input(gold))
		if err != nil {
			t.Fatal(err)
		}
		b, err := ReadResult(Stories, input(result))
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(a.IDs, want) || !slices.Equal(b.Partition.IDs, want) || !slices.Equal(a.Group, b.Partition.Group) {
			t.Errorf("wrote %q, read gold %q and result %q", want, a.IDs, b.Partition.IDs)
		}
	})
}

func FuzzReadGold(f *testing.F) {
	f.Add("a\t1\nb\t2\n")
	f.Add("a\tb\t0.5\r\n")
	f.Add("r\t1\t2\tp\t0\t3\n")
	f.Fuzz(func(t *testing.T, s string) {
		if p, err := goldLabels(input(s)); err == nil {
			checkPartition(t, p)
		}
		if pairs, err := ReadPairs(input(s)); err == nil && len(pairs) == 0 {
			t.Error("no pair and no error")
		}
		if m, err := ReadPassages(input(s)); err == nil {
			checkMatches(t, m)
			if s, err := ScorePassages(m, m, nil); err != nil || s.Characters.F1 != 1 {
				t.Errorf("gold against itself: %+v, %v", s, err)
			}
		}
	})
}

func FuzzReadResult(f *testing.F) {
	f.Add("article\tstory\na\ts1\nb\ts2\n")
	f.Add("article\tcanonical\tresemblance\nb\ta\t0.8\n")
	f.Add(`{"a":"a","b":"b"}` + "\n")
	f.Add("a\ta_start\ta_end\tb\tb_start\tb_end\nx\t0\t5\ty\t0\t5\n")
	f.Add("{\n\"schema\":\"dedup.report/1\",\"stories\":[{\"articles\":[\"a\"]}]}")
	f.Fuzz(func(t *testing.T, s string) {
		for _, of := range []Of{Clusters, Stories, Pairs, Passages} {
			r, err := ReadResult(of, input(s))
			if err != nil {
				if !strings.Contains(err.Error(), "in.tsv") {
					t.Errorf("%v does not name the file", err)
				}
				continue
			}
			if r.Partition != nil {
				checkPartition(t, *r.Partition)
			}
			checkMatches(t, r.Matches)
		}
	})
}

func checkPartition(t *testing.T, p Partition) {
	t.Helper()
	met := make([]bool, p.Groups)
	ids := make(map[string]bool)
	for i, id := range p.IDs {
		met[p.Group[i]] = true
		ids[id] = true
	}
	if slices.Contains(met, false) || len(ids) != len(p.IDs) || len(p.Group) != len(p.IDs) {
		t.Errorf("not a partition: %+v", p)
	}
}

func checkMatches(t *testing.T, list []Match) {
	t.Helper()
	for _, m := range list {
		if m.A == m.B || m.SpanA.Start < 0 || m.SpanA.Start >= m.SpanA.End || m.SpanB.Start < 0 || m.SpanB.Start >= m.SpanB.End {
			t.Errorf("not a match: %+v", m)
		}
	}
}

func sameResult(a, b Result) bool { return show(a) == show(b) }

func show(r Result) string {
	b, err := json.Marshal(r)
	if err != nil {
		return err.Error()
	}
	return string(b)
}
