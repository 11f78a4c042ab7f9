package quality

import (
	"strings"
	"testing"
)

// The worst articles come first, with who else is where they are and where they belong.
func TestWorst(t *testing.T) {
	gold := "a\tx\nb\tx\nc\tx\nd\ty\ne\ty\nf\tz\n"
	result := `{"kind":"summary","schema":"dedup.report/1"}
{"kind":"article","id":"a","title":"A"}
{"kind":"article","id":"b","title":"B"}
{"kind":"article","id":"c","title":"C\u001b"}
{"kind":"article","id":"d","title":"D"}
{"kind":"article","id":"e","title":"E"}
{"kind":"story","id":"s1","articles":["a","b"]}
{"kind":"story","id":"s2","articles":["c","d","e"]}
`
	s, err := Evaluate(Stories, Input{"gold", strings.NewReader(gold)}, Input{"result", strings.NewReader(result)}, Options{Worst: 2})
	if err != nil {
		t.Fatal(err)
	}
	w := s.Worst
	if len(w) != 2 || w[0].ID != "c" || w[0].In.Name != "s2" || w[0].Belongs.Name != "x" || w[0].In.Articles != 3 || w[0].In.Both != 1 || w[0].Belongs.Articles != 3 {
		t.Fatalf("%+v", w)
	}
	text := s.Text()
	for _, want := range []string{"worst 2 articles", "is in story s2: 3 articles, 2 that belong elsewhere", `belongs to "x": 3 articles, 2 that are elsewhere`, "            D\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	if strings.Contains(text, "\x1b") {
		t.Error("a control character of a title is printed")
	}
}

// A result without titles, that lacks an article of the gold, and nothing wrong.
func TestWorstOfRows(t *testing.T) {
	of := func(result string) []Worst {
		s, err := Evaluate(Stories, Input{"gold", strings.NewReader("a\tx\nb\tx\n")}, Input{"result", strings.NewReader("article\tstory\n" + result)}, Options{Worst: 5})
		if err != nil {
			t.Fatal(err)
		}
		return s.Worst
	}
	if w := of("a\ts1\nb\ts1\n"); len(w) != 0 {
		t.Errorf("%+v", w)
	}
	if w := of("a\ts1\n"); len(w) != 2 || w[0].In.Name != "s1" || w[1].In.Name != "" {
		t.Errorf("%+v", w)
	}
}
