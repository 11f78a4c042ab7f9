package article

import (
	"encoding/base64"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const letterHead = "From: =?utf-8?q?Ann_B=C3=A4cker?= <ann@herald.example>\r\nSubject: =?iso-8859-1?q?Der_Ofen_gl=FCht?=\r\nDate: Mon, 6 May 2024 09:08:09 +0200\r\nMessage-ID: <k1@herald.example>\r\nMIME-Version: 1.0\r\n"

func TestMessages(t *testing.T) {
	b64 := base64.StdEncoding.EncodeToString([]byte("Der Ofen glüht.\n"))
	cases := []struct{ name, rest, want string }{
		{"plain", "\r\nLine one.\r\n\r\nLine two.\r\n", "Line one.\n\nLine two."},
		{"quoted-printable", "Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nDer Ofen gl=FCht=\r\n heute.\r\n", "Der Ofen glüht heute."},
		{"base64", "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b64[:8] + "\r\n" + b64[8:] + "\r\n", "Der Ofen glüht."},
		{"page", "Content-Type: text/html; charset=utf-8\r\n\r\n<html><body><p>The kiln.<p>Lit.</body></html>", "The kiln.\n\nLit."},
		{"alternative", "Content-Type: multipart/alternative; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nPlain.\r\n--x\r\nContent-Type: text/html\r\n\r\n<p>Rich.\r\n--x--\r\n", "Plain."},
		{"alternative, empty", "Content-Type: multipart/alternative; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\n \r\n--x\r\nContent-Type: text/html\r\n\r\n<p>Rich.\r\n--x--\r\n", "Rich."},
		{"mixed", "Content-Type: multipart/mixed; boundary=\"x y\"\r\n\r\n--x y\r\n\r\nOne.\r\n--x y\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\nno\r\n" +
			"--x y\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n--x y\r\nContent-Type: multipart/related; boundary=z\r\n\r\n--z\r\nContent-Type: text/plain\r\n\r\nTwo.\r\n--z--\r\n--x y--\r\n", "One.\n\nTwo."},
		{"odd type", "Content-Type: text/plain; charset\r\n\r\nOne.\r\n", "One."},
	}
	for _, c := range cases {
		a := oneOf(t, "a.eml", letterHead+c.rest)
		if a.Text != c.want || a.Title != "Der Ofen glüht" || a.Source != "Ann Bäcker" || !a.Published.Equal(time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)) || a.Raw.Kind != RawText || a.Raw.Text >= 0 {
			t.Errorf("%s: %+v", c.name, a)
		}
	}
	_, bad := readAll(t, Options{Workers: 1}, write(t, t.TempDir(), "a.eml", letterHead+"no field\r\n\r\nText.\r\n"))
	if len(bad) != 1 || bad[0].Kept || !strings.HasPrefix(bad[0].Reason, "a message whose head is broken") {
		t.Errorf("%+v", bad)
	}
}

func TestSenders(t *testing.T) {
	for in, want := range map[string]string{
		"Ann <ann@A.example>": "Ann", `"Herald, The" <x@y.example>`: "Herald, The", "<ann@A.example>": "a.example", "ann@a.example": "a.example", "ann@a.example (Ann B.)": "Ann B.", "": "",
	} {
		if got := sender(in); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
}

func mboxMessage(i int, text string) string {
	return fmt.Sprintf("From ann@a.example Mon Jan  2 15:04:05 2006\nFrom: Ann <ann@a.example>\nSubject: S%d\nMessage-ID: <m%d@a.example>\n\n%s\n\n", i, i, text)
}

// Messages of a mailbox are records: they stand where Raw says, at any size of blocks.
func TestMbox(t *testing.T) {
	content := mboxMessage(1, "One.\nFrom here to there.\n\n>From the start.") + mboxMessage(2, strings.Repeat("x", 900)) + mboxMessage(3, "Three.") + "From x@y.example Mon\nbroken\n\nText.\n"
	for _, block := range []int{0, 1, 50, 400} {
		path := write(t, t.TempDir(), "a.mbox", content)
		arts, bad := readAll(t, Options{Workers: 2, block: block, MaxArticle: 600}, path)
		var got []string
		for _, a := range arts {
			got = append(got, a.ID+" "+a.Text)
			if raw := content[a.Raw.Offset : a.Raw.Offset+int64(a.Raw.Len)]; !strings.HasPrefix(raw, "From ann@") || !strings.HasSuffix(raw, "\n\n") || strings.Count(raw, "Message-ID") != 1 {
				t.Errorf("%s stands at %q", a.ID, raw)
			}
		}
		if d := cmp.Diff([]string{"m1@a.example One.\nFrom here to there.\n\nFrom the start.", "m3@a.example Three."}, got); d != "" {
			t.Errorf("block %d: %s", block, d)
		}
		if len(bad) != 2 || bad[0].Line != 11 || !strings.HasPrefix(bad[0].Reason, "longer than the limit of 600 bytes") || bad[1].Line != 25 || !strings.HasPrefix(bad[1].Reason, "a message whose head is broken") {
			t.Errorf("block %d: %+v", block, bad)
		}
	}
}

// A Maildir is a directory of messages whose names say nothing.
func TestMaildir(t *testing.T) {
	dir := t.TempDir()
	for i, name := range []string{"cur/1.a.example:2,S", "cur/2.a.example:2,", "new/3.a.example"} {
		write(t, dir, name, letterHead+fmt.Sprintf("\r\nText %d.\r\n", i))
	}
	write(t, dir, ".Sent/cur/4.a.example:2,S", letterHead+"\r\nhidden\r\n")
	arts, bad := readAll(t, Options{Workers: 2}, dir)
	if len(arts) != 3 || len(bad) > 0 || arts[2].Text != "Text 2." || arts[2].ID != filepath.Join(dir, "new/3.a.example") {
		t.Errorf("%+v, %+v", arts, bad)
	}
}

func FuzzMessage(f *testing.F) {
	f.Add([]byte(letterHead + "Content-Type: multipart/alternative; boundary=x\r\n\r\n--x\r\n\r\na\r\n--x\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<p>=C3=A4\r\n--x--"))
	f.Add([]byte(mboxMessage(1, "a\n\n>From b") + mboxMessage(2, "c")))
	f.Add([]byte("From x\nSubject: =?gbk?b?xOM=?=\nContent-Type: text/plain; charset=gbk\nContent-Transfer-Encoding: base64\n\nxOM=\n\nFrom y\n\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, format := range []string{"mail", "mbox"} {
			var first []Article
			path := write(t, t.TempDir(), "a", string(b))
			for i, opt := range []Options{{Workers: 1}, {Workers: 2, block: 1}, {Workers: 2, block: 30}} {
				opt.Format, opt.MaxArticle = format, 2000
				arts, _ := readAll(t, opt, path)
				for _, a := range arts {
					if a.Raw.Offset < 0 || int(a.Raw.Offset)+a.Raw.Len > len(b) {
						t.Fatalf("%+v", a.Raw)
					}
				}
				if i == 0 {
					first = arts
				} else if d := cmp.Diff(first, arts); d != "" {
					t.Fatal(d)
				}
			}
		}
	})
}
