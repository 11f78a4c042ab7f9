package corpus

import (
	"errors"
	"fmt"
	"os"
	"sync"

	"dedup/internal/mapped"
	"dedup/internal/output"
)

// texts keeps article texts. They stay in memory up to a budget; what comes after goes to a
// temporary file that is mapped in, and pages that were looked at are given back: memory stays
// bounded however large the corpus is. Nothing here is published, so a run that is killed leaves
// nothing but an unlinked file.
type texts struct {
	budget int64  // bytes that may stay in memory
	tmp    string // directory of the file

	mu    sync.Mutex
	held  int64 // bytes in memory
	file  *os.File
	end   int64
	pages *mapped.Group
	in    *mapped.File // nil: nothing is in the file
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
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.held+size <= t.budget || size == 0 {
		t.held += size
		return nil
	}
	return t.spill(s)
}

// spill moves the texts of s to the file.
func (t *texts) spill(s *slab) error {
	if t.file == nil {
		f, err := output.Temp(t.tmp, "dedup-text-*")
		if err != nil {
			return fmt.Errorf("keep article text beyond the memory limit: %w", err)
		}
		t.file = f
	}
	if _, err := t.file.WriteAt(s.text, t.end); err != nil {
		return fmt.Errorf("write article text to a temporary file: %w (another directory: --tmp)", err)
	}
	s.offset, s.text = t.end, nil
	t.end += s.at[len(s.at)-1]
	return nil
}

// seal maps the file in.
func (t *texts) seal(slabs []*slab) (err error) {
	if t.file == nil {
		return nil
	}
	t.pages = mapped.NewGroup(t.budget / 8)
	if t.in, err = t.pages.Map(t.file, false); err != nil {
		return fmt.Errorf("map the temporary file of article texts: %w", err)
	}
	for _, s := range slabs {
		if s.offset >= 0 {
			s.text = t.in.Bytes()[s.offset : s.offset+s.at[len(s.at)-1]]
		}
	}
	return nil
}

func (t *texts) close() (err error) {
	if t.in != nil {
		err = t.pages.Close()
		t.in = nil
	}
	if t.file != nil {
		err = errors.Join(err, t.file.Close())
		t.file = nil
	}
	return err
}
