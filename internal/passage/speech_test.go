package passage

import (
	"strings"
	"testing"
)

func TestSpoken(t *testing.T) {
	for s, want := range map[string]bool{
		"“We will rebuild the bridge before the winter comes.”":           true,
		`"We will rebuild the bridge," he promised.`:                      true,
		"„Wir bauen die Brücke vor dem Winter wieder auf“":                true,
		"« Nous reconstruirons le pont avant l’hiver »":                   true,
		"»Vi bygger broen igen før vinteren«, lovede hun.":                true,
		"”Vi bygger bron igen före vintern”":                              true,
		"「冬が来る前に橋を架け直す」":                                                  true,
		"Никто не уйдёт отсюда, сказал мэр.":                              true,
		"— Никто не уйдёт отсюда":                                         true,
		"“And so it goes on, and the next paragraph closes it":            true,
		"and here it ends, after two paragraphs.”":                        true,
		"The mayor said that nobody would leave before the winter":        true,
		"No comment, she told the Herald":                                 true,
		"“No.”":                                                           true,
		"Editing by Jane Doe and John Roe":                                false,
		"The Associated Press contributed to this report.":                false,
		"Catch up with our weekly podcast, “Ground Game.”":                false,
		`Sign up for The Week's "Today's best articles" newsletter here.`: false,
		"Support our readers' and writers' journalism":                    false,
		"» Mehr aus der Region":                                           false,
		"’90s music and more: follow us":                                  false,
		"A pipe of 5\"":                                                   false,
		"Mayor says no to bridge Ferry stops for ice Council of Brill meets again " + strings.Repeat("and another headline here ", 5): false,
		"": false,
		"Content created by the Herald is available without charge to anyone": false,
	} {
		if got := Spoken(s); got != want {
			t.Errorf("%q: %v", s, got)
		}
	}
}

// A list of verbs is as good as its lines: each is one word, and none stands twice.
func TestSpeechVerbs(t *testing.T) {
	n := 0
	for line := range strings.Lines(speechList) {
		if line = strings.TrimSpace(line); !strings.HasPrefix(line, "#") {
			if n++; line == "" || !Spoken(line+" x") {
				t.Errorf("%q", line)
			}
		}
	}
	if n != len(speechVerbs) {
		t.Errorf("%d lines are %d words", n, len(speechVerbs))
	}
}

func TestTailLines(t *testing.T) {
	body := strings.Repeat("The council of Brill met again on Tuesday and talked about the bridge at length.\n", 12)
	for _, c := range []struct {
		name, tail string
		want       []string
	}{
		{"credits and a pointer", "Editing by Jane Doe and John Roe\n\nFollow the Herald on its new page", []string{"Follow the Herald on its new page", "Editing by Jane Doe and John Roe"}},
		{"a quotation ends the report", "Editing by Jane Doe and John Roe\n“We will rebuild it.”\nFollow the Herald on its new page", []string{"Follow the Herald on its new page"}},
		{"who spoke", "“We will rebuild the bridge.”\nJane Doe, mayor of Brill", nil},
		{"a credit under a quotation", "“We will rebuild the bridge.”\nContributing: The Brill Press", []string{"Contributing: The Brill Press"}},
		{"what somebody said without marks", "The mayor said she would resign.", nil},
		{"a place and a day", "BRILL, Feb 3 (Brill Press) -", nil},
	} {
		s := body + c.tail
		var got []string
		for _, l := range TailLines(s, nil) {
			got = append(got, s[l.Span.Start:l.Span.End])
			if l.Short == strings.HasPrefix(got[len(got)-1], "The council") || l.Gap >= l.Span.Start || strings.TrimSpace(s[l.Gap:l.Span.Start]) != "" {
				t.Errorf("%s: %+v", c.name, l)
			}
		}
		for len(got) > 0 && strings.HasPrefix(got[len(got)-1], "The council") {
			got = got[:len(got)-1]
		}
		if strings.Join(got, "|") != strings.Join(c.want, "|") {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func FuzzSpoken(f *testing.F) {
	f.Add("“We will rebuild it.” Editing by Jane Doe")
	f.Add("»Nein«\n— Да")
	f.Add("'\"`«")
	f.Fuzz(func(t *testing.T, s string) {
		if Spoken(s) != Spoken(" "+s+"\n") {
			t.Errorf("white space tells about %q", s)
		}
		for _, l := range TailLines(s, nil) {
			if Spoken(s[l.Span.Start:l.Span.End]) || l.Gap > l.Span.Start {
				t.Errorf("%+v of %q", l, s)
			}
		}
	})
}
