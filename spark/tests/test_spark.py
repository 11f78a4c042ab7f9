"""A run on Spark finds what one machine finds, whatever breaks meanwhile."""

import glob
import json
import os
import pathlib
import stat
import subprocess
import sys
import threading

import pyarrow as pa
import pyarrow.dataset as ds
import pytest

from dedup_spark import Options, run
from dedup_spark._shim import Worker, end, frame, text_frame, varint

# Tasks cost more than what is in them here.
FEW = {"parts": 8, "tasks": 4}

# A program that stands for dedup on the executors. In one call of one stage, the first of all, something breaks.
BREAKS = """#!{python}
import os, sys
args, mark = sys.argv[1:], {mark!r}
try:
    if args[1:2] == [{stage!r}]:
        os.close(os.open(mark, os.O_CREAT | os.O_EXCL))
        {what}
except FileExistsError:
    pass
os.execv({program!r}, [{program!r}, *args])
"""

# The executor is a process above the program; nothing else of this machine is touched.
KILL = """
        pid = os.getpid()
        while pid > 1:
            if b"CoarseGrainedExecutorBackend" in open(f"/proc/{pid}/cmdline", "rb").read():
                os.kill(pid, 9)
                break
            pid = int(open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()[1])
"""


def alone(program: str, command: str, *paths: str) -> str:
    return subprocess.run([program, command, "-q", *paths], check=True, capture_output=True, text=True).stdout


def printed(out: str, name: str, columns: list[str]) -> str:
    """A table of a run as the program prints it."""
    table = ds.dataset(sorted(glob.glob(f"{out}/{name}/*.parquet"))).to_table(columns)
    rows = ["\t".join(f"{v:.4f}" if isinstance(v, float) else str(v) for v in row.values()) for row in table.to_pylist()]
    return "\n".join(["\t".join(columns), *rows]) + "\n"


def check(out: str, program: str, *paths: str) -> None:
    assert printed(out, "clusters", ["article", "canonical", "resemblance"]) == alone(program, "clusters", *paths)
    assert printed(out, "pairs", ["a", "b", "resemblance", "containment_a", "containment_b", "distance"]) == alone(program, "pairs", *paths)


def breaking(tmp_path: pathlib.Path, program: str, stage: str, what: str) -> tuple[str, pathlib.Path]:
    path, mark = tmp_path / "dedup", tmp_path / "broke"
    path.write_text(BREAKS.format(python=sys.executable, mark=str(mark), stage=stage, what=what.strip(), program=program))
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path), mark


def test_as_one_machine(spark, program, corpus, tmp_path):
    out = str(tmp_path / "out")
    run(spark, [corpus], out, Options(program=program, **FEW), clean=True)
    check(out, program, corpus)
    went = {a for a, c in (line.split("\t")[:2] for line in alone(program, "clusters", corpus).splitlines()[1:]) if a != c}
    lines = [line for path in glob.glob(f"{out}/clean/part-*") for line in open(path)]
    assert sorted(lines) == sorted(line for line in open(corpus) if json.loads(line)["id"] not in went)
    manifest = ds.dataset(f"{out}/manifest", format="parquet").to_table()
    assert set(manifest["article"].to_pylist()) == went and len(manifest) == len(went)


def test_program_crashes(spark, program, corpus, tmp_path):
    breaks, mark = breaking(tmp_path, program, "group", "os.abort()")
    out = str(tmp_path / "out")
    run(spark, [corpus], out, Options(program=breaks, **FEW))
    assert mark.exists(), "nothing crashed"
    check(out, program, corpus)


@pytest.mark.skipif(not os.path.exists("/proc/self/stat"), reason="finds the executor in /proc")
def test_executor_is_killed(spark, program, corpus, tmp_path):
    breaks, mark = breaking(tmp_path, program, "cluster", KILL)
    out = str(tmp_path / "out")
    run(spark, [corpus], out, Options(program=breaks, **FEW))
    assert mark.exists(), "nothing was killed"
    check(out, program, corpus)


def test_run_goes_on(spark, program, tmp_path):
    """A run whose last stage failed makes that one alone again; Parquet comes in as JSON Lines do."""
    text = "The harbour of Veldham will be dredged in May, the port authority said, so that ferries can moor at the new pier."
    table = pa.table({"id": ["a", "b", "c", "a"], "text": [text, text, "Nothing else stood in the paper.", text + " Work begins soon."]})
    path = str(tmp_path / "articles.parquet")
    import pyarrow.parquet as pq

    pq.write_table(table, path)
    out = str(tmp_path / "out")
    first = run(spark, [path], out, Options(program=program, **FEW))
    check(out, program, path)
    first.cleaned().write.parquet(f"{out}/clean")
    assert sorted(ds.dataset(f"{out}/clean", format="parquet").to_table()["text"].to_pylist()) == ["Nothing else stood in the paper.", text]
    times = {p: os.stat(p).st_mtime_ns for p in glob.glob(f"{first.work}/*/_SUCCESS")}
    gone = f"{first.work}/cluster/_SUCCESS"
    os.remove(gone)
    run(spark, [path], out, Options(program=program, **FEW))
    assert os.stat(gone).st_mtime_ns != times.pop(gone)
    assert times == {p: os.stat(p).st_mtime_ns for p in times}, "a stage that was done was made again"
    check(out, program, path)


def test_drop_answers_at_once(program, tmp_path):
    """The program answers each piece of text before the next one comes: the rows of only a few wait for their answers."""
    texts = [text_frame(0, 0, chunk, 1, "a.jsonl", "jsonl", b'{"id":"%d","text":"one two three"}\n' % chunk) for chunk in range(20)]
    args = [program, "worker", "number", "--config", ""]
    read = subprocess.run([program, "worker", "read"], input=b"".join(texts) + end(len(texts)), capture_output=True, check=True).stdout
    pieces = []
    while read[2:3] != b"Z":
        size = 16 + int.from_bytes(read[8:12], "little")
        pieces += [read[:size]] if read[2:3] == b"S" else []
        read = read[size:]
    (tmp_path / "tables").write_bytes(subprocess.run(args, input=b"".join(pieces) + end(len(pieces)), capture_output=True, check=True).stdout)
    with Worker([program, "worker", "drop", "--tables", str(tmp_path / "tables")]) as worker:
        answers = worker.frames()

        def frames():
            for at, text in enumerate(texts):
                yield text
                assert asked.acquire(timeout=60), f"piece {at} was not answered"

        asked = threading.Semaphore(0)
        worker.feed(frames())
        n = 0
        for kind, _, _ in answers:
            assert kind == "X"
            n += 1
            asked.release()
    assert n == len(texts)


def test_nothing_to_read(spark, program, tmp_path):
    (tmp_path / "notes.jsonl").write_text("no record\n")
    with pytest.raises(SystemExit, match="no article could be read"):
        run(spark, [str(tmp_path / "notes.jsonl")], str(tmp_path / "out"), Options(program=program, **FEW))


def test_frames_are_those_of_the_program(program):
    """What Python writes the program reads; what is cut off is an error."""
    data = frame("S", 0, b"\0\0\0\0\0\0\0\0\0") + frame("Z", 0, varint(1))
    got = subprocess.run([program, "worker", "number"], input=data, capture_output=True)
    assert got.returncode == 0, got.stderr
    got = subprocess.run([program, "worker", "number"], input=data[:-1], capture_output=True)
    assert got.returncode == 2 and b"cut off" in got.stderr
