package gate

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var keys = []string{"rules", "max-duplicates", "max-per-source", "max-repeats", "index", "baseline", "tiny", "threshold", "exact", "keep", "field"}

func TestReadConfig(t *testing.T) {
	got, err := ReadConfig(strings.NewReader(`# limits of the corpus
---
max-duplicates: 0.5%
max-repeats:   none # for now
"index": 'my corpus.idx'
rules: [near-duplicate,
  repeat]
field:
  - text=payload.body
threshold: 0.70
tiny: 0x14
exact: yes
keep: source=a,b
baseline: ""
...
`), ".dedup.yaml", keys, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []Setting{
		{"max-duplicates", "0.5%", nil, 3}, {"max-repeats", "none", nil, 4}, {"index", "my corpus.idx", nil, 5},
		{"rules", "near-duplicate,repeat", []string{"near-duplicate", "repeat"}, 6}, {"field", "text=payload.body", []string{"text=payload.body"}, 8},
		{"threshold", "0.70", nil, 10}, {"tiny", "0x14", nil, 11}, {"exact", "yes", nil, 12}, {"keep", "source=a,b", nil, 13}, {"baseline", "", nil, 14},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestDocumentedConfig reads the file that docs/check.md shows, and the error that docs/settings.md
// shows.
func TestDocumentedConfig(t *testing.T) {
	page, err := os.ReadFile("../../docs/check.md")
	if err != nil {
		t.Fatal(err)
	}
	_, shown, _ := strings.Cut(string(page), "```yaml\n")
	shown, _, _ = strings.Cut(shown, "```")
	settings, err := ReadConfig(strings.NewReader(shown), ".dedup.yaml", keys, nil)
	if err != nil || len(settings) != 8 {
		t.Errorf("%v, %v", settings, err)
	}
	_, err = ReadConfig(strings.NewReader("\n\n\nmax-duplicate: 1"), ".dedup.yaml", keys, nil)
	if page, e := os.ReadFile("../../docs/settings.md"); e != nil || !strings.Contains(string(page), "```\n"+fmt.Sprint(err)+"\n```") {
		t.Errorf("docs/settings.md shows another error than %v", err)
	}
}

func TestEmptyConfigs(t *testing.T) {
	for _, in := range []string{"", "\n\n", "# nothing yet\n", "---\n", "{}", "null", "~\n", "\ufeff"} {
		if got, err := ReadConfig(strings.NewReader(in), "c", keys, nil); err != nil || len(got) > 0 {
			t.Errorf("%q: %v, %v", in, got, err)
		}
	}
}

func TestBadConfigs(t *testing.T) {
	for in, want := range map[string]string{
		"tiny: 1\nmax-duplicate: 4":           "c:2: unknown key \"max-duplicate\"\nhint: did you mean max-duplicates?",
		"max_repeats: 4":                      "c:1: unknown key \"max_repeats\"\nhint: did you mean max-repeats?",
		"Tiny: 4":                             "c:1: unknown key \"Tiny\"\nhint: did you mean tiny?",
		"no-such-thing: 4":                    "c:1: unknown key \"no-such-thing\"\nhint: the keys are rules, max-duplicates,",
		"\"x\\e[31m\": 4":                     "c:1: unknown key \"x\\x1b[31m\"",
		"<<: {tiny: 1}":                       "c:1: unknown key \"<<\"",
		"tiny: 1\n\ntiny: 1":                  "c:3: tiny stands on line 1 already",
		"- tiny":                              "c:1: a list where keys and values belong",
		"tiny":                                "c:1: a single value where keys and values belong",
		"[tiny]: 1":                           "c:1: a list where a key belongs",
		"tiny: {a: 1}":                        "c:1: tiny: a mapping where a single value belongs",
		"rules:\n- a\n- [b]":                  "c:3: rules: a list where a single value belongs",
		"rules:\n- a\n- b,c":                  "c:3: rules: \"b,c\" holds a comma",
		"tiny:":                               "c:1: tiny has no value\nhint: leave the line out",
		"tiny: ~":                             "c:1: tiny has no value",
		"tiny: &a 1\nmax-repeats: *a":         "c:2: max-repeats: an alias where a single value belongs",
		"tiny: !!binary aGk=":                 "c:1: tiny: values of type !!binary are not taken",
		"tiny: !odd 1":                        "c:1: tiny: values of type !odd are not taken",
		"tiny: 1\n---\nmax-repeats: 2":        "c:2: a second document",
		"tiny: 1\n  max-repeats: 2":           "c:2: mapping values are not allowed",
		"tiny: 1\n\tmax-repeats: 2":           "c:2: found a tab character",
		"tiny: [1":                            "c:1: did not find expected",
		"tiny: \"1":                           "c: found unexpected end of stream",
		"tiny: *a":                            "c: unknown anchor 'a' referenced",
		"\x00":                                "c: control characters are not allowed",
		"tiny: \xff":                          "c: ",
		"tiny: " + strings.Repeat("x", 1<<20): "c: it is larger than 1048576 bytes",
	} {
		_, err := ReadConfig(strings.NewReader(in), "c", keys, nil)
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%.40q:\n%v\nwant %s", in, err, want)
		}
	}
}

// TestConfigBombs: what grows by aliases, or nests, costs no more than its bytes.
func TestConfigBombs(t *testing.T) {
	var laughs strings.Builder
	laughs.WriteString("tiny: &a0 [x]\n")
	for i := range 100 {
		fmt.Fprintf(&laughs, "rules: &a%d [*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d]\n", i+1, i, i, i, i, i, i, i, i)
	}
	for _, in := range []string{laughs.String(), strings.Repeat("[", 1<<19), strings.Repeat("{a: ", 1<<17), strings.Repeat("- ", 1<<18)} {
		if _, err := ReadConfig(strings.NewReader(in), "c", keys, nil); err == nil {
			t.Errorf("%.20q was read", in)
		}
	}
}

// FuzzConfig: what is read has known keys, each once, in order of lines, and its list items can be
// told apart.
func FuzzConfig(f *testing.F) {
	f.Add([]byte("max-duplicates: 0.5%\nrules: [near-duplicate, repeat]\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		settings, err := ReadConfig(strings.NewReader(string(in)), "c", keys, nil)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "c:") {
				t.Fatalf("%v does not name the file", err)
			}
			return
		}
		seen := map[string]bool{}
		line := 0
		for _, s := range settings {
			if !slices.Contains(keys, s.Key) || seen[s.Key] || s.Line < line || s.Line < 1 {
				t.Fatalf("%+v", settings)
			}
			seen[s.Key], line = true, s.Line
			if len(s.Items) > 0 && !slices.Equal(strings.Split(s.Value, ","), s.Items) {
				t.Fatalf("%+v", s)
			}
		}
	})
}
