package clean

import (
	"bytes"
	"fmt"
	"io"
	"testing"

	"github.com/klauspost/compress/gzip"
	"pgregory.net/rapid"
)

// memberCount unpacks b and counts its members.
func memberCount(t interface{ Fatal(...any) }, b []byte) (content []byte, n int) {
	in := bytes.NewReader(b)
	z, err := gzip.NewReader(in)
	for err == nil {
		z.Multistream(false)
		n++
		part, e := io.ReadAll(z)
		if e != nil {
			t.Fatal(e)
		}
		content = append(content, part...)
		err = z.Reset(in)
	}
	if err != io.EOF {
		t.Fatal(err)
	}
	return content, n
}

// An archive has a member a record, whatever the pieces that it is written in; other bytes are one
// member, and none are lost.
func TestRecordsArePackedOneByOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var all []byte
		records := rapid.IntRange(1, 5).Draw(t, "records")
		for range records {
			body := rapid.SliceOfN(rapid.Byte(), 0, 300).Draw(t, "body")
			all = append(all, fmt.Sprintf("WARC/1.0\r\nWARC-Type: x\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n", len(body), body)...)
		}
		broken := rapid.SampledFrom([]string{"", "junk", "WARC/1.0\r\nContent-Length: x\r\n\r\n", "WARC/1"}).Draw(t, "broken")
		all = append(all, broken...)
		var out bytes.Buffer
		p := newRecordGzip(&out)
		for rest := all; len(rest) > 0; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "n")
			if k, err := p.Write(rest[:n]); err != nil || k != n {
				t.Fatal(k, err)
			}
			rest = rest[n:]
		}
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
		content, n := memberCount(t, out.Bytes())
		if !bytes.Equal(content, all) || n != records {
			t.Fatalf("%d members of %d records, %q of %q", n, records, content, all)
		}
	})
}

func TestOtherBytesAreOneMember(t *testing.T) {
	for _, s := range []string{"", "W", "WARC/", "{\"text\":\"a\"}\n", "WARC/1.0\r\nno length\r\n\r\nx"} {
		var out bytes.Buffer
		p := newRecordGzip(&out)
		if _, err := p.Write([]byte(s)); err != nil {
			t.Fatal(err)
		}
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
		if content, n := memberCount(t, out.Bytes()); string(content) != s || n != 1 {
			t.Errorf("%q: %d members, %q", s, n, content)
		}
	}
}
