package phrase

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dedup/internal/article"
	"dedup/internal/background"
	"dedup/internal/text"
)

// texts makes voices of unknown source.
func texts(s ...string) []Voice {
	var out []Voice
	for _, t := range s {
		out = append(out, Voice{Text: t, Near: -1})
	}
	return out
}

func found(voices []Voice) []string {
	var out []string
	for _, p := range Find(voices, background.Default(), Options{}) {
		out = append(out, p.Kind+": "+p.Text)
	}
	return out
}

// Find is Reader.Phrases of one story.
func Find(voices []Voice, bg *background.Model, opt Options) []Phrase {
	var r Reader
	r.Read(voices)
	return r.Phrases(bg, opt)
}

func TestFind(t *testing.T) {
	for _, c := range []struct {
		name   string
		voices []Voice
		want   []string
	}{
		{"a name with its title", texts(
			"Turkish Foreign Minister Hakan Fidan opened the meeting on Friday.",
			"Guests were met by Turkey's Foreign Minister Hakan Fidan before noon."),
			[]string{"name: Foreign Minister Hakan Fidan"}},
		{"accents are folded and kept where one has them", texts(
			"They met in the Dolmabahce Palace at noon.", "Talks ended in Istanbul’s Dolmabahçe Palace."),
			[]string{"name: Dolmabahçe Palace"}},
		{"a quote", texts(
			"“We will not leave the burning harbour tonight,” the captain told a crowd.",
			"Asked again, she said: \"We will not leave the burning harbour tonight\". Nobody objected."),
			[]string{"quote: We will not leave the burning harbour tonight"}},
		{"no stock phrases", texts(
			"According to a spokesman, both sides agreed that the two would meet on the sidelines of it.",
			"According to a teacher, both sides agreed that the two would eat on the sidelines of it."), nil},
		{"no dates", texts("It opened at 10:30 a.m. on Friday, September 15, 2017.", "She left at 10:30 a.m. on Friday, September 15, 2017."), nil},
		{"not over the bound of a sentence", texts(
			"The bridge collapsed near Oranienbaum. Villagers fled.", "It happened near Oranienbaum. Villagers gathered."), nil},
		{"not over the bound of a paragraph", texts("The ship is called Sea Urchin\n\nRotterdam harbour saw it", "Its name was Sea Urchin\n\nRotterdam harbour let it in"),
			[]string{"name: Sea Urchin"}},
		{"one source is one voice", []Voice{{Text: "The barge Wilhelmina Vermeer sank.", Source: "a", Near: -1}, {Text: "So the barge Wilhelmina Vermeer is gone.", Source: "A ", Near: -1}}, nil},
		{"near-duplicates are one voice", []Voice{{Text: "The barge Wilhelmina Vermeer sank.", Source: "a", Near: 3}, {Text: "So the barge Wilhelmina Vermeer is gone.", Source: "b", Near: 3}}, nil},
		{"no agency", texts("OSLO (Reuters) - The ferry stopped, Reuters news agency said.", "BERGEN (Reuters) - A train stopped, Reuters news agency said."), nil},
		{"no caption", texts("Ferry Nordlys Hurtigruten at sea in a file photo\nIt sank.", "Ferry Nordlys Hurtigruten at sea in a file photo\nIt rose."), nil},
		{"Chinese", texts("北京——中国外交部发言人华春莹，周五在记者会上作出回应。", "对此，外交部发言人华春莹。没有进一步评论"), []string{"wire: 外交部发言人华春莹"}},
		{"Japanese", texts("首相は臨時閣僚会議を開いた。", "午後に臨時閣僚会議が終わった。"), []string{"wire: 臨時閣僚会議"}},
		{"Russian", texts("В Стамбуле глава делегации Владимир Мединский ответил журналистам.", "Помощник президента Владимир Мединский уехал."), []string{"name: Владимир Мединский"}},
		{"German", texts("Das waren die ersten direkten Gespräche seit mehr als drei Jahren.", "Zu den ersten direkten Gesprächen kam es nicht, sagte Außenminister Hakan Fidan.",
			"Für Außenminister Hakan Fidan ist es ein Anfang."), []string{"name: Außenminister Hakan Fidan"}},
		{"Arabic", texts("قال وزير الخارجية التركي هاكان فيدان إن المحادثات استمرت ساعتين.", "التقى الوفدان مع وزير الخارجية التركي هاكان فيدان صباح الجمعة."),
			[]string{"wire: وزير الخارجية التركي هاكان فيدان"}},
		{"Thai", texts("นายกรัฐมนตรีประยุทธ์ จันทร์โอชา กล่าวว่ารัฐบาลพร้อม", "เมื่อวานนี้ นายกรัฐมนตรีประยุทธ์ จันทร์โอชา เดินทางไปเชียงใหม่"),
			[]string{"wire: นายกรัฐมนตรีประยุทธ์ จันทร์โอชา"}},
		{"nothing", nil, nil},
		{"no words", texts("", " … "), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := found(c.voices)
			slices.Sort(got)
			slices.Sort(c.want)
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestSkip(t *testing.T) {
	voices := texts("The barge Wilhelmina Vermeer sank.", "So the barge Wilhelmina Vermeer is gone.")
	if len(found(voices)) == 0 {
		t.Fatal("nothing found without Skip")
	}
	i := strings.Index(voices[1].Text, "Vermeer")
	voices[1].Skip = []article.Span{{Start: i, End: i + 3}}
	for _, p := range Find(voices, background.Default(), Options{}) {
		for _, o := range p.Occurrences {
			if o.Voice == 1 && o.Span.End > i {
				t.Errorf("%q touches what is to be skipped", p.Text)
			}
		}
	}
}

// A part of a longer phrase is dropped where the same articles carry it, and kept where many others
// do.
func TestParts(t *testing.T) {
	long := []string{"It was seen by harbour pilot Ingeborg Marstrander of Hammerfest.", "We met harbour pilot Ingeborg Marstrander of Hammerfest there."}
	if got := found(texts(long...)); !slices.Equal(got, []string{"name: harbour pilot Ingeborg Marstrander of Hammerfest"}) {
		t.Errorf("got %q", got)
	}
	more := append(long, "Then Ingeborg Marstrander left.", "So Ingeborg Marstrander said.", "Yet Ingeborg Marstrander stayed.", "But Ingeborg Marstrander slept.")
	got := found(texts(more...))
	if !slices.Contains(got, "name: Ingeborg Marstrander") {
		t.Errorf("the name that six articles have is missing: %q", got)
	}
}

func TestLimit(t *testing.T) {
	var a, b strings.Builder
	for _, n := range []string{"Ada Lindqvist", "Bertil Osterholm", "Cilla Wennergren", "Dagny Rosenqvist", "Elof Hammarstrand"} {
		a.WriteString("Here is " + n + ".\n")
		b.WriteString("There was " + n + ".\n")
	}
	for limit, want := range map[int]int{0: 5, 2: 2, -1: 5} {
		if got := Find(texts(a.String(), b.String()), background.Default(), Options{Limit: limit}); len(got) != want {
			t.Errorf("limit %d: %d phrases", limit, len(got))
		}
	}
}

func TestQuotations(t *testing.T) {
	for s, want := range map[string][]string{
		`He said: "Stop now." Then “go on”.`:          {"Stop now.", "go on"},
		"‘1,000 for 1,000’ is the families’ hope":     {"1,000 for 1,000"},
		"don’t, won't, the '90s and dogs' tails":      nil,
		"„Nein“, «non», 「いいえ」":                        {"Nein", "non", "いいえ"},
		"“It goes on\n\n“and on,” she said":           {"It goes on", "and on,"},
		"“It never ends\n\nA new paragraph” of text":  nil,
		"said `` it goes on '' to us":                 {" it goes on "},
		"a 5\" pipe and a 6\" pipe":                   nil,
		"She wrote: 'I saw it' and 'it was gone' too": {"I saw it", "it was gone"},
	} {
		var got []string
		for _, sp := range text.AppendQuotations(nil, s) {
			got = append(got, s[sp.Start:sp.End])
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%q: %s", s, d)
		}
	}
}
