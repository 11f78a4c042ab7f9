// Command dedup finds near-duplicate news articles, articles of one story, copied passages and
// shared phrasing.
package main

import "os"

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
