package article

import (
	"context"
	"strings"
	"testing"
)

// TestCensusTellsFieldsThatNoRecordHas reads each corpus with one worker and with several.
func TestCensusTellsFieldsThatNoRecordHas(t *testing.T) {
	many := strings.Repeat(`{"meta":{"lead":"x"},"headline":"a","text":""}`+"\n", 3000)
	cases := []struct {
		name, content string
		fields        Fields
		text, unused  string
	}{
		{"a.jsonl", `{"id":"1","body":"a"}`, Fields{}, "", ""},
		{"a.jsonl", many, Fields{}, "", ""},
		{"a.jsonl", many, Fields{Text: "nope"}, `no record has a text: no field is named "nope"; the first record has "meta" ("{\"lead\":\"x\"}"), "headline" ("a"), "text"`, ""},
		{"a.jsonl", many, Fields{Text: "meta.body"}, `no record has a text: no field is named "meta.body"; the first record has "meta" ("{\"lead\":\"x\"}"), "headline" ("a"), "text", "meta.lead"`, ""},
		{"a.jsonl", `{"beat":1}` + "\n" + many, Fields{Title: "nope"}, "", `--field title=nope: no record has this field; the first has "beat" ("1")`},
		{"a.jsonl", many, Fields{Title: "headline", Text: "meta.lead"}, "", ""},
		{"a.json", `[{"id":"1","words":{"en":"a"}}]`, Fields{Text: "words"}, `no record has a text: no field is named "words"; the first record has "id" ("1"), "words" ("{\"en\":\"a\"}")`, ""},
		{"a.csv", "id,text,note\n1,a,b\n", Fields{URL: "nope"}, "", `--field url=nope: no record has this field; the first has "id" ("1"), "text" ("a"), "note" ("b")`},
		{"a.txt", "a", Fields{Text: "nope"}, "", ""},
		{"a.jsonl", "oops\n", Fields{Text: "nope"}, "", ""},
	}
	for _, c := range cases {
		for _, workers := range []int{1, 4} {
			var got Census
			inputs := Expand([]string{write(t, t.TempDir(), c.name, c.content)}, nil)
			opt := Options{Fields: c.fields, Workers: workers, Census: &got, block: 4096}
			if err := Read(context.Background(), inputs, opt, func(int, *Batch) error { return nil }); err != nil {
				t.Fatal(err)
			}
			unused := ""
			for _, b := range got.Unused(c.fields) {
				unused += b.Path + ": " + b.Reason
			}
			if got.NoText(c.fields) != c.text || unused != c.unused {
				t.Errorf("%s %+v: %q, %q", c.content[:min(40, len(c.content))], c.fields, got.NoText(c.fields), unused)
			}
		}
	}
}
