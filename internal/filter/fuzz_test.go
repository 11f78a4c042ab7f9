package filter

import (
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"dedup/internal/corpus"
)

// FuzzFilterLines cuts any bytes into lines, however they arrive: each comes out as it is or is
// listed with a rule, or the input as a whole is refused.
func FuzzFilterLines(f *testing.F) {
	one := `{"id":"a","text":"one two three four five six seven eight nine ten eleven twelve"}`
	for _, s := range []string{one + "\n" + one + "\n", "\ufeff" + one, one + "\r\n\r\n" + one, one + "\n{\"broken", "\n\n" + one, one + "\n\xff\xfe\n", "{\"text\":\"\x00\"}\n\n \n" + one, "[" + one + "]"} {
		f.Add(s, uint8(0), true)
		f.Add(s, uint8(1), false)
		f.Add(s, uint8(2), false)
	}
	f.Fuzz(func(t *testing.T, in string, how uint8, others bool) {
		var r io.Reader = strings.NewReader(in)
		switch how % 3 {
		case 1:
			r = iotest.OneByteReader(r)
		case 2:
			r = iotest.DataErrReader(iotest.HalfReader(r))
		}
		out, removed, c, err := filterReading(t, r, corpus.Config{Options: corpus.Options{Workers: 2}}, Options{Others: others, DropEmpty: !others})
		if err == nil {
			checkFiltered(t, in, out, removed, c)
		}
	})
}
