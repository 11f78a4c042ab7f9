package passage

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const body = "The bridge over the river will be closed for repairs until the end of March, the city council said on Monday.\n" +
	"It was built in 1921 and carries 4,000 cars a day.\nThe mayor asked for patience.\nNobody knows how long the repairs will take in the end.\n" +
	"A ferry will run twice an hour.\nThe council will meet again in April.\n"

func TestFurniture(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"advertisement", body + "ADVERTISEMENT\n" + body, []string{"ADVERTISEMENT"}},
		{"list at the end", body + "Related articles:\n- One bridge\n- Another bridge\n", []string{"Related articles:\n- One bridge\n- Another bridge"}},
		{"list without marks at the end", body + "Read more:\nOne bridge is closed\nAnother bridge is open\n", []string{"Read more:\nOne bridge is closed\nAnother bridge is open"}},
		{"list without marks inside", body + "Read more:\nOne bridge is closed\n" + body, []string{"Read more:"}},
		{"share bar", body + "Share Tweet Email Print\n", []string{"Share Tweet Email Print"}},
		{"buttons one a line", body + "Facebook\nTwitter\nWhatsApp\nShare this article\n", []string{"Facebook\nTwitter\nWhatsApp\nShare this article"}},
		{"copyright", body + "© 2020 The Daily Bridge. All rights reserved.\n", []string{"© 2020 The Daily Bridge. All rights reserved."}},
		{"picture", "Photo: J. Doe/The Daily Bridge\n" + body, []string{"Photo: J. Doe/The Daily Bridge"}},
		{"newsletter", body + "Sign up for our newsletter\nStory continues below\n", []string{"Sign up for our newsletter\nStory continues below"}},
		{"reaction", body + "What’s your reaction?\n\n\n", []string{"What’s your reaction?"}},
		{"German", body + "Lesen Sie auch: Brücke gesperrt\nAlle Rechte vorbehalten\n", []string{"Lesen Sie auch: Brücke gesperrt\nAlle Rechte vorbehalten"}},
		{"French", body + "À lire aussi : Le pont est fermé\nPublicité\n", []string{"À lire aussi : Le pont est fermé\nPublicité"}},
		{"Spanish", body + "Publicidad\n" + body, []string{"Publicidad"}},
		{"Russian", body + "Читайте также:\n• Мост закрыт\nВсе права защищены\n", []string{"Читайте также:\n• Мост закрыт\nВсе права защищены"}},
		{"prose that mentions it", "Advertisement spending rose by a third, the agency said on Monday.\nHe asked readers to sign up for the march.\n\"Share this,\" she said.\n" +
			"Photographs show the bridge.\nRelated companies paid more, and the video was seen by millions of people in one day.\n", nil},
		{"a quotation that begins as a rule", body + "“Sign up for the draft or leave,” the minister told them.\n\"Click here to vote\" was his motto.\n" +
			"«Подписывайтесь на перемены», написал он.\n“Read more: that is all I ask of you\nand of your children.”\n", nil},
		{"a quotation that is a rule", body + "“What’s your reaction?”\n" + body + "„Werbung“\n" + body, nil},
		{"a rule in a quotation", body + "The notice read: “By voting you agree to our privacy policy.”\n" + body, nil},
		{"a quotation in a caption", body + "Photo: Jane Doe, “the voice of Brill and of its river”, in 1921\n", []string{"Photo: Jane Doe, “the voice of Brill and of its river”, in 1921"}},
		{"quotations below a list", body + "Read more:\n- One bridge\n- “We will never close it again,” the mayor promised.\n“We will never close it.”\n",
			[]string{"Read more:\n- One bridge"}},
		{"a title with a quotation", body + "Read more:\n“Never again”: mayor on bridge\n", []string{"Read more:\n“Never again”: mayor on bridge"}},
		{"a word alone inside", body + "Video\n" + body, nil},
		{"sources as a headline", body + "Sources\n" + body, nil},
		{"empty", "", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := cut(c.text, Furniture(c.text)); !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// checkFurniture holds what Furniture promises of any text.
func checkFurniture(t interface{ Fatalf(string, ...any) }, s string) {
	at := 0
	for _, p := range Furniture(s) {
		if p.Start < at || p.Start >= p.End || p.End > len(s) || strings.TrimSpace(s[p.Start:p.End]) != s[p.Start:p.End] {
			t.Fatalf("%q: span %v", s, p)
		}
		at = p.End
	}
}

// TestRulesAreFolded wants every rule in the form that lines are folded to, or it never applies.
func TestRulesAreFolded(t *testing.T) {
	for w := range wholeKinds {
		if w != string(appendPlain(nil, w)) && w != "loading..." {
			t.Errorf("%q folds to %q", w, appendPlain(nil, w))
		}
	}
	begins := slices.Concat(slices.Collect(maps.Values(beginRules))...)
	for _, r := range slices.Concat(begins, holding.rules, closes) {
		if r.text != strings.ToLower(r.text) || len(r.text) > r.max {
			t.Errorf("%+v", r)
		}
	}
}

// TestFurnitureListIsRead: what is no entry is told with its line.
func TestFurnitureListIsRead(t *testing.T) {
	if len(wholeKinds) < 250 || len(holding.rules) < 20 || len(closes) < 15 || len(shareSet) < 50 {
		t.Errorf("%d whole lines, %d held, %d closing, %d words of share bars", len(wholeKinds), len(holding.rules), len(closes), len(shareSet))
	}
	for _, bad := range []string{"whole\tstrong\tx", "whole\tstrong\t\"\"", "whole\tno\t\"x\"", "begins\tstrong\t\"x\"", "begins\tstrong\t1\t\"longer\"", "nowhere\tstrong\t\"x\"", "share"} {
		if err := readFurniture("# a comment\n\n" + bad + "\n"); err == nil || !strings.Contains(err.Error(), strconv.Quote(bad)) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
