package corpus

import (
	"errors"
	"sync/atomic"

	"dedup/internal/spill"
)

// texts keeps article texts. They stay in memory up to a budget; what comes after goes to a
// temporary file that is mapped in, and pages that were looked at are given back: memory stays
// bounded however large the corpus is. Nothing here is published, so a run that is killed leaves
// nothing but an unlinked file.
type texts struct {
	budget int64        // bytes that may stay in memory
	held   atomic.Int64 // bytes in memory
	file   *spill.File
	pages  *spill.Group
	in     *spill.Mapped // nil: nothing is in the file
}

func newTexts(budget int64, tmp string) *texts {
	return &texts{budget: budget, file: spill.New(tmp, "article texts"), pages: spill.NewGroup(budget / 8)}
}

// keep copies the texts of a batch. It is safe for concurrent use.
func (t *texts) keep(s *slab, rows []Article) error {
	s.at = make([]int64, 1, len(rows)+1)
	size := int64(0)
	for i := range rows {
		size += int64(len(rows[i].Text))
		s.at = append(s.at, size)
	}
	s.text, s.offset = make([]byte, 0, size), -1
	for i := range rows {
		s.text = append(s.text, rows[i].Text...)
	}
	if size == 0 || t.held.Add(size) <= t.budget {
		return nil
	}
	t.held.Add(-size)
	var err error
	s.offset, err = t.file.Append(s.text)
	s.text = nil
	return err
}

// seal maps the file in.
func (t *texts) seal(slabs []*slab) (err error) {
	if t.in, err = t.pages.Map(t.file, false); err != nil {
		return err
	}
	for _, s := range slabs {
		if s.offset >= 0 {
			s.text = t.in.Bytes()[s.offset : s.offset+s.at[len(s.at)-1]]
		}
	}
	return nil
}

func (t *texts) close() error {
	err := errors.Join(t.pages.Close(), t.file.Close())
	t.in = nil
	return err
}
