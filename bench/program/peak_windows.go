package program

import "os"

// peak is not told by Windows in what a process leaves behind.
func peak(*os.ProcessState) int64 { return 0 }
