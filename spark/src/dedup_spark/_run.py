"""The driver: which stage follows which, what is shuffled, and what is kept between stages."""

import functools
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from pyspark import cloudpickle
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from . import _shim

cloudpickle.register_pickle_by_value(_shim)

READ_ROWS = "2000"  # of a batch of text: reading and cleaning must cut it alike
FRAMES = "kind string, key bigint, frame binary"
CLUSTERS = "cluster bigint, place bigint, article string, canonical string, resemblance double, containment double, rule string, number bigint"
PAIRS = "number_a bigint, number_b bigint, a string, b string, resemblance double, containment_a double, containment_b double, distance bigint"


@dataclass
class Options:
    """What a near-duplicate is, which copy is kept, and how articles are read: as the flags of ``dedup clusters``."""

    threshold: float = 0.7
    containment: float = 0.9
    keep: str = "earliest"
    fields: list[str] = field(default_factory=list)
    input_format: str = ""  # jsonl or parquet; empty: by name
    parts: int = 64  # of all shingles, a power of two
    tasks: int = 0  # of a shuffle; 0: four for each core
    pairs: bool = True
    memory: str = "1GiB"  # of a call of the program
    program: str = ""  # path of dedup; empty: the wheel's, DEDUP_PROGRAM, or that of PATH

    def args(self) -> list[str]:
        out = ["-q", "-j", "1", "--config", "", "--memory", self.memory, "--parts", str(self.parts), f"--pairs={str(self.pairs).lower()}"]
        out += ["--threshold", str(self.threshold), "--containment", str(self.containment), "--keep", self.keep]
        return out + [arg for f in self.fields for arg in ("--field", f)]


def find_program(name: str) -> str:
    """The program that is sent to the executors."""
    if name or os.environ.get("DEDUP_PROGRAM"):
        return name or os.environ["DEDUP_PROGRAM"]
    try:
        from dedup._program import program

        return program()
    except ImportError:
        pass
    path = shutil.which("dedup")
    if not path:
        raise SystemExit("no program dedup\nhint: pip install dedup-news, or name it: --program PATH")
    return path


@functools.cache
def sent_files() -> tempfile.TemporaryDirectory[str]:
    """Where files lie that are sent to executors: to the end of this process, for an executor that starts later asks for all of them."""
    return tempfile.TemporaryDirectory(prefix="dedup-spark-")


