package article

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"dedup/internal/article/date"
)

// reference finds the text of a record by encoding/json; ok tells whether it accepts the record.
func reference(line []byte) (v values, ok bool) {
	if !json.Valid(line) {
		return v, false
	}
	dec := json.NewDecoder(bytes.NewReader(line))
	if tok, err := dec.Token(); err != nil || tok != json.Delim('{') {
		return v, false
	}
	s := newSchema(Fields{})
	for dec.More() {
		tok, _ := dec.Token()
		key := foldName(tok.(string))
		var raw json.RawMessage
		if dec.Decode(&raw) != nil {
			return v, false
		}
		var one string
		var many []any
		switch {
		case s.prefixes[key] && raw[0] == '{':
			return v, false // nested names are not compared
		case raw[0] == '"' && json.Unmarshal(raw, &one) == nil:
			v.put(s.names[key], []byte(one))
		case raw[0] == '-' || raw[0] >= '0' && raw[0] <= '9':
			v.put(s.names[key], raw)
		case raw[0] == '[' && json.Unmarshal(raw, &many) == nil && len(s.names[key]) > 0:
			var texts []string
			for _, m := range many {
				if t, is := m.(string); is {
					texts = append(texts, t)
				}
			}
			if s.names[key][0].field != fieldText && len(texts) > 1 {
				texts = texts[:1]
			}
			v.put(s.names[key], []byte(strings.Join(texts, "\n")))
		case len(s.names[key]) > 0 && s.names[key][0].field == fieldPublished && date.Wrapped(string(raw)):
			v.put(s.names[key], raw)
		default:
			v.put(s.names[key], nil)
		}
	}
	return v, true
}

