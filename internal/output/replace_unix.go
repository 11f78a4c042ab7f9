//go:build unix

package output

import (
	"path/filepath"

	"github.com/google/renameio/v2"
)

// pending is a file that is to take a name. It lies in the directory of that name: renameio by itself may take $TMPDIR.
type pending = renameio.PendingFile

func newPending(path string) (*pending, error) {
	return renameio.NewPendingFile(path, renameio.WithTempDir(filepath.Dir(path)), renameio.WithPermissions(0o666), renameio.WithExistingPermissions())
}
