package text

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestHeadline(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"Mayor opens new bridge\n\nThe mayor opened it on Friday.", "Mayor opens new bridge"},
		{"  Who opened the bridge?\nThe mayor did.", "Who opened the bridge?"},
		{"A lead sentence comes first.\nMayor opens new bridge\n\nMayor Opens New Bridge\nMore text.", "Mayor opens new bridge"},
		{"The mayor opened the bridge.\nMore text.", ""},
		{"The mayor “opened the bridge.”\nMore text.", ""},
		{"Mayor opens new bridge", ""},
		{"Advertisement\n\nAdvertisement\nThe mayor opened it.", ""},
		{"By Jane Doe\n\nThe mayor opened it.", ""},
		{"The mayor of the old town has opened\nthe new bridge.", ""},
		{"Mr Olsen and the mayor of the town of\nBergen have opened the bridge over the\nGreat River at last.", ""},
		{strings.Repeat("word ", 31) + "\n\nText.", ""},
		{strings.Repeat("é", 190) + " a b c\n\nText.", ""},
		{"", ""},
		{"\n \n", ""},
	} {
		got := ""
		if sp, ok := Headline(c.text); ok {
			got = c.text[sp.Start:sp.End]
		}
		if got != c.want {
			t.Errorf("%.60q: got %q, want %q", c.text, got, c.want)
		}
	}
}

func TestHeadlineSeeds(t *testing.T) {
	for name, want := range map[string]string{
		"000_e4c884ea56731e73.txt": "Ukrainian Government Resistance",
		"001_a41350389d8f096f.txt": "Stalled Peace Talks",
		"002_cc0198c9900a5ea4.txt": "Fragile Talks",
		"003_8a96aedaaefbaff8.txt": "",
		"004_e5dc5441f684e6ff.txt": "Ukrainian and Russian Delegations",
	} {
		raw, err := os.ReadFile(filepath.Join("../../seeds", name))
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if sp, ok := Headline(string(raw)); ok {
			got = string(raw[sp.Start:sp.End])
		}
		if (got == "") != (want == "") || !strings.HasPrefix(got, want) || strings.Contains(got, "\n") {
			t.Errorf("%s: got %q", name, got)
		}
	}
}
