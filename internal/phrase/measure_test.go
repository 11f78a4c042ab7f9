package phrase

import (
	"bufio"
	"cmp"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"dedup/internal/background"
	"dedup/internal/passage"
	"dedup/internal/shingle"
	"dedup/internal/text"
)

// record is an article of the labelled data.
type record struct{ ID, Text, Source, Date string }

// labelled reads a set of articles from the directory DEDUP_DATA. The measurements print what a
// person has to judge; they hold nothing.
func labelled(t *testing.T, set string) []record {
	t.Helper()
	dir := os.Getenv("DEDUP_DATA")
	if dir == "" {
		t.Skip("DEDUP_DATA is not set")
	}
	files, err := filepath.Glob(filepath.Join(dir, set, "*.jsonl.zst"))
	if err != nil || len(files) == 0 {
		t.Skipf("no articles in %s: %v", set, err)
	}
	f, err := os.Open(files[0])
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := zstd.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	var out []record
	for d := json.NewDecoder(bufio.NewReader(z)); ; {
		var r record
		if err := d.Decode(&r); err == io.EOF {
			return out
		} else if err != nil {
			t.Fatal(err)
		}
		out = append(out, r)
	}
}

// events reads the event of each article.
func events(t *testing.T, set string) map[string]string {
	t.Helper()
	gold, err := os.ReadFile(filepath.Join(os.Getenv("DEDUP_DATA"), "events", set, "gold.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	event := map[string]string{}
	for l := range strings.Lines(string(gold)) {
		if id, e, ok := strings.Cut(strings.TrimSpace(l), "\t"); ok {
			event[id] = e
		}
	}
	return event
}

// TestMeasurePhrases prints the phrases of the labelled stories of one set (default newscluster;
// PHRASE_SET names another).
func TestMeasurePhrases(t *testing.T) {
	set := cmp.Or(os.Getenv("PHRASE_SET"), "newscluster")
	records := labelled(t, "events/"+set)
	event := events(t, set)
	var order []string
	stories := map[string][]Voice{}
	for _, r := range records {
		e := event[r.ID]
		if e == "" {
			continue
		}
		if stories[e] == nil {
			order = append(order, e)
		}
		stories[e] = append(stories[e], voiceOf(r))
	}
	n := 0
	for _, e := range order {
		markNear(stories[e])
		found := Find(stories[e], background.Default(), Options{})
		if len(found) == 0 {
			continue
		}
		t.Logf("story %s: %d articles", e, len(stories[e]))
		for _, p := range found {
			n++
			t.Logf("%4d %-5s %5.1f bits  %s", n, p.Kind, p.Bits, p.Text)
		}
	}
}

// voiceOf makes a voice as a scan does.
func voiceOf(r record) Voice {
	v := Voice{Text: r.Text, Source: r.Source, Near: -1, Skip: passage.Furniture(r.Text)}
	for _, rp := range passage.Repeats(r.Text) {
		v.Skip = append(v.Skip, rp.Spans[1:]...)
	}
	return v
}

// markNear groups near-duplicates by brute force: resemblance 0.7 or containment 0.9.
func markNear(voices []Voice) {
	sets := make([][]uint64, len(voices))
	for i, v := range voices {
		sets[i] = shingle.Set(shingle.Append(nil, text.AppendTokens(nil, v.Text), 5))
	}
	for i := range voices {
		for j := range i {
			n, small := float64(shingle.Shared(sets[i], sets[j])), float64(min(len(sets[i]), len(sets[j])))
			if small > 20 && (n >= 0.7*(float64(len(sets[i])+len(sets[j]))-n) || n >= 0.9*small) {
				voices[j].Near = max(voices[j].Near, int32(j))
				voices[i].Near = voices[j].Near
			}
		}
	}
}

// TestMeasureCredits prints the agencies found in bulk and a sample of 100 places.
func TestMeasureCredits(t *testing.T) {
	counts := map[string]int{}
	var places []string
	records := labelled(t, cmp.Or(os.Getenv("CREDIT_SET"), "bulk"))
	for _, r := range records {
		a, sp := Credit(r.Text)
		if a == "" {
			continue
		}
		counts[a]++
		lo, hi := max(0, sp.Start-80), min(len(r.Text), sp.End+40)
		places = append(places, a+": "+strings.ReplaceAll(r.Text[lo:sp.Start]+"<<"+r.Text[sp.Start:sp.End]+">>"+r.Text[sp.End:hi], "\n", "⏎"))
	}
	t.Logf("%d of %d articles credit an agency: %v", len(places), len(records), counts)
	slices.Sort(places)
	for i := 0; i < 100 && len(places) > 0; i++ {
		t.Log(places[i*len(places)/100])
	}
}
