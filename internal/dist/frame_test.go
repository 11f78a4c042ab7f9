package dist

import (
	"bytes"
	"context"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"dedup/internal/article"
)

// readAll reads a stream.
func readAll(r io.Reader) (list []Frame, err error) {
	for f, err := range Read(r) {
		if err != nil {
			return list, err
		}
		f.Data = bytes.Clone(f.Data)
		list = append(list, f)
	}
	return list, nil
}

// TestStreams: what was written is read; a stream that was cut off, or has one byte changed, is an
// error.
func TestStreams(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var list []Frame
		var b bytes.Buffer
		w := NewWriter(&b)
		for range rapid.IntRange(0, 4).Draw(t, "frames") {
			f := Frame{rapid.SampledFrom([]byte("TWEZ")[:3]).Draw(t, "kind"), rapid.Uint32().Draw(t, "key"), rapid.SliceOfN(rapid.Byte(), 0, 50).Draw(t, "data")}
			list = append(list, f)
			if err := w.Write(f); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		got, err := readAll(bytes.NewReader(b.Bytes()))
		if err != nil || !slices.EqualFunc(got, list, func(a, b Frame) bool {
			return a.Kind == b.Kind && a.Key == b.Key && bytes.Equal(a.Data, b.Data)
		}) {
			t.Fatalf("%v, %v; want %v", got, err, list)
		}
		cut := rapid.IntRange(0, b.Len()-1).Draw(t, "cut")
		if _, err := readAll(bytes.NewReader(b.Bytes()[:cut])); err == nil {
			t.Fatalf("a stream cut off at byte %d of %d is read", cut, b.Len())
		}
		broken := bytes.Clone(b.Bytes())
		broken[cut] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
		if _, err := readAll(bytes.NewReader(broken)); err == nil && broken[cut&^15+3] == 0 {
			t.Fatalf("a stream with byte %d changed is read", cut)
		}
	})
}

// TestHugeFrameIsNotBelieved: memory grows with what comes, not with what a frame promises.
func TestHugeFrameIsNotBelieved(t *testing.T) {
	data := AppendFrame(nil, Frame{Kind: Words, Data: []byte("short")})
	data[11] = 0x3f // a gigabyte, nearly
	if got := testing.AllocsPerRun(1, func() {
		if _, err := readAll(bytes.NewReader(data)); err == nil || !strings.Contains(err.Error(), "cut off") {
			t.Errorf("%v", err)
		}
	}); got > 1000 {
		t.Errorf("%v allocations", got)
	}
}

// seedFrames are the frames of a small run, of all kinds.
func seedFrames(t testing.TB) map[byte][]Frame {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.jsonl")
	writeRecords(t, path, []record{
		{"id": "a", "text": "one two three four five six seven eight nine ten eleven twelve", "date": "2024-01-01"},
		{"id": "a", "text": "one two three four five six seven eight nine ten eleven twelve"},
		{"text": "one two three four five six seven eight nine ten eleven thirteen", "source": "beta"},
		{"id": "d", "text": ""},
	})
	e := newEngine(Options{Pairs: true, Parts: 2}, 1)
	e.run(t, []string{path})
	return e.held
}

// FuzzStages gives every stage frames that are none: it must end with an error or a result, and not
// otherwise.
func FuzzStages(f *testing.F) {
	held := seedFrames(f)
	for i, s := range Stages {
		for _, kind := range s.In + s.Tables {
			for _, one := range held[byte(kind)] {
				f.Add(byte(i), one.Kind, one.Key, one.Data)
			}
		}
	}
	f.Fuzz(func(t *testing.T, at, kind byte, key uint32, data []byte) {
		if n := (&cursor{b: data}); kind == Numbers && n.number() > 1<<20 {
			t.Skip("so many articles take memory for so many")
		}
		s := Stages[int(at)%len(Stages)]
		in, tables := []Frame{{kind, key, data}}, []Frame{}
		for _, k := range s.Tables {
			if byte(k) != kind {
				tables = append(tables, held[byte(k)]...)
			}
		}
		if strings.ContainsRune(s.Tables, rune(kind)) {
			in, tables = nil, append(tables, Frame{kind, key, data})
			for _, k := range s.In {
				in = append(in, held[byte(k)]...)
			}
			slices.SortStableFunc(in, func(a, b Frame) int { return int(a.Key) - int(b.Key) })
		}
		opt := Options{Parts: 2, Pairs: true}
		opt.Workers, opt.Memory = 1, 64<<20
		_ = s.Run(context.Background(), opt, stream(tables), stream(in), func(Frame) error { return nil })
		_, _ = ReadClusters(Frame{Data: data})
		_, _ = ReadPairs(Frame{Data: data})
	})
}

// TestShardsAsOneMachine holds the files of jobs against one machine: any number of jobs, files cut
// anywhere, jobs run in any order and again.
func TestShardsAsOneMachine(t *testing.T) {
	for seed := range 12 { // files are written to the disk for good, which takes time
		dir := t.TempDir()
		records := rapid.Custom(drawRecords).Example(seed)
		paths := []string{filepath.Join(dir, "a.jsonl"), filepath.Join(dir, "b.json")}
		k := seed * len(records) / 12
		writeRecords(t, paths[0], records[:k])
		writeRecords(t, paths[1], records[k:])
		opt := Options{Pairs: true, Parts: 4, Bin: 300}
		opt.Workers = 1
		s := &Shards{Dir: t.TempDir(), N: 1 + seed%5, Opt: opt}
		for i := range s.N {
			if err := s.Read(t.Context(), i+1, article.Expand(paths, nil)); err != nil {
				t.Fatal(err)
			}
		}
		for _, stage := range s.Stages()[1:] {
			for i := s.Calls(stage); i > 0; i-- {
				if done, err := s.Done(stage, i); done || err != nil {
					t.Fatalf("%s is done: %v, %v", stage.Name, done, err)
				}
				if err := s.Run(t.Context(), stage, i); err != nil {
					t.Fatal(err)
				}
			}
		}
		e := newEngine(opt, 1)
		for _, kind := range []byte{Groups, Pairs} {
			frames, done, err := s.Results(kind)
			if err != nil {
				t.Fatal(err)
			}
			for f, err := range frames {
				if err != nil {
					t.Fatal(err)
				}
				f.Data = bytes.Clone(f.Data)
				e.held[kind] = append(e.held[kind], f)
			}
			done()
		}
		e.same(t, paths)
	}
}

// TestStagesNeedEachOther: a stage whose input is not there says which job is to be run.
func TestStagesNeedEachOther(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.jsonl")
	writeRecords(t, path, []record{{"text": "one two three"}})
	s := &Shards{Dir: t.TempDir(), N: 2}
	if err := s.Read(t.Context(), 1, article.Expand([]string{path}, nil)); err != nil {
		t.Fatal(err)
	}
	err := s.Run(t.Context(), Stages[1], 1)
	if err == nil || !strings.Contains(err.Error(), "call 2 of 2 of the stage read was not made") {
		t.Errorf("%v", err)
	}
	if _, err := FindShards(t.TempDir()); err == nil {
		t.Error("an empty directory holds shards")
	}
}
