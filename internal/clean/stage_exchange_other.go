//go:build !linux && !darwin

package clean

import "errors"

// exchange cannot swap two names in one step here.
func exchange(_, _ string) error { return errors.ErrUnsupported }
