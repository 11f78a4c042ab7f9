package article

import "bytes"

// All JSON goes by the same ends of names: content says whether lines or brackets end a record.
var jsonExt = []string{".jsonl", ".ndjson", ".jsonlines", ".ldjson", ".json"}

var linesFormat = &inputFormat{
	name: "jsonl", what: "JSON Lines", ext: jsonExt, text: true,
	looks:   func(_ *schema, head []byte, named bool) bool { return (named || isJSON(head)) && !spansLines(head) },
	reading: reading{inBytes: true, rewrite: RewriteSpans, kind: RawJSON, lines: true, cut: (*stream).cutLines, decode: (*worker).decodeLines},
}

var jsonFormat = &inputFormat{
	name: "json", what: "a JSON array, or objects that span lines", ext: jsonExt, text: true,
	looks:   func(_ *schema, head []byte, named bool) bool { return (named || isJSON(head)) && spansLines(head) },
	reading: reading{inBytes: true, rewrite: RewriteSpans, kind: RawJSON, cut: (*stream).cutValues, decode: (*worker).decodeValues},
}

// isJSON tells whether a text starts like a record or an array of records.
func isJSON(b []byte) bool {
	b = bytes.TrimLeft(b, " \t\r\n")
	if len(b) == 0 {
		return false
	}
	rest := bytes.TrimLeft(b[1:], " \t\r\n")
	return len(rest) > 0 && (b[0] == '{' && rest[0] == '"' || b[0] == '[' && rest[0] == '{')
}

// spansLines tells an array, or objects that span lines, from JSON Lines by the first line.
func spansLines(b []byte) bool {
	b = bytes.TrimLeft(b, " \t\r\n")
	if len(b) > 0 && b[0] == '[' {
		return true
	}
	line, _, more := bytes.Cut(b, newline)
	return more && len(line) > 0 && line[0] == '{' && valueEnd(line, 0, false) < 0 && bracketsOpen(line)
}

// bracketsOpen tells whether the line is the head of an object written over several lines, rather
// than a broken record: it ends right after a bracket or a comma.
func bracketsOpen(line []byte) bool {
	line = bytes.TrimRight(line, " \t\r")
	switch line[len(line)-1] {
	case '{', '[', ',':
		return true
	}
	return false
}
