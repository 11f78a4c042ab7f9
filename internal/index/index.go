// Package index keeps what a corpus contains between runs: of every article its words as hashes,
// its fingerprint, its seeds and where it came from. Articles are looked up in it by the text they
// share with entries, and verified exactly.
package index

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"sync"
	"time"

	"github.com/cockroachdb/pebble/v2"
)

// Entry is an article of the index.
type Entry struct {
	Number         uint32 // in the order of adding, never given twice
	Batch          uint32
	ID             string
	Path           string // of the file it came from
	Line           int    // where it stands there
	Source         string
	Published      time.Time // zero: unknown
	DateOnly       bool
	Bytes, Tokens  int // of the text
	Fingerprint    uint64
	HasFingerprint bool
}

// Options say what an index may use. The zero value means the defaults.
type Options struct {
	Memory   int64  // bytes; 0: 1 GiB
	Cache    int64  // of these, for blocks of tables; 0: an eighth
	Tmp      string // directory for what does not fit; empty: os.TempDir
	Workers  int    // goroutines; 0: GOMAXPROCS
	Batch    int    // articles that are added together at most; 0: a million
	Now      func() time.Time
	Program  string                  // version, for the provenance of what is written
	Context  context.Context         // ends reading and what the store does in the background; nil: nothing does
	Fatal    func(error)             // ends the program: the store can neither go on nor back; nil: a panic
	Progress func(done, total int64) // of Check, Remove and Merge: entries; nil: nobody
}

// Index is an index open for reading: the state when it was opened, whatever is written meanwhile.
// Its methods may be called side by side.
type Index struct {
	dir     string
	opt     Options
	db      *pebble.DB
	readers io.Closer
	totals  totals

	mu           sync.Mutex
	dictionaries map[uint32]*dictionary
	unread       map[uint32]error // of dictionaries that cannot be read: they are large, and all entries of a batch ask for one
}

// Open opens an index for reading. Any number of readers may, also beside a writer.
func Open(dir string, opt Options) (*Index, error) {
	opt.setDefaults()
	if err := ownParts(dir); err != nil {
		return nil, of(dir, err)
	}
	if _, err := readHeader(dir); err != nil {
		return nil, err
	}
	x := &Index{dir: dir, opt: opt, dictionaries: map[uint32]*dictionary{}, readers: lockReaders(dir)}
	var err error
	if x.db, x.totals, err = openChecked(dir, opt); err != nil {
		return nil, errors.Join(err, x.Close())
	}
	return x, nil
}

// Close lets go of the index.
func (x *Index) Close() error {
	var err error
	if x.db != nil {
		err = fromStore(x.db.Close())
		x.db = nil
	}
	return errors.Join(err, x.readers.Close())
}

// Len is how many articles are in the index.
func (x *Index) Len() int { return x.totals.articles }

// Info is what is known of an index as a whole.
type Info struct {
	Format   int
	Scheme   string
	Articles int
	Bytes    int64 // of text
	Tokens   int64
	Disk     int64 // bytes of the directory
	Batches  []Batch
}

// Info gives the counts and the batches, by number.
func (x *Index) Info() (Info, error) {
	h, err := readHeader(x.dir)
	if err != nil {
		return Info{}, err
	}
	i := Info{Format: h.format, Scheme: h.scheme.String(), Articles: x.totals.articles, Bytes: x.totals.bytes, Tokens: x.totals.tokens}
	if i.Batches, err = x.Batches(); err != nil {
		return i, err
	}
	err = filepath.WalkDir(x.dir, func(_ string, d fs.DirEntry, err error) error {
		var info fs.FileInfo
		if err == nil && !d.IsDir() {
			if info, err = d.Info(); err == nil {
				i.Disk += info.Size()
			}
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil // a writer has just removed it
		}
		return err
	})
	return i, err
}

// Batches lists the batches, by number.
func (x *Index) Batches() ([]Batch, error) {
	list, err := readBatches(x.db)
	return list, x.named(err)
}

