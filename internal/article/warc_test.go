package article

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/klauspost/compress/gzip"
)

func httpAnswer(head, body string) string { return "HTTP/1.1 200 OK\r\n" + head + "\r\n\r\n" + body }

func warcResponse(uri, answer string) string {
	return warcRecord("response", "WARC-Target-URI: "+uri+"\r\nContent-Type: application/http; msgtype=response", answer)
}

func warcText(i int) string {
	return warcRecord("conversion", fmt.Sprintf("WARC-Target-URI: https://a.example/%d\r\nWARC-Identified-Content-Language: eng\r\nContent-Type: text/plain", i), fmt.Sprintf("Text number %d.", i))
}

const smallPage = "<html lang=fr><head><title>Four rallumé</title></head><body><p>Le four est rallumé.</p></body></html>"

func TestWARCRecords(t *testing.T) {
	latin := strings.ReplaceAll(smallPage, "é", "\xe9")
	content := warcRecord("warcinfo", "Content-Type: application/warc-fields", "software: x") +
		warcRecord("request", "Content-Type: application/http; msgtype=request", "GET / HTTP/1.1\r\n\r\n") +
		warcText(1) +
		warcResponse("<https://b.example/2>", httpAnswer("Content-Type: text/html; charset=iso-8859-1", latin)) +
		warcResponse("https://b.example/3", httpAnswer("Transfer-Encoding: chunked\r\nContent-Type: text/plain", "6\r\nPlain,\r\n6;x=y\r\n words\r\n0\r\n\r\n")) +
		warcResponse("https://b.example/4", httpAnswer("Content-Encoding: gzip\r\nContent-Type: text/html", packed(t, ".gz", smallPage))) +
		warcResponse("https://b.example/5", httpAnswer("Content-Type: image/png", "\x89PNG\x00")) +
		warcResponse("https://b.example/6", "HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n\r\n<html>") +
		warcRecord("revisit", "Content-Type: application/http", "HTTP/1.1 200 OK\r\n\r\n") +
		warcResponse("https://b.example/7", httpAnswer("Content-Encoding: gzip\r\nContent-Type: text/html", "\x1f\x8bjunk")) +
		warcRecord("continuation", "Content-Type: text/plain", "more") +
		warcText(2)
	want := []Article{
		{ID: "https://a.example/1", URL: "https://a.example/1", Source: "a.example", Language: "eng", Text: "Text number 1.", Line: 3},
		{ID: "https://b.example/2", URL: "https://b.example/2", Source: "b.example", Language: "fr", Title: "Four rallumé", Text: "Le four est rallumé.", Line: 4},
		{ID: "https://b.example/3", URL: "https://b.example/3", Source: "b.example", Text: "Plain, words", Line: 5},
		{ID: "https://b.example/4", URL: "https://b.example/4", Source: "b.example", Language: "fr", Title: "Four rallumé", Text: "Le four est rallumé.", Line: 6},
		{ID: "https://a.example/2", URL: "https://a.example/2", Source: "a.example", Language: "eng", Text: "Text number 2.", Line: 12},
	}
	for i := range want {
		want[i].Published = time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)
	}
	for _, block := range []int{0, 1, 70} {
		for _, name := range []string{"a.warc", "a.warc.gz", "a.zst"} {
			path := write(t, t.TempDir(), name, packed(t, name[strings.LastIndexByte(name, '.'):], content))
			arts, bad := readAll(t, Options{Workers: 2, block: block}, path)
			if d := cmp.Diff(want, arts, cmpopts.IgnoreFields(Article{}, "Path", "Raw")); d != "" {
				t.Errorf("%s, block %d: %s", name, block, d)
			}
			for _, a := range arts {
				if got := content[a.Raw.Offset : a.Raw.Offset+int64(a.Raw.Len)]; !strings.HasPrefix(got, "WARC/1.0\r\n") || !strings.HasSuffix(got, "\r\n\r\n") || strings.Count(got, "WARC/") != 1 {
					t.Errorf("%s stands at %q", a.ID, got)
				}
			}
			if len(bad) != 2 || bad[0].Line != 10 || bad[0].Kept || !strings.HasPrefix(bad[0].Reason, "a damaged record: its content cannot be unpacked") || !bad[1].Kept ||
				bad[1].Reason != "passed over 1 revisit, 1 request, 1 record of metadata, 1 answer without a page (status other than 200), 1 record that is no text, 1 record of another type of 12 records" {
				t.Errorf("%s, block %d: %+v", name, block, bad)
			}
		}
	}
}

