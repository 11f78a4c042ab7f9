// Package report prints the results of a run, one function for each format: reports, the JSON
// contract "dedup.report/1" (docs/json.md), verdicts of the gate, and comparisons of two articles.
package report

import "dedup"

// Schema names the contract; fields are only ever added to it.
const Schema = dedup.Schema

// What a report is made of is public: package dedup makes it.
type (
	Report     = dedup.Report
	Summary    = dedup.Summary
	Article    = dedup.Article
	Cluster    = dedup.Cluster
	Member     = dedup.Member
	Story      = dedup.Story
	Running    = dedup.Running
	Place      = dedup.Place
	Occurrence = dedup.Occurrence
	Passage    = dedup.Passage
	Origin     = dedup.Origin
	Repeat     = dedup.Repeat
	Furniture  = dedup.Furniture
	Phrase     = dedup.Phrase
	Flow       = dedup.Flow
	Outlet     = dedup.Outlet
	Arrow      = dedup.Arrow
	Tie        = dedup.Tie
	Parts      = dedup.Parts
)
