package report

import "bytes"

// minusOne are the properties of SARIF whose default is -1.
var minusOne = map[string]bool{"id": true, "index": true, "parentIndex": true, "byteOffset": true, "charOffset": true, "rank": true}

// prune takes out of a JSON value what the SARIF package writes although it says nothing: empty
// arrays and objects, and properties at their default of -1. They are two thirds of a log. The
// order of properties stays; the results of a run stay too, for a run without the property is one
// that looked for nothing. The value is as encoding/json writes it, valid and without blanks;
// decoded into tokens instead, a whole log took eight times as long.
func prune(value []byte) []byte {
	p := &pruner{in: value, out: make([]byte, 0, len(value)/2)}
	p.value()
	return p.out
}

// pruner copies in[at:] to out.
type pruner struct {
	in  []byte
	at  int
	out []byte
}

func (p *pruner) value() {
	switch p.in[p.at] {
	case '{':
		p.list('}', p.property)
	case '[':
		p.list(']', p.value)
	case '"':
		p.text()
	default: // a number, true, false, null
		end := bytes.IndexAny(p.in[p.at:], ",]}")
		if end < 0 {
			end = len(p.in) - p.at
		}
		p.copy(end)
	}
}

// list copies what stands between two brackets; items that leave nothing behind leave no comma
// either.
func (p *pruner) list(end byte, item func()) {
	p.copy(1)
	open := len(p.out)
	for p.in[p.at] != end {
		if p.in[p.at] == ',' {
			p.at++
		}
		before := len(p.out)
		if before > open {
			p.out = append(p.out, ',')
		}
		item()
		if p.out[len(p.out)-1] == ',' {
			p.out = p.out[:before]
		}
	}
	p.copy(1)
}

// property copies a name and its value, or nothing.
func (p *pruner) property() {
	before := len(p.out)
	p.text()
	name := string(p.out[before+1 : len(p.out)-1])
	p.copy(1) // the colon
	at := len(p.out)
	p.value()
	if v := string(p.out[at:min(at+3, len(p.out))]); v == "[]" && name != "results" || v == "{}" || v == "-1" && minusOne[name] {
		p.out = p.out[:before]
	}
}

// text copies a string.
func (p *pruner) text() {
	n := 1
	for p.in[p.at+n] != '"' {
		if p.in[p.at+n] == '\\' {
			n++
		}
		n++
	}
	p.copy(n + 1)
}

func (p *pruner) copy(n int) {
	p.out = append(p.out, p.in[p.at:p.at+n]...)
	p.at += n
}
