"""The command dedup-spark."""

import argparse

from pyspark.sql import SparkSession

from ._run import Options, run


def parser() -> argparse.ArgumentParser:
    p = argparse.ArgumentParser(
        prog="dedup-spark", description="Find the near-duplicate clusters of a corpus on a Spark cluster: what `dedup clusters` finds, as Parquet.",
        epilog="Run by spark-submit, or by itself with --master. Flags have the names and meanings that they have in `dedup clusters`.",
    )
    p.add_argument("inputs", metavar="IN", nargs="+", help="JSON Lines or Parquet, files or directories, on any file system that Spark reads")
    p.add_argument("-o", "--output", required=True, metavar="OUT", help="directory for clusters/ and pairs/; one that all machines see")
    p.add_argument("--threshold", type=float, default=0.7)
    p.add_argument("--containment", type=float, default=0.9)
    p.add_argument("--keep", default="earliest")
    p.add_argument("--field", action="append", default=[], metavar="NAME=FIELD")
    p.add_argument("--input-format", choices=["jsonl", "parquet"], default="", help="what the input is, where its name does not end in .parquet or is no JSON Lines")
    p.add_argument("--no-pairs", action="store_true", help="clusters alone")
    p.add_argument("--clean", action="store_true", help="also write clean/, the corpus without the copies that go, and manifest/")
    p.add_argument("--parts", type=int, default=64, help="parts that all shingles are dealt out to, a power of two: 16 for each gigabyte of text")
    p.add_argument("--tasks", type=int, default=0, help="tasks of a shuffle; by default four for each core")
    p.add_argument("--memory", default="1GiB", help="memory of a call of the program; a core runs one at a time")
    p.add_argument("--program", default="", help="the program dedup, which is sent to the executors")
    p.add_argument("--master", default="", help="of Spark, where spark-submit does not say it")
    return p


def main() -> None:
    args = parser().parse_args()
    builder = SparkSession.builder.appName("dedup")
    if args.master:
        builder = builder.master(args.master)
    options = Options(
        threshold=args.threshold, containment=args.containment, keep=args.keep, fields=args.field, input_format=args.input_format,
        pairs=not args.no_pairs, parts=args.parts, tasks=args.tasks, memory=args.memory, program=args.program,
    )
    spark = builder.getOrCreate()
    try:
        run(spark, args.inputs, args.output, options, args.clean)
    finally:
        spark.stop()


if __name__ == "__main__":
    main()
