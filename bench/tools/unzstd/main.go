// Command unzstd decompresses IN.zst into OUT, for machines without zstd.
package main

import (
	"fmt"
	"os"

	"dedup/bench/unpack"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: unzstd IN.zst OUT")
		os.Exit(2)
	}
	if err := unpack.Zstd(os.Args[2], os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "unzstd:", err)
		os.Exit(2)
	}
}
