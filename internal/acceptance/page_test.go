package acceptance

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Somebody opens the report of the seeds, goes into the story, into a pair, and searches.
func TestSeedsPageInABrowser(t *testing.T) {
	b := openBrowser(t)
	file := makePage(t, "", "scan", "--format", "html", filepath.Join("..", "..", "seeds"))
	b.look(1280, 900, "light")
	b.open(file, "")
	if got := b.eval("[...document.querySelectorAll('.tiles b')].map(e => e.textContent).join(' ')"); got != "5 1 0 0% 0 15 2 2" {
		t.Errorf("the overview counts %q", got)
	}
	b.click(".tiles a[href='#stories']")
	b.click(".list a.item")
	if h := b.eval("location.hash"); h != "#story-1" {
		t.Fatalf("the story is at %s", h)
	}
	if n := b.eval("String(document.querySelectorAll('.articles > li').length)"); n != "5" {
		t.Errorf("the story lists %s articles", n)
	}
	if n := b.eval("String(document.querySelectorAll('.matrix td a').length)"); n != "20" {
		t.Errorf("the matrix has %s cells that lead to a pair", n)
	}
	if phrases := b.eval("[...document.querySelectorAll('.phrases tbody th')].map(e => e.textContent).join('\\n')"); !strings.Contains(phrases, "“first direct talks in over three years”") {
		t.Errorf("phrases: %s", phrases)
	}
	b.click(".matrix a[href='#pair-4-5']")
	b.pairHighlights("first direct talks in over three years", "Foreign Minister Hakan Fidan")
	if got := b.eval("[...document.querySelectorAll('.right mark.r')].map(e => e.textContent).join('|')"); strings.Count(got, "Delegations Meet Amid Hostilities") != 2 {
		t.Errorf("the repeat of the right side shows as %q", got)
	}
	b.eval("(document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'n', bubbles: true})), '')")
	b.until("document.activeElement.closest('.left') && document.querySelectorAll('mark.on').length >= 2")
	b.eval("(document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', bubbles: true})), '')")
	b.until("document.activeElement.closest('.right')")

	before := b.eval("String(document.querySelector('.right .scroller').scrollTop)")
	b.eval("(setTimeout(() => { document.querySelector('.left .scroller').scrollTop = 500; }, 300), '')") // a jump holds the sides for a moment
	b.until("String(document.querySelector('.right .scroller').scrollTop) !== " + fmt.Sprintf("%q", before))

	b.open(file, "#articles")
	if y := b.eval("String(document.querySelector('.row').getBoundingClientRect().top < 300)"); y != "true" {
		t.Error("the first row of a list is far down the page")
	}
	for range 2 {
		b.eval("(document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'j', bubbles: true})), '')")
	}
	if got := b.eval("document.activeElement.getAttribute('href')"); got != "#article-2" {
		t.Errorf("j, j is at %s", got)
	}
	b.eval("(i => { i.value = 'STALLED peace'; i.dispatchEvent(new Event('input', {bubbles: true})); return '' })(document.getElementById('narrow'))")
	b.until("document.getElementById('found').textContent === '1 article'")
	if got := b.eval("document.querySelector('.list').innerText"); !strings.Contains(got, "Stalled Peace Talks") {
		t.Errorf("the search found %q", got)
	}
	b.eval("(i => { i.value = 'dolmabahce'; i.dispatchEvent(new Event('input', {bubbles: true})); return '' })(document.getElementById('query'))")
	b.until("location.hash.startsWith('#search') && document.querySelector('.list')")
	if got := b.eval("document.querySelector('.list').innerText"); !strings.Contains(got, "Dolmabahçe Palace") {
		t.Errorf("the search for a phrase found %q", got)
	}
	b.eval("(document.activeElement.blur(), document.body.dispatchEvent(new KeyboardEvent('keydown', {key: '1', bubbles: true})), '')")
	b.until("location.hash === '#overview'")
}

// pairHighlights checks that the marks of a pair are these phrases, on both sides.
func (b *browser) pairHighlights(want ...string) {
	b.t.Helper()
	for _, side := range []string{"left", "right"} {
		var got []string
		if err := json.Unmarshal([]byte(b.eval("JSON.stringify([...document.querySelectorAll('."+side+" mark.f')].map(e => e.textContent.replace(/\\s+/g, ' ')))")), &got); err != nil {
			b.t.Fatal(err)
		}
		all := strings.Join(got, " | ")
		for _, w := range want {
			if !strings.Contains(all, w) {
				b.t.Errorf("the %s side marks %q, not %q", side, all, w)
			}
		}
	}
}

