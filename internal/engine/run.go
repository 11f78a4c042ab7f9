package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"dedup/internal/cluster/story"
	"dedup/internal/report"
	"dedup/internal/text"
)

// Run reads the articles of cfg.Paths and answers the questions of cfg.Parts. Work that no question
// needs is not done: stories and phrases need near-duplicates (which count once), phrases need
// stories, passages need both to tell copying from boilerplate.
func Run(ctx context.Context, cfg Config) (*report.Report, error) {
	p := cfg.Parts
	near := p.Clusters || p.Stories || p.Phrases || p.Passages
	r, err := load(ctx, cfg, wants{text: p.Stories || p.Passages || p.Phrases, near: near, fingerprint: true})
	if err != nil {
		return nil, err
	}
	rep, err := r.report(ctx, p)
	return rep, errors.Join(err, r.close())
}

// report runs the stages and collects what they found. Its strings are copies: the store's texts go
// away with the run.
func (r *run) report(ctx context.Context, p report.Parts) (*report.Report, error) {
	if err := r.store.state.add(int64(len(r.store.Meta)) * rowSize); err != nil {
		return nil, err
	}
	if err := r.findClusters(ctx); err != nil {
		return nil, err
	}
	if p.Stories || p.Phrases || p.Passages {
		if err := r.findStories(ctx); err != nil {
			return nil, err
		}
	}
	if p.Phrases || p.Passages {
		if err := r.findLeftovers(ctx); err != nil {
			return nil, err
		}
		if err := r.findCredits(ctx); err != nil {
			return nil, err
		}
	}
	rep := r.articles()
	if p.Clusters {
		r.reportClusters(rep)
	}
	if p.Stories || p.Phrases {
		r.reportStories(rep, p.Stories)
	}
	if p.Phrases {
		r.reportCredits(rep)
	}
	if p.Passages {
		if err := r.reportPassages(ctx, rep); err != nil {
			return nil, err
		}
	}
	if p.Phrases {
		if err := r.reportPhrases(ctx, rep); err != nil {
			return nil, err
		}
	}
	return rep, ctx.Err()
}

// articles makes the report with its articles and nothing found yet. Lists are never nil: they
// print as [].
func (r *run) articles() *report.Report {
	meta := r.store.Meta
	rep := &report.Report{
		Schema: report.Schema, Articles: make([]report.Article, len(meta)), Clusters: []report.Cluster{}, Stories: []report.Story{},
		Passages: []report.Passage{}, Repeats: []report.Repeat{}, Furniture: []report.Furniture{}, Phrases: []report.Phrase{},
	}
	rep.Summary.Articles, rep.Summary.Skipped, rep.Summary.NotUnderstood = len(meta), r.skipped, r.cfg.Dates.NotUnderstood
	for i := range meta {
		m := &meta[i]
		a := report.Article{
			ID: m.ID, Path: m.Path, Source: m.Source, Title: r.title(i), Published: Published(m.Published, m.DateOnly), Bytes: m.Bytes, Tokens: m.Tokens, Empty: m.Empty,
		}
		if m.Empty {
			rep.Summary.Empty++
		}
		if m.HasFingerprint {
			a.Fingerprint = fmt.Sprintf("%016x", m.Fingerprint)
		}
		if a.Published != "" {
			rep.Summary.Dated++
		}
		rep.Summary.Bytes += int64(m.Bytes)
		rep.Summary.Tokens += int64(m.Tokens)
		rep.Articles[i] = a
	}
	return rep
}

// title is the title that the record gives, or else the headline that the text opens with.
func (r *run) title(i int) string {
	m := &r.store.Meta[i]
	if m.Title != "" || !r.store.withText {
		return m.Title
	}
	s := r.store.text(i)
	if span, ok := text.Headline(s); ok {
		return strings.Clone(s[span.Start:span.End])
	}
	return ""
}

func (r *run) reportClusters(rep *report.Report) {
	meta := r.store.Meta
	for k, c := range r.clusters {
		id := "c" + strconv.Itoa(k+1)
		canonical := &meta[c.Members[0].Article]
		rc := report.Cluster{ID: id, Canonical: canonical.ID, Members: make([]report.Member, 0, len(c.Members))}
		for j, m := range c.Members {
			a := &meta[m.Article]
			rm := report.Member{Article: a.ID, Resemblance: m.Resemblance, Containment: m.Containment, Distance: distance(canonical, a), Rule: m.Rule.String()}
			if j == 0 {
				rm.Rule = "canonical"
			}
			rc.Members = append(rc.Members, rm)
			rep.Articles[m.Article].Cluster = id
		}
		rep.Clusters = append(rep.Clusters, rc)
		rep.Summary.Duplicates += len(c.Members) - 1
	}
	rep.Summary.Clusters = len(rep.Clusters)
}

// find fills r.stories, by size and then by their first article, and r.storyOf.
func (r *run) findStories(ctx context.Context) error {
	opt := r.cfg.Stories
	opt.Workers, opt.Progress = r.cfg.Workers, r.stage("finding stories")
	opt.NoLabels = opt.NoLabels || !r.cfg.Parts.Stories // nobody will see them
	at := func(i int) story.Article {
		m := &r.store.Meta[i]
		return story.Article{Title: m.Title, Text: r.store.text(i), Published: m.Published, Near: r.nearOf[i]}
	}
	stories, err := story.Find(ctx, len(r.store.Meta), at, r.cfg.Background, opt)
	if err != nil {
		return wrap("find stories", err)
	}
	slices.SortStableFunc(stories, func(a, b story.Story) int {
		return cmp.Or(cmp.Compare(len(b.Articles), len(a.Articles)), cmp.Compare(a.Articles[0], b.Articles[0]))
	})
	r.stories = stories
	r.storyOf = make([]int32, len(r.store.Meta))
	for k := range stories {
		for _, i := range stories[k].Articles {
			r.storyOf[i] = int32(k)
		}
	}
	return nil
}

func storyID(k int) string { return "s" + strconv.Itoa(k+1) }

// reportStories names the story of each article and, where stories were asked for, lists them.
func (r *run) reportStories(rep *report.Report, list bool) {
	for k := range r.stories {
		s := &r.stories[k]
		rs := report.Story{ID: storyID(k), Headline: strings.Clone(s.Headline), Keywords: []string{}, Articles: make([]string, 0, len(s.Articles))}
		for _, w := range s.Keywords {
			rs.Keywords = append(rs.Keywords, strings.Clone(w))
		}
		for _, i := range s.Articles {
			rs.Articles = append(rs.Articles, r.store.Meta[i].ID)
			rep.Articles[i].Story = rs.ID
		}
		if !list {
			continue
		}
		rep.Stories = append(rep.Stories, rs)
		if len(s.Articles) > 1 {
			rep.Summary.Stories++
		}
	}
}
