package clean

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/parquet-go/parquet-go"
	"github.com/zeebo/xxh3"
)

// verify tells whether an output is what a manifest describes, by its sums.
func verify(ctx context.Context, out, manifest string, single bool, tmp string) error {
	f, err := os.Open(manifest)
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
	in, err := openAs(name, f.Format)
	if err != nil {
		return err
	}
	defer in.Close()
	sum := xxh3.New()
	if f.Format == "parquet" {
		p, err := openParquet(in, io.Discard, tmp)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, p.close()) }()
		sum = p.in
		err = p.each(ctx, func(_ int64, row parquet.Row) error { p.saw(row); return nil }, func(int64) error { return ctx.Err() })
		if err != nil {
			return err
		}
	} else if _, err := io.Copy(sum, in); err != nil {
		return err
	}
	if sumText(sum) != f.OutSum {
		return errOther
	}
	return nil
}
