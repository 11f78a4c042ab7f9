package gate

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"dedup/internal/text"
)

// BaselineSchema names the format of a baseline; fields are only ever added to it.
//
//	{"schema":"dedup.baseline/1","tokens":1,"findings":[
//	{"rule":"repeat","key":"05fe405753166f12","articles":["2024/05/a.txt","2024/05/a.txt"],"text":"Ferry runs aground off Marl Point"},
//	…
//	]}
//
// One JSON object, one known text a line, sorted by rule and key: what changes is what a diff
// shows. "tokens" is text.Version: with another one the keys of all findings would be others.
const BaselineSchema = "dedup.baseline/1"

// knownLine is a known text as the file has it.
type knownLine struct {
	Rule     Rule     `json:"rule"`
	Key      string   `json:"key"` // "%016x"
	Articles []string `json:"articles"`
	Text     string   `json:"text"`
}

// WriteBaseline writes the baseline. The same findings make the same bytes.
func WriteBaseline(w io.Writer, b *Baseline) error {
	bw := bufio.NewWriter(w)
	fmt.Fprintf(bw, `{"schema":%q,"tokens":%d,"findings":[`, BaselineSchema, text.Version)
	for i, k := range b.Findings {
		if i > 0 {
			bw.WriteByte(',')
		}
		bw.WriteByte('\n')
		line, err := jsonLine(knownLine{k.Rule, fmt.Sprintf("%016x", k.Key), k.Articles, k.Text})
		if err != nil {
			return err
		}
		bw.Write(line)
	}
	bw.WriteString("\n]}\n")
	return bw.Flush()
}

// jsonLine is v as JSON without a line end. What does not print is escaped: the id of an article
// must not turn a diff around.
func jsonLine(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	line := bytes.TrimSuffix(b.Bytes(), []byte("\n"))
	out := make([]byte, 0, len(line))
	for _, r := range string(line) {
		switch {
		case unicode.IsPrint(r):
			out = append(out, string(r)...)
		case r > 0xffff:
			r -= 0x10000
			out = fmt.Appendf(out, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
	}
	return out, nil
}

// ReadBaseline reads what WriteBaseline wrote, in any layout and order: merging two branches may
// have moved lines. Errors name the line.
func ReadBaseline(r io.Reader) (*Baseline, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	p := &baselineParser{data: bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), seen: map[identity]int{}}
	p.dec = json.NewDecoder(bytes.NewReader(p.data))
	if err := p.object(); err != nil {
		return nil, err
	}
	p.b.sort()
	return &p.b, nil
}

// baselineParser reads a baseline token by token, so that whatever is wrong has a line.
type baselineParser struct {
	data []byte
	dec  *json.Decoder
	b    Baseline
	seen map[identity]int // where each known text stands: bytes
}

// next is the byte where the next token starts.
func (p *baselineParser) next() int {
	at := int(p.dec.InputOffset())
	for at < len(p.data) && strings.IndexByte(" \t\r\n,:", p.data[at]) >= 0 {
		at++
	}
	return at
}

// line is the line that byte at is on.
func (p *baselineParser) line(at int) int { return 1 + bytes.Count(p.data[:at], []byte("\n")) }

// fail says what is wrong at byte at.
func (p *baselineParser) fail(at int, err error) error {
	var syntax *json.SyntaxError
	switch {
	case bytes.HasPrefix(p.data[at:], []byte("<<<<<<<")), bytes.HasPrefix(p.data[at:], []byte("=======")), bytes.HasPrefix(p.data[at:], []byte(">>>>>>>")):
		err = errors.New("a merge that was not finished\nhint: keep the findings of both sides")
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		err = errors.New("it is cut short")
	case errors.As(err, &syntax):
		err = fmt.Errorf("not JSON: %w", err)
	}
	return fmt.Errorf("line %d: %w", p.line(at), err)
}

// value reads the next value into v.
func (p *baselineParser) value(v any) error {
	at := p.next()
	if err := p.dec.Decode(v); err != nil {
		return p.fail(at, err)
	}
	return nil
}

// delim reads one of []{}.
func (p *baselineParser) delim(want json.Delim) error {
	at := p.next()
	tok, err := p.dec.Token()
	if err != nil {
		return p.fail(at, err)
	}
	if tok != want {
		return p.fail(at, fmt.Errorf("%v where %q belongs", tok, want))
	}
	return nil
}

// object reads the whole file.
func (p *baselineParser) object() error {
	if err := p.delim('{'); err != nil {
		return err
	}
	had := map[string]bool{}
	for p.dec.More() {
		at := p.next()
		tok, err := p.dec.Token()
		if err != nil {
			return p.fail(at, err)
		}
		name := tok.(string) // the decoder takes nothing else for a name
		if had[name] {
			return p.fail(at, fmt.Errorf("%q stands twice", name))
		}
		had[name] = true
		if err := p.field(name, at); err != nil {
			return err
		}
	}
	if err := p.delim('}'); err != nil {
		return err
	}
	if !had["schema"] {
		return errors.New("it has no schema, so it is no baseline")
	}
	if at := p.next(); at < len(p.data) {
		return p.fail(at, errors.New("more behind its end"))
	}
	return nil
}

// field reads the value of one name of the outer object.
func (p *baselineParser) field(name string, at int) error {
	switch name {
	case "schema":
		var schema string
		if err := p.value(&schema); err != nil {
			return err
		}
		if schema != BaselineSchema {
			return p.fail(at, fmt.Errorf("its schema is %q, not %q", schema, BaselineSchema))
		}
	case "tokens":
		var version int
		if err := p.value(&version); err != nil {
			return err
		}
		if version != text.Version {
			return p.fail(at, fmt.Errorf("its keys are of words of version %d, not %d\nhint: remove it and write it anew with --update-baseline", version, text.Version))
		}
	case "findings":
		if err := p.delim('['); err != nil {
			return err
		}
		for p.dec.More() {
			if err := p.known(); err != nil {
				return err
			}
		}
		return p.delim(']')
	default: // of a later release
		var skip json.RawMessage
		return p.value(&skip)
	}
	return nil
}

// known reads one known text.
func (p *baselineParser) known() error {
	at := p.next()
	var l knownLine
	if err := p.value(&l); err != nil {
		return err
	}
	if !slices.Contains(Rules, l.Rule) {
		return p.fail(at, fmt.Errorf("unknown rule %q", l.Rule))
	}
	key, err := strconv.ParseUint(l.Key, 16, 64)
	if err != nil || l.Key != fmt.Sprintf("%016x", key) {
		return p.fail(at, fmt.Errorf("key %q is not 16 hexadecimal digits", l.Key))
	}
	if len(l.Articles) == 0 {
		return p.fail(at, errors.New("it lists no articles"))
	}
	is := identity{l.Rule, key}
	if before, twice := p.seen[is]; twice {
		return p.fail(at, fmt.Errorf("rule and key are those of line %d\nhint: put the articles of both into one line, or write it anew with --update-baseline",
			p.line(before)))
	}
	p.seen[is] = at
	p.b.Findings = append(p.b.Findings, Known{l.Rule, key, l.Articles, excerpt(l.Text)})
	return nil
}