class Run:
    """One run over a corpus. What a stage made stays in ``work`` as Parquet, so a run that was killed goes on behind its last whole stage."""

    def __init__(self, spark: SparkSession, inputs: list[str], out: str, options: Options) -> None:
        self.spark, self.inputs, self.out, self.options = spark, inputs, out.rstrip("/"), options
        self.program = find_program(options.program)
        self.stages = {s["name"]: s for s in map(json.loads, subprocess.run([self.program, "worker", "stages"], check=True, capture_output=True).stdout.splitlines())}
        about = json.dumps([self.inputs, self.options.args(), options.input_format])
        self.id = hashlib.sha256(about.encode()).hexdigest()[:12]
        self.work = f"{self.out}/_work-{self.id}"
        self.tasks = options.tasks or 4 * spark.sparkContext.defaultParallelism
        self.tmp = tempfile.mkdtemp(prefix="dedup-", dir=sent_files().name)
        self.first: bytes | None = None  # the frame of the stage number
        self.sent_tables: dict[str, str] = {}
        self.sent = self.send("program", os.path.abspath(self.program))
        # Splits of files must not depend on the size of the cluster, and batches not on rows alone.
        for key, value in {
            "spark.sql.files.minPartitionNum": "1", "spark.sql.files.maxPartitionBytes": str(32 << 20), "spark.sql.adaptive.enabled": "false",
            "spark.sql.shuffle.partitions": str(self.tasks),
        }.items():
            spark.conf.set(key, value)

    # Input

    def texts(self) -> tuple[DataFrame, dict[str, tuple[int, str]], bool]:
        """The rows of the input with their file and the byte that its split begins at; the files in order; whether the rows have columns."""
        columnar = self.options.input_format == "parquet" or not self.options.input_format and any(p.endswith(".parquet") for p in self.spark.read.text(self.inputs).inputFiles())
        df = self.spark.read.parquet(*self.inputs) if columnar else self.spark.read.text(self.inputs)
        names = sorted((self.name(p), p) for p in df.inputFiles())
        places = {_shim.plain(path): (at, name) for at, (name, path) in enumerate(names)}
        rows = df.select(*([F.col(f"`{c}`") for c in df.columns]), F.col("_metadata.file_path").alias("_path"), F.col("_metadata.file_block_start").alias("_start"))
        return rows, places, columnar

    def name(self, path: str) -> str:
        """What the program would call a file: as it was given, or below what was given."""
        url = urlsplit(path)
        if url.scheme not in ("", "file"):
            return path
        real = unquote(url.path)
        for given in self.inputs:
            base = os.path.abspath(given.removeprefix("file://"))
            if real == base:
                return given
            if real.startswith(base + "/"):
                return os.path.join(given, real[len(base) + 1:])
        return real

    # Stages

    def send(self, name: str, path: str) -> str:
        """Sends a file to every executor, under a name that no other run has."""
        name = f"{os.path.basename(self.tmp)}-{name}"
        own = os.path.join(self.tmp, name)
        shutil.copy(path, own)  # Spark calls a link by the name of what it leads to
        self.spark.sparkContext.addFile(own)
        return name

    def files(self, kinds: str) -> list[str]:
        """The files of a call of a stage that needs all frames of some kinds."""
        if not kinds:
            return [self.sent]
        if kinds in self.sent_tables:
            return [self.sent, self.sent_tables[kinds]]
        path = os.path.join(self.tmp, f"tables-{kinds}")
        with open(path, "wb") as f:
            n = 0
            for kind in kinds:
                for one in self.frames_of(kind):
                    f.write(one)
                    n += 1
            f.write(_shim.end(n))
        self.sent_tables[kinds] = self.send(kinds, path)
        return [self.sent, self.sent_tables[kinds]]

    def frames_of(self, kind: str) -> list[bytes]:
        if kind == "N":
            return self.numbers()
        return [bytes(r.frame) for r in self.kept(kind).select("frame").toLocalIterator()]

    def numbers(self) -> list[bytes]:
        """The stage number: a few bytes for each piece of the input, on the driver."""
        if self.first is None:
            frames = [bytes(r.frame) for r in self.kept("S").select("frame").collect()]
            self.tell(frames)
            got = subprocess.run([self.program, "worker", "number", *self.options.args()], input=b"".join(frames) + _shim.end(len(frames)), capture_output=True)
            if got.returncode:
                raise RuntimeError(got.stderr.decode(errors="replace"))
            size = int.from_bytes(got.stdout[8:12], "little")
            self.first = got.stdout[: _shim.HEAD_SIZE + size]
        return [self.first]

    def tell(self, pieces: list[bytes]) -> None:
        """Says what was left out; an input without any article is an error, as on one machine."""
        articles = skipped = 0
        for piece in pieces:
            _, _, _, n, _, left, *_ = _shim.varints(piece[_shim.HEAD_SIZE :])  # file, start, chunk, articles, rows, skipped
            articles, skipped = articles + n, skipped + left
        if skipped:
            print(f"dedup-spark: {skipped:,} of {articles + skipped:,} records could not be read and were left out", file=sys.stderr)
        if not articles:
            raise SystemExit("dedup-spark: no article could be read\nhint: the input must be JSON Lines or Parquet; --field text=NAME names the field of the text")

    def made_by(self, kind: str) -> str:
        return next(name for name, s in self.stages.items() if kind in s["out"])

    def kept(self, kind: str) -> DataFrame:
        return self.spark.read.schema(FRAMES).parquet(f"{self.work}/{self.made_by(kind)}").where(F.col("kind") == kind)

    def shuffled(self, df: DataFrame, grouping: str) -> DataFrame:
        """Frames as a stage wants them: those of a key together and in order, or all in one task."""
        if grouping == "key":
            return df.repartition(self.tasks, "key").sortWithinPartitions("key")
        return df.repartition(1) if grouping == "all" else df

    def stage(self, name: str, df: DataFrame) -> DataFrame:
        s = self.stages[name]
        df = self.shuffled(df, s["grouping"]).select("frame")
        self.spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", "16")
        return df.mapInArrow(_shim.stage(name, self.options.args(), self.files(s["tables"])), FRAMES)

    def done(self, name: str) -> bool:
        jvm = self.spark._jvm.org.apache.hadoop.fs
        path = jvm.Path(f"{self.work}/{name}/_SUCCESS")
        return path.getFileSystem(self.spark._jsc.hadoopConfiguration()).exists(path)

    def keep(self, name: str, make) -> None:
        """Makes what a stage makes, unless it is there."""
        if not self.done(name):
            self.spark.sparkContext.setJobDescription(f"dedup: {name}")
            df = make()
            writer = df.write.mode("overwrite")
            if len(self.stages[name]["out"]) > 1:
                writer = writer.partitionBy("kind")
            writer.parquet(f"{self.work}/{name}")

    def read(self) -> DataFrame:
        rows, places, columnar = self.texts()
        self.spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", READ_ROWS)
        return rows.mapInArrow(_shim.read(self.options.args(), places, columnar, [self.sent]), FRAMES)

    def frames(self) -> None:
        """All stages. A stage whose frames go straight into a shuffle is not kept: Spark makes it again where a machine was lost."""
        self.keep("read", self.read)
        self.keep("same", lambda: self.stage("same", self.kept("E").union(self.kept("I"))))
        self.keep("group", lambda: self.stage("group", self.stage("seeds", self.kept("W"))))
        self.keep("count", lambda: self.stage("count", self.kept("H")))
        self.keep("bins", lambda: self.stage("bins", self.stage("link", self.kept("G"))))
        self.keep("cluster", lambda: self.stage("cluster", self.stage("route", self.kept("W"))))

    def rows(self, kind: str, name: str, schema: str) -> DataFrame:
        df = self.kept(kind).select("frame")
        return df.mapInArrow(_shim.rows(name, [self.sent]), schema)

    def clusters(self) -> DataFrame:
        """A row for every article of a cluster, in the order of ``dedup clusters``: by cluster and place, the canonical first."""
        return self.rows("K", "clusters", CLUSTERS).orderBy("cluster", "place")

    def cleaned(self) -> DataFrame:
        """The rows of the input without those that went: of every cluster the canonical stays. Lines as they stood, or the columns of Parquet."""
        rows, places, columnar = self.texts()
        schema = rows.drop("_path", "_start").schema
        self.spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", READ_ROWS)
        return rows.mapInArrow(_shim.clean(self.options.args(), places, columnar, self.files(self.stages["drop"]["tables"])), schema)

    def pairs(self) -> DataFrame:
        """A row for every pair, in the order of ``dedup pairs``."""
        return self.rows("P", "pairs", PAIRS).orderBy("number_a", "number_b")


def run(spark: SparkSession, inputs: list[str], out: str, options: Options, clean: bool = False) -> Run:
    """Finds the clusters of a corpus, and writes OUT/clusters and OUT/pairs as Parquet.

    With ``clean`` also OUT/clean, the corpus without the copies that go, as text or Parquet, and OUT/manifest: which article went, for which one, and why.
    """
    r = Run(spark, inputs, out, options)
    r.frames()
    r.clusters().write.mode("overwrite").parquet(f"{r.out}/clusters")
    if options.pairs:
        r.pairs().write.mode("overwrite").parquet(f"{r.out}/pairs")
    if clean:
        cleaned = r.cleaned()
        if cleaned.columns == ["value"]:
            cleaned.write.mode("overwrite").text(f"{r.out}/clean")
        else:
            cleaned.write.mode("overwrite").parquet(f"{r.out}/clean")
        manifest = r.clusters().where("place > 0").select("article", F.col("canonical").alias("matched"), "rule", "resemblance", "containment", "number")
        manifest.write.mode("overwrite").parquet(f"{r.out}/manifest")
    return r
