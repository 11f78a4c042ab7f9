package article

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"sync/atomic"

	"github.com/klauspost/compress/zstd"
)

// A zstd frame says in its header how far back it refers, and that much of what was unpacked is
// kept: 8 MiB as a rule, 128 MiB of `zstd --ultra -22` and of `--long`, up to 2 GiB of `--long=31`.
// A file of twenty bytes may ask for it too.

// windowMost is how large a window may be; 0: defaultWindow.
var windowMost atomic.Uint64

const (
	defaultWindow = 1 << 30
	leastWindow   = 8 << 20 // what readers of zstd should allow, by its specification
)

// LimitMemory has no zstd window take more than half of memory. Like the collector's limit, it
// holds for the process.
func LimitMemory(memory int64) { windowMost.Store(max(uint64(memory)/2, leastWindow)) }

func windowLimit() uint64 {
	if n := windowMost.Load(); n > 0 {
		return n
	}
	return defaultWindow
}

// WindowError says that a zstd frame needs more memory than it may have.
type WindowError struct{ Window, Limit uint64 }

func (e *WindowError) Error() string {
	return fmt.Sprintf("its zstd window is %s, --memory leaves %s for it", mebibytes(e.Window), mebibytes(e.Limit))
}

// Hint says what to do.
func (e *WindowError) Hint() string {
	again := fmt.Sprintf("pack it again with a smaller one: zstd -dc --long=%d FILE | zstd -o NEW", max(bits.Len64(e.Window-1), 10))
	if e.Window > 1<<40 {
		return "get the file again" // no tool writes such frames
	}
	return fmt.Sprintf("give --memory %s, or %s", mebibytes(2*e.Window), again)
}

func mebibytes(n uint64) string { return fmt.Sprintf("%dMiB", (n+1<<20-1)>>20) }

func openZstd(r io.Reader) (io.Reader, func(), error) {
	limit := windowLimit()
	r, err := windowFits(r, limit)
	if err != nil {
		return nil, nil, err
	}
	z, ok := zstds.Get().(*zstd.Decoder)
	if ok {
		return z, func() { putZstd(z) }, z.ResetWithOptions(r, zstd.WithDecoderMaxWindow(limit))
	}
	z, err = zstd.NewReader(r, zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(limit))
	if err != nil {
		return nil, nil, err
	}
	return z, func() { putZstd(z) }, nil
}

// windowFits looks at the header of the first frame, and returns a reader of the whole. The decoder
// itself refuses later frames, with fewer words.
func windowFits(r io.Reader, limit uint64) (io.Reader, error) {
	head := make([]byte, zstd.HeaderMaxSize)
	n, err := io.ReadFull(r, head)
	head = head[:n]
	var h zstd.Header
	if h.Decode(head) == nil {
		window := h.WindowSize
		if h.SingleSegment {
			window = h.FrameContentSize
		}
		if window > limit {
			return nil, &WindowError{window, limit}
		}
	}
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return io.MultiReader(bytes.NewReader(head), failing{err}), nil
	}
	return io.MultiReader(bytes.NewReader(head), r), nil
}

func putZstd(z *zstd.Decoder) {
	if z.Reset(nil) == nil {
		zstds.Put(z)
	}
}
