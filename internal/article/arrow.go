package article

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"dedup/internal/plural"
)

// Arrow: the IPC stream, and the file, which is a stream between two marks with an index behind it
// that reading in order does not need. So both come from pipes and compressed, and a data set that
// Hugging Face saved to a disk opens as it is.
//
//  1. A message is a flatbuffer (flatbuffer.go) and a body. The first is the schema
//     (arrowschema.go); columns that feed a field are chosen by its names.
//  2. A batch of a dictionary is kept. Of a batch of rows, the buffers of the chosen columns are
//     unpacked (arrowbatch.go).
//  3. Rows are handed out until a block is full.
//
// Memory: one batch as it comes, and the chosen columns of it. Half of --memory bounds both. An own
// reader, because arrow-go adds 4.8 MB to the program, an eighth of it.

var arrowFormat = &inputFormat{
	name: "arrow", what: "Arrow (IPC stream or file)", ext: []string{".arrow", ".arrows", ".feather", ".ipc"}, is: isArrow,
	reading: reading{inBytes: true, rewrite: RewriteSpans, kind: RawTable, seeks: true, open: (*stream).openArrow, cut: (*stream).cutArrow, decode: (*worker).decodeParquet},
}

const (
	arrowMagic      = "ARROW1"
	maxArrowMessage = 64 << 20 // bytes of metadata
	arrowMore       = 0xffffffff
)

// Kinds of messages.
const (
	arrowSchemaMessage = 1
	arrowDictionary    = 2
	arrowRows          = 3
)

// isArrow tells a file by its mark, and a stream by its first message, which is a schema.
func isArrow(b []byte) bool {
	if bytes.HasPrefix(b, []byte(arrowMagic+"\x00\x00")) {
		return true
	}
	if len(b) < 24 || binary.LittleEndian.Uint32(b) != arrowMore {
		return false
	}
	n := int64(binary.LittleEndian.Uint32(b[4:]))
	if n == 0 || n%8 != 0 || n > maxArrowMessage {
		return false
	}
	return flatRoot(b[8:min(int64(len(b)), 8+n)]).number(1, 1, 0) == arrowSchemaMessage
}

// IsArrow tells an Arrow stream or file by its first bytes.
func IsArrow(head []byte) bool { return isArrow(head) }

// arrowReader reads a stream.
type arrowReader struct {
	in      *bufio.Reader
	fields  []*arrowField
	columns []*arrowColumn // that feed a field
	names   []string       // of all, joined by dots
	dicts   map[int64][]*arrowColumn
	dictOf  map[int64]*arrowField
	rows    int // of the batch
	next    int // row of it
	body    []byte
}

// openArrow reads the schema.
func (st *stream) openArrow(*os.File) (bad Bad, ok bool) {
	const hint = "get the file again, or write it anew"
	defer func() {
		if p := recover(); p != nil {
			bad, ok = Bad{Path: st.path, Reason: fmt.Sprintf("broken Arrow data: %v", p), Hint: hint}, false
		}
	}()
	r := &arrowReader{in: bufio.NewReaderSize(st.raw(), 256<<10), dicts: map[int64][]*arrowColumn{}, dictOf: map[int64]*arrowField{}}
	if head, err := r.in.Peek(8); err == nil && string(head[:6]) == arrowMagic {
		_, _ = r.in.Discard(8) // they are there
	}
	m, err := r.message()
	if err == nil && m.kind != arrowSchemaMessage {
		err = errors.New("it does not start with a schema")
	}
	if err == nil {
		r.fields, err = arrowSchema(m.header)
	}
	if err != nil {
		return Bad{Path: st.path, Reason: "broken Arrow data: " + arrowCause(err), Hint: hint}, false
	}
	if !r.choose(st.rd.schema) {
		return Bad{Path: st.path, Reason: "no column for the text; there are " + columns(r.there()), Hint: hintField}, false
	}
	st.arrow, st.carry = r, st.carry[:0]
	return Bad{}, true
}

func arrowCause(err error) string {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return "cut short in the middle of a message"
	}
	return cause(err)
}

// arrowMessage is a message; its body follows in the stream.
type arrowMessage struct {
	head   []byte // what stands before the metadata
	table  flatTable
	kind   int64
	header flatTable
	body   int64
}

// message reads the next message; io.EOF at the end of the stream.
func (r *arrowReader) message() (m arrowMessage, err error) { return readArrowMessage(r.in) }

func readArrowMessage(in io.Reader) (m arrowMessage, err error) {
	var size [4]byte
	for {
		if _, err := io.ReadFull(in, size[:]); err != nil {
			return m, err
		}
		m.head = append(m.head, size[:]...)
		if binary.LittleEndian.Uint32(size[:]) != arrowMore || len(m.head) > 4 {
			break // a length, also where older writers set no mark before it
		}
	}
	n := int64(binary.LittleEndian.Uint32(size[:]))
	if n == 0 {
		return m, io.EOF
	}
	if n > maxArrowMessage {
		return m, errors.New("the length of a message is out of range")
	}
	b, err := readAtMost(nil, in, n)
	if err != nil {
		return m, err
	}
	t := flatRoot(b)
	m = arrowMessage{m.head, t, t.number(1, 1, 0), t.table(2), t.number(3, 8, 0)}
	if m.body < 0 || uint64(m.body) > windowLimit() {
		return m, errors.New("a batch of " + plural.Count(m.body, "byte") + " is more than half of --memory")
	}
	return m, nil
}

