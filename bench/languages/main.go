// Command languages measures stories, near-duplicates and passages in languages that no labelled set
// is in: it ciphers the English sets, word by word, into each (cipher.go), runs dedup on both and
// prints one table. The English row is what the others are held against.
//
//	go run ./bench/languages [-dedup BINARY] [-data DIR] [-lang Chinese,Thai] [-keep DIR]
package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/klauspost/compress/zstd"
	"github.com/valyala/fastjson"

	"dedup/bench/program"
	"dedup/internal/quality"
)

func main() {
	dedup := flag.String("dedup", "", "the binary to measure; built from ./cmd/dedup if not given")
	data := flag.String("data", or(os.Getenv("DEDUP_DATA"), "../shared/data"), "directory with the labelled sets")
	only := flag.String("lang", "", "languages to measure, with commas; all if not given")
	brief := flag.Bool("stories", false, "measure nothing but stories")
	keep := flag.String("keep", "", "directory to leave the ciphered sets and their labels in")
	flag.Parse()
	if err := run(*dedup, *data, *only, *keep, *brief); err != nil {
		fmt.Fprintln(os.Stderr, "languages:", err)
		os.Exit(2)
	}
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// measured is what is measured of one language.
type measured struct{ newscluster, basil, near, recall, precision float64 }

func run(dedup, data, only, keep string, brief bool) error {
	if _, err := os.Stat(data); err != nil {
		fmt.Printf("no labelled data in %s: nothing measured (set DEDUP_DATA to where it is)\n", data)
		return nil
	}
	tmp, err := os.MkdirTemp("", "dedup-languages-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	if dedup == "" {
		if dedup, err = program.Build(tmp); err != nil {
			return err
		}
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "language\tstories newscluster\tbasil\tnear-duplicates\tpassages recall\tprecision")
	names := []string{"English"}
	for _, l := range languages {
		names = append(names, l.lang)
	}
	if only != "" {
		names = strings.Split(only, ",")
	}
	for _, name := range names {
		dir := filepath.Join(or(keep, tmp), name)
		m, err := measure(dedup, data, dir, name, brief)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		fmt.Fprintf(w, "%s\t%.4f\t%.4f\t%.4f\t%.4f\t%.4f\n", name, m.newscluster, m.basil, m.near, m.recall, m.precision)
		if err := w.Flush(); err != nil {
			return err
		}
	}
	return nil
}

// articlesOf is how many articles of each set are taken; 0: all.
var articlesOf = map[string]int{"neardup/reuters2013": 4000, "passages/newsgroups": 2000}

func measure(dedup, data, dir, lang string, brief bool) (m measured, err error) {
	var c *cipher
	if lang != "English" {
		if c, err = newCipher(data, lang); err != nil {
			return m, err
		}
	}
	score := func(set, goldFile string, of quality.Of, min float64, args ...string) (quality.Score, error) {
		path, gold, err := c.set(data, dir, set, goldFile)
		if err != nil {
			return quality.Score{}, err
		}
		var out, msg bytes.Buffer
		cmd := exec.Command(dedup, append(args, path)...)
		cmd.Stdout, cmd.Stderr = &out, &msg
		if err := cmd.Run(); err != nil && cmd.ProcessState.ExitCode() != 3 {
			return quality.Score{}, fmt.Errorf("%q: %w\n%s", args, err, msg.Bytes())
		}
		for l := range strings.Lines(msg.String()) {
			if strings.Contains(l, "background model") {
				fmt.Fprintf(os.Stderr, "%s, %s: %s", lang, set, l)
			}
		}
		return quality.Evaluate(of, quality.Input{Name: set, R: bytes.NewReader(gold)}, quality.Input{Name: "dedup's output", R: &out}, quality.Options{Min: min})
	}
	for set, f1 := range map[string]*float64{"events/newscluster": &m.newscluster, "events/basil": &m.basil} {
		s, err := score(set, "gold.tsv", quality.Stories, 0, "stories")
		if err != nil {
			return m, err
		}
		*f1 = s.Partition.BCubed.F1
	}
	if brief {
		return m, nil
	}
	s, err := score("neardup/reuters2013", "jaccard.tsv", quality.Pairs, 0.75, "pairs", "--threshold", "0.7")
	if err != nil {
		return m, err
	}
	m.near = s.Pairs.Recall
	if s, err = score("passages/newsgroups", "gold.tsv", quality.Passages, 0, "passages"); err != nil {
		return m, err
	}
	m.recall, m.precision = s.Passages.Characters.Recall, s.Passages.Characters.Precision
	return m, nil
}

// set writes the articles of a set, ciphered, as JSON Lines, and gives the gold that goes with them:
// the rows whose articles were taken, with bytes where they went. A nil cipher leaves the text.
func (c *cipher) set(data, dir, set, goldFile string) (path string, gold []byte, err error) {
	rows, err := readArticles(filepath.Join(data, set, "articles.jsonl.zst"))
	if err != nil {
		return "", nil, err
	}
	if n := articlesOf[set]; n > 0 && n < len(rows) {
		rows = rows[:n]
	}
	moved := map[string][][2]int{}
	var out bytes.Buffer
	var arena fastjson.Arena
	for _, v := range rows {
		id := string(v.GetStringBytes("id"))
		moved[id] = [][2]int{}
		if c != nil {
			body, m := c.write(string(v.GetStringBytes("text")))
			moved[id] = m
			v.Set("text", arena.NewString(body))
			if title := v.GetStringBytes("title"); len(title) > 0 {
				t, _ := c.write(string(title))
				v.Set("title", arena.NewString(t))
			}
		}
		out.Write(v.MarshalTo(nil))
		out.WriteByte('\n')
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", nil, err
	}
	path = filepath.Join(dir, strings.ReplaceAll(set, "/", "-")+".jsonl")
	if err := os.WriteFile(path, out.Bytes(), 0o644); err != nil {
		return "", nil, err
	}
	if gold, err = os.ReadFile(filepath.Join(data, set, goldFile)); err != nil {
		return "", nil, err
	}
	gold = goldOf(gold, moved, c != nil)
	return path, gold, os.WriteFile(strings.TrimSuffix(path, ".jsonl")+".tsv", gold, 0o644)
}

func readArticles(path string) (rows []*fastjson.Value, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := zstd.NewReader(f)
	if err != nil {
		return nil, err
	}
	defer z.Close()
	all, err := io.ReadAll(z)
	if err != nil {
		return nil, err
	}
	for line := range bytes.Lines(all) {
		v, err := fastjson.ParseBytes(line)
		if err != nil {
			return nil, err
		}
		rows = append(rows, v)
	}
	return rows, nil
}

// goldOf keeps the rows whose articles are there; spans (start, length) of passages are moved.
func goldOf(gold []byte, moved map[string][][2]int, ciphered bool) []byte {
	var out bytes.Buffer
	for line := range strings.Lines(string(gold)) {
		cols := strings.Split(strings.TrimRight(line, "\r\n"), "\t")
		_, ok := moved[cols[0]]
		for k := 0; k+2 < len(cols) && len(cols) == 6; k += 3 {
			m, here := moved[cols[k]]
			if ok = ok && here; ok && ciphered {
				start, _ := strconv.Atoi(cols[k+1])
				n, _ := strconv.Atoi(cols[k+2])
				from, to := move(m, start), move(m, start+n)
				cols[k+1], cols[k+2] = strconv.Itoa(from), strconv.Itoa(to-from)
			}
		}
		if len(cols) == 3 {
			_, here := moved[cols[1]]
			ok = ok && here
		}
		if ok {
			out.WriteString(strings.Join(cols, "\t") + "\n")
		}
	}
	return out.Bytes()
}

// move is where an offset went: with the word that it stands in, or behind.
func move(moved [][2]int, at int) int {
	k := sort.Search(len(moved), func(i int) bool { return moved[i][0] >= at })
	if k == len(moved) {
		return moved[k-1][1]
	}
	return moved[k][1]
}
