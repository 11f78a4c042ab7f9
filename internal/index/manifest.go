package index

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/cockroachdb/pebble/v2"
)

// The manifest of a Pebble store is a log of edits: the first one is all of the state, the others are what happened since. Pebble takes a record
// that it cannot read for the end of the log, as a crash would leave it, and forgets what comes after: one flipped bit in the first record
// makes the store an empty one, and the next writer removes all tables. So the manifest is read here first.
//
// Its format is that of LevelDB's log: blocks of 32 KiB, chunks that do not cross them: masked CRC-32C of what follows the length (4 bytes), length
// (2), type (1: whole; 2, 3, 4: first, middle, last of a record), payload; all little-endian.
const (
	logBlock  = 32 << 10
	logHeader = 7
)

var errManifest = errors.New("the manifest of the store is damaged: what it held cannot be told from it\nhint: put a copy of the index in its place, or build it again")

// checkManifest reads the manifest that a store names. A store that has none is for Pebble to judge.
func checkManifest(fs storeFS, store string) (err error) {
	desc, err := pebble.Peek(store, fs)
	if err != nil || !desc.Exists {
		return err
	}
	f, err := fs.Open(desc.ManifestFilename)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	data, err := io.ReadAll(f)
	if err != nil {
		return err
	}
	if !wholeLog(data) {
		return fmt.Errorf("%s: %w", desc.ManifestFilename, errManifest)
	}
	return nil
}

// wholeLog tells whether a log has a first record and nothing but whole chunks, as far as it goes: a chunk that is cut off at the end of the file is
// what a crash leaves, or a writer that is at it now.
func wholeLog(data []byte) bool {
	records := 0
	for at := 0; at < len(data); {
		block := data[at:min(len(data), at/logBlock*logBlock+logBlock)]
		if len(block) < logHeader {
			at += len(block) // filler, or cut off
			continue
		}
		size, ok := chunkAt(block)
		if !ok {
			return records > 0 && cutOff(data[at:], block)
		}
		if kind := block[6]; kind == 1 || kind == 4 {
			records++
		}
		at += size
	}
	return records > 0
}

// chunkAt reads the chunk that a block begins with.
func chunkAt(block []byte) (size int, ok bool) {
	if len(block) < logHeader || block[6] < 1 || block[6] > 4 {
		return 0, false
	}
	size = logHeader + int(binary.LittleEndian.Uint16(block[4:]))
	return size, size <= len(block) && crcFits(block, size)
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func crcFits(chunk []byte, size int) bool {
	c := crc32.Checksum(chunk[6:size], castagnoli)
	return binary.LittleEndian.Uint32(chunk) == c>>15|c<<17+0xa282ead8
}

// cutOff tells a chunk that was not written to its end from one that was damaged: it reaches beyond the file, or the file ends in zeros, and
// nothing whole can be found in what is there.
func cutOff(rest, block []byte) bool {
	if len(rest) > len(block) {
		return false // there are more blocks
	}
	zero := true
	for _, b := range rest {
		zero = zero && b == 0
	}
	if zero {
		return true
	}
	if logHeader+int(binary.LittleEndian.Uint16(block[4:])) <= len(block) || crcFits(block, len(block)) {
		return false
	}
	for at := 1; at+logHeader <= len(block); at++ {
		if _, ok := chunkAt(block[at:]); ok {
			return false
		}
	}
	return true
}
