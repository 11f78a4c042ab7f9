package clean

import (
	"cmp"
	"slices"
)

// Stay is an article that is named although it stays, or a span of one: it is the kind of its line
// in the manifest.
type Stay struct {
	Kind string `json:"kind"` // supersedes: it contains an entry of the index; protected: it would have gone
	Place
	Reason
	number int32 // of the article
}

// settleStays puts them in order, without those that go for another reason.
func (d *decisions) settleStays() {
	d.stays = slices.DeleteFunc(d.stays, func(s Stay) bool { return d.whole[s.number] != nil })
	slices.SortStableFunc(d.stays, func(a, b Stay) int {
		return cmp.Or(cmp.Compare(a.number, b.number), cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End), cmp.Compare(a.Kind, b.Kind))
	})
}
