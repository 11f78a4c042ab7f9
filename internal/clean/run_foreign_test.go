package clean

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dedup/internal/article"
	"dedup/internal/corpus"
)

const foreignBar = "<div class=share><a href=/f>Share this article</a><a href=/t>Share on Twitter</a></div>"

// pagesAndArchives writes files with much that repeats, of which clean can take out whole articles or
// nothing, and gives the contents by name.
func pagesAndArchives(t *testing.T, dir string) map[string]string {
	files := map[string]string{}
	var records strings.Builder
	var boxes bytes.Buffer
	tw := tar.NewWriter(&boxes)
	for i := range 12 {
		page := fmt.Sprintf("<!DOCTYPE html>\n<html><head><title>Page %d</title></head><body>\n%s\n<p>The ferry number %d sank off Orsay Hill.</p>\n%s\n%s\n</body></html>\n", i, foreignBar, i, foreignBar, foreignBar)
		files[fmt.Sprintf("page%02d.html", i)] = page
		files[fmt.Sprintf("saved%02d", i)] = page
		fmt.Fprintf(&records, "WARC/1.0\r\nWARC-Type: conversion\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n", len(page), page)
		if err := tw.WriteHeader(&tar.Header{Name: fmt.Sprintf("%d.txt", i), Size: int64(len(page)), Mode: 0o600}); err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(tw, page)
	}
	if err := tw.Close(); err != nil {
		t.Fatal(err)
	}
	mail := "From: Ann <ann@example.org>\nSubject: Ferry\n\nIt sank.\n\nShare this article\nRelated Sources:\n- one\n"
	files["crawl.warc"], files["crawl.warc.gz"] = records.String(), gz(t, records.String())
	files["all.tar"], files["all.tar.gz"], files["half.tar.gz"] = boxes.String(), gz(t, boxes.String()), gz(t, boxes.String())[:300]
	files["feed.xml"] = "<?xml version=\"1.0\"?><rss><channel>" + strings.Repeat("<item><title>The ferry sank</title></item>\n", 9) + "</channel></rss>\n"
	files["one.eml"], files["box"] = mail, strings.Repeat("From ann@example.org Mon Jan  2 15:04:05 2006\n"+mail+"\n", 5)
	files["box.bz2"] = "BZh91AY&SYno such block"
	files["broken.parquet"] = "PAR1 no footer"
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

func gz(t *testing.T, s string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(s)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// unread are the files of pagesAndArchives that no article can be read from.
var unread = map[string]bool{"all.tar": true, "all.tar.gz": true, "half.tar.gz": true, "box.bz2": true, "broken.parquet": true}

// parts are what the records of a file of several articles end with.
var parts = map[string]string{"crawl.warc": "</html>\n\r\n\r\n", "crawl.warc.gz": "</html>\n\r\n\r\n", "feed.xml": "</item>", "box": "- one\n\n"}

// wantWhole wants out to be content without whole records.
func wantWhole(t *testing.T, name, content, out string) {
	t.Helper()
	have := map[string]int{}
	for _, r := range strings.SplitAfter(content, parts[name]) {
		have[strings.TrimSpace(r)]++
	}
	for _, r := range strings.SplitAfter(out, parts[name]) {
		if r = strings.TrimSpace(r); have[r] == 0 {
			t.Errorf("%s: %.80q was cut", name, r)
		}
		have[r]--
	}
}

func gunzip(t *testing.T, s string) string {
	z, err := gzip.NewReader(strings.NewReader(s))
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Markup is never cut and an archive is never one article: pages go or stay as a whole, archives,
// feeds and mailboxes lose whole records, what cannot be read comes out byte for byte and is named,
// and everything is restored.
func TestCleanLeavesPagesAndArchives(t *testing.T) {
	dir := t.TempDir()
	in, out, again := filepath.Join(dir, "in"), filepath.Join(dir, "out"), filepath.Join(dir, "again")
	if err := os.Mkdir(in, 0o700); err != nil {
		t.Fatal(err)
	}
	files := pagesAndArchives(t, in)
	story := "---\ntitle: Rain\n---\n" + strings.Repeat("Rain fell on the valley all day and nobody was seen outside. ", 3) + "\n\nIt ended at noon.\n\nShare this article\nRelated Sources:\n- one\n- two\n"
	pageRecord := `{"id":"p","text":"<html><head><title>x</title></head><body><p>The kiln was lit again.</p><p>The kiln was lit again.</p></body></html>\n\nShare this article\nRelated Sources:\n- one\n- two\n"}` + "\n"
	for name, content := range map[string]string{"story.md": story, "records.jsonl": pageRecord} {
		if err := os.WriteFile(filepath.Join(in, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	named := map[string]string{}
	cfg := corpus.Config{Paths: []string{in}, Options: corpus.Options{Skipped: func(err error) {
		if b := err.(article.Bad); !b.Kept {
			named[filepath.Base(b.Path)] = b.Reason
		}
	}}}
	res, err := Run(context.Background(), cfg, RunOptions{Out: out, Guard: Guard{MaxRemoved: 0.5}, Force: true})
	if err != nil {
		t.Fatal(err)
	}
	if res.Articles != 65 || res.Skipped != len(unread) || res.Written.Cuts == 0 {
		t.Errorf("%d articles, %d skipped of %d files, %d cuts", res.Articles, res.Skipped, len(files), res.Written.Cuts)
	}
	got := tree(t, out)
	for name, content := range files {
		switch now, there := got[name]; {
		case name == "crawl.warc.gz":
			wantWhole(t, name, gunzip(t, content), gunzip(t, now))
		case parts[name] != "":
			wantWhole(t, name, content, now)
		case there && now != content || !there && unread[name]:
			t.Errorf("%s changed", name)
		}
		if unread[name] != (named[name] != "") {
			t.Errorf("%s was named: %q", name, named[name])
		}
	}
	if got["records.jsonl"] != pageRecord {
		t.Errorf("markup was cut: %s", got["records.jsonl"])
	}
	if !strings.HasPrefix(got["story.md"], "---\ntitle: Rain\n---\nRain fell") || strings.Contains(got["story.md"], "Share this") {
		t.Errorf("behind its head: %s", got["story.md"])
	}
	if _, err := Restore(context.Background(), RestoreOptions{From: out, Out: again}); err != nil {
		t.Fatal(err)
	}
	files["story.md"], files["records.jsonl"] = story, pageRecord
	for name, content := range tree(t, again) {
		if name == "crawl.warc.gz" { // it is packed anew
			files[name], content = gunzip(t, files[name]), gunzip(t, content)
		}
		if files[name] != content {
			t.Errorf("%s was not restored", name)
		}
		delete(files, name)
	}
	if len(files) > 0 {
		t.Errorf("not restored: %v", files)
	}
}
