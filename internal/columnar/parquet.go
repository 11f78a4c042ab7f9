package columnar

import (
	"encoding/binary"
	"io"
	"math"

	"github.com/parquet-go/parquet-go"
)

// groupBytes and groupRows bound a row group, which the writer keeps in memory until it ends.
const (
	groupBytes = 32 << 20
	groupRows  = 1 << 20
)

// ordered is a group whose columns keep their order; parquet-go sorts them by name.
type ordered struct {
	parquet.Group
	columns []Column
}

func (o ordered) Fields() []parquet.Field {
	by := map[string]parquet.Field{}
	for _, f := range o.Group.Fields() {
		by[f.Name()] = f
	}
	fields := make([]parquet.Field, len(o.columns))
	for i, c := range o.columns {
		fields[i] = by[c.Name]
	}
	return fields
}

// parquetNodes are the types of columns.
var parquetNodes = [kinds]parquet.Node{
	Text:  parquet.String(),
	Int:   parquet.Int(64),
	Uint:  parquet.Uint(64),
	Float: parquet.Leaf(parquet.DoubleType),
	Time:  parquet.Timestamp(parquet.Microsecond),
	Uints: parquet.List(parquet.Uint(32)),
}

// parquetFile writes a Parquet file.
type parquetFile struct {
	w     *parquet.Writer
	row   parquet.Row
	rows  int // of the row group
	bytes int
}

func newParquet(w io.Writer, columns []Column) *parquetFile {
	group := parquet.Group{}
	for _, c := range columns {
		group[c.Name] = parquet.Optional(parquetNodes[c.Kind])
	}
	schema := parquet.NewSchema("dedup", ordered{group, columns})
	return &parquetFile{w: parquet.NewWriter(w, schema, parquet.Compression(&parquet.Zstd))}
}

// Write writes a batch.
func (p *parquetFile) Write(b *Batch) error {
	if b.err != nil {
		return b.err
	}
	for i := range b.rows {
		p.row = p.row[:0]
		for c := range b.values {
			p.row = b.appendValues(p.row, i, c)
		}
		if _, err := p.w.WriteRows([]parquet.Row{p.row}); err != nil {
			return err
		}
	}
	p.rows, p.bytes = p.rows+b.rows, p.bytes+b.bytes
	if p.rows < groupRows && p.bytes < groupBytes {
		return nil
	}
	p.rows, p.bytes = 0, 0
	return p.w.Flush()
}

// appendValues appends what row i has in column c, with its levels: 0 where it is missing.
func (b *Batch) appendValues(row parquet.Row, i, c int) parquet.Row {
	v, k := &b.values[c], b.columns[c].Kind
	if !v.has(i) {
		return append(row, parquet.NullValue().Level(0, 0, c))
	}
	switch k {
	case Text:
		from, to := v.span(i)
		return append(row, parquet.ByteArrayValue(v.data[from:to]).Level(0, 1, c))
	case Uints:
		from, to := v.span(i)
		if from == to {
			return append(row, parquet.NullValue().Level(0, 1, c))
		}
		for n := from; n < to; n++ {
			row = append(row, parquet.Int32Value(int32(binary.LittleEndian.Uint32(v.data[4*n:]))).Level(min(n-from, 1), 2, c))
		}
		return row
	}
	bits := binary.LittleEndian.Uint64(v.data[8*i:])
	if k == Float {
		return append(row, parquet.DoubleValue(math.Float64frombits(bits)).Level(0, 1, c))
	}
	return append(row, parquet.Int64Value(int64(bits)).Level(0, 1, c))
}

// Close writes the footer.
func (p *parquetFile) Close() error { return p.w.Close() }