// Every view is taken a picture of, light, dark and on a small screen, and is never wider than the
// screen.
func TestPageFitsEveryScreen(t *testing.T) {
	b := openBrowser(t)
	file, at := os.Getenv("DEDUP_SHOTS_OF"), []string{"", "#stories", "#story-1", "#pair-4-5", "#article-1", "#phrases", "#furniture", "#flow", "#search?q=talks"}
	if file == "" {
		file = makePage(t, "", "scan", "--format", "html", filepath.Join("..", "..", "seeds"))
	} else if list := os.Getenv("DEDUP_SHOTS_AT"); list != "" {
		at = strings.Split(list, " ")
	}
	for _, v := range []struct {
		name          string
		width, height int64
		scheme        string
	}{{"light", 1280, 900, "light"}, {"dark", 1280, 900, "dark"}, {"small", 400, 860, "light"}, {"small-dark", 400, 860, "dark"}} {
		b.look(v.width, v.height, v.scheme)
		for _, hash := range at {
			b.open(file, hash)
			b.fits()
			b.contrast()
			b.shot(strings.TrimPrefix(hash+"-"+v.name, "#"))
		}
		if dark := b.eval("getComputedStyle(document.body).backgroundColor"); (v.scheme == "dark") != (dark == "rgb(20, 22, 24)") {
			t.Errorf("%s: the background is %s", v.name, dark)
		}
	}
}

// copiedArticles are three outlets that print one text, one after another, with addresses of theirs.
func copiedArticles() string {
	text := "The ferry Maid of Orrin ran aground off the old lighthouse at dawn, and lifeboats took all ninety people aboard to the quay. " +
		"Divers found a hole of two metres in her side, below the engine room, and the harbour master closed the channel to all larger ships."
	return fmt.Sprintf(`{"id":"a","source":"=cmd|' /C calc'!A0","url":"https://harbour.example/ferry","date":"2031-03-04T08:00:00Z","title":"Ferry aground","text":%q}
{"id":"b","source":"inland.example","url":"javascript:alert(1)","date":"2031-03-05T09:00:00Z","title":"Ferry aground off Orrin","text":%q}
{"id":"c","source":"north.example","date":"2031-03-05T20:00:00Z","title":"Ferry, aground","text":%q}
`, text, text+" Our reporter met passengers who had slept on deck and saw nothing of it, and who will not sail again this year.", "Fog came first. "+text)
}

// Somebody looks at who copied from whom, sorts the table, copies it, sees a story along time and
// goes to an original.
func TestFlowAndTimelineInABrowser(t *testing.T) {
	b := openBrowser(t)
	file := makePage(t, copiedArticles(), "scan", "--format", "html", "-")
	b.look(1280, 900, "light")
	b.open(file, "#flow")
	if n := b.eval("String(document.querySelectorAll('.flow path').length)"); n != "2" {
		t.Errorf("%s bands, want 2", n)
	}
	first := "document.querySelector('.data tbody tr').textContent"
	before := b.eval(first)
	b.eval("([...document.querySelectorAll('.data thead button')].find(x => x.textContent.startsWith('hours')).click(), '')")
	b.eval("([...document.querySelectorAll('.data thead button')].find(x => x.textContent.startsWith('to')).click(), '')")
	b.eval("([...document.querySelectorAll('.data thead button')].find(x => x.textContent.startsWith('to')).click(), '')")
	if after := b.eval(first); after == before && b.eval("document.querySelectorAll('.data')[0].querySelector('[aria-sort]').getAttribute('aria-sort')") != "descending" {
		t.Errorf("the table is not sorted anew: %s", after)
	}
	b.eval("(navigator.clipboard.writeText = (s) => { window.copied = s; return Promise.resolve(); }, document.querySelector('.copy').click(), '')")
	b.until("window.copied")
	if got := b.eval("window.copied"); !strings.HasPrefix(got, "from,to,words,articles,passages,hours later\r\n") || !strings.Contains(got, "'=cmd") {
		t.Errorf("copied %q", got)
	}
	b.open(file, "#story-1")
	if n := b.eval("String(document.querySelectorAll('.timeline .dot-at').length)"); n != "3" {
		t.Errorf("%s points along time, want 3", n)
	}
	if got := b.eval("[...document.querySelectorAll('a.out')].map(a => a.href + ' ' + a.rel).join('|')"); got != "https://harbour.example/ferry noopener noreferrer external" {
		t.Errorf("links to originals: %q", got)
	}
	b.open(file, "")
	if n := b.eval("String(document.querySelectorAll('.histo li').length)"); n != "21" {
		t.Errorf("the histogram has %s bins", n)
	}
	for _, width := range []int64{1280, 400} {
		b.look(width, 900, "dark")
		for _, at := range []string{"", "#flow", "#story-1", "#passages"} {
			b.open(file, at)
			b.fits()
			b.contrast()
		}
	}
}

