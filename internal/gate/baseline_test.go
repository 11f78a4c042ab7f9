package gate

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func bytesOf(t testing.TB, b *Baseline) []byte {
	t.Helper()
	var w bytes.Buffer
	if err := WriteBaseline(&w, b); err != nil {
		t.Fatal(err)
	}
	return w.Bytes()
}

func TestBaselineFile(t *testing.T) {
	b := NewBaseline([]Finding{
		{Rule: Repeat, Article: "2024/05/b.txt", Key: 0x05fe405753166f12, Text: "Ferry runs\n aground\toff Marl Point"},
		{Rule: Repeat, Article: "2024/05/a.txt", Key: 0x05fe405753166f12, Text: "ferry runs aground off Marl Point"},
		{Rule: Repeat, Article: "2024/05/a.txt", Key: 0x05fe405753166f12, Text: "Ferry runs aground off Marl Point"},
		{Rule: NearDuplicate, Article: "bro\xff\xfeken\u202e<&>.txt", Key: 0xffffffffffffffff, Text: "\x1b[31m" + strings.Repeat("長い", 50)},
		{Rule: Empty, Article: "x#7", Key: 1},
		{Rule: Tiny, Article: "\U000e0041", Key: 2},
	})
	want := `{"schema":"dedup.baseline/1","tokens":1,"findings":[
{"rule":"near-duplicate","key":"ffffffffffffffff","articles":["bro��ken\u202e<&>.txt"],"text":"[31m長い長い長い長い長い長い長い長い長い長い長い長い長い長い長い長い長い長い長い長い長い長い長い長い長い長い長い長い長い長い長い長い長い長い長い長い長い長い"},
{"rule":"repeat","key":"05fe405753166f12","articles":["2024/05/a.txt","2024/05/a.txt","2024/05/b.txt"],"text":"Ferry runs aground off Marl Point"},
{"rule":"empty","key":"0000000000000001","articles":["x#7"],"text":""},
{"rule":"tiny","key":"0000000000000002","articles":["\udb40\udc41"],"text":""}
]}
`
	got := bytesOf(t, b)
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
	back, err := ReadBaseline(bytes.NewReader(got))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(b, back); diff != "" {
		t.Error(diff)
	}
	if got := string(bytesOf(t, &Baseline{})); got != "{\"schema\":\"dedup.baseline/1\",\"tokens\":1,\"findings\":[\n]}\n" {
		t.Errorf("the empty baseline is %q", got)
	}
}

