package article

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// The samples were written by arrow-go 18.8.0: streams of two batches with a delta of the
// dictionary (.arrows), files of one (.arrow), plain, with LZ4 and with zstd.
func arrowSamples(tb testing.TB) map[string]string {
	tb.Helper()
	paths, err := filepath.Glob("testdata/arrow/sample-*.arrow*")
	if err != nil || len(paths) != 6 {
		tb.Fatal(paths, err)
	}
	out := map[string]string{}
	for _, p := range paths {
		b, err := os.ReadFile(p)
		if err != nil {
			tb.Fatal(err)
		}
		out[filepath.Base(p)] = string(b)
	}
	return out
}

func TestArrow(t *testing.T) {
	var want []Article
	for i := range 6 {
		a := Article{ID: string(rune('a' + i)), Line: i + 1, Source: []string{"Herald", "Gazette"}[i%2], Published: time.Date(2024, 5, 6, 7, 8, 9+i, 0, time.UTC), Text: fmt.Sprintf("The kiln at Orsay Hill was lit again: %d", i)}
		if i == 1 {
			a.Text = ""
		}
		a.Raw = Raw{Offset: int64(i), Kind: RawTable}
		want = append(want, a)
	}
	for name, content := range arrowSamples(t) {
		for _, block := range []int{0, 1} {
			for _, pack := range []string{"", ".gz"} {
				path := write(t, t.TempDir(), name+pack, packed(t, pack, content))
				arts, bad := readAll(t, Options{Workers: 2, block: block, Fields: Fields{Text: "body"}}, path)
				for i := range arts {
					arts[i].Path = ""
				}
				n := 6
				if strings.HasSuffix(name, ".arrow") {
					n = 3
				}
				if d := cmp.Diff(want[:n], arts); d != "" || len(bad) > 0 {
					t.Errorf("%s: %s%+v", name, d, bad)
				}
			}
		}
	}
}

// Fields of every kind are read, also inside others.
func TestArrowFields(t *testing.T) {
	for name, content := range arrowSamples(t) {
		path := write(t, t.TempDir(), name, content)
		for fields, want := range map[Fields]string{
			{Text: "meta.lead", Published: "meta.day"}: "a 2024-05-06 Lead 0|b 2024-05-07 Lead 1|c 0001-01-01 ",
			{Text: "paragraphs", Published: "x"}:       "a 0001-01-01 |b 0001-01-01 P0|c 0001-01-01 P0\nP1",
			{Text: "view", ID: "n", Published: "x"}:    "-1 0001-01-01 short|0 0001-01-01 a string longer than twelve bytes|1 0001-01-01 short",
		} {
			arts, _ := readAll(t, Options{Workers: 1, Fields: fields}, path)
			var got []string
			for _, a := range arts[:3] {
				got = append(got, fmt.Sprintf("%s %s %s", a.ID, a.Published.Format(time.DateOnly), a.Text))
			}
			if s := strings.Join(got, "|"); s != want {
				t.Errorf("%s %+v: %q, not %q", name, fields, s, want)
			}
		}
		_, bad := readAll(t, Options{Workers: 1, Fields: Fields{Text: "nope"}}, path)
		if len(bad) != 1 || !strings.HasPrefix(bad[0].Reason, `no column for the text; there are "n", "skip", "id", "source"`) {
			t.Errorf("%s: %+v", name, bad)
		}
	}
}

// Damaged data are named, and what was read before is kept.
func TestArrowDamage(t *testing.T) {
	content := arrowSamples(t)["sample-plain.arrows"]
	second := len(content) * 3 / 4
	for name, c := range map[string]struct {
		content  string
		articles int
	}{
		"cut.arrows": {content[:second], 3}, "head.arrows": {content[:40], 0}, "zero.arrows": {content[:16] + strings.Repeat("\x00", 400), 0}, "short.arrow": {"ARROW1\x00\x00", 0},
	} {
		arts, bad := readAll(t, Options{Workers: 1}, write(t, t.TempDir(), name, c.content))
		if len(arts) != c.articles || len(bad) != 1 || !strings.HasPrefix(bad[0].Reason, "broken Arrow data: ") || bad[0].Kept {
			t.Errorf("%s: %d articles, %+v", name, len(arts), bad)
		}
	}
}

// A directory that Hugging Face's save_to_disk wrote holds JSON that is no articles.
func TestSavedDataSets(t *testing.T) {
	dir := t.TempDir()
	for _, part := range []string{"train", "test"} {
		write(t, dir, part+"/data-00000-of-00001.arrow", arrowSamples(t)["sample-plain.arrows"])
		write(t, dir, part+"/state.json", `{"_data_files":[{"filename":"data-00000-of-00001.arrow"}]}`)
		write(t, dir, part+"/dataset_info.json", `{"features":{"text":{"dtype":"string"}}}`)
	}
	write(t, dir, "dataset_dict.json", `{"splits":["train","test"]}`)
	arts, bad := readAll(t, Options{Workers: 1}, dir)
	if len(arts) != 12 || len(bad) > 0 {
		t.Errorf("%d articles, %+v", len(arts), bad)
	}
	alone := t.TempDir()
	write(t, alone, "state.json", `[{"text":"The state."}]`)
	if arts, bad := readAll(t, Options{Workers: 1}, alone); len(arts) != 1 || len(bad) > 0 {
		t.Errorf("state.json alone: %d articles, %+v", len(arts), bad)
	}
}

func FuzzArrow(f *testing.F) {
	for name, s := range arrowSamples(f) {
		if strings.HasSuffix(name, ".arrows") {
			f.Add([]byte(s))
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		LimitMemory(64 << 20)
		defer windowMost.Store(0)
		for _, fields := range []Fields{{}, {Text: "paragraphs", ID: "view"}} {
			for _, block := range []int{0, 1} {
				err := Read(t.Context(), []Input{{Path: "-"}}, Options{Workers: 1, Format: "arrow", Fields: fields, block: block, Stdin: bytes.NewReader(b)}, func(int, *Batch) error { return nil })
				if err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}
