package report

import (
	"os"
	"strings"
	"testing"

	"dedup/internal/gate"
)

// documented is the drop that docs/check.md shows in every format.
func documented() gate.Drop {
	return gate.Drop{
		Articles: 3, Dated: 2, Sources: map[string]int{"Harbour Post": 2, "Tide Daily": 1},
		Findings: []gate.Finding{
			{Rule: gate.NearDuplicate, Article: "a17", Path: "drop/june.jsonl", Record: 17, Source: "Harbour Post", Title: "Ferry runs aground off Marl Point", Published: "2024-06-02T07:15:00Z", Text: "Ferry runs aground off Marl Point", Tokens: 170, Matched: "a3", Where: "drop/june.jsonl:3", About: gate.Byline{Title: "Ferry aground at Marl Point", Source: "Tide Daily", Published: "2024-06-01"}, Resemblance: 0.9346, Containment: 0.97, How: "resemblance", Key: 0x3f0c9a1be2d47758},
			{Rule: gate.Repeat, Article: "drop/fog.txt", Path: "drop/fog.txt", Record: 1, Source: "Tide Daily", Title: "Fog closes the harbour", Start: 40, End: 58, Line: 3, Column: 1, EndLine: 3, EndColumn: 19, InFile: true, Text: "Fog at Marl Point.", Tokens: 4, Key: 0x05fe405753166f12},
		},
	}
}

// TestDocumentedOutput finds what docs/check.md shows of each format, and of a baseline, in what
// comes out.
func TestDocumentedOutput(t *testing.T) {
	page, err := os.ReadFile("../../docs/check.md")
	if err != nil {
		t.Fatal(err)
	}
	outputs := map[string]string{}
	res := gate.Judge(documented(), gate.DefaultLimits(), nil)
	for _, name := range []string{"check.txt", "check.json", "check.sarif", "check.xml", "check.gh", "check.md"} {
		outputs[name] = string(written(t, formats[name], res))
	}
	var file strings.Builder
	if err := gate.WriteBaseline(&file, gate.NewBaseline(documented().Findings)); err != nil {
		t.Fatal(err)
	}
	outputs["baseline"] = file.String()
	blocks := strings.Split(string(page), "```")
	for name, out := range outputs {
		shown := false
		for i := 1; i < len(blocks); i += 2 {
			_, block, _ := strings.Cut(blocks[i], "\n") // behind the language
			shown = shown || block != "" && strings.Contains(out, block)
		}
		if !shown {
			t.Errorf("docs/check.md shows nothing of this %s:\n%s", name, out)
		}
	}
}
