package columnar

import (
	"encoding/binary"
	"io"
)

// The IPC stream of Arrow: messages, each a flatbuffer and a body. The first is the schema, then
// comes one a batch, whose body is the buffers of its columns, each filled up to 8 bytes.

// Numbers that the format gives to things.
const (
	arrowV5     = 4
	arrowMore   = 0xffffffff
	schemaKind  = 1
	batchKind   = 3
	typeInt     = 2
	typeFloat   = 3
	typeText    = 5
	typeTime    = 10
	typeList    = 12
	doubleWidth = 2
	microsecond = 2
)

// arrow writes a stream.
type arrow struct {
	w       io.Writer
	columns []Column
	begun   bool
	head    []byte
}

func newArrow(w io.Writer, columns []Column) *arrow { return &arrow{w: w, columns: columns} }

// message writes the head of a message.
func (a *arrow) message(kind uint64, body int64, header func(f *flat) int) error {
	meta := flatbuffer(func(f *flat) int {
		return f.table(num(3, 8, uint64(body)), ref(2, header), num(0, 2, arrowV5), num(1, 1, kind))
	})
	a.head = binary.LittleEndian.AppendUint32(a.head[:0], arrowMore)
	a.head = binary.LittleEndian.AppendUint32(a.head, uint32(len(meta)))
	a.head = append(a.head, meta...)
	_, err := a.w.Write(a.head)
	return err
}

// begin writes the schema, once.
func (a *arrow) begin() error {
	if a.begun {
		return nil
	}
	a.begun = true
	return a.message(schemaKind, 0, func(f *flat) int {
		fields := make([]func(f *flat) int, len(a.columns))
		for i, c := range a.columns {
			fields[i] = func(f *flat) int { return field(f, c.Name, c.Kind) }
		}
		return f.table(ref(1, func(f *flat) int { return f.vector(fields...) }), num(0, 2, 0))
	})
}

// field writes a field of the schema.
func field(f *flat, name string, k Kind) int {
	var kind uint64
	var about []slot
	var children []func(f *flat) int
	switch k {
	case Text:
		kind = typeText
	case Int, Uint:
		signed := uint64(1)
		if k == Uint {
			signed = 0
		}
		kind, about = typeInt, []slot{num(0, 4, 64), num(1, 1, signed)}
	case Float:
		kind, about = typeFloat, []slot{num(0, 2, doubleWidth)}
	case Time:
		kind, about = typeTime, []slot{ref(1, func(f *flat) int { return f.text("UTC") }), num(0, 2, microsecond)}
	case Uints:
		kind = typeList
		children = append(children, func(f *flat) int {
			return fieldOf(f, "item", typeInt, 0, []slot{num(0, 4, 32), num(1, 1, 0)}, nil)
		})
	}
	return fieldOf(f, name, kind, 1, about, children)
}

func fieldOf(f *flat, name string, kind, nullable uint64, about []slot, children []func(f *flat) int) int {
	return f.table(
		ref(0, func(f *flat) int { return f.text(name) }),
		ref(3, func(f *flat) int { return f.table(about...) }),
		ref(5, func(f *flat) int { return f.vector(children...) }),
		num(1, 1, nullable), num(2, 1, kind),
	)
}

// Write writes a batch.
func (a *arrow) Write(b *Batch) error {
	if b.err != nil {
		return b.err
	}
	if err := a.begin(); err != nil {
		return err
	}
	var nodes, places [][2]int64
	var buffers [][]byte
	at := int64(0)
	add := func(p []byte) {
		places = append(places, [2]int64{at, int64(len(p))})
		buffers = append(buffers, p)
		at += int64(len(p)+7) &^ 7
	}
	for i := range b.values {
		v := &b.values[i]
		nodes = append(nodes, [2]int64{int64(b.rows), int64(v.nulls)})
		if v.nulls > 0 {
			add(v.present)
		} else {
			add(nil)
		}
		switch b.columns[i].Kind {
		case Text:
			add(v.ends)
		case Uints:
			add(v.ends)
			nodes = append(nodes, [2]int64{int64(len(v.data) / 4), 0})
			add(nil)
		}
		add(v.data)
	}
	err := a.message(batchKind, at, func(f *flat) int {
		return f.table(num(0, 8, uint64(b.rows)), ref(1, func(f *flat) int { return f.pairs(nodes) }), ref(2, func(f *flat) int { return f.pairs(places) }))
	})
	var fill [8]byte
	for _, p := range buffers {
		if err == nil {
			_, err = a.w.Write(p)
		}
		if n := -len(p) & 7; n > 0 && err == nil {
			_, err = a.w.Write(fill[:n])
		}
	}
	return err
}

// Close writes the mark of the end.
func (a *arrow) Close() error {
	if err := a.begin(); err != nil {
		return err
	}
	_, err := a.w.Write([]byte{0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0})
	return err
}
