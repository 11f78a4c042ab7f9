package article

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// unpackMost is how much of what a fuzzer made is unpacked: a bomb is read no further than its
// reader wants.
const unpackMost = 16 << 20

// FuzzUnpack unpacks what is damaged, truncated or no such thing: it ends, with bytes or an error.
func FuzzUnpack(f *testing.F) {
	for _, name := range []string{"gzip", "zstd"} {
		f.Add(packFuzzed(f, name, []byte("some words, and some words again")))
		whole := packFuzzed(f, name, bytes.Repeat([]byte("words "), 5000))
		f.Add(whole)
		f.Add(whole[:len(whole)/2])
		f.Add(packFuzzed(f, "gzip", whole))
	}
	f.Add([]byte("BZh91AY&SY\x17rE8P\x90\x00\x00\x00\x00"))
	f.Add([]byte("BZh9\x17rE8P\x90\x00\x00\x00\x00"))
	f.Add([]byte("\x28\xb5\x2f\xfd\xa4\x00\x00\x00\x80\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		name := filepath.Join(t.TempDir(), "in")
		if err := os.WriteFile(name, b, 0o600); err != nil {
			t.Fatal(err)
		}
		u, err := OpenUnpacked(name)
		if err != nil {
			return
		}
		n, err := io.Copy(io.Discard, io.LimitReader(u, unpackMost))
		if err == nil && len(u.Packed) == 0 && n != int64(len(b)) {
			t.Errorf("%d of %d bytes", n, len(b))
		}
		if err := u.Close(); err != nil {
			t.Error(err)
		}
	})
}

func packFuzzed(t testing.TB, name string, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	var w io.WriteCloser = gzip.NewWriter(&out)
	if name == "zstd" {
		var err error
		if w, err = zstd.NewWriter(&out); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// FuzzPacked packs any bytes, in one member or two, and wants them back.
func FuzzPacked(f *testing.F) {
	f.Add([]byte("some words"), 4, true)
	f.Add([]byte{}, 0, false)
	f.Add([]byte("\x1f\x8bno gzip"), 2, false)
	f.Fuzz(func(t *testing.T, b []byte, cut int, zst bool) {
		codec := "gzip"
		if zst {
			codec = "zstd"
		}
		cut = min(max(cut, 0), len(b))
		name := filepath.Join(t.TempDir(), "in")
		if err := os.WriteFile(name, append(packFuzzed(t, codec, b[:cut]), packFuzzed(t, codec, b[cut:])...), 0o600); err != nil {
			t.Fatal(err)
		}
		u, err := OpenUnpacked(name)
		if err != nil {
			return // what was packed looks packed itself, and is not
		}
		defer u.Close()
		got, err := io.ReadAll(u)
		if len(u.Packed) == 1 && (err != nil || !bytes.Equal(got, b)) {
			t.Errorf("%s: %q, %v; want %q", codec, got, err, b)
		}
	})
}
