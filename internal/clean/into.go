package clean

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/zeebo/xxh3"

	"dedup/internal/article"
	"dedup/internal/corpus"
	"dedup/internal/disk"
	"dedup/internal/index"
	"dedup/internal/indexing"
	dest "dedup/internal/output"
)

// Into puts what stays into the index in the same step. Two directories cannot change in one, so
// the order is what makes them agree:
//
//  1. output and manifest are staged, proved and on the disk
//  2. a record in the stage says which index they go into, and the sum of the manifest
//  3. the index takes the staged articles in, in one batch, by the names that they will have; the
//     origin of the batch holds the sum of the manifest
//  4. output and manifest take their names (stage.go)
//
// Step 3 is the one that counts. A run that is killed before it leaves nothing. A run that is killed
// behind it leaves a stage with a record whose sum the index has: the next run to this output does
// step 4 first (recover). No other run takes such a stage away.

// Into says which index.
type Into struct {
	Dir     string
	Options index.Options
}

// intoFile is the record in a stage.
const intoFile = "into"

// intoRecord is what it holds.
type intoRecord struct {
	Index    string `json:"index"` // absolute
	Sum      string `json:"sum"`   // of the manifest
	Target   string `json:"target"`
	Manifest string `json:"manifest"`
	Single   bool   `json:"single"`
	Aside    string `json:"aside,omitempty"` // directory of the staged manifest, where that is another one
}

// into is an addition that is prepared: the index is locked from before anything is looked up until
// all is done, so that no other run adds the same meanwhile.
type into struct {
	Into
	writer *index.Writer
	cfg    corpus.Config // how the output is read
	paths  string        // what was read, for the provenance
	Added  index.Added

	left func(ctx context.Context, to *index.Add) error // counts what does not stay
}

// openInto locks the index.
func openInto(to *Into, cfg corpus.Config) (*into, error) {
	opt := to.Options
	opt.Batch = 1<<31 - 1 // one batch is whole or not there
	w, err := index.OpenWriter(to.Dir, opt)
	if err != nil {
		return nil, err
	}
	paths := strings.Join(cfg.Paths, " ")
	if len(paths) > 500 {
		paths = strings.ToValidUTF8(paths[:500], "") + "…"
	}
	cfg.Want, cfg.Visit, cfg.Seen, cfg.From = corpus.Want{}, nil, nil, nil
	cfg.Skipped = func(error) {} // it was named when the input was read
	return &into{Into: *to, writer: w, cfg: cfg, paths: paths}, nil
}

func (t *into) close() error {
	if t == nil {
		return nil
	}
	return t.writer.Close()
}

// take is steps 2 and 3. Afterwards the stage must be published, or be left for the next run.
func (t *into) take(ctx context.Context, st *stage, files []File, out string) error {
	sum, err := sumOfFile(st.manifest())
	if err != nil {
		return err
	}
	r := intoRecord{Sum: sum, Target: st.target, Manifest: st.final, Single: st.single, Aside: st.aside.dir}
	for _, name := range []*string{&t.Dir, &r.Target, &r.Manifest, &r.Aside} {
		if *name == "" {
			continue
		}
		abs, err := filepath.Abs(*name)
		if err != nil {
			return err
		}
		if name == &t.Dir {
			r.Index = abs
		} else {
			*name = abs
		}
	}
	if err := st.toDisk(); err != nil {
		return err
	}
	if err := st.record(&r); err != nil {
		return fmt.Errorf("note what goes into the index: %w", err)
	}
	if err := t.add(ctx, st, files, out, sum); err != nil {
		return corpus.Wrap("add what stays to the index", errors.Join(err, st.forget()))
	}
	st.owed = true
	reached("taken in")
	return nil
}

// reached is told how far a publication got, by tests that end it there.
var reached = func(step string) {}

