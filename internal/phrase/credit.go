package phrase

import "dedup/internal/article"

// Credit finds the agency that a text credits.
func Credit(text string) (agency string, span article.Span) { return "", article.Span{} }
