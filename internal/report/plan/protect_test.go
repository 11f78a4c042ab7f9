package plan

import (
	"strings"
	"testing"
)

// FuzzReadProtection reads what appendProtection writes, and nothing else crashes.
func FuzzReadProtection(f *testing.F) {
	f.Add("fog-1", 0, 0)
	f.Add("a\tb\nc\\", 3, 9)
	f.Add("# no comment", 0, 1)
	f.Fuzz(func(t *testing.T, id string, start, end int) {
		_, _ = ReadProtection(strings.NewReader(id))
		if start < 0 || end < 0 || end > 0 && start >= end || id == "" || strings.HasPrefix(id, "# ") {
			return
		}
		id = strings.ToValidUTF8(id, "?")
		p, err := ReadProtection(strings.NewReader(string(appendProtection(nil, id, start, end))))
		if err != nil || end == 0 && !p.Keeps(id, 0, 1) || end > 0 && !p.Keeps(id, start, end) {
			t.Errorf("%q %d %d: %v %v", id, start, end, p, err)
		}
	})
}