// record writes the record, also beside a manifest that is staged elsewhere: no run takes a
// directory away that has one.
func (s *stage) record(r *intoRecord) error {
	b, err := json.Marshal(r)
	if err != nil {
		return err
	}
	for _, dir := range []string{s.aside.dir, s.dir} {
		if dir == "" {
			continue
		}
		name := filepath.Join(dir, intoFile)
		if err := os.WriteFile(name, b, 0o666); err != nil {
			return err
		}
		if err := errors.Join(syncFile(name), dest.SyncDir(dir)); err != nil {
			return err
		}
	}
	return nil
}

// forget takes the record back.
func (s *stage) forget() (err error) {
	for _, dir := range []string{s.dir, s.aside.dir} {
		if dir != "" {
			err = errors.Join(err, disk.Remove(filepath.Join(dir, intoFile)))
		}
	}
	return err
}

// add reads the staged output as it will be read by its name, and adds its articles in one batch.
func (t *into) add(ctx context.Context, st *stage, files []File, out, sum string) error {
	staged := st.out + string(filepath.Separator)
	cfg := t.cfg
	cfg.Paths = nil
	if st.single { // by its name: that tells the format where the content does not
		name := filepath.Join(st.dir, "named")
		if err := disk.Mkdir(name, 0o777); err != nil {
			return err
		}
		defer disk.RemoveAll(name)
		staged = filepath.Join(name, filepath.Base(st.target))
		if err := os.Link(st.out, staged); err != nil {
			if err := os.Symlink(filepath.Join("..", filepath.Base(st.out)), staged); err != nil {
				return err
			}
		}
		cfg.Paths = []string{staged}
	}
	for i := range files {
		name := filepath.Join(st.out, filepath.FromSlash(files[i].Out))
		if _, err := os.Lstat(name); !st.single && err == nil && !files[i].AsIs {
			cfg.Paths = append(cfg.Paths, name)
		}
	}
	renamed := func(s string) string {
		rest, ok := strings.CutPrefix(s, staged)
		switch {
		case !ok:
			return s
		case st.single:
			return out + rest
		}
		return filepath.Join(out, rest)
	}
	origin := fmt.Sprintf("%s, cleaned from %s; %s", out, t.paths, sumMark(sum))
	add := t.writer.NewAdd(origin)
	if len(cfg.Paths) > 0 {
		_, err := indexing.Into(ctx, cfg, add, func(w *corpus.Worded) { w.ID, w.Path = renamed(w.ID), renamed(w.Path) })
		if err != nil && !errors.Is(err, corpus.ErrNothing) {
			return errors.Join(err, add.Discard())
		}
	}
	err := t.left(ctx, add)
	if err != nil {
		return errors.Join(err, add.Discard())
	}
	t.Added, err = add.Commit(ctx)
	return err
}

// sumMark is how the origin of a batch names the manifest of an output.
func sumMark(sum string) string { return "manifest " + sum }

// batchOf finds the batch that an output went into as.
func batchOf(dir, sum string, opt index.Options) (number uint32, found bool, err error) {
	x, err := index.Open(dir, opt)
	if err != nil {
		return 0, false, err
	}
	batches, err := x.Batches()
	for _, b := range batches {
		if strings.HasSuffix(b.Origin, sumMark(sum)) && (b.Removed < b.Added || b.Added == 0) {
			number, found = b.Number, true
		}
	}
	return number, found, errors.Join(err, x.Close())
}

func sumOfFile(name string) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := xxh3.New()
	_, err = io.Copy(h, f)
	return sumText(h), err
}

// recoverInto does what runs left undone that were killed after the index had taken their output in,
// and takes away what came to nothing.
func recoverInto(ctx context.Context, out, tmp string, opt index.Options) error {
	target, err := Target("--output", out)
	if err != nil {
		return err
	}
	parent, prefix := filepath.Dir(target), dest.PendingPrefix(filepath.Base(target))
	entries, err := os.ReadDir(parent)
	if err != nil {
		return nil // who writes there will say so
	}
	for _, e := range entries {
		dir := filepath.Join(parent, e.Name())
		if !e.IsDir() || !strings.HasPrefix(e.Name(), prefix) || !recorded(dir) || !dest.Abandoned(dir) {
			continue
		}
		lock, err := dest.LockDir(dir)
		if err != nil {
			continue // another run is at it
		}
		if err := finishInto(ctx, room{dir, lock}, target, tmp, opt); err != nil {
			return fmt.Errorf("finish what a run that was killed left in %s: %w", dir, errors.Join(err, lock.Close()))
		}
	}
	return nil
}

