//go:build unix

package sketch

import (
	"math/rand/v2"
	"strings"
	"syscall"
	"testing"

	"github.com/valyala/fastjson"

	"dedup/internal/text"
)

// newsTexts are the first texts of the bulk corpus, or made-up English of the same word lengths
// where the corpus is absent.
func newsTexts(b *testing.B) (texts []string, size int64) {
	b.Helper()
	if !read("bulk/articles.jsonl.zst", func(line []byte) bool {
		s := fastjson.GetString(line, "text")
		texts, size = append(texts, s), size+int64(len(s))
		return len(texts) < 1000
	}) {
		return madeUp()
	}
	return texts, size
}

func madeUp() (texts []string, size int64) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		var s strings.Builder
		for s.Len() < 5000 {
			for range 1 + rnd.IntN(9) {
				s.WriteByte('a' + byte(rnd.IntN(26)))
			}
			s.WriteString([]string{" ", " ", " ", ", ", ". ", "’s "}[rnd.IntN(6)])
		}
		texts, size = append(texts, s.String()), size+int64(s.Len())
	}
	return texts, size
}

// cpuTime is what this process has used, in seconds: on a machine that others use too, throughput
// is told by it.
func cpuTime() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

// BenchmarkSketch goes from text to sketch, tokens included; each iteration is 1,000 articles.
func BenchmarkSketch(b *testing.B) {
	texts, size := newsTexts(b)
	k := NewSketcher(Default)
	var toks []text.Token
	var sig []uint32
	run := func(name string, do func(s string, all []text.Token)) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(size)
			b.ReportAllocs()
			began := cpuTime()
			for b.Loop() {
				for _, s := range texts {
					toks = text.AppendTokens(toks[:0], s)
					do(s, toks)
				}
			}
			b.ReportMetric(float64(size)*float64(b.N)/(cpuTime()-began)/1e6, "MB/cpu-s")
		})
	}
	run("tokens", func(s string, all []text.Token) {})
	run("tokens+once", func(s string, all []text.Token) { text.Once(all, s) })
	run("fingerprint", func(s string, all []text.Token) { k.Fingerprint(text.Once(all, s)) })
	run("sketch", func(s string, all []text.Token) { _, sig = k.AppendSketch(sig[:0], text.Once(all, s)) })
}