// TestBaselineInAnyLayout: a merge may move lines, a formatter may break them.
func TestBaselineInAnyLayout(t *testing.T) {
	b, err := ReadBaseline(strings.NewReader("\ufeff{\n \"findings\" : [ {\"key\":\"000000000000000b\",\r\n\"articles\":[\"b\",\"a\"],\"rule\":\"tiny\",\"later\":{\"x\":[1]}}," +
		"{\"rule\":\"repeat\",\"key\":\"000000000000000a\",\"articles\":[\"c\"],\"text\":\" x\\u001b \\n y \"}],\"later\":null,\"tokens\":1,\"schema\":\"dedup.baseline/1\"}\n\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := &Baseline{[]Known{{Repeat, 10, []string{"c"}, "x y"}, {Tiny, 11, []string{"a", "b"}, ""}}}
	if diff := cmp.Diff(want, b); diff != "" {
		t.Error(diff)
	}
}

func TestBadBaselines(t *testing.T) {
	const head = "{\"schema\":\"dedup.baseline/1\",\"tokens\":1,\"findings\":[\n"
	const one = `{"rule":"repeat","key":"000000000000000a","articles":["a"],"text":"x"}`
	for in, want := range map[string]string{
		"":                                 "line 1: it is cut short",
		"[]":                               `line 1: [ where "{" belongs`,
		"7":                                `line 1: 7 where "{" belongs`,
		"{}":                               "it has no schema, so it is no baseline",
		`{"schema":"dedup.baseline/2"}`:    `line 1: its schema is "dedup.baseline/2", not "dedup.baseline/1"`,
		"{\n\"schema\":7}":                 "line 2: json: cannot unmarshal number into Go value of type string",
		`{"schema":"dedup.manifest/1"}`:    `line 1: its schema is "dedup.manifest/1"`,
		`{"schema":"dedup.baseline/1"} 1`:  "line 1: more behind its end",
		`{"schema":"dedup.baseline/1",`:    "line 1: it is cut short",
		`{"tokens":2}`:                     "line 1: its keys are of words of version 2, not 1\nhint: remove it",
		`{"tokens":1,"tokens":1}`:          `line 1: "tokens" stands twice`,
		head + one:                         "line 2: it is cut short",
		head + one + ",\n" + one + "\n]}":  "line 3: rule and key are those of line 2\nhint: put the articles",
		head + one + "\n<<<<<<< HEAD\n]}":  "line 3: a merge that was not finished",
		head + one + "\n" + one:            "line 3: not JSON: expected comma",
		head + "{\"rule\":\"odd\"}\n]}":    `line 2: unknown rule "odd"`,
		head + "\n{\"rule\":\"tiny\"}\n]}": `line 3: key "" is not 16 hexadecimal digits`,
		head + "{\"rule\":[]}\n]}":         "line 2: json: cannot unmarshal array",
		head + "7\n]}":                     "line 2: json: cannot unmarshal number",
		head + strings.Replace(one, "000000000000000a", "A", 1):                "line 2: key \"A\" is not",
		head + strings.Replace(one, "000000000000000a", "000000000000000A", 1): "line 2: key \"000000000000000A\" is not",
		head + strings.Replace(one, `["a"]`, `[]`, 1):                          "line 2: it lists no articles",
		`{"schema":"dedup.baseline/1","findings":{}}`:                          `line 1: { where "[" belongs`,
	} {
		_, err := ReadBaseline(strings.NewReader(in))
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q:\n%v\nwant %s", in, err, want)
		}
	}
}

// TestBaselineDoesNotDependOnOrder: the same findings in any order make the same bytes, and what is
// written is what is read.
func TestBaselineDoesNotDependOnOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var findings []Finding
		for range rapid.IntRange(0, 20).Draw(t, "findings") {
			findings = append(findings, Finding{
				Rule: rapid.SampledFrom(Rules).Draw(t, "rule"), Key: rapid.Uint64Range(0, 3).Draw(t, "key"),
				Article: string(rapid.SliceOfN(rapid.Byte(), 0, 4).Draw(t, "article")), Text: rapid.String().Draw(t, "text"),
			})
		}
		b := NewBaseline(findings)
		var w bytes.Buffer
		if err := WriteBaseline(&w, b); err != nil {
			t.Fatal(err)
		}
		written := w.String()
		back, err := ReadBaseline(&w)
		if err != nil {
			t.Fatalf("%v in %s", err, written)
		}
		if diff := cmp.Diff(b, back); diff != "" {
			t.Fatal(diff)
		}
		var other bytes.Buffer
		if err := WriteBaseline(&other, NewBaseline(rapid.Permutation(findings).Draw(t, "order"))); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(written, other.String()); diff != "" {
			t.Fatal(diff)
		}
		if i := strings.IndexFunc(written, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }); i >= 0 {
			t.Fatalf("%q does not print", written[i:])
		}
		if lines := strings.Count(written, "\n"); lines != len(b.Findings)+2 {
			t.Fatalf("%d lines for %d known texts", lines, len(b.Findings))
		}
	})
}

