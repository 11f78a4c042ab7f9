package filter

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"unicode/utf8"

	"dedup/internal/article"
	"dedup/internal/corpus"
	"dedup/internal/report"
)

// Invariant of a filter: every line of the input is written to the output as it is, or counted
// under a rule and listed with it. Blank lines pass.

// Rules of what is left out besides those of near-duplicates.
const (
	ruleEmpty      = "empty"      // an article without text
	ruleUnreadable = "unreadable" // no article could be read from the line
)

// notCompared is a line of the file of what was removed, of a record that was held against no
// other.
type notCompared struct {
	Article string `json:"article,omitempty"`
	Path    string `json:"path,omitempty"`
	Line    int    `json:"line"`
	Rule    string `json:"rule"`
	Reason  string `json:"reason"`
	leftRecord
}

// leftRecord is what was left out.
type leftRecord struct {
	Record json.RawMessage `json:"record,omitempty"`
	Raw    string          `json:"raw,omitempty"`        // a record that is not strictly JSON
	Base64 string          `json:"raw_base64,omitempty"` // the same where it is not UTF-8
}

func recordOf(line []byte) leftRecord {
	line = bytes.TrimSpace(line)
	switch {
	case !utf8.Valid(line):
		return leftRecord{Base64: base64.StdEncoding.EncodeToString(line)}
	case json.Valid(line):
		return leftRecord{Record: line}
	}
	return leftRecord{Raw: string(line)}
}

// list adds a line to the file of what was removed.
func (f *filter) list(rule string, line any) error {
	f.counts.Left[rule]++
	if f.removed == nil {
		return nil
	}
	return encodeLine(f.removed, line)
}

func encodeLine(w io.Writer, line any) error {
	return report.NewEncoder(w).Encode(line)
}

// write lets lines through. A byte order mark goes before the first, and a last line of a file that
// has no line end gets one when more follows.
func (f *filter) write(lines []byte) error {
	if len(lines) == 0 {
		return nil
	}
	if f.open {
		if err := f.out.WriteByte('\n'); err != nil {
			return err
		}
	}
	if f.mark {
		if _, err := f.out.Write(bom); err != nil {
			return err
		}
	}
	f.mark, f.open = false, lines[len(lines)-1] != '\n'
	_, err := f.out.Write(lines)
	return err
}

// pass lets a record through.
func (f *filter) pass(line []byte) error {
	f.counts.Out++
	return f.write(line)
}

// withoutWords passes an article that has no word which could be compared; where that is wanted,
// one without text is left out.
func (f *filter) withoutWords(a *record, line []byte) error {
	if !a.empty {
		return f.pass(line)
	}
	if f.opt.DropEmpty {
		return f.list(ruleEmpty, notCompared{a.id, f.named(), a.line, ruleEmpty, "no text", recordOf(line)})
	}
	f.counts.Empty++
	return f.pass(line)
}

// others takes lines that are no article, from the given number on.
func (f *filter) others(b []byte, number int, why map[int]string) error {
	for ; len(b) > 0; number++ {
		end := bytes.IndexByte(b, '\n') + 1
		if end == 0 {
			end = len(b)
		}
		line := b[:end]
		b = b[end:]
		if len(bytes.TrimSpace(line)) == 0 {
			if err := f.write(line); err != nil {
				return err
			}
			continue
		}
		if err := f.other(line, number, why[number]); err != nil {
			return err
		}
	}
	return nil
}

func (f *filter) other(line []byte, number int, why string) error {
	f.counts.Records++
	if f.opt.Others {
		return f.pass(line)
	}
	f.counts.Skipped++
	return f.list(ruleUnreadable, notCompared{"", f.named(), number, ruleUnreadable, why, recordOf(line)})
}

// named is the path of the input that is being read; empty for standard input.
func (f *filter) named() string {
	if f.path == "-" {
		return ""
	}
	return f.path
}

// reasons gives why lines of a piece are no articles, and tells what is wrong.
func (f *filter) reasons(p *piece) map[int]string {
	why := map[int]string{}
	for _, b := range p.bad {
		if (b.Kept || len(p.raw) == 0 || !f.opt.Others) && b.First(f.warned) {
			f.cfg.Skipped(b)
		}
		switch {
		case b.Kept:
		case len(p.raw) == 0: // an input as a whole
			f.counts.Skipped++
		default:
			why[b.Line] = b.Reason
		}
	}
	return why
}

// outcome fails where there was input and no article in it.
func (f *filter) outcome(census *article.Census) error {
	c := &f.counts
	switch err := corpus.NoText(census, f.cfg.Fields); {
	case f.opt.Others:
	case err != nil:
		return err
	case c.Articles == 0 && c.Records+c.Skipped > 0:
		return corpus.ErrNothing
	}
	for _, b := range census.Unused(article.Fields(f.cfg.Fields)) {
		f.cfg.Skipped(b)
	}
	return nil
}