// recorded tells whether a stage holds what an index may have taken in.
func recorded(dir string) bool {
	_, err := os.Lstat(filepath.Join(dir, intoFile))
	return err == nil
}

// finishInto publishes a stage whose articles the index has, or takes it away.
func finishInto(ctx context.Context, r room, target, tmp string, opt index.Options) error {
	b, err := os.ReadFile(filepath.Join(r.dir, intoFile))
	if err != nil {
		return err
	}
	var rec intoRecord
	found := false
	here, err := filepath.Abs(target)
	if err != nil {
		return err
	}
	if err := json.NewDecoder(bytes.NewReader(b)).Decode(&rec); err == nil && rec.Target == here { // cut short: the index has nothing of it yet
		_, found, err = batchOf(rec.Index, rec.Sum, opt)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%w\nhint: mend the index, or remove the directory if the index is to be built again", err)
		}
	} else if err == nil { // of another output, whose long name begins alike
		return r.lock.Close()
	}
	st := &stage{room: r, target: target, final: rec.Manifest, out: filepath.Join(r.dir, "out"), single: rec.Single, tmp: tmp}
	if rec.Aside != "" && dest.Abandoned(rec.Aside) {
		if lock, err := dest.LockDir(rec.Aside); err == nil {
			st.aside = room{rec.Aside, lock}
		}
	}
	if found {
		if err := st.publishAgain(ctx); err != nil {
			return err
		}
	}
	return st.close()
}

// publishAgain publishes what may be published in part.
func (s *stage) publishAgain(ctx context.Context) error {
	if _, err := os.Lstat(s.manifest()); err == nil {
		return s.publish(ctx)
	}
	next := s.final + nextSuffix
	if _, err := os.Lstat(next); errors.Is(err, fs.ErrNotExist) {
		return nil // all of it was done
	}
	if err := verify(ctx, s.target, next, s.single, s.tmp); err != nil {
		if ctx.Err() != nil {
			return err
		}
		if err := s.replace(); err != nil {
			return err
		}
	}
	return dest.Rename(next, s.final)
}

// already tells whether the output is there and in the index, made of the same inputs; then there is
// nothing to do. An output that the index has from other inputs is refused: replaced, it would leave
// entries of what is nowhere.
func (o *RunOptions) already(ctx context.Context, inputs []article.Input, spooled spooled, tmp string) (bool, error) {
	sum, err := sumOfFile(o.Manifest)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	number, found, err := batchOf(o.Index, sum, o.IndexOptions)
	if err != nil || !found {
		return false, err
	}
	f, err := os.Open(o.Manifest)
	if err != nil {
		return false, err
	}
	defer f.Close()
	left := slices.Clone(inputs)
	same := true
	err = ReadManifest(o.Manifest, f, func(e *Entry, _ int64, _ int) error {
		if e.Kind != "file" {
			return nil
		}
		k := slices.IndexFunc(left, func(in article.Input) bool { return in.Path == e.File.Path })
		if k < 0 {
			same = false
			return nil
		}
		name := cmp.Or(spooled.name(left[k].Path), left[k].Path)
		left = slices.Delete(left, k, k+1)
		as := *e.File
		as.OutSum, as.OutBytes = as.Sum, as.Bytes // what it was, not what it became
		err := verifyFile(ctx, name, &as, tmp)
		same = same && err == nil
		return ctx.Err()
	})
	left = slices.DeleteFunc(left, func(in article.Input) bool { return unreadable(cmp.Or(spooled.name(in.Path), in.Path)) })
	switch {
	case err != nil:
		return false, err
	case same && len(left) == 0 && o.Add:
		return true, nil
	}
	return false, fmt.Errorf("--output %s is in the index as batch %d, from other inputs or to stay\nhint: name another output, or take it out first: dedup index remove %s --batch %d", o.Out, number, o.Index, number)
}
