package article

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/parquet-go/parquet-go"
)

// One instant as JSON has it: text, numbers of every kind, and the extended JSON of MongoDB
// exports.
func TestDatesInJSON(t *testing.T) {
	want := time.Date(2006, 10, 20, 18, 0, 0, 0, time.UTC)
	for _, value := range []string{
		`"Fri Oct 20, 2006 2:00pm EDT"`, `"20 octobre 2006 \u00e0 18h00"`, `"1161367200"`, `1161367200`, `1161367200.0`, `1.1613672e9`, `1161367200000`, `1.1613672E12`, `"1161367200000"`,
		`{"$date":"2006-10-20T18:00:00Z"}`, `{"$date":1161367200000}`, `{"$date":{"$numberLong":"1161367200000"}}`, `{ "$date" : { "$numberLong" : "1161367200000" } }`,
		`"ISODate(\"2006-10-20T18:00:00Z\")"`, `["2006-10-20T18:00:00Z","2007-10-20T18:00:00Z"]`, `{"by":"nobody"},"pubdate":"2006-10-20T18:00:00Z"`,
	} {
		for _, opt := range []Options{{Format: "jsonl"}, {Format: "json"}} {
			opt.Stdin = strings.NewReader(`{"date":` + value + `,"text":"a"}` + "\n")
			arts, bad := readAll(t, opt, "-")
			if len(arts) != 1 || len(bad) > 0 || !arts[0].Published.Equal(want) || arts[0].DateOnly {
				t.Errorf("%s as %s: %+v, %v", value, opt.Format, arts, bad)
			}
		}
	}
}

func TestDatesInParquet(t *testing.T) {
	type row struct {
		Text string  `parquet:"text"`
		Date float64 `parquet:"date"`
	}
	var file bytes.Buffer
	if err := parquet.Write(&file, []row{{"a", 1161367200}, {"b", 1161367200000}, {"c", 20061020}}); err != nil {
		t.Fatal(err)
	}
	arts, bad := readAll(t, Options{}, write(t, t.TempDir(), "a.parquet", file.String()))
	if len(arts) != 3 || len(bad) > 0 || arts[0].Published.Unix() != 1161367200 || arts[1].Published.Unix() != 1161367200 || !arts[2].DateOnly {
		t.Errorf("%+v, %v", arts, bad)
	}
}

// Dates that are not understood, and zones that are not known, are told once a file, the first of
// each, and all are counted; nothing of that depends on the number of workers or where blocks end.
func TestDatesAreCountedAndToldOnceAFile(t *testing.T) {
	var lines strings.Builder
	for i := range 500 {
		when := []string{"2006-10-20", "soon", "20 Oct 2006 18:15 XQT", "", "some day"}[i%5]
		fmt.Fprintf(&lines, "{\"text\":\"a\",\"date\":%q}\n", when)
	}
	dir := t.TempDir()
	paths := []string{write(t, dir, "a.jsonl", lines.String()), write(t, dir, "b.jsonl", lines.String()), write(t, dir, "c.txt", "a")}
	var want []Bad
	for _, path := range paths[:2] {
		want = append(want,
			Bad{Path: path, Line: 2, Reason: `a date that is not understood: "soon"`, Hint: "write dates like 2006-01-02T15:04:05Z; the article is read without its date", Kept: true},
			Bad{Path: path, Line: 3, Reason: `a time zone that is not known: "20 Oct 2006 18:15 XQT"`, Hint: "it is read as UTC; write dates like 2006-01-02T15:04:05-05:00", Kept: true})
	}
	for _, opt := range []Options{{Workers: 1}, {Workers: 4, block: 100}, {Workers: 3, block: 1}} {
		var dates Dates
		opt.Dates = &dates
		arts, bad := readAll(t, opt, paths...)
		if d := cmp.Diff(want, bad, cmpopts.IgnoreUnexported(Bad{})); d != "" {
			t.Error(d)
		}
		if want := (Dates{Articles: 1001, Dated: 400, NotUnderstood: 400}); dates != want || len(arts) != 1001 {
			t.Errorf("%d articles, %+v", len(arts), dates)
		}
	}
	l, err := NewLines(Options{})
	if err != nil {
		t.Fatal(err)
	}
	_, bad := l.Decode("-", 0, []byte(lines.String()), 1)
	if want := (Dates{Articles: 500, Dated: 200, NotUnderstood: 200}); l.Dates() != want || len(bad) != 2 || bad[0].Once() == bad[1].Once() {
		t.Errorf("%+v, %v", l.Dates(), bad)
	}
}

// BenchmarkReadDates reads short articles with dates in three forms: what dates cost.
func BenchmarkReadDates(b *testing.B) {
	for _, when := range []string{"", "2006-10-20T18:15:00Z", "Fri Oct 20, 2006 6:15pm EDT", "not a date of any kind"} {
		b.Run(when, func(b *testing.B) {
			line := fmt.Sprintf("{\"id\":\"a\",\"date\":%q,\"text\":%q}\n", when, strings.Repeat("The ferry sails at noon. ", 100))
			lines := strings.Repeat(line, 10000)
			b.SetBytes(int64(len(lines)))
			for b.Loop() {
				opt := Options{Workers: 1, Stdin: strings.NewReader(lines)}
				if err := Read(context.Background(), []Input{{Path: "-"}}, opt, func(int, *Batch) error { return nil }); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
