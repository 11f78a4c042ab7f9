"""What runs on the executors: rows of Spark to the program's standard input, its frames back to rows.

A frame (internal/dist/frame.go): magic, version, kind, 0; key; length; CRC-32; data. Here only text is put into frames; all others pass through as they are.
This module is sent by value, so it must not import others of the package.
"""

import itertools
import os
import queue
import shutil
import stat
import struct
import subprocess
import tempfile
import threading
import zlib
from collections.abc import Callable, Iterator

import pyarrow as pa

MAGIC, VERSION, END = 0xDF, 1, ord("Z")
HEAD, HEAD_SIZE = "<BBBBIII", 16
CHUNK = 4 << 20  # bytes of text in a frame
BATCH = 16 << 20  # bytes of frames in an Arrow batch
ROWS = pa.schema([("kind", pa.string()), ("key", pa.int64()), ("frame", pa.binary())])


def varint(n: int) -> bytes:
    out = bytearray()
    while n > 0x7F:
        out.append(n & 0x7F | 0x80)
        n >>= 7
    out.append(n)
    return bytes(out)


def frame(kind: str, key: int, data: bytes) -> bytes:
    head = struct.pack("<BBBBII", MAGIC, VERSION, ord(kind), 0, key, len(data))
    return head + struct.pack("<I", zlib.crc32(data, zlib.crc32(head))) + data


def end(n: int) -> bytes:
    """The frame that ends a stream of n frames."""
    return frame("Z", 0, varint(n))


def text_frame(file: int, start: int, chunk: int, rows: int, path: str, fmt: str, data: bytes) -> bytes:
    name, form = os.fsencode(path), fmt.encode()
    head = varint(file) + varint(start) + varint(chunk) + varint(rows) + varint(len(name)) + name + varint(len(form)) + form
    return frame("T", 0, head + data)


def plain(path: str) -> str:
    """A name of a file as Spark gives it, without the slashes of an empty host, which it sometimes leaves out."""
    return "file:" + "/" + path[len("file:"):].lstrip("/") if path.startswith("file:") else path


