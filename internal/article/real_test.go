package article

import (
	"bufio"
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// Real dumps read the same through encoding/json.
func TestRealDataAgreesWithEncodingJSON(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 100 MB")
	}
	for _, name := range []string{"events/newscluster/", "events/ecbplus/", "events/basil/", "neardup/reuters2013/", "passages/newsgroups/"} {
		t.Run(name, func(t *testing.T) {
			path := dataFile(t, name)
			f, err := os.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			arts, bad := readAll(t, Options{}, path)
			dec := json.NewDecoder(bufio.NewReaderSize(f, 1<<20))
			n := 0
			for dec.More() {
				var want struct{ ID, Title, Source, URL, Text string }
				if err := dec.Decode(&want); err != nil {
					t.Fatal(err)
				}
				if n == len(arts) {
					t.Fatalf("only %d articles", n)
				}
				a := arts[n]
				n++
				if a.ID != want.ID || a.Text != want.Text || a.Title != strings.TrimSpace(want.Title) || a.URL != strings.TrimSpace(want.URL) ||
					want.Source != "" && a.Source != strings.TrimSpace(want.Source) && !isURL(want.Source) {
					t.Fatalf("%+v, not %+v", a, want)
				}
			}
			if n != len(arts) || len(bad) > 0 {
				t.Errorf("%d articles, not %d; %d reports", len(arts), n, len(bad))
			}
		})
	}
}
