package dist

import (
	"encoding/binary"
	"fmt"

	"dedup/internal/corpus"
)

// drop is the stage that cleans: it says which rows of each piece of text go, since all articles in
// them went for others. It reads the pieces that the stage read was given; articles have the numbers
// that they had there.
//
// Out, for each frame of text in order: the rows that go, from 1, each as the step from the one
// before. Cost: reading and tokenising once more.
func (r *run) drop(in frames, out func(Frame) error) error {
	for f, err := range in {
		if err != nil {
			return err
		}
		p, err := r.readText(f)
		if err != nil {
			return err
		}
		rows, err := r.gone(p)
		if err != nil {
			return fmt.Errorf("read %q: %w", p.Path, err)
		}
		var b []byte
		last := uint64(0)
		for _, row := range rows {
			b = binary.AppendUvarint(b, row-last)
			last = row
		}
		if err := out(Frame{Kind: Dropped, Key: f.Key, Data: b}); err != nil {
			return err
		}
	}
	return nil
}

// gone are the rows of a piece all of whose articles went, in order.
func (r *run) gone(p Piece) (rows []uint64, err error) {
	at, err := r.piece(p.Origin)
	if err != nil {
		return nil, err
	}
	local, kept := uint32(0), uint64(0)
	_, _, err = r.each(&p, func(w *corpus.Worded) error {
		number, err := r.of(at, local)
		local++
		row := uint64(w.Line)
		if err != nil {
			return err
		}
		if n := len(rows); !r.went[number] {
			kept = row
			if n > 0 && rows[n-1] == row {
				rows = rows[:n-1]
			}
		} else if row != kept && (n == 0 || rows[n-1] != row) {
			rows = append(rows, row)
		}
		return nil
	})
	return rows, err
}
