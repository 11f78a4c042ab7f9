// Package corpustest makes drops of articles for tests.
package corpustest

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Record is an article of a drop: id, source, date and text.
type Record [4]string

// Places in a record.
const (
	ID = iota
	Source
	Date
	Text
)

// WriteDrop writes records as JSON Lines, and returns the path.
func WriteDrop(t testing.TB, name string, records ...Record) string {
	t.Helper()
	var b strings.Builder
	e := json.NewEncoder(&b)
	for _, r := range records {
		fields := map[string]string{"id": r[ID], "text": r[Text]}
		for name, value := range map[string]string{"source": r[Source], "date": r[Date]} {
			if value != "" {
				fields[name] = value
			}
		}
		if err := e.Encode(fields); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(b.String()), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// Author writes text of made-up words, the same for the same seed.
type Author struct{ Rand *rand.Rand }

// NewAuthor makes an author.
func NewAuthor(seed uint64) Author { return Author{rand.New(rand.NewPCG(seed, 1))} }

// Sentences are n sentences of ten words.
func (a Author) Sentences(n int) string {
	var b strings.Builder
	for range n {
		for i := range 10 {
			if i > 0 {
				b.WriteByte(' ')
			}
			fmt.Fprintf(&b, "w%dx", a.Rand.IntN(5000))
		}
		b.WriteString(". ")
	}
	return strings.TrimSpace(b.String())
}
