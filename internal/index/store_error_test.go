package index

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/cockroachdb/pebble/v2"
)

// theirs are words that only Pebble uses.
var theirs = regexp.MustCompile(`(?i)pebble|sstable|objstorage|corruption detail|crc32c|\bL\d+:|dirname=|\bDB\b|\(MANIFEST\)`)

// ourWords fails for an error that speaks Pebble's language.
func ourWords(t *testing.T, err error) {
	t.Helper()
	if err != nil && theirs.MatchString(err.Error()) {
		t.Errorf("the words of Pebble: %v", err)
	}
}

func TestStoreErrors(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{errors.New("pebble: file 000010: block 0/70: crc32c checksum mismatch 1af2aea2 != a7478d9a\n<corruption detail carrier>"), "store/000010.sst is damaged: a checksum in it is wrong\nhint: put a copy"},
		{errors.New("L6: 000009: file 000009 (type sstable) unknown to the objstorage provider: file does not exist\nL6: 000010: file 000010 (type sstable) unknown to the objstorage provider"), "store/000009.sst (and 1 more file) is missing\nhint: "},
		{errors.New("L6: 000008: object size mismatch (d.idx/store/000008.sst): 100 (disk) != 966 (MANIFEST)"), "store/000008.sst is longer or shorter than"},
		{fmt.Errorf("dirname=%q: %w", "x/store", pebble.ErrDBDoesNotExist), "store/marker.manifest is missing"},
		{fmt.Errorf("dirname=%q: %w", "x/store", pebble.ErrDBNotPristine), "store/marker.format-version is missing"},
		{errors.New("pebble: malformed manifest file \"MANIFEST-000001\" for DB \"x/store\""), "store/MANIFEST-000001 is damaged"},
		{errors.New("invalid key=value syntax: \"hello\""), "store/OPTIONS is damaged"},
		{pebble.ErrNotFound, "store lacks an entry"},
		{pebble.ErrCorruption, "store is damaged"},
		{&fs.PathError{Op: "write", Path: "x/store/000011.sst", Err: syscall.ENOSPC}, "write x/store/000011.sst: no space left on device\nhint: make room"},
		{fmt.Errorf("pebble: could not open: %w", &fs.PathError{Op: "open", Path: "x/store/MANIFEST-000001", Err: syscall.ENOENT}), "x/store/MANIFEST-000001 is missing\nhint: "},
		{fmt.Errorf("pebble: %w", syscall.EIO), "store: input/output error\nhint: "},
		{errors.New("pebble: closed"), "store cannot be used\nhint: "},
	} {
		got := fromStore(c.err)
		if !strings.HasPrefix(got.Error(), c.want) || !errors.Is(got, c.err) {
			t.Errorf("%v is called\n%v, want\n%s", c.err, got, c.want)
		}
		ourWords(t, got)
		if again := fromStore(fmt.Errorf("read totals: %w", got)); !strings.HasPrefix(again.Error(), "read totals: "+c.want) {
			t.Errorf("translated twice: %v", again)
		}
	}
	if fromStore(nil) != nil || fromStore(context.Canceled) != context.Canceled {
		t.Error("what is no error of the store is changed")
	}
}

// TestStoreFatal: what Pebble cannot go on from was a panic with a stack.
func TestStoreFatal(t *testing.T) {
	var said error
	q := quiet{dir: "x.idx", fatal: func(err error) { said = err; panic("the program ends") }}
	defer func() {
		recover()
		if said == nil || said.Error() != "index x.idx: sync x.idx/store/MANIFEST-000001: no space left on device\nhint: make room on the disk, then do the same again" {
			t.Errorf("it says %v", said)
		}
	}()
	q.Fatalf("MANIFEST sync failed: %v", &os.PathError{Op: "sync", Path: "x.idx/store/MANIFEST-000001", Err: syscall.ENOSPC})
}
