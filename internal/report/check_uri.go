package report

import (
	"path"
	"strings"
)

// sourceRoot is what relative URIs of a SARIF log are relative to: the directory that dedup ran in.
const sourceRoot = "%SRCROOT%"

// fileURI is the URI of a file (RFC 3986, RFC 8089) and, where it is relative and does not lead out
// of it, the base that it is relative to. Everything but letters, digits and -._~/ is
// percent-encoded, byte for byte, so that whatever a path is called stays one path. Windows: the
// path has drive letters and backslashes. Empty for no path.
func fileURI(name string, windows bool) (uri, base string) {
	if name == "" {
		return "", ""
	}
	if name == "-" {
		return "stdin", sourceRoot
	}
	if windows {
		name = strings.ReplaceAll(name, `\`, "/")
		if host, ok := strings.CutPrefix(name, "//"); ok { // a share: //host/share/file
			return "file://" + percentEncode(path.Clean(host)), ""
		}
		if len(name) > 1 && name[1] == ':' && isLetter(name[0]) {
			return "file:///" + name[:2] + percentEncode(path.Clean("/"+name[2:])), ""
		}
	}
	name = path.Clean(name)
	switch {
	case strings.HasPrefix(name, "/"):
		return "file://" + percentEncode(name), ""
	case name == ".." || strings.HasPrefix(name, "../"):
		return percentEncode(name), ""
	}
	return percentEncode(name), sourceRoot
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// percentEncode leaves the unreserved characters of RFC 3986 and the slash. A colon goes too: in a
// relative URI it would make a scheme.
func percentEncode(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if isLetter(c) || c >= '0' && c <= '9' || strings.IndexByte("-._~/", c) >= 0 {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(hex[c>>4])
		b.WriteByte(hex[c&15])
	}
	return b.String()
}
