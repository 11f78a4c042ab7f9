package text

import "dedup/internal/article"

// AppendSentences appends the spans of the sentences of s to dst, without surrounding white space. A line break that ends a paragraph or
// a headline ends a sentence too.
func AppendSentences(dst []article.Span, s string) []article.Span { return AppendLines(dst, s) }
