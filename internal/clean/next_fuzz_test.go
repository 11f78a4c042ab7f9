package clean

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
)

// FuzzNext damages the manifest that a killed run left, or leaves it whole, beside the old output or
// the new one. The next run must end without it, and an output that had a manifest keeps one.
func FuzzNext(f *testing.F) {
	f.Add("old words", "new words", true, 0, []byte{})
	f.Add("old words", "new words", false, 0, []byte{})
	f.Add("same", "same", true, 10, []byte("x"))
	f.Add("old", "new", true, -1, []byte("{\"kind\":\"end\"}\n"))
	f.Add("old", "new", true, 1<<30, []byte("\n"))
	f.Fuzz(func(t *testing.T, old, fresh string, swapped bool, at int, patch []byte) {
		ctx, dir := context.Background(), t.TempDir()
		out := filepath.Join(dir, "out")
		manifest := DefaultManifest(out)
		putOutput(t, out, fresh)
		next, err := os.ReadFile(manifest)
		if err != nil {
			t.Fatal(err)
		}
		whole := bytes.Clone(next)
		if len(patch) > 0 {
			at = min(max(at, 0), len(next))
			next = append(next[:at], append(patch, next[min(len(next), at+len(patch)):]...)...)
		}
		other := filepath.Join(t.TempDir(), "out")
		putOutput(t, other, old)
		oldManifest, err := os.ReadFile(DefaultManifest(other))
		if err != nil {
			t.Fatal(err)
		}
		content := old
		if swapped {
			content = fresh
		}
		for name, b := range map[string][]byte{out: []byte(content), manifest: oldManifest, manifest + nextSuffix: next} {
			if err := os.WriteFile(name, b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		before := verify(ctx, out, manifest, true, "")
		if err := finish(ctx, out, manifest, true, ""); err != nil {
			t.Fatal(err)
		}
		after := verify(ctx, out, manifest, true, "")
		if before == nil && after != nil || swapped && bytes.Equal(next, whole) && after != nil {
			t.Errorf("the output lost its manifest: %v", after)
		}
		if _, err := os.Lstat(manifest + nextSuffix); err == nil {
			t.Error("it is still there")
		}
	})
}