class Texts:
    """Rows of one partition, cut into frames: those of a stretch of a file in order, some megabytes each.

    ``places`` gives the place and the name of every file of the input, by Spark's name for it (plain).
    """

    def __init__(self, places: dict[str, tuple[int, str]], columnar: bool) -> None:
        self.places, self.columnar = places, columnar
        self.chunks: dict[tuple[str, int], int] = {}

    def pieces(self, batches: Iterator[pa.RecordBatch]) -> Iterator[tuple[bytes, pa.RecordBatch]]:
        """Frames, each with its rows."""
        for batch in batches:
            paths, starts = batch.column("_path").to_pylist(), batch.column("_start").to_pylist()
            own = batch.drop_columns(["_path", "_start"])
            size = max(own.nbytes // max(batch.num_rows, 1), 1)
            at = 0
            while at < batch.num_rows:
                to, most = at + 1, at + max(CHUNK // size, 1)
                while to < min(most, batch.num_rows) and paths[to] == paths[at] and starts[to] == starts[at]:
                    to += 1
                rows = own.slice(at, to - at)
                yield self.frame(paths[at], starts[at], rows), batch.slice(at, to - at)
                at = to

    def frame(self, path: str, start: int, rows: pa.RecordBatch) -> bytes:
        chunk = self.chunks.get((path, start), 0)
        self.chunks[path, start] = chunk + 1
        file, name = self.places[plain(path)]
        if self.columnar:
            sink = pa.BufferOutputStream()
            with pa.ipc.new_stream(sink, rows.schema) as writer:
                writer.write_batch(rows)
            return text_frame(file, start, chunk, rows.num_rows, name, "arrow", sink.getvalue().to_pybytes())
        lines = rows.column(0).cast(pa.binary()).to_pylist()
        return text_frame(file, start, chunk, rows.num_rows, name, "jsonl", b"\n".join(lines) + b"\n")


def program(path: str) -> str:
    """The program that was sent to the executor, as a file that may be run."""
    if os.access(path, os.X_OK):
        return path
    at = path + ".run"
    if not os.path.exists(at):
        made = tempfile.mktemp(dir=os.path.dirname(path))
        shutil.copyfile(path, made)
        os.chmod(made, stat.S_IRWXU)
        os.replace(made, at)  # tasks side by side: the last one wins, and all are the same
    return at


class Worker:
    """A run of the program; frames go in while others come out. It ends with ``with``, whatever happened."""

    def __init__(self, args: list[str]) -> None:
        self.messages = tempfile.TemporaryFile()
        self.failed: BaseException | None = None
        self.process = subprocess.Popen(args, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.messages, bufsize=1 << 18)

    def __enter__(self) -> "Worker":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        self.messages.close()

    def feed(self, frames: Iterator[bytes]) -> None:
        """Writes frames in a thread of their own, and the end behind them."""

        def run() -> None:
            try:
                n = 0
                for f in frames:
                    self.process.stdin.write(f)
                    self.process.stdin.flush()  # its answer may be waited for
                    n += 1
                self.process.stdin.write(end(n))
            except BrokenPipeError:
                pass  # the exit code says more
            except BaseException as err:  # noqa: BLE001: it is raised by the reader
                self.failed = err
            finally:
                try:
                    self.process.stdin.close()
                except BrokenPipeError:
                    pass

        threading.Thread(target=run, daemon=True).start()

    def read(self, n: int) -> bytes:
        data = self.process.stdout.read(n)
        if len(data) < n:
            self.fail()
        return data

    def fail(self) -> None:
        if self.failed:
            raise self.failed
        code = self.process.wait()
        self.messages.seek(0)
        raise RuntimeError(f"dedup ended with {code}: {self.messages.read().decode(errors='replace').strip()}")

    def frames(self) -> Iterator[tuple[str, int, bytes]]:
        """Frames that come out, up to the end."""
        while True:
            head = self.read(HEAD_SIZE)
            magic, version, kind, _, key, size, _ = struct.unpack(HEAD, head)
            if (magic, version) != (MAGIC, VERSION):
                raise RuntimeError(f"dedup gave no frame: {head!r}")
            data = self.read(size)
            if kind == END:
                break
            yield chr(kind), key, head + data
        if self.process.wait() not in (0, 3):
            self.fail()
        if self.failed:
            raise self.failed


def batches_of(frames: Iterator[tuple[str, int, bytes]]) -> Iterator[pa.RecordBatch]:
    """Frames as rows, bounded by bytes."""
    kinds, keys, data, size = [], [], [], 0
    for kind, key, f in frames:
        kinds.append(kind)
        keys.append(key)
        data.append(f)
        size += len(f)
        if size >= BATCH:
            yield pa.record_batch([kinds, keys, data], schema=ROWS)
            kinds, keys, data, size = [], [], [], 0
    if data:
        yield pa.record_batch([kinds, keys, data], schema=ROWS)


def files_of(names: list[str]) -> list[str]:
    from pyspark import SparkFiles

    return [SparkFiles.get(name) for name in names]


def stage(name: str, args: list[str], sent: list[str]) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """The function of a stage: rows with a frame each, to rows of ROWS."""

    def run(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        with Worker(command(name, args, sent)) as worker:
            worker.feed(f.as_py() for batch in batches for f in batch.column("frame"))
            yield from batches_of(worker.frames())

    return run


def command(name: str, args: list[str], sent: list[str]) -> list[str]:
    """The command line of a stage; ``sent`` are files that every executor has: the program, and tables where it needs any."""
    run, *more = files_of(sent)
    return [program(run), "worker", name, *args, *(["--tables", more[0]] if more else [])]


def read(args: list[str], places: dict[str, tuple[int, str]], columnar: bool, sent: list[str]) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """The function of the stage that reads text."""

    def run(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        with Worker(command("read", args, sent)) as worker:
            worker.feed(f for f, _ in Texts(places, columnar).pieces(batches))
            yield from batches_of(worker.frames())

    return run


def clean(args: list[str], places: dict[str, tuple[int, str]], columnar: bool, sent: list[str]) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """The function that leaves out the rows whose articles went. It gives the program the frames that ``read`` gave it, and waits with their rows for the answer to each."""

    def run(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        waiting: queue.Queue[pa.RecordBatch] = queue.Queue(4)

        def frames() -> Iterator[bytes]:
            for f, own in Texts(places, columnar).pieces(batches):
                waiting.put(own)
                yield f

        with Worker(command("drop", args, sent)) as worker:
            worker.feed(frames())
            for _, _, f in worker.frames():
                own = waiting.get()
                stays = [True] * own.num_rows
                for row in gone(f[HEAD_SIZE:]):
                    stays[row - 1] = False
                yield own.drop_columns(["_path", "_start"]).filter(pa.array(stays))

    return run


def gone(data: bytes) -> Iterator[int]:
    """The rows of a frame of the stage drop, from 1: each is a step from the one before."""
    return itertools.accumulate(varints(data))


def varints(data: bytes) -> Iterator[int]:
    """The numbers that varint wrote."""
    n = shift = 0
    for b in data:
        n |= (b & 0x7F) << shift
        shift += 7
        if b < 0x80:
            yield n
            n = shift = 0


def rows(kind: str, sent: list[str]) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """The function that makes rows of clusters or pairs of the last stage's frames."""

    def run(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        with Worker(command(kind, [], sent)) as worker:
            worker.feed(f.as_py() for batch in batches for f in batch.column("frame"))
            try:
                with pa.ipc.open_stream(worker.process.stdout) as stream:
                    yield from stream
            except pa.ArrowInvalid:
                worker.fail()
            if worker.process.wait() != 0 or worker.failed:
                worker.fail()

    return run
