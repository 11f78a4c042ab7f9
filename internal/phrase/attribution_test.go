package phrase

import (
	"testing"

	"dedup/internal/article"
)

func TestCredit(t *testing.T) {
	for text, want := range map[string]string{
		"WASHINGTON (Reuters) - The ministry said":                                  "Reuters",
		"Storm closes port\n\nMIAMI (AP) — A storm closed":                          "AP",
		"ERIE, Pa. (AP) - Snow fell":                                                "AP",
		"(Reuters) - A ferry ran aground":                                           "Reuters",
		"BEIJING, Sept. 15 (Xinhua) -- A bridge opened":                             "Xinhua",
		"Bridge opens\nXinhua | Updated: 2024-09-15 17:52\nBEIJING -- A":            "Xinhua",
		"MOSCOW, May 5. /TASS/. A train left":                                       "TASS",
		"New Delhi [India], Sept 3 (ANI): A minister":                               "ANI",
		"Mumbai, Sep 5 (IANS) A film":                                               "IANS",
		"SEOUL, Sept. 3 (Yonhap) -- A court":                                        "Yonhap",
		"МОСКВА, 15 сен — РИА Новости. Поезд":                                       "RIA Novosti",
		"新华社北京9月15日电 一座桥":                                                           "Xinhua",
		"By The Associated Press\n\nA bridge opened":                                "AP",
		"Ferry aground\nBy Ann Smith, Reuters\nA ferry":                             "Reuters",
		"Ferry aground\nBy ANN SMITH\nAP Business Writer\nA ferry":                  "AP",
		"A ferry ran aground.\n\n— Bloomberg":                                       "Bloomberg",
		"A ferry ran aground. It floated again. (dpa)":                              "dpa",
		"A ferry ran aground.\nThe Associated Press contributed to this report.":    "AP",
		"A ferry ran aground.\nCopyright 2018 The Associated Press. All rights":     "AP",
		"A ferry ran aground.\nContributing: Ann Smith; The Associated Press":       "AP",
		"\"It floats,\" the captain told Reuters.\nThe port said nothing.":          "",
		"The Yonhap News Agency reported on Monday that a ferry ran aground.":       "",
		"A ferry at sea. (AP Photo/Ann Smith)\nIt ran aground.":                     "",
		"ANN SMITH/AP/FILE The ferry at sea\nIt ran aground.":                       "",
		"Image copyright AFP Image caption The ferry\nIt ran aground.":              "",
		"The Korean Central News Agency (KCNA) said a ferry ran aground.":           "",
		"Michael Bloomberg opened a bridge.\nBloomberg said it was long.":           "",
		"A ferry ran aground.\n\nReuters\n\nThe captain waved.\nNobody waved back.": "",
		"": "",
	} {
		got, sp := Credit(text)
		if got != want {
			t.Errorf("Credit(%q) = %q, want %q", text, got, want)
		}
		if got != "" && agencyOf[text[sp.Start:sp.End]] != got {
			t.Errorf("Credit(%q): span cuts out %q", text, text[sp.Start:sp.End])
		}
	}
}

func FuzzCredit(f *testing.F) {
	f.Add("WASHINGTON (Reuters) - The ministry said")
	f.Add("a\n— Bloomberg\n")
	f.Add("新华社北京9月15日电")
	f.Fuzz(func(t *testing.T, s string) {
		a, sp := Credit(s)
		if sp.Start < 0 || sp.End > len(s) || sp.Start > sp.End || (a == "") != (sp.Start == sp.End) {
			t.Fatalf("agency %q at %v of %d bytes", a, sp, len(s))
		}
	})
}

// Shared is Reader.Shared of one story.
func Shared(voices []Voice, n int) []float64 {
	var r Reader
	r.Read(voices)
	return r.Shared(n)
}

func TestShared(t *testing.T) {
	const wire = "The harbour was closed on Monday after a grain ship ran aground in thick fog near the lighthouse."
	voices := []Voice{
		{Text: wire, Source: "a", Near: -1},
		{Text: wire + " Quite different words of our own reporter stand here beside it, as many again in number.", Source: "b", Near: -1},
		{Text: wire, Source: "A", Near: -1}, // one source with the first
		{Text: "Nothing here stands elsewhere.", Near: -1},
		{Near: -1},
	}
	got := Shared(voices, 0)
	if got[0] != 1 || got[2] != 1 || got[3] != 0 || got[4] != 0 {
		t.Errorf("shares %v", got)
	}
	if got[1] < 0.4 || got[1] > 0.6 {
		t.Errorf("half of the second article is shared, got %v", got[1])
	}
	if got := Shared(voices[2:], 0); got[0] != 0 {
		t.Errorf("a source alone shares %v", got[0])
	}
	voices[1].Skip = []article.Span{{Start: 0, End: len(wire)}}
	if got := Shared(voices, 0); got[0] != 0 || got[1] != 0 {
		t.Errorf("what is skipped counts: %v", got)
	}
}