// TestCompare: applied to the first baseline, the differences make the second.
func TestCompare(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from, to := NewBaseline(drawDrop(t).Findings), NewBaseline(drawDrop(t).Findings)
		added, removed := Compare(from, to)
		count := func(lists ...[]Known) map[string]int {
			n := map[string]int{}
			for _, known := range lists {
				for _, k := range known {
					for _, id := range k.Articles {
						n[fmt.Sprint(k.Rule, k.Key, id)]++
					}
				}
			}
			return n
		}
		if diff := cmp.Diff(count(from.Findings, added), count(to.Findings, removed)); diff != "" {
			t.Fatal(diff)
		}
		for name := range count(added) {
			if count(removed)[name] > 0 {
				t.Fatalf("%s was added and removed", name)
			}
		}
	})
	b := NewBaseline([]Finding{{Rule: Tiny, Article: "a"}})
	if diff := cmp.Diff(b, (*Baseline)(nil).Update(Drop{Findings: []Finding{{Rule: Tiny, Article: "a"}}})); diff != "" {
		t.Error(diff)
	}
	if added, removed := Compare(nil, b); len(added) != 1 || removed != nil {
		t.Errorf("from nothing: %v, %v", added, removed)
	}
}

func TestExcerpt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "text") + string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes"))
		e := excerpt(s)
		if !utf8.ValidString(e) || utf8.RuneCountInString(e) > excerptLength || excerpt(e) != e {
			t.Fatalf("%q", e)
		}
	})
}

// FuzzBaseline: what is read is written and read as the same, in canonical form.
func FuzzBaseline(f *testing.F) {
	f.Add([]byte("{\"schema\":\"dedup.baseline/1\",\"tokens\":1,\"findings\":[\n{\"rule\":\"repeat\",\"key\":\"05fe405753166f12\",\"articles\":[\"a\",\"a\"],\"text\":\"x\"}\n]}\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		b, err := ReadBaseline(bytes.NewReader(in))
		if err != nil {
			return
		}
		out := bytesOf(t, b)
		back, err := ReadBaseline(bytes.NewReader(out))
		if err != nil {
			t.Fatalf("%v in %s", err, out)
		}
		if diff := cmp.Diff(b, back); diff != "" {
			t.Fatal(diff)
		}
		if again := bytesOf(t, back); !bytes.Equal(out, again) {
			t.Fatalf("%s\nwritten again: %s", out, again)
		}
		if slices.ContainsFunc(b.Findings, func(k Known) bool { return len(k.Articles) == 0 || k.Rule.About().One == "" }) {
			t.Fatalf("%+v", b.Findings)
		}
	})
}

// TestAcceptedIsKnown: findings that are accepted by their fingerprints are known from then on, and
// no others; what the baseline had stays in it.
func TestAcceptedIsKnown(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(label string) (list []Finding) {
			for range rapid.IntRange(1, 12).Draw(t, label) {
				rule := rapid.SampledFrom([]Rule{Repeat, Furniture}).Draw(t, "rule")
				list = append(list, Finding{Rule: rule, Article: rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "article"), Key: Key(rule, []uint64{rapid.Uint64Range(0, 2).Draw(t, "words")})})
			}
			return list
		}
		drop := Drop{Articles: 3, Findings: draw("findings")}
		known := NewBaseline(draw("known"))
		before := Occurrences(known.Findings)
		res := Judge(drop, DefaultLimits(), known)
		var names []string
		want := 0
		for i := range res.Findings {
			if rapid.Bool().Draw(t, "accept") {
				if names = append(names, res.Findings[i].Fingerprint()); res.Findings[i].New {
					want++
				}
			}
		}
		renewed, err := known.Accept(res, names)
		if err != nil {
			t.Fatal(err)
		}
		fresh := func(r *Result) (n int) {
			for i := range r.Findings {
				if r.Findings[i].New {
					n++
				}
			}
			return n
		}
		if Occurrences(renewed.Findings) != before+want || Occurrences(known.Findings) != before {
			t.Fatalf("%d known, %d accepted: %d", before, want, Occurrences(renewed.Findings))
		}
		if got := fresh(Judge(drop, DefaultLimits(), renewed)); got != fresh(res)-want {
			t.Fatalf("%d of %d new are accepted, %d are left", want, fresh(res), got)
		}
		if _, err := known.Accept(res, []string{"0000000000000000"}); err == nil {
			t.Fatal("a fingerprint that no finding has is accepted")
		}
	})
}
