package clean

import (
	"context"
	"fmt"
	"io"

	"dedup/internal/article"
)

// arrowCopy is an Arrow stream or file that is being written again (article.ArrowCopy). Memory: a
// batch, three times.
type arrowCopy struct {
	*article.ArrowCopy
	rowSums
	row     int // of the batch
	scratch []byte
}

func openArrow(r io.Reader, w io.Writer) (a *arrowCopy, err error) {
	defer recoverArrow(&err)
	a = &arrowCopy{rowSums: newRowSums()}
	a.ArrowCopy, err = article.CopyArrow(r, w, io.MultiWriter(a.in, a.out))
	return a, err
}

// recoverArrow makes an error of a panic over damaged data.
func recoverArrow(err *error) {
	if x := recover(); x != nil {
		*err = fmt.Errorf("broken Arrow data: %v", x)
	}
}

func (a *arrowCopy) close() error  { return nil }
func (a *arrowCopy) finish() error { return nil } // each did
func (a *arrowCopy) inPlace() bool { return true }

func (a *arrowCopy) flush() error { return a.End() }

func (a *arrowCopy) each(ctx context.Context, fn func(n int64, raw []byte) error, end func(rows int64) error) (err error) {
	defer recoverArrow(&err)
	for {
		rows, err := a.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		for a.row = range rows {
			if err := ctx.Err(); err != nil {
				return err
			}
			a.scratch = a.AppendRow(a.scratch[:0], a.row)
			if err := fn(a.saw(a.scratch), a.scratch); err != nil {
				return err
			}
		}
		if err := end(int64(rows)); err != nil {
			return err
		}
	}
}

func (a *arrowCopy) keep() error {
	a.wrote(a.scratch)
	return a.Keep(a.row)
}

func (a *arrowCopy) put(raw []byte) error {
	a.wrote(raw)
	return a.Put(raw)
}

func (a *arrowCopy) text(ok func(column int, value []byte) bool) (column int, value []byte) {
	return a.Text(a.row, ok)
}

func (a *arrowCopy) with(column int, _, value []byte) error {
	return a.put(a.AppendRowWith(nil, a.row, column, value))
}
