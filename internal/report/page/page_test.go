package page

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"dedup/internal/background"
	"dedup/internal/report"
	"dedup/internal/text"
)

// small is a report of n articles on one story, each with the text of its index in texts.
func small(texts ...string) *report.Report {
	r := &report.Report{Schema: report.Schema, Stories: []report.Story{{ID: "s1", Headline: "One story"}}}
	for i, s := range texts {
		id := fmt.Sprint("a", i)
		r.Articles = append(r.Articles, report.Article{ID: id, Path: "in.jsonl", Title: "Title " + id, Bytes: len(s), Tokens: len(strings.Fields(s)), Story: "s1"})
		r.Stories[0].Articles = append(r.Stories[0].Articles, id)
	}
	r.Summary.Articles = len(texts)
	return r
}

func write(t *testing.T, r *report.Report, texts Texts, opt Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, r, texts, opt); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func from(texts []string) Texts {
	return func(i int) (string, bool) { return texts[i], texts[i] != "" }
}

// element gives the inside of the element with the id.
func element(t *testing.T, page, id string) string {
	t.Helper()
	_, rest, ok := strings.Cut(page, `id="`+id+`">`)
	if !ok {
		t.Fatalf("no element %s", id)
	}
	inside, _, _ := strings.Cut(rest, "</script>")
	return inside
}