// scan calls fn with the keys of one kind, in order. The slices are only lent.
func scan(db pebble.Reader, kind byte, fn func(key, value []byte) error) (err error) {
	it, err := db.NewIter(&pebble.IterOptions{LowerBound: []byte{kind}, UpperBound: []byte{kind + 1}})
	if err != nil {
		return fromStore(err)
	}
	defer func() { err = closing(err, it) }()
	for ok := it.First(); ok; ok = it.Next() {
		v, err := it.ValueAndErr()
		if err != nil {
			return fromStore(err)
		}
		if err := fn(it.Key(), v); err != nil {
			return err
		}
	}
	return fromStore(it.Error())
}

func readBatches(db pebble.Reader) ([]Batch, error) {
	var batches []Batch
	err := scan(db, keyBatch, func(k, v []byte) error {
		var b Batch
		if len(k) != 5 {
			return errShort
		}
		if err := b.read(numberOf(k), v); err != nil {
			return broken("batch", b.Number, err)
		}
		batches = append(batches, b)
		return nil
	})
	return batches, err
}

// Each calls fn with every entry, by number. The entry is only lent.
func (x *Index) Each(ctx context.Context, fn func(e *Entry) error) error {
	var e entry
	return x.named(scan(x.db, keyEntry, func(k, v []byte) error {
		if err := e.readAt(k, v); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		return fn(&e.Entry)
	}))
}

// named says which index an error is of.
func (x *Index) named(err error) error { return of(x.dir, err) }

// Entries calls fn with the entries of the given numbers, in the order given; i counts the calls.
func (x *Index) Entries(ctx context.Context, numbers []uint32, fn func(i int, e *Entry) error) error {
	return x.values(ctx, keyEntry, numbers, func(i int, v []byte) error {
		var e entry
		if err := e.read(numbers[i], v); err != nil {
			return broken("entry", numbers[i], err)
		}
		return fn(i, &e.Entry)
	})
}

// Words calls fn with the hashes of the words of the given entries, in the order given. The slice
// is only lent.
func (x *Index) Words(ctx context.Context, numbers []uint32, fn func(i int, words []uint64) error) error {
	var words []uint64
	return x.values(ctx, keyWords, numbers, func(i int, v []byte) (err error) {
		if words, err = x.decode(words[:0], v); err != nil {
			return broken("words of entry", numbers[i], err)
		}
		return fn(i, words)
	})
}

// values calls fn with the values of the keys of one kind.
func (x *Index) values(ctx context.Context, kind byte, numbers []uint32, fn func(i int, v []byte) error) (err error) {
	it, err := x.db.NewIter(&pebble.IterOptions{LowerBound: []byte{kind}, UpperBound: []byte{kind + 1}})
	if err != nil {
		return x.named(fromStore(err))
	}
	defer func() { err = x.named(closing(err, it)) }()
	var key []byte
	for i, n := range numbers {
		if err := ctx.Err(); err != nil {
			return err
		}
		key = numberKey(key[:0], kind, n)
		if !it.SeekGE(key) || string(it.Key()) != string(key) {
			if err := it.Error(); err != nil {
				return fromStore(err)
			}
			return fmt.Errorf("there is no entry %d\nhint: dedup index check says what is wrong with the index", n)
		}
		v, err := it.ValueAndErr()
		if err != nil {
			return fromStore(err)
		}
		if err := fn(i, v); err != nil {
			return err
		}
	}
	return nil
}

// decode appends the words of a record.
func (x *Index) decode(dst []uint64, record []byte) ([]uint64, error) {
	number, n, codes, err := wordsHead(record)
	if err != nil {
		return dst, err
	}
	d, err := x.dictionary(number)
	if err != nil {
		return dst, err
	}
	return d.decode(dst, codes, n)
}

func (x *Index) dictionary(number uint32) (*dictionary, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if d := x.dictionaries[number]; d != nil {
		return d, nil
	}
	if err := x.unread[number]; err != nil {
		return nil, err
	}
	d, err := loadDictionary(x.db, number)
	switch {
	case err == nil:
		x.dictionaries[number] = d
	case x.opt.Context.Err() == nil:
		if x.unread == nil {
			x.unread = map[uint32]error{}
		}
		err = &dictionaryError{number, err}
		x.unread[number] = err
	}
	return d, err
}
