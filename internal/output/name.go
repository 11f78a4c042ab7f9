package output

import (
	"fmt"
	"strings"
)

// CheckName wants a file to get the name that it is to have, on the system that this runs on.
// Windows takes some names for devices and drops full stops and blanks at the end of others. name
// is separated by slashes.
func CheckName(name string) error {
	if !windowsNames {
		return nil
	}
	return checkWindowsName(name)
}

// devices are the names that Windows takes for devices, whatever follows their first full stop.
var devices = map[string]bool{"CON": true, "PRN": true, "AUX": true, "NUL": true, "CONIN$": true, "CONOUT$": true}

// checkWindowsName tells why Windows would not keep a name as it is (Microsoft, "Naming Files,
// Paths, and Namespaces").
func checkWindowsName(name string) error {
	const hint = "\nhint: do this on a system with other names, such as WSL"
	for part := range strings.SplitSeq(name, "/") {
		stem, _, _ := strings.Cut(part, ".")
		stem = strings.ToUpper(strings.TrimRight(stem, " "))
		switch {
		case devices[stem] || isPort(stem):
			return fmt.Errorf("the name %q is that of a device on Windows%s", part, hint)
		case strings.TrimRight(part, ". ") != part:
			return fmt.Errorf("the name %q ends with what Windows drops from names%s", part, hint)
		}
		for _, r := range part {
			if r < ' ' || strings.ContainsRune(`<>:"|?*\`, r) {
				return fmt.Errorf("the name %q has the character %q, which Windows allows in none%s", part, r, hint)
			}
		}
	}
	return nil
}

// isPort tells whether a name without its extension is that of a serial or parallel port.
func isPort(stem string) bool {
	digit, com := strings.CutPrefix(stem, "COM")
	if !com {
		var lpt bool
		if digit, lpt = strings.CutPrefix(stem, "LPT"); !lpt {
			return false
		}
	}
	switch digit {
	case "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "¹", "²", "³":
		return true
	}
	return false
}
