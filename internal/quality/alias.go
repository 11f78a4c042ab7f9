package quality

import "dedup/internal/quality/score"

// What scores are made of has a package below all others, so that the tests of any package can
// score.
type (
	Partition      = score.Partition
	PartitionScore = score.PartitionScore
	Ratio          = score.Ratio
)