func data(t *testing.T, page string) (d findingsOut) {
	t.Helper()
	if err := json.Unmarshal([]byte(element(t, page, "data")), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// findingsOut is what the script reads, as far as the tests look.
type findingsOut struct {
	Articles struct {
		ID   []string
		Text []int
	}
	Stories  []struct{ A, C, V []int }
	Passages []struct {
		T string
		O []int
	}
	Clusters []struct{ W []any }
	Totals   totals
}

// The policy allows exactly the script and the style that are in the page, and nothing from
// anywhere else.
func TestPolicyMatchesThePage(t *testing.T) {
	page := write(t, small("one", "two"), from([]string{"one", "two"}), Options{})
	policy := regexp.MustCompile(`http-equiv="Content-Security-Policy" content="([^"]*)"`).FindStringSubmatch(page)
	if policy == nil {
		t.Fatal("no policy")
	}
	for _, tag := range []string{"script", "style"} {
		inside := regexp.MustCompile(`(?s)<`+tag+`>(.*?)</`+tag+`>`).FindAllStringSubmatch(page, -1)
		if len(inside) != 1 {
			t.Fatalf("%d %s elements, want 1", len(inside), tag)
		}
		h := sha256.Sum256([]byte(inside[0][1]))
		if want := tag + "-src 'sha256-" + base64.StdEncoding.EncodeToString(h[:]) + "'"; !strings.Contains(policy[1], want) {
			t.Errorf("the policy %q does not allow %s", policy[1], want)
		}
	}
	for _, want := range []string{"default-src 'none'", "base-uri 'none'", "form-action 'none'", "require-trusted-types-for 'script'"} {
		if !strings.Contains(policy[1], want) {
			t.Errorf("the policy lacks %s", want)
		}
	}
	if m := regexp.MustCompile(`(?i)\son[a-z]+\s*=\s*"|javascript:|https?://|\sstyle="`).FindString(page); m != "" {
		t.Errorf("the page holds %q", m)
	}
}

// The script writes text nodes only: nothing in it parses HTML or runs text.
func TestScriptHasNoSinks(t *testing.T) {
	script, err := join("js")
	if err != nil {
		t.Fatal(err)
	}
	if m := regexp.MustCompile(`innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function|fetch\(|XMLHttpRequest|import\(|setAttribute\("style"`).FindString(script); m != "" {
		t.Errorf("the script uses %s", m)
	}
}

func TestMaxArticlesKeepsStoriesFirst(t *testing.T) {
	r := small("x", "x", "x", "x", "x")
	r.Stories = []report.Story{{ID: "s1", Articles: []string{"a3", "a4"}}, {ID: "s2", Articles: []string{"a0"}}}
	r.Passages = []report.Passage{
		{Text: "kept", Occurrences: []report.Occurrence{{Article: "a3"}, {Article: "a4"}}},
		{Text: "one of its articles is not shown", Occurrences: []report.Occurrence{{Article: "a1"}, {Article: "a4"}}},
	}
	d := data(t, write(t, r, from([]string{"x", "x", "x", "x", "x"}), Options{MaxArticles: 3}))
	if got := strings.Join(d.Articles.ID, " "); got != "a0 a3 a4" {
		t.Errorf("shows %s, want a0 a3 a4", got)
	}
	if len(d.Passages) != 1 || d.Passages[0].T != "kept" {
		t.Errorf("passages: %+v", d.Passages)
	}
}

func TestNoTextLeavesTextsOut(t *testing.T) {
	texts := []string{"secret words of the first article", "secret words of the second"}
	page := write(t, small(texts...), from(texts), Options{NoText: true})
	if strings.Contains(page, "secret words") || strings.Contains(page, `id="t0"`) {
		t.Error("a text is in the page")
	}
	if d := data(t, page); d.Articles.Text[0] != 0 || d.Stories[0].C != nil {
		t.Errorf("%+v", d)
	}
}

// Offsets that are outside the text or inside a character do not break the page: they are clipped.
func TestWrongOffsetsAreClipped(t *testing.T) {
	texts := []string{"é🙂 shared", "shared 漢字"}
	r := small(texts...)
	r.Passages = []report.Passage{{Text: "shared", Occurrences: []report.Occurrence{
		{Article: "a0", Place: report.Place{Start: 1, End: 4}}, {Article: "a1", Place: report.Place{Start: -5, End: 1 << 40}}, {Article: "nobody"},
	}}}
	d := data(t, write(t, r, from(texts), Options{}))
	if got, want := fmt.Sprint(d.Passages[0].O), "[0 0 1 0 1 0 9 0]"; got != want {
		t.Errorf("places %s, want %s", got, want)
	}
}

// A single word of 5 MB is cut; the file stays small.
func TestHugeTextIsCut(t *testing.T) {
	texts := []string{strings.Repeat("x", 5<<20), strings.Repeat("漢", 1<<20)}
	r := small(texts...)
	r.Articles[0].Title, r.Articles[0].ID = texts[0], "a0"
	page := write(t, r, from(texts), Options{})
	if len(page) > 1<<20 {
		t.Errorf("the page has %d bytes", len(page))
	}
	if d := data(t, page); d.Articles.Text[0] != 2 || d.Articles.Text[1] != 2 {
		t.Errorf("texts not marked as cut: %v", d.Articles.Text)
	}
}

func TestMatrixAndWeakestPair(t *testing.T) {
	base := "The vessel had left the harbour at dawn with ninety people aboard and struck the sandbank in thick fog twenty minutes later"
	texts := []string{base + " said officials", base, "Nothing of this kind was ever said by anybody about the railway bridge over the northern river"}
	r := small(texts...)
	r.Clusters = []report.Cluster{{ID: "c1", Canonical: "a0", Members: []report.Member{{Article: "a0", Rule: "canonical"}, {Article: "a1", Resemblance: 0.9, Rule: "resemblance"}}}}
	d := data(t, write(t, r, from(texts), Options{}))
	c, v := d.Stories[0].C, d.Stories[0].V
	if len(c) != 9 || c[1*3+0] != 100 || c[0*3+1] != 90 || c[2*3+0] != 0 || v[0*3+1] <= v[0*3+2] {
		t.Errorf("copied %v, words %v", c, v)
	}
	if got := fmt.Sprint(d.Clusters[0].W); got != "[0 1 0.9 true]" {
		t.Errorf("weakest pair %s", got)
	}
}

// The words of the matrix were weighed by the embedded model, whatever --background said.
func TestMatrixWeighsByTheModelGiven(t *testing.T) {
	texts := []string{"harbour ferry sandbank", "harbour ferry lighthouse"}
	build := func(common string) *background.Model {
		b := background.NewBuilder(background.Options{})
		for range 1000 {
			b.Add(common, text.AppendTokens(nil, common))
		}
		b.Add("sandbank lighthouse harbour ferry", text.AppendTokens(nil, "sandbank lighthouse harbour ferry"))
		m, err := b.Model()
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	shared := func(m *background.Model) int {
		return data(t, write(t, small(texts...), from(texts), Options{Background: m})).Stories[0].V[1]
	}
	if common, rare := shared(build("harbour ferry")), shared(build("sandbank lighthouse")); common >= rare {
		t.Errorf("shared words weigh %d %% where they are common, %d %% where they are rare", common, rare)
	}
}

// The figures of the overview counted the articles shown, beside figures that count all.
func TestTotalsCountWhatIsNotShown(t *testing.T) {
	r := small("aaaa", "bbb", "cc", "d")
	r.Clusters = []report.Cluster{{ID: "c1", Canonical: "a0", Members: []report.Member{{Article: "a0"}, {Article: "a1"}}}, {ID: "c2", Canonical: "a2", Members: []report.Member{{Article: "a2"}, {Article: "a3"}}}}
	r.Furniture = []report.Furniture{{Article: "a0"}, {Article: "a3"}}
	r.Passages = []report.Passage{
		{Occurrences: []report.Occurrence{{Article: "a0"}, {Article: "a1"}}}, {Occurrences: []report.Occurrence{{Article: "a2"}, {Article: "a3"}}},
		{Boilerplate: true, Occurrences: []report.Occurrence{{Article: "a2"}, {Article: "a3"}}},
	}
	d := data(t, write(t, r, nil, Options{MaxArticles: 2}))
	if len(d.Articles.ID) != 2 || len(d.Passages) != 1 {
		t.Fatalf("%+v", d)
	}
	if got, want := [...]any{d.Totals.Duplicated, d.Totals.Copied, d.Totals.Furniture, d.Totals.Clusters[0]}, [...]any{int64(4), 2, 2, [2]int{2, 2}}; got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got, want := fmt.Sprint(d.Totals.PerSource), "[[ 4 2]]"; got != want {
		t.Errorf("sources %s, want %s", got, want)
	}
}

func TestSamePageTwice(t *testing.T) {
	texts := []string{"one text here", "another text there"}
	a, b := write(t, small(texts...), from(texts), Options{}), write(t, small(texts...), from(texts), Options{})
	if a != b {
		t.Error("two runs differ")
	}
}

// Only addresses of the web become links: what a record calls its address may be anything.
func TestAddressesThatBecomeLinks(t *testing.T) {
	for s, want := range map[string]string{
		"https://example.com/a?b=c#d": "https://example.com/a?b=c#d", " http://example.com ": "http://example.com", "HTTPS://example.com/": "https://example.com/",
		"javascript:alert(1)": "", "JavaScript://example.com/%0aalert(1)": "", "data:text/html,x": "", "//example.com/": "", "example.com": "", "https://": "",
		"file:///etc/passwd": "", "https://user:secret@example.com/": "", "https://exa\nmple.com/": "", "": "",
		"https://example.com/" + strings.Repeat("x", 3000): "", "https://example.com/\"><script>": "https://example.com/%22%3E%3Cscript%3E",
	} {
		if got := address(s); got != want {
			t.Errorf("address(%q) = %q, want %q", s, got, want)
		}
	}
}

// The words of a German story were weighed by the English model alone.
func TestMatrixWeighsByTheLanguageOfTheText(t *testing.T) {
	frame := "der Minister und die Kommission haben sich am Montag mit den Vertretern der Länder über das neue Gesetz und über die Kosten für die Gemeinden beraten, weil "
	texts := []string{frame + "Schleusen Deiche Pegel Hochwasser", frame + "Schleusen Deiche Pegel Sturmflut"}
	if background.Default().Of(texts[0]) == background.Default() {
		t.Fatal("the text is not taken for German")
	}
	d := data(t, write(t, small(texts...), from(texts), Options{}))
	if v := d.Stories[0].V[1]; v < 50 {
		t.Errorf("shared words %d %%", v)
	}
}

// A text that says a line twice at once had a word more than it has, of no letters.
func TestMatrixCountsNoWordForARepeatedLine(t *testing.T) {
	const body = "Harbour ferry grounded yesterday\nPassengers waited ashore for lifeboats"
	texts := []string{body, "Harbour ferry grounded yesterday\n" + body}
	if v := data(t, write(t, small(texts...), from(texts), Options{})).Stories[0].V; v[1] != 100 {
		t.Errorf("the words of both are the same: %v", v)
	}
}
