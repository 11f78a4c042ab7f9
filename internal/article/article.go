// Package article reads news articles from every input format.
//
// In come paths or a stream, out come batches of articles in the order of the input. The way of an
// input: its format is recognised by its content and its name (formats.go), its compression is
// undone (unpack.go), workers cut it into blocks of whole records (read.go), and the reader of the
// format decodes each block into articles. What cannot be read is reported, and the rest is read.
package article

import (
	"fmt"
	"strings"
	"time"
)

// Article is the unit of input: one text with what is known about it. An article without text is
// one too: see Empty.
type Article struct {
	ID        string    // the record's own id; else Path for a file of one article, Path#n for the n-th record of a file
	Path      string    // path as given, "-" for standard input
	Line      int       // 1-based line (record number in Parquet) where the article starts in Path; of an article a file where its text starts: 1, or behind its head
	Source    string    // who published it; empty: unknown
	Title     string    // as the record gives it; empty: unknown
	URL       string    // empty: unknown
	Published time.Time // UTC; zero: unknown
	DateOnly  bool      // Published is a day, its time of day (midnight UTC) is not known
	Language  string    // as the record says; empty: it does not
	Text      string    // valid UTF-8, the body; every reported offset counts bytes of this string
	Raw       Raw       // where it stands in the input
}

// Empty tells whether the article has no text, or nothing but white space, which Text holds as it
// stands.
func (a *Article) Empty() bool { return strings.TrimSpace(a.Text) == "" }

// Span is a half-open range of bytes in an article's text, on character boundaries.
type Span struct{ Start, End int }

// Bad is one input, or one record of it, that could not be read; the rest of the input goes on.
type Bad struct {
	Path   string
	Line   int    // 1-based (record number in Parquet); 0 when the whole input is meant
	Reason string // what is wrong, lower case, no full stop
	Hint   string // what to do about it
	Kept   bool   // only a warning: nothing is left out (a guessed charset, a date not understood, a file without articles)

	once string // a warning of this kind is given once a file
}

// Error makes a Bad an error: "a.jsonl line 7: broken JSON".
func (b Bad) Error() string {
	if b.Line > 0 {
		return fmt.Sprintf("%s line %d: %s", b.Path, b.Line, b.Reason)
	}
	return b.Path + ": " + b.Reason
}

// Once is the kind of a warning that is given once a file; empty for what is told every time. Read
// sees to it; who decodes Lines does.
func (b *Bad) Once() string { return b.once }
