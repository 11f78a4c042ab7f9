package article

import (
	"bytes"
	"encoding/binary"
	"sync"

	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

// arrowOut are the nodes and buffers of a batch that is being made.
type arrowOut struct {
	codec  int
	align  int
	nodes  [][2]int64
	places [][2]int64
	body   []byte
}

// emit appends the nodes and buffers of a vector.
func (v *arrowVector) emit(out *arrowOut) error {
	out.nodes = append(out.nodes, [2]int64{int64(v.rows), int64(v.nulls)})
	if v.nullable() {
		for i := 0; v.bits && v.nulls == 0 && i < v.rows; i++ {
			v.valid = setBit(v.valid, i, true)
		}
		if err := out.add(v.valid); err != nil {
			return err
		}
	}
	for _, p := range v.buffers() {
		if err := out.add(*p); err != nil {
			return err
		}
	}
	for _, p := range v.more {
		if err := out.add(p); err != nil {
			return err
		}
	}
	for _, c := range v.children {
		if err := c.emit(out); err != nil {
			return err
		}
	}
	return nil
}

// add appends a buffer, compressed as those of the batch are.
func (out *arrowOut) add(p []byte) error {
	at := len(out.body)
	switch {
	case len(p) == 0 || out.codec < 0:
		out.body = append(out.body, p...)
	default:
		packed, err := packArrow(out.codec, p)
		if err != nil {
			return err
		}
		size := int64(len(p))
		if len(packed) >= len(p) {
			size, packed = -1, p
		}
		out.body = append(binary.LittleEndian.AppendUint64(out.body, uint64(size)), packed...)
	}
	out.places = append(out.places, [2]int64{int64(at), int64(len(out.body) - at)})
	for len(out.body)%out.align != 0 {
		out.body = append(out.body, 0)
	}
	return nil
}

// arrowZstd compresses buffers; making one takes longer than most buffers do.
var arrowZstd = sync.OnceValues(func() (*zstd.Encoder, error) { return zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1)) })

// packArrow compresses a buffer.
func packArrow(codec int, p []byte) ([]byte, error) {
	if codec == 1 {
		w, err := arrowZstd()
		if err != nil {
			return nil, err
		}
		return w.EncodeAll(p, nil), nil
	}
	var b bytes.Buffer
	w := lz4.NewWriter(&b)
	if _, err := w.Write(p); err != nil {
		return nil, err
	}
	err := w.Close()
	return b.Bytes(), err
}