// hostileArticles are articles that try to get out of the page.
func hostileArticles() string {
	shared := "The vessel had left the 漢字 harbour 🙂 at dawn with ninety people aboard and struck the עברית sandbank in thick fog twenty minutes later."
	var b strings.Builder
	for i, text := range []string{
		"<script>window.hacked = 1</script> </script><img src=x onerror='window.hacked=2'> 👩‍👩‍👧 𝔘𝔫𝔦 " + shared + " <a href=\"javascript:window.hacked=3\">javascript:alert(1)</a>",
		"\u202eoverride\u202c \u2066isolate العربية 🙂🙂 \u0000\u001b[31m --> ]]> \u2028 " + shared + " &lt;script&gt; broken \ufffd",
		strings.Repeat("x", 5<<20),
	} {
		line, err := json.Marshal(map[string]string{
			"id": fmt.Sprintf("</script><b id=x%d>", i), "text": text, "source": "<svg onload=window.hacked=4>", "title": "\u202e</title><script>window.hacked=5</script>" + strings.Repeat("w", 3000), "date": "2024-05-01",
		})
		if err != nil {
			panic(err)
		}
		b.Write(line)
		b.WriteByte('\n')
	}
	return b.String()
}

// Nothing of what articles hold runs, and the layout holds.
func TestHostileArticlesInABrowser(t *testing.T) {
	b := openBrowser(t)
	in := filepath.Join(t.TempDir(), "hostile.jsonl")
	broken := []byte(strings.Replace(hostileArticles(), "broken", "broken \xff\xc3", 1))
	if err := os.WriteFile(in, broken, 0o666); err != nil {
		t.Fatal(err)
	}
	file := makePage(t, "", "scan", "--format", "html", in)
	for _, width := range []int64{1280, 400} {
		b.look(width, 800, "light")
		for _, at := range []string{"", "#articles", "#article-1", "#article-2", "#article-3", "#pair-1-2", "#pair-1-3", "#passages", "#flow", "#search?q=%3Cscript%3E", "#stories?only=all", "#story-1", "#%3Cimg%20src=x%3E", "#article-99999", "#pair-1-1"} {
			b.open(file, at)
			b.fits()
			if got := b.eval("String(window.hacked) + document.querySelectorAll('main script, main img, main svg:not([role=img]), main [onload], a[href^=javascript], [id^=x]').length"); got != "undefined0" {
				t.Errorf("%s: something ran or was parsed: %s", at, got)
			}
		}
	}
	b.open(file, "#pair-1-2")
	for _, side := range []string{"left", "right"} {
		got := b.eval("[...document.querySelectorAll('." + side + " mark.p')].map(e => e.textContent).join('')")
		if !strings.HasPrefix(got, "The vessel had left the 漢字 harbour 🙂 at dawn") || !strings.HasSuffix(got, "the עברית sandbank in thick fog twenty minutes later") {
			t.Errorf("the %s side marks %q", side, got)
		}
	}
}

// A report of 10,000 articles opens within 2 seconds and shows only the rows that are near the
// screen.
func TestManyArticlesInABrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a while")
	}
	b := openBrowser(t)
	file := os.Getenv("DEDUP_BIG_PAGE")
	if file == "" {
		file = makePage(t, manyArticles(10000), "scan", "--format", "html", "--only", "clusters", "-")
	}
	b.look(1280, 900, "light")
	b.do()
	start := time.Now()
	b.open(file, "")
	opened := time.Since(start)
	paint := b.eval("String(Math.round(performance.getEntriesByName('first-contentful-paint')[0]?.startTime))")
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bytes: opened in %v, first contentful paint after %s ms", info.Size(), opened.Round(time.Millisecond), paint)
	if opened > 10*time.Second { // the figure to reach is 2 s; a busy machine must not fail the test
		t.Errorf("opening took %v", opened)
	}
	b.open(file, "#articles")
	b.until("document.querySelectorAll('.row').length > 5")
	if n := b.eval("String(document.querySelectorAll('.row').length < 100)"); n != "true" {
		t.Error("the list is not virtual")
	}
	b.eval("(scrollTo(0, document.documentElement.scrollHeight), '')")
	b.until("[...document.querySelectorAll('.row')].some(r => r.getAttribute('aria-posinset') === '10000')")
	b.eval("(i => { i.value = 'nothing-has-this'; i.dispatchEvent(new Event('input', {bubbles: true})); return '' })(document.getElementById('narrow'))")
	b.until("document.querySelector('.empty')")
	b.open(file, "#article-9999")
	b.until("document.querySelector('.text').textContent.length > 500")
}

// manyArticles makes n articles of words without meaning, every tenth a copy of the one before.
func manyArticles(n int) string {
	var b strings.Builder
	seed := uint32(1)
	last := ""
	for i := range n {
		if i%10 != 9 {
			var words strings.Builder
			for range 150 {
				seed = seed*1664525 + 1013904223
				fmt.Fprintf(&words, "w%x ", seed>>16)
			}
			last = words.String()
		}
		fmt.Fprintf(&b, "{\"id\":\"%d\",\"title\":\"Title of %d\",\"source\":\"s%d\",\"text\":\"%s\"}\n", i, i, i%40, last)
	}
	return b.String()
}
