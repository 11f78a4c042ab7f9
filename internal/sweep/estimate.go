package sweep

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	"bufio"

	"dedup/internal/report"
)

// Estimate is what the answers of a reader say about one threshold: of the pairs at or above it the
// share that are duplicates, and of the duplicates among all pairs of the run the share that it
// takes. Pairs below the floor of the run are not known.
type Estimate struct {
	Threshold         float64
	Precision, Recall Interval
}

// Interval is an estimate with its bounds at 95 %.
type Interval struct{ Value, Low, High float64 }

// Answer is what a reader said to a pair.
type Answer struct {
	A, B string
	Same bool
}

// ReadAnswers reads what the page saves: a, b and y or n, parted by tabs and escaped as all rows.
func ReadAnswers(in io.Reader) (out []Answer, err error) {
	sc := bufio.NewScanner(in)
	sc.Buffer(nil, 1<<20)
	for n := 1; sc.Scan(); n++ {
		line := strings.TrimSuffix(sc.Text(), "\r")
		if line == "" || strings.HasPrefix(line, "# ") {
			continue
		}
		f := strings.Split(line, "\t")
		if len(f) != 3 || f[2] != "y" && f[2] != "n" {
			return nil, fmt.Errorf("line %d: not two ids and y or n, parted by tabs", n)
		}
		a, err1 := report.ReadField(f[0])
		b, err2 := report.ReadField(f[1])
		if err := errors.Join(err1, err2); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		out = append(out, Answer{a, b, f[2] == "y"})
	}
	return out, sc.Err()
}

// labelled is what is known of a band.
type labelled struct{ pairs, asked, yes int }

// Estimate weighs the answers by how many pairs their bands stand for (a stratified sample). The
// interval is Wilson's (1927) for the weighted share, at the size that the sample would have if it
// were drawn evenly: (Σw)²/Σ(w²/n), after Kish (1965). Of a band nobody was asked about anything may
// be true, and its weight widens the interval. Recall is a ratio of two such shares; its bounds take
// each at its worse end, which is wider than need be, never narrower.
func (r *Run) Estimate(answers []Answer, thresholds []float64) (out []Estimate, unknown int) {
	said := map[[2]string]bool{}
	for _, a := range answers {
		said[[2]string{a.A, a.B}] = a.Same
	}
	var bands [strata]labelled
	known := 0
	for _, e := range r.Edges {
		s := stratum(e.Resemblance())
		if s < 0 {
			continue
		}
		bands[s].pairs++
		if same, ok := said[[2]string{r.Head.Articles[e.A].ID, r.Head.Articles[e.B].ID}]; ok {
			known++
			bands[s].asked++
			if same {
				bands[s].yes++
			}
		}
	}
	for _, t := range thresholds {
		at := stratum(t)
		above, below := share(bands[at:]), share(bands[:at])
		n, m := float64(pairsOf(bands[at:])), float64(pairsOf(bands[:at]))
		est := Estimate{Threshold: StratumFloor(at), Precision: above, Recall: Interval{ratio(above.Value*n, below.Value*m), ratio(above.Low*n, below.High*m), ratio(above.High*n, below.Low*m)}}
		out = append(out, est)
	}
	return out, len(said) - known
}

func ratio(a, b float64) float64 {
	if a+b == 0 {
		return 1
	}
	return a / (a + b)
}

func pairsOf(bands []labelled) (n int) {
	for _, b := range bands {
		n += b.pairs
	}
	return n
}

// share estimates the share of duplicates among the pairs of some bands.
func share(bands []labelled) Interval {
	var all, asked, yes, kish float64 // weights
	for _, b := range bands {
		w := float64(b.pairs)
		all += w
		if b.asked == 0 {
			continue
		}
		asked += w
		yes += w * float64(b.yes) / float64(b.asked)
		if b.asked < b.pairs { // of a band that was asked about in full nothing is a guess
			kish += w * w / float64(b.asked)
		}
	}
	switch {
	case all == 0:
		return Interval{}
	case asked == 0:
		return Interval{0.5, 0, 1}
	}
	p := yes / asked
	in := Interval{p, p, p}
	if kish > 0 {
		in = Wilson(p, asked*asked/kish)
	}
	part := asked / all // of the rest anything may be true
	in.Low, in.High = in.Low*part, in.High*part+1-part
	return in
}

// Wilson is the score interval at 95 % for a share p that was seen in a sample of n.
func Wilson(p, n float64) Interval {
	const z = 1.959964
	if n <= 0 {
		return Interval{p, 0, 1}
	}
	mid := (p + z*z/(2*n)) / (1 + z*z/n)
	half := z / (1 + z*z/n) * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	return Interval{p, max(0, mid-half), min(1, mid+half)}
}
