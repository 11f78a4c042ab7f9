package main

import (
	"bytes"
	"io"
	"strconv"

	"github.com/klauspost/compress/gzip"
	"github.com/rogpeppe/go-internal/testscript"
)

// cmdMembers wants a gzip file to have so many members: members FILE N. With -pack it writes
// FILE.gz, of one member.
func cmdMembers(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: members FILE N, members -pack FILE")
	}
	if args[0] == "-pack" {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, err := z.Write([]byte(ts.ReadFile(args[1])))
		ts.Check(err)
		ts.Check(z.Close())
		save(ts, args[1]+".gz", b.Bytes())
		return
	}
	in := bytes.NewReader([]byte(ts.ReadFile(args[0])))
	z, err := gzip.NewReader(in)
	n := 0
	for ; err == nil; err = z.Reset(in) {
		z.Multistream(false)
		_, err := io.Copy(io.Discard, z)
		ts.Check(err)
		n++
	}
	if want, _ := strconv.Atoi(args[1]); err != io.EOF || n != want {
		ts.Fatalf("%s has %d members, not %s (%v)", args[0], n, args[1], err)
	}
}
