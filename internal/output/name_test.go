package output

import (
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

// Windows takes names for devices, drops their ends or refuses them; CheckName says so before
// anything is written.
func TestNamesOnWindows(t *testing.T) {
	for _, name := range []string{"a", "a.txt", "d/a.b.c", ".hidden", "console.txt", "com.txt", "com10", "lpt", "nulls", "a b", "é/ж", " leading"} {
		if err := checkWindowsName(name); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
	for name, want := range map[string]string{
		"con": "of a device", "NUL.txt": "of a device", "d/Aux": "of a device", "com1.tar.gz": "of a device", "LPT³": "of a device", "conin$": "of a device", "prn .txt": "of a device", "nul/a": "of a device",
		"a.": "ends with", "d./a": "ends with", "a ": "ends with", "...": "ends with",
		"a:b": "':'", "d/a?": "'?'", `a\b`: `'\\'`, "a\x01": `'\x01'`, "a|b": "'|'",
	} {
		if err := checkWindowsName(name); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "\nhint: ") {
			t.Errorf("%q: %v, want %q", name, err, want)
		}
	}
}

// The name of a pending file is cut between characters: macOS and Windows take no half ones.
func TestPendingNamesAreWhole(t *testing.T) {
	for _, base := range []string{strings.Repeat("é", 125), "a" + strings.Repeat("é", 124), strings.Repeat("日", 84), strings.Repeat("😀", 62), strings.Repeat("x", 255)} {
		prefix := PendingPrefix(base)
		if !utf8.ValidString(prefix) || len(prefix) > longestBase+len("..dedup-") {
			t.Errorf("%q", prefix)
		}
		name := filepath.Join(t.TempDir(), base)
		if err := write(name, "text"); err != nil {
			t.Error(err)
		}
		holds(t, name, "text")
	}
}

// Two outputs that are not there yet are one file where only their capitals differ and the file
// system makes nothing of that.
func TestCapitals(t *testing.T) {
	dir := t.TempDir()
	upper, lower := filepath.Join(dir, "OUT"), filepath.Join(dir, "out")
	put(t, filepath.Join(dir, "probe"), "")
	one := sameEntry(filepath.Join(dir, "probe"), filepath.Join(dir, "PROBE"))
	t.Logf("one file: %t", one)
	if capitalsCount(dir) == one || sameNew(upper, lower) != one || !sameNew(upper, upper) || sameNew(upper, lower+"2") {
		t.Errorf("capitals count: %t, one file: %t", capitalsCount(dir), sameNew(upper, lower))
	}
	var g Guard
	g.Writes("--a", upper)
	g.Writes("--b", lower)
	if err := g.Check(); (err != nil) != one {
		t.Error(err)
	}
	for name, want := range map[string]string{"Aé1": "aÉ1", "123": "123", "ß": "ß", "日": "日"} {
		if got := swapCapitals(name); got != want {
			t.Errorf("%q becomes %q, want %q", name, got, want)
		}
	}
}
