"""The program as a process: Arrow in, Arrow out, messages as exceptions and warnings."""

import os
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator, Sequence
from typing import IO, Any

import pyarrow as pa

from ._articles import Batches

PIPE = 1 << 20  # bytes that a pipe holds, where the system lets it
FOUND, FATAL, SKIPPED = 1, 2, 3  # exit codes


class DedupError(Exception):
    """The program could not do what it was asked for; the text is the program's message.

    ``code`` is its exit code.
    """

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


class SkippedWarning(UserWarning):
    """Some input could not be read and was left out, or there is something to know about the result."""


def program() -> str:
    """The path of the program, which is in this package."""
    name = "dedup.exe" if os.name == "nt" else "dedup"
    path = os.path.join(os.path.dirname(__file__), "_bin", name)
    if not os.path.exists(path):
        raise DedupError(f"no program at {path}\nhint: install a wheel of dedup-news for this platform", FATAL)
    return path


def main() -> None:
    """Runs the program in place of this process, as the command ``dedup``."""
    args = [program(), *sys.argv[1:]]
    if os.name == "nt":
        sys.exit(subprocess.call(args))
    os.execv(args[0], args)


class Process:
    """A run of the program. It ends with ``with``, whatever happened.

    ``articles`` go to its standard input in a thread of their own, while standard output is read.
    """

    def __init__(self, args: Sequence[str], articles: Batches | bytes | None = None) -> None:
        self.articles = articles
        self.failed: BaseException | None = None  # what went wrong while articles were read
        self.messages = b""
        stdin = subprocess.DEVNULL if articles is None else subprocess.PIPE
        self.process = subprocess.Popen([program(), *args], stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, pipesize=PIPE)
        self.threads = [threading.Thread(target=self._listen, daemon=True)]
        if articles is not None:
            self.threads.append(threading.Thread(target=self._feed, daemon=True))
        for t in self.threads:
            t.start()

    def __enter__(self) -> "Process":
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for t in self.threads:
            t.join()
        for pipe in (self.process.stdout, self.process.stderr):
            if pipe:
                pipe.close()

    @property
    def stdout(self) -> IO[bytes]:
        """What the program prints."""
        assert self.process.stdout
        return self.process.stdout

    def _listen(self) -> None:
        assert self.process.stderr
        self.messages = self.process.stderr.read()

    def _feed(self) -> None:
        sink: Any = self.process.stdin
        try:
            if isinstance(self.articles, bytes):
                sink.write(self.articles)
            elif self.articles is not None:
                with pa.ipc.new_stream(sink, self.articles.schema) as writer:
                    for batch in self.articles.batches:
                        writer.write_batch(batch)
        except BrokenPipeError:
            pass  # the program ended; its exit code says why
        except BaseException as e:  # the caller's iterator may raise anything; end() raises it again
            self.failed = e
            self.process.kill()
        finally:
            try:
                sink.close()
            except BrokenPipeError:
                pass

    def end(self, also: Sequence[int] = ()) -> int:
        """Waits for the end and gives the exit code: 0 or one of ``also``; others raise, 3 warns."""
        code = self.process.wait()
        for t in self.threads:
            t.join()
        if self.failed:
            raise self.failed
        said = self.messages.decode("utf-8", "replace").strip()
        if code not in (0, SKIPPED, *also):
            raise DedupError(said.removeprefix("dedup: ") or f"the program ended with {code}", code)
        if said:
            warnings.warn(said, SkippedWarning, stacklevel=4)
        return code

    def batches(self) -> Iterator[Any]:
        """The schema of the Arrow stream that the program prints, and then its batches."""
        try:
            out: Any = self.stdout
            reader = pa.ipc.open_stream(out)
        except pa.ArrowInvalid:
            self.end()  # what the program says is the reason
            raise
        yield reader.schema
        try:
            yield from reader
        except pa.ArrowException:
            self.end()
            raise
        self.stdout.read()
        self.end()


def flags(options: dict[str, Any]) -> list[str]:
    """Options as flags: ``per_story=3`` is ``--per-story=3``, True is the flag alone, None and False are left out."""
    args = []
    for name, value in options.items():
        flag = "--" + name.replace("_", "-")
        if value is True:
            args.append(flag)
        elif isinstance(value, (list, tuple)):
            args += [f"{flag}={v}" for v in value]
        elif value is not None and value is not False:
            args.append(f"{flag}={os.fspath(value) if isinstance(value, os.PathLike) else value}")
    return args
