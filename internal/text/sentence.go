package text

import "dedup/internal/article"

// AppendSentences appends the spans of the sentences of s to dst, without surrounding white space. A line break that ends a paragraph or
// a headline ends a sentence too.
func AppendSentences(dst []article.Span, s string) []article.Span { return dst }

// AppendLines appends the spans of the lines of s that are not blank to dst, without line ends and surrounding white space.
func AppendLines(dst []article.Span, s string) []article.Span { return dst }