func FuzzJSON(f *testing.F) {
	for _, s := range []string{
		`{"text":"a"}`, `{"text":"\ud83c\udf0a \ud800 \udc00x \u00e9\n\"\\\/"}`, `{"Text":["a","b",1,"\n"],"id":-1.5e+3}`, ` { "x" : {"y":[1,{}]} , "body" : "z" } `,
		`{"te\u0078t":"a","TEXT":"","text":null}`, `{"source":{"name":"N"},"text":"\ud83c\ud83c\udf0a"}`, `{"text":"a"`, `{"text":"\x"}`, `{"a":01}`, `{"a":"\\","text":"\\\""}`,
		`{"text":"a","date":{"$date":{"$numberLong":"1161367200000"}}}`, `{"text":"a","date":{"by":"x"},"pubdate":{ "$date" : "x\u0041"}}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		if !validText(line) || bytes.Count(line, []byte("[")) > 500 || bytes.Count(line, []byte("{")) > 500 {
			return
		}
		want, ok := reference(line)
		s := jsonScanner{schema: newSchema(Fields{})}
		for range 2 { // the second time with the keys seen
			var got values
			accepted := s.object(bytes.Clone(line), &got)
			if ok && !accepted {
				t.Fatalf("%q is refused: %s", line, s.reason)
			}
			for i := range got {
				if accepted && !utf8.Valid(got[i].b) {
					t.Fatalf("%q gives %q", line, got[i].b)
				}
				if ok && (string(got[i].b) != string(want[i].b) || got[i].set != want[i].set) {
					t.Fatalf("%q gives %s %q, encoding/json %q", line, field(i), got[i].b, want[i].b)
				}
			}
		}
	})
}

func FuzzCharset(f *testing.F) {
	for _, s := range []string{"plain", "caf\xe9", "\xff\xfea\x00", "\xef\xbb\xbfx", "a\x00", "\x00a\x00b", "é\xff", "\xed\xa0\x80", "12345678é", "\xc3"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if got, want := validText(b), utf8.Valid(b) && bytes.IndexByte(b, 0) < 0; got != want {
			t.Fatalf("validText(%q) = %v", b, got)
		}
		utf16Order(b)
		if !utf8.Valid(b) {
			if out, name := toUTF8(b); !utf8.Valid(out) || name == "" {
				t.Fatalf("%q becomes %q (%s)", b, out, name)
			}
		}
	})
}

func FuzzRows(f *testing.F) {
	for _, s := range []string{"1,b\n", "\"a\"\"b\",c\r\nd,e", "\"a\nb\",\"\"\n", "\"a\"x,y\n", "a,\"b", "x\"y,z\n", ",\n\n,,\n", "\"\"\"\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		ref := csv.NewReader(bytes.NewReader(b))
		ref.FieldsPerRecord = -1
		want, err := ref.ReadAll()
		if err != nil || bytes.Contains(b, []byte("\r")) { // encoding/csv changes CR LF inside quotes
			want = nil
		}
		tab := &table{delim: ','}
		var got [][]string
		for i := 0; i < len(b); {
			end := rowEnd(b, i, ',', true)
			if end < 0 {
				return
			}
			if end <= i || end > len(b) {
				t.Fatalf("row of %q at %d ends at %d", b, i, end)
			}
			if row := bytes.TrimRight(b[i:end], "\r\n"); len(row) > 0 {
				var fields []string
				for _, f := range tab.fields(bytes.Clone(row), nil) {
					fields = append(fields, string(f))
				}
				got = append(got, fields)
			}
			i = end
		}
		if want != nil && !reflect.DeepEqual(want, got) {
			t.Fatalf("%q: %q, encoding/csv %q", b, got, want)
		}
	})
}

// FuzzRead reads arbitrary bytes as each format: nothing crashes, and neither workers nor blocks
// change what comes out.
func FuzzRead(f *testing.F) {
	f.Add([]byte(records(1, 3)), uint8(0))
	f.Add([]byte("["+oneRecord(1)+","+oneRecord(2)+"]"), uint8(1))
	f.Add([]byte("text,id\n\"a\nb\",1\nc,2\n"), uint8(2))
	f.Add([]byte("[[{\"text\":\"]\"}]"), uint8(1))
	f.Fuzz(func(t *testing.T, b []byte, kind uint8) {
		format := []string{"jsonl", "json", "csv", "tsv", "text", ""}[kind%6]
		type result struct {
			Articles []Article
			Bad      []Bad
		}
		var first result
		for i, opt := range []Options{{Workers: 1}, {Workers: 3, block: 1}, {Workers: 2, block: 13}} {
			var r result
			opt.Format, opt.Stdin = format, bytes.NewReader(b)
			r.Articles, r.Bad = readAll(t, opt, "-")
			for _, a := range r.Articles {
				if !utf8.ValidString(a.Text) || !utf8.ValidString(a.Title) || !utf8.ValidString(a.ID) {
					t.Fatalf("%+v", a)
				}
			}
			if i == 0 {
				first = r
			} else if d := cmp.Diff(first, r, cmpopts.IgnoreUnexported(Bad{})); d != "" {
				t.Fatalf("%s %q: %s", format, b, d)
			}
		}
	})
}

// What is written by encoding/json and encoding/csv comes back.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[^\x00]{0,40}`)
		texts := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) string {
			return "x" + word.Draw(t, "text") + rapid.SampledFrom([]string{"", "\"", "\\", "\n\n", "\r\n", "é", "🌊", "\u2028", "\t,;"}).Draw(t, "odd")
		}), 1, 20).Draw(t, "texts")
		var lines, rows bytes.Buffer
		enc, w := json.NewEncoder(&lines), csv.NewWriter(&rows)
		w.Write([]string{"n", "content"})
		for _, s := range texts {
			enc.Encode(map[string]any{"n": []any{1, "a", nil}, "content": s, "z": map[string]any{"content": "no"}})
			w.Write([]string{"1", s})
		}
		w.Flush()
		block := rapid.IntRange(1, 300).Draw(t, "block")
		for format, content := range map[string]string{"jsonl": lines.String(), "json": "[" + strings.ReplaceAll(strings.TrimSpace(lines.String()), "}\n", "},\n") + "]", "csv": rows.String()} {
			var got []string
			err := Read(t.Context(), []Input{{Path: "-"}}, Options{Workers: 1, block: block, Format: format, Stdin: strings.NewReader(content), Bad: func(b Bad) { t.Fatal(b) }},
				func(_ int, b *Batch) error {
					for _, a := range b.Articles {
						got = append(got, strings.Clone(a.Text))
					}
					return nil
				})
			if d := cmp.Diff(texts, got); d != "" || err != nil {
				t.Fatalf("%s: %v %s", format, err, d)
			}
		}
	})
}