// A damaged record is named, and those behind it are read.
func TestWARCDamage(t *testing.T) {
	long := strings.Replace(warcText(2), "Content-Length: 14", "Content-Length: 20", 1)
	cases := []struct {
		name, content string
		ids           string
		bad           string
	}{
		{"no version", warcText(1) + "XARC" + warcText(2)[4:] + warcText(3), "1 3", "2 a damaged record: it does not start with a version of WARC; reading went on at the next record"},
		{"no length", warcText(1) + strings.Replace(warcText(2), "Content-Length", "Content-Size", 1) + warcText(3), "1 3", "2 a damaged record: its Content-Length is missing or no number; reading went on at the next record"},
		{"wrong length", warcText(1) + long + warcText(3), "1 3", "2 a damaged record: its Content-Length of 20 does not lead to another record; reading went on at the next one"},
		{"cut short", warcText(1) + warcText(2)[:150], "1", "2 a damaged record: cut short: the file ends in the middle of it"},
		{"too long", warcText(1) + warcRecord("conversion", "Content-Type: text/plain", strings.Repeat("x", 3000)) + warcText(3), "1 3", "2 longer than the limit of 2000 bytes"},
	}
	for _, c := range cases {
		for _, block := range []int{0, 1, 64, 300} {
			arts, bad := readAll(t, Options{Workers: 2, block: block, MaxArticle: 2000}, write(t, t.TempDir(), "a.warc", c.content))
			var ids []string
			for _, a := range arts {
				ids = append(ids, strings.TrimPrefix(a.ID, "https://a.example/"))
			}
			if len(bad) == 0 {
				t.Fatalf("%s: nothing is said", c.name)
			}
			if got := fmt.Sprint(bad[0].Line, " ", bad[0].Reason); strings.Join(ids, " ") != c.ids || got != c.bad || bad[0].Hint == "" {
				t.Errorf("%s, block %d: articles %s, %+v", c.name, block, ids, bad)
			}
		}
	}
}

// warcMembers packs records one by one.
func warcMembers(tb testing.TB, records ...string) (out [][]byte) {
	for _, r := range records {
		out = append(out, []byte(packed(tb, ".gz", r)))
	}
	return out
}

func TestWARCDamagedMember(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	var records []string
	for i := range 40 {
		body := make([]byte, 500)
		for j := range body {
			body[j] = "abcdefghij klmnop"[rng.IntN(17)]
		}
		records = append(records, warcRecord("conversion", fmt.Sprintf("WARC-Target-URI: https://a.example/%d\r\nContent-Type: text/plain", i), string(body)))
	}
	for _, at := range []int{60, 200, -5} {
		parts := warcMembers(t, records...)
		p := parts[20]
		i := (at + len(p)) % len(p)
		for j := range 4 {
			p[i+j] ^= 0xff
		}
		arts, bad := readAll(t, Options{Workers: 2}, write(t, t.TempDir(), "a.warc.gz", string(bytes.Join(parts, nil))))
		if len(arts) < 38 || arts[len(arts)-1].ID != "https://a.example/39" || len(bad) == 0 || bad[0].Line < 20 || bad[0].Line > 22 || !strings.HasPrefix(bad[0].Reason, "a damaged record: ") {
			t.Errorf("at %d: %d articles, %+v", at, len(arts), bad)
		}
	}
}

