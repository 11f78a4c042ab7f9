package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"dedup/internal/corpus"
)

// FuzzSketchRows prints a sketch, as TSV and as JSON Lines, and reads it back as the next stage
// does.
func FuzzSketchRows(f *testing.F) {
	f.Add("a1", "The Paper", int64(1700000000), []byte("12345678"), true)
	f.Add("a\tb\n", "\\x1b\x1b[31m\u202e", int64(-1), []byte{}, false)
	f.Add("{\"", "\xff", int64(0), []byte("1234567812345678"), true)
	f.Fuzz(func(t *testing.T, id, source string, at int64, words []byte, lines bool) {
		k := corpus.Worded{Article: corpus.Article{
			ID: strings.ToValidUTF8(id, "?"), Source: strings.ToValidUTF8(source, "?"), Bytes: len(words), HasFingerprint: len(words) > 8, Fingerprint: uint64(at),
		}}
		if at != math.MinInt64 {
			k.Published = time.Unix(at%(1<<36), 0).UTC()
		}
		for ; len(words) >= 8; words = words[8:] {
			k.Words = append(k.Words, binary.LittleEndian.Uint64(words))
		}
		if !k.HasFingerprint {
			k.Fingerprint = 0
		}
		var b bytes.Buffer
		tab := &table{newLineRows(&b, sketchColumns(true), lines)}
		if err := errors.Join(sketchRow(tab, &k, true), tab.close()); err != nil {
			t.Fatal(err)
		}
		rows := 0
		reader := &rowReader{br: bufio.NewReader(bytes.NewReader(b.Bytes())), json: lines}
		err := reader.each(func(row map[string]string) error {
			rows++
			got, err := sketchOf(row)
			if err != nil {
				return err
			}
			if got.ID != k.ID || got.Source != k.Source || got.Bytes != k.Bytes || got.HasFingerprint != k.HasFingerprint || got.Fingerprint != k.Fingerprint || !slices.Equal(got.Words, k.Words) || !got.Published.Equal(k.Published) {
				t.Errorf("%+v became %+v", k, got)
			}
			return nil
		})
		if err != nil || rows != 1 {
			t.Errorf("%d rows, %v: %q", rows, err, b.Bytes())
		}
	})
}

// FuzzStages gives stages what no stage printed: they end, with rows or with an error that names a
// line.
func FuzzStages(f *testing.F) {
	var sketches, pairs bytes.Buffer
	in := `{"id":"a","text":"one two three four five six seven eight nine ten eleven twelve"}` + "\n" + `{"id":"b","text":"one two three four five six seven eight nine ten eleven twelve"}` + "\n"
	for _, format := range []string{"tsv", "jsonl"} {
		sketches.Reset()
		pairs.Reset()
		run([]string{"sketch", "--pipe", "--format", format, "-q"}, strings.NewReader(in), &sketches, &bytes.Buffer{})
		run([]string{"pairs", "--pipe", "--format", format, "-q"}, bytes.NewReader(sketches.Bytes()), &pairs, &bytes.Buffer{})
		f.Add(sketches.Bytes())
		f.Add(pairs.Bytes())
	}
	f.Add([]byte("id\tfingerprint\tsignature\n\t\t\n"))
	f.Add([]byte(`{"id":null,"fingerprint":[],"signature":{}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, stage := range []string{"pairs", "clusters"} {
			var stderr bytes.Buffer
			code := run([]string{stage, "-q", "-j", "1"}, bytes.NewReader(b), &bytes.Buffer{}, &stderr)
			if code != 0 && code != 2 && code != 3 || code == 2 && stderr.Len() == 0 {
				t.Errorf("%s: exit code %d, %q", stage, code, stderr.String())
			}
		}
	})
}
