package main

import (
	"os"
	"slices"
	"strings"
	"testing"

	"dedup/internal/gate"
)

// TestDocumentedSettings reads the file that docs/settings.md shows with the keys that there are,
// and its table of reserved flags.
func TestDocumentedSettings(t *testing.T) {
	page, err := os.ReadFile("../../docs/settings.md")
	if err != nil {
		t.Fatal(err)
	}
	_, shown, _ := strings.Cut(string(page), "```yaml\n")
	shown, _, _ = strings.Cut(shown, "```")
	root := newRootCmd(&app{})
	settings, err := gate.ReadConfig(strings.NewReader(shown), ".dedup.yaml", configKeys(root).names, nil)
	if err != nil || len(settings) != 9 {
		t.Fatalf("%v, %v", settings, err)
	}
	for _, s := range settings {
		for _, c := range root.Commands() {
			if f := c.LocalFlags().Lookup(s.Key); f != nil {
				if err := setFromConfig(f, ".dedup.yaml", s); err != nil {
					t.Errorf("%s: %s: %v", c.Name(), s.Key, err)
				}
			}
		}
	}
	for _, r := range reservedFlags {
		if !strings.Contains(string(page), "`--"+r.name+"`") {
			t.Errorf("docs/settings.md does not name --%s", r.name)
		}
	}
	for _, stem := range reservedStems {
		if !strings.Contains(string(page), "`--"+stem+"`") {
			t.Errorf("docs/settings.md does not name --%s", stem)
		}
	}
}

// TestReservedFlagsAreNoKeys: what destroys or accepts does not come from a file.
func TestReservedFlagsAreNoKeys(t *testing.T) {
	names := configKeys(newRootCmd(&app{})).names
	for _, r := range reservedFlags {
		if slices.Contains(names, r.name) != r.file {
			t.Errorf("--%s is a key: %t", r.name, !r.file)
		}
	}
	for _, name := range append([]string{"jobs", "memory", "tmp"}, ofTheCall...) {
		if slices.Contains(names, name) {
			t.Errorf("--%s is a key", name)
		}
	}
	for _, name := range []string{"threshold", "containment", "keep", "field", "window", "max-duplicates", "max-removed", "index", "rules", "only", "top"} {
		if !slices.Contains(names, name) {
			t.Errorf("--%s is no key", name)
		}
	}
}