// Records that are passed over are not kept in memory.
func TestWARCMemory(t *testing.T) {
	path := t.TempDir() + "/a.warc"
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	const size = 200 << 20
	fmt.Fprintf(f, "%sWARC/1.0\r\nWARC-Type: response\r\nContent-Type: application/http\r\nContent-Length: %d\r\n\r\n", warcText(1), size)
	head := "HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\n\r\n"
	f.WriteString(head)
	if _, err := f.Seek(int64(size-len(head)), 1); err != nil {
		t.Fatal(err)
	}
	f.WriteString("\r\n\r\n" + warcText(2))
	f.Close()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	arts, bad := readAll(t, Options{Workers: 1}, path)
	runtime.ReadMemStats(&after)
	if len(arts) != 2 || len(bad) != 1 || !bad[0].Kept {
		t.Errorf("%d articles, %+v", len(arts), bad)
	}
	if n := after.TotalAlloc - before.TotalAlloc; n > 32<<20 {
		t.Errorf("%d bytes were allocated", n)
	}
}

func FuzzWARC(f *testing.F) {
	f.Add([]byte(warcText(1)+warcText(2)), false)
	f.Add([]byte(warcResponse("x", httpAnswer("Content-Type: text/html", smallPage))+"junk\nWARC/1.0\r\nContent-Length: 0\r\n\r\n"), false)
	f.Add([]byte(warcResponse("x", httpAnswer("Content-Type: text/plain\r\nContent-Encoding: br\r\nTransfer-Encoding: chunked", "3\r\nabc\r\n0\r\n\r\n"))), true)
	f.Add([]byte("WARC/1.0\r\nContent-Length: 99999999999999\r\nWARC-Type: revisit\r\n\r\n"+warcText(1)), false)
	f.Fuzz(func(t *testing.T, b []byte, gz bool) {
		name, plain := "a.warc", b
		if gz {
			name, b = "a.warc.gz", []byte(packed(t, ".gz", string(b)))
		}
		path := write(t, t.TempDir(), name, string(b))
		var first []Article
		for i, opt := range []Options{{Workers: 1}, {Workers: 3, block: 1}, {Workers: 2, block: 40}} {
			opt.Format, opt.MaxArticle = "warc", 1<<16
			arts, _ := readAll(t, opt, path)
			for _, a := range arts {
				if a.Raw.Offset < 0 || a.Raw.Offset+int64(a.Raw.Len) > int64(len(plain)) || !bytes.HasPrefix(plain[a.Raw.Offset:], []byte("WARC/")) {
					t.Fatalf("%+v", a.Raw)
				}
			}
			if i == 0 {
				first = arts
			} else if d := cmp.Diff(first, arts); d != "" {
				t.Fatal(d)
			}
		}
	})
}

// BenchmarkWET holds reading a WET against gzip alone.
func BenchmarkWET(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	words := strings.Fields("the of and to in a is that for it as was with be by on not he his but at are this have from or had an they which one you were all her she there would their")
	var members, one, plain bytes.Buffer
	whole := gzip.NewWriter(&one)
	for i := range 12000 {
		var s strings.Builder
		for s.Len() < 4000 {
			fmt.Fprintf(&s, "%s%d ", words[rng.IntN(len(words))], rng.IntN(50))
		}
		r := warcRecord("conversion", fmt.Sprintf("WARC-Target-URI: https://a.example/%d\r\nContent-Type: text/plain", i), s.String())
		plain.WriteString(r)
		whole.Write([]byte(r))
		members.WriteString(packed(b, ".gz", r))
	}
	whole.Close()
	dir := b.TempDir()
	for name, buf := range map[string]*bytes.Buffer{"records.wet.gz": &members, "one.wet.gz": &one} {
		path := write(b, dir, name, buf.String())
		read := func(b *testing.B, workers int) {
			b.SetBytes(int64(plain.Len()))
			for b.Loop() {
				n := 0
				err := Read(b.Context(), Expand([]string{path}, nil), Options{Workers: workers}, func(_ int, batch *Batch) error { n += len(batch.Articles); return nil })
				if err != nil || n != 12000 {
					b.Fatal(n, err)
				}
			}
		}
		b.Run(name+"/read", func(b *testing.B) { read(b, 1) })
		b.Run(name+"/gzip", func(b *testing.B) {
			if _, err := exec.LookPath("gzip"); err != nil {
				b.Skip(err)
			}
			b.SetBytes(int64(plain.Len()))
			for b.Loop() {
				if err := exec.Command("gzip", "-dc", path).Run(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
