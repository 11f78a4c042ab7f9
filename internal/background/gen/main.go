// Command gen makes the embedded background model from counts alone: articles of two news corpora
// and the n-grams of nine languages. The same data gives the same bytes.
//
//	DEDUP_DATA=DIR go generate ./internal/background
package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/csv"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unicode"

	"github.com/klauspost/compress/zstd"
	"github.com/valyala/fastjson"

	"dedup/internal/background"
	"dedup/internal/output"
	"dedup/internal/text"
)

func main() {
	data := flag.String("data", cmp.Or(os.Getenv("DEDUP_DATA"), "../../../shared/data"), "directory of the corpora")
	out := flag.String("o", "news.model", "file to write the news model to")
	models := flag.String("models", "models", "directory to write the models of other languages to")
	only := flag.Bool("languages", false, "leave the news model as it is")
	flag.Parse()
	err := error(nil)
	if !*only {
		err = run(*data, *out)
	}
	if err == nil {
		err = writeLanguages(filepath.Join(*data, "frequency"), *models)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(data, out string) error {
	opt := background.Options{Bare: true, Prior: map[uint64]float64{}}
	if err := languages(filepath.Join(data, "frequency"), &opt); err != nil {
		return err
	}
	b := background.NewBuilder(opt)
	for _, name := range []string{"bulk/articles", "neardup/reuters2013/articles"} {
		if err := addArticles(b, filepath.Join(data, name+".jsonl.zst")); err != nil {
			return err
		}
	}
	m, err := b.Model()
	if err != nil {
		return err
	}
	return output.Write(context.Background(), out, m.Write)
}

func addArticles(b *background.Builder, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	z, err := zstd.NewReader(f)
	if err != nil {
		return err
	}
	defer z.Close()
	var p fastjson.Parser
	var toks []text.Token
	r := bufio.NewReaderSize(z, 1<<20)
	for n := 1; ; n++ {
		line, err := r.ReadBytes('\n')
		if err != nil && err != io.EOF {
			return fmt.Errorf("read %s: %w", path, err)
		}
		if len(line) > 0 {
			v, perr := p.ParseBytes(line)
			if perr != nil {
				return fmt.Errorf("read %s line %d: %w", path, n, perr)
			}
			s := strings.ToValidUTF8(string(v.GetStringBytes("title"))+"\n"+string(v.GetStringBytes("text")), "\ufffd")
			toks = text.Once(text.AppendTokens(toks[:0], s), s)
			b.Add(s, toks)
		}
		if err == io.EOF {
			return nil
		}
	}
}

// languages reads the n-grams of nine languages: function words, word shares and stock phrases.
func languages(dir string, opt *background.Options) error {
	english := map[uint64]bool{}
	for _, w := range strings.Fields(functionWords) {
		h := text.Hash(w)
		english[h] = true
		opt.Function = append(opt.Function, h)
	}
	common := map[uint64]bool{} // words that carry meaning in English
	for _, lang := range []string{"english", "french", "german", "spanish", "italian", "russian", "hebrew", "chinese_simplified"} {
		rows, err := readGrams(filepath.Join(dir, "1grams_"+lang+".csv"))
		if err != nil {
			return err
		}
		function := 0
		for i, g := range rows {
			h := g.words[0]
			if lang == "english" {
				if i < commonEnglish && !english[h] {
					common[h] = true
				}
				continue
			}
			if len(g.words) == 1 && g.letters && function < functionsPer {
				function++
				if !common[h] && !english[h] {
					opt.Function = append(opt.Function, h)
				}
			}
			for _, h := range g.words {
				if !common[h] && !english[h] {
					opt.Prior[h] += g.share
				}
			}
		}
	}
	for n := 2; n <= 5; n++ {
		files, err := filepath.Glob(filepath.Join(dir, fmt.Sprintf("%dgrams_*.csv", n)))
		if err != nil {
			return err
		}
		for _, path := range files {
			rows, err := readGrams(path)
			if err != nil {
				return err
			}
			for _, g := range rows {
				if g.letters {
					opt.Phrases = append(opt.Phrases, g.words)
				}
			}
		}
	}
	return nil
}

const (
	commonEnglish = 3000 // of the commonest English words those that are no function words of another language: "die", "war", "man"
	functionsPer  = 100  // function words of a language
)

type gram struct {
	words   []uint64
	letters bool    // no punctuation in it
	share   float64 // of all tokens; only of single words
}

// readGrams reads one file of n-grams, the commonest first.
func readGrams(path string) ([]gram, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	total := 0.0 // the sum that the last row's cumulative share is a share of
	sum := 0.0
	var out []gram
	for _, row := range rows[1:] {
		freq, err := strconv.ParseFloat(row[1], 64)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", path, err)
		}
		sum += freq
		if len(row) > 2 {
			if c, err := strconv.ParseFloat(row[2], 64); err == nil && c > 0 {
				total = sum / c
			}
		}
		s := joiner.Replace(row[0])
		g := gram{letters: true, share: freq}
		for _, r := range s {
			g.letters = g.letters && (unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) || r == ' ' || r == '\'' || r == '-')
		}
		for _, t := range text.AppendTokens(nil, s) {
			g.words = append(g.words, t.Hash)
		}
		if len(g.words) > 0 {
			out = append(out, g)
		}
	}
	for i := range out {
		out[i].share /= max(total, 1)
	}
	return out, nil
}

// joiner undoes the spaces that the n-grams put around apostrophes ("l' autre", "let 's").
var joiner = strings.NewReplacer("' ", "'", " '", "'", " n't", "n't")

// functionWords are the closed classes of English (articles, pronouns, prepositions, conjunctions,
// auxiliaries, adverbs of degree and time without content of their own), the verbs of attribution,
// and what is left of contractions and forms of address.
const functionWords = `
a an the this that these those such same other another each every either neither both all any some no none few fewer many much more most several enough
i me my mine myself we us our ours ourselves you your yours yourself yourselves he him his himself she her hers herself it its itself they them their
theirs themselves one ones oneself who whom whose which what whatever whichever whoever someone somebody something anyone anybody anything everyone everybody
everything nobody nothing
about above across after against along amid among amongst around as at before behind below beneath beside besides between beyond by despite down during
except for from in inside into like near of off on onto out outside over past per since than through throughout till to toward towards under
until unto up upon versus via with within without according due because of instead rather regarding including concerning following
and but or nor so yet if unless although though while whereas whether because since when whenever where wherever why how once
am is are was were be been being do does did done doing have has had having can could may might must shall should will would ought
isn't aren't wasn't weren't don't doesn't didn't haven't hasn't hadn't can't cannot couldn't mustn't shan't shouldn't won't wouldn't ain't let's
i'm i've i'll i'd you're you've you'll you'd he'll he'd she'll she'd it'll it'd we're we've we'll we'd they're they've they'll they'd that'll there'll
who've who'll who'd not n't s t re ve ll d m
also again ago already almost always even ever never far further furthermore here there hence thus therefore however indeed just later least less likely maybe
meanwhile moreover nevertheless now often only otherwise own perhaps quite really sometimes soon still then too together very well back away yet around
else elsewhere especially nearly particularly simply usually actually probably certainly
said say says saying told tell tells telling added adding asked according reportedly
mr mrs ms dr etc ie eg vs get gets got getting go goes going went gone come comes came make makes made making take takes took taken put
`