// arrowAhead is for how many bytes room is made before they have come.
const arrowAhead = 16 << 20

// readAtMost reads n bytes into the room of dst, or into more of it. Beyond arrowAhead room is made
// as bytes come: the length may be a lie.
func readAtMost(dst []byte, r io.Reader, n int64) ([]byte, error) {
	dst = dst[:0]
	for int64(len(dst)) < n {
		from := len(dst)
		dst = slices.Grow(dst, int(min(n-int64(from), max(arrowAhead, int64(from)))))
		dst = dst[:min(int64(cap(dst)), n)]
		if _, err := io.ReadFull(r, dst[from:]); err != nil {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return nil, err
		}
	}
	return dst, nil
}

// choose picks the columns that feed a field and names all of them; it tells whether one feeds the
// text.
func (r *arrowReader) choose(s *schema) (hasText bool) {
	seen := map[int64]bool{}
	var walk func(fields []*arrowField, prefix string)
	walk = func(fields []*arrowField, prefix string) {
		for _, f := range fields {
			if f.coded {
				if !seen[f.dict] {
					seen[f.dict], r.dictOf[f.dict] = true, f
				}
			}
			name := prefix + f.name
			if f.kind == arrowStruct && !f.coded {
				walk(f.children, name+".")
				continue
			}
			r.names = append(r.names, name)
			targets := s.names[foldName(name)]
			if len(targets) == 0 || !f.readable() {
				continue
			}
			r.columns = append(r.columns, &arrowColumn{field: f, targets: targets})
			for _, t := range targets {
				hasText = hasText || t.field == fieldText
			}
		}
	}
	walk(r.fields, "")
	return hasText
}

// batch reads messages up to the next batch of rows; io.EOF at the end.
func (r *arrowReader) batch() error {
	for {
		m, err := r.message()
		if err != nil {
			return err
		}
		if r.body, err = readAtMost(r.body, r.in, m.body); err != nil {
			return err
		}
		switch m.kind {
		case arrowDictionary:
			err := r.dictionary(m.header)
			r.body = nil // the dictionary keeps it
			if err != nil {
				return err
			}
		case arrowRows:
			b := newArrowBatch(m.header, r.body)
			if err := b.columns(r.fields, r.columns); err != nil {
				return err
			}
			r.rows, r.next = b.rows, 0
			return nil
		}
	}
}

// dictionary takes in a batch of a dictionary: it replaces the dictionary, or adds to it.
func (r *arrowReader) dictionary(t flatTable) error {
	id := t.number(0, 8, 0)
	of := r.dictOf[id]
	if of == nil {
		return nil // of a column inside another that is not read
	}
	values := *of
	values.coded = false
	b := newArrowBatch(t.table(1), r.body)
	c := &arrowColumn{field: &values}
	if err := b.columns([]*arrowField{&values}, []*arrowColumn{c}); err != nil {
		return err
	}
	c.rows = b.rows
	if t.number(2, 1, 0) == 0 {
		r.dicts[id] = nil
	}
	r.dicts[id] = append(r.dicts[id], c)
	return nil
}

// cutArrow takes rows until a block is full.
func (st *stream) cutArrow(b *block) (ok bool) {
	st.take(b)
	b.cells = b.cells[:0]
	fail := func(reason string) {
		st.ended = true
		b.bad = append(b.bad, Bad{Path: st.path, Line: st.n + 1, Reason: "broken Arrow data: " + reason, Hint: hintDamaged})
	}
	defer func() {
		if p := recover(); p != nil {
			fail(fmt.Sprint(p))
		}
		ok = len(b.cells) > 0
	}()
	data := b.data[:0]
	r := st.arrow
	for len(data) < st.rd.opt.block && len(b.cells) < parquetRows {
		if r.next == r.rows {
			err := r.batch()
			if err == io.EOF {
				st.ended = true
				if st.n == 0 {
					b.bad = append(b.bad, noArticles(st.path))
				}
				_, _ = io.Copy(io.Discard, r.in) // the index of a file, which is read over so that all of the input was seen
				break
			}
			if err != nil {
				fail(arrowCause(err))
				break
			}
			continue
		}
		var v values
		data = r.row(data, &v)
		b.cells = append(b.cells, v)
		st.n++
	}
	b.data = data
	return
}

// row reads the next row into v; its bytes are appended to data.
func (r *arrowReader) row(data []byte, v *values) []byte {
	i := r.next
	r.next++
	for _, c := range r.columns {
		from := len(data)
		var ok bool
		if data, ok = c.value(data, i, r.dicts); !ok {
			v.put(c.targets, nil)
			continue
		}
		v.put(c.targets, data[from:len(data):len(data)])
	}
	return data
}

// there names the columns.
func (r *arrowReader) there() []string { return described(r.names, nil) }

// savedBy tells whether a JSON file in a directory is what Hugging Face writes beside the shards of
// a data set, which is no articles.
func savedBy(name string, others func(name string) bool) bool {
	switch strings.ToLower(name) {
	case "state.json", "dataset_info.json":
		return others("state.json") && others("dataset_info.json")
	case "dataset_dict.json":
		return true
	}
	return false
}
