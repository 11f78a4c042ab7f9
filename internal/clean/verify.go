package clean

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/zeebo/xxh3"

	"dedup/internal/disk"
	"dedup/internal/plural"
)

// verify tells whether an output is what a manifest describes, by its sums.
func verify(ctx context.Context, out, manifest string, single bool, tmp string) error {
	f, err := disk.Open(manifest)
	if err != nil {
		return err
	}
	defer f.Close()
	return ReadManifest(manifest, f, func(e *Entry, _ int64, _ int) error {
		if e.Kind == "manifest" && e.Head.Single != single {
			return errOther
		}
		if e.Kind != "file" || e.File.Absent {
			return nil
		}
		name := out
		if !single {
			name = filepath.Join(out, filepath.FromSlash(e.File.Name))
		}
		return verifyFile(ctx, name, e.File, tmp)
	})
}

func verifyFile(ctx context.Context, name string, f *FileEntry, tmp string) (err error) {
	in, err := openAs(ctx, name, f.Format)
	if err != nil {
		return err
	}
	defer in.Close()
	sum, n := xxh3.New(), int64(0)
	if f.tabular() {
		p, err := openRows(f.Format, in, io.Discard, tmp)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, p.close()) }()
		keep, flush := p.keep, p.flush
		if !p.inPlace() { // reading goes without writing
			keep, flush = ctx.Err, ctx.Err
		}
		if err = p.each(ctx, func(int64, []byte) error { return keep() }, func(int64) error { return flush() }); err != nil {
			return err
		}
		sum, n = p.sums().in, p.sums().rows
	} else if n, err = io.Copy(sum, in); err != nil {
		return err
	}
	if sumText(sum) != f.OutSum || n != f.OutBytes {
		return errOther
	}
	return nil
}

// prove reads again what is about to be published, as restore would: the manifest names every file
// as it is called, and what was written as Parquet or Arrow has the rows and the sum that the manifest says.
func prove(ctx context.Context, st *stage, files []File) error {
	f, err := disk.Open(st.manifest())
	if err != nil {
		return err
	}
	defer f.Close()
	n := 0
	err = ReadManifest(st.manifest(), f, func(e *Entry, _ int64, _ int) error {
		if err := ctx.Err(); err != nil || e.Kind != "file" {
			return err
		}
		if n == len(files) || e.File.Name != files[n].Out {
			return fmt.Errorf("it names %q where another file was written", e.File.Name)
		}
		n++
		if !e.File.tabular() || e.File.Absent {
			return nil
		}
		name := st.out
		if !st.single {
			name = filepath.Join(st.out, filepath.FromSlash(e.File.Name))
		}
		if err := verifyFile(ctx, name, e.File, st.tmp); err != nil {
			return fmt.Errorf("%s: what was written of it cannot be read again: %w", e.File.Path, err)
		}
		return nil
	})
	if err == nil && n < len(files) {
		err = fmt.Errorf("it names %s of %d", plural.Count(n, "file"), len(files))
	}
	if err != nil && ctx.Err() == nil {
		err = fmt.Errorf("nothing was written, for it could not be restored: %w\nhint: leave the input out, or write it in another format first", err)
	}
	return err
}
