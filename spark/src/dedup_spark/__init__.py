"""Near-duplicate clusters of a corpus on a Spark cluster: the very clusters that the program dedup finds on one machine."""

from ._run import Options, Run, run

__all__ = ["Options", "Run", "run"]
