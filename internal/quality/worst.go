package quality

import (
	"cmp"
	"dedup/internal/quality/score"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"dedup/internal/plural"
	"dedup/internal/report"
)

// The worst articles of a partition, to be read by eye: those whose own B-cubed F1 is lowest. An
// article's precision is the share of its group in the result that has its label, its recall the
// share of its label that is in its group.

// Worst is an article that is in the wrong company.
type Worst struct {
	ID        string  `json:"id"`
	Title     string  `json:"title,omitempty"` // as a report gives it
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	F1        float64 `json:"f1"`
	In        Company `json:"in"`      // the group of the result
	Belongs   Company `json:"belongs"` // the group of the gold
}

// Company is a group, and who else is in it.
type Company struct {
	Name     string   `json:"name"` // empty: the result does not list the article
	Articles int      `json:"articles"`
	Both     int      `json:"both"`             // of them in the other group too
	Titles   []string `json:"titles,omitempty"` // of others in it that are not in the other group, three at most
}

// naming is what groups and articles are called.
type naming struct {
	groups []string
	titles map[string]string
}

// fromReport names the groups of a report and the titles of its articles.
func (n *naming) fromReport(of Of, rep *report.Report) {
	n.titles = make(map[string]string, len(rep.Articles))
	for i := range rep.Articles {
		n.titles[rep.Articles[i].ID] = rep.Articles[i].Title
	}
	if of == Stories {
		for i := range rep.Stories {
			if len(rep.Stories[i].Articles) > 0 {
				n.groups = append(n.groups, rep.Stories[i].ID)
			}
		}
		return
	}
	for i := range rep.Clusters {
		if len(rep.Clusters[i].Members) > 0 {
			n.groups = append(n.groups, rep.Clusters[i].ID)
		}
	}
}

// name is what group g is called.
func (n *naming) name(g int32) string {
	if int(g) < len(n.groups) {
		return n.groups[g]
	}
	return "alone"
}

// worst lists the n worst articles of the gold, the worst first, those of one value in the order of
// the gold. Articles of value 1 are not among them. group is the group of each in the result, named
// by the first article of it that the gold has.
func worst(gold, result Partition, goldNames, resultNames *naming, n int) []Worst {
	group, groups, _ := score.Align(gold, result)
	in := members(group, groups)
	belongs := members(gold.Group, gold.Groups)
	named := make(map[string]int32, len(result.IDs))
	for i, id := range result.IDs {
		named[id] = result.Group[i]
	}
	both := map[[2]int32]int{}
	for i, g := range group {
		both[[2]int32{gold.Group[i], g}]++
	}
	value := func(i int) Ratio {
		b := float64(both[[2]int32{gold.Group[i], group[i]}])
		return score.NewRatio(b/float64(len(in[group[i]])), b/float64(len(belongs[gold.Group[i]])))
	}
	order := make([]int, 0, len(group))
	for i := range group {
		if value(i).F1 < 1 {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(value(a).F1, value(b).F1) })
	var list []Worst
	for _, i := range order[:min(n, len(order))] {
		v, id := value(i), gold.IDs[i]
		w := Worst{ID: id, Title: resultNames.titles[id], Precision: v.Precision, Recall: v.Recall, F1: v.F1}
		w.In = company(in[group[i]], gold.Group, gold.Group[i], gold.IDs, resultNames.titles)
		w.Belongs = company(belongs[gold.Group[i]], group, group[i], gold.IDs, resultNames.titles)
		w.Belongs.Name = goldNames.name(gold.Group[i])
		if g, ok := named[id]; ok {
			w.In.Name = resultNames.name(g)
		}
		list = append(list, w)
	}
	return list
}

// members lists the articles of each group.
func members(group []int32, n int) [][]int {
	out := make([][]int, n)
	for i, g := range group {
		out[g] = append(out[g], i)
	}
	return out
}

// company describes a group whose articles are in the groups other of the other partition, one of
// which is own.
func company(articles []int, other []int32, own int32, ids []string, titles map[string]string) Company {
	c := Company{Articles: len(articles)}
	for _, i := range articles {
		if other[i] == own {
			c.Both++
		} else if title := titles[ids[i]]; title != "" && len(c.Titles) < 3 {
			c.Titles = append(c.Titles, title)
		}
	}
	return c
}

// text prints the worst articles, in the words of what is scored.
func worstText(b *strings.Builder, list []Worst, group string) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(b, "\nworst %s, by their own B-cubed F1\n", plural.Count(len(list), "article"))
	for _, w := range list {
		fmt.Fprintf(b, "\n%.4f  precision %.4f  recall %.4f  %s\n", w.F1, w.Precision, w.Recall, report.Plain(w.ID))
		if w.Title != "" {
			fmt.Fprintf(b, "        %s\n", report.Plain(w.Title))
		}
		name := "nothing in the result"
		if w.In.Name != "" {
			name = group + " " + report.Plain(w.In.Name)
		}
		w.In.text(b, "is in "+name, "that belong elsewhere")
		w.Belongs.text(b, "belongs to "+strconv.Quote(w.Belongs.Name), "that are elsewhere")
	}
}

func (c *Company) text(b *strings.Builder, what, others string) {
	fmt.Fprintf(b, "        %s: %s, %d %s\n", what, plural.Count(c.Articles, "article"), c.Articles-c.Both, others)
	for _, t := range c.Titles {
		fmt.Fprintf(b, "            %s\n", report.Plain(t))
	}
}
