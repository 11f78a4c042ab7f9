"""The index of a corpus."""

import json
import os
from collections.abc import Iterable
from typing import Any, Unpack

import pyarrow as pa

from . import _program
from ._articles import Articles, Batches, Path
from ._stages import Reading, arguments


class Index:
    """What a corpus contains, kept in a directory between runs. ``check(drop, index=index)`` looks articles up in it."""

    def __init__(self, path: Path) -> None:
        self.path = os.fspath(path)

    def __fspath__(self) -> str:
        return self.path

    def __repr__(self) -> str:
        return f"dedup.Index({self.path!r})"

    def __len__(self) -> int:
        """How many articles it holds."""
        return int(self.info()["articles"])

    @classmethod
    def build(cls, path: Path, articles: Articles, *, label: str | None = None, **reading: Unpack[Reading]) -> "Index":
        """Makes an index in a directory that does not exist yet, or is empty. label: what is noted as the origin of the articles."""
        index = cls(path)
        index._take("build", articles, {"label": label, **reading})
        return index

    def add(self, articles: Articles, *, label: str | None = None, **reading: Unpack[Reading]) -> None:
        """Adds articles. One that is there already, by id and words, is left out."""
        self._take("add", articles, {"label": label, **reading})

    def _take(self, verb: str, articles: Articles, options: dict[str, Any]) -> None:
        args, batches = arguments(articles, options)
        split = args.index("--")
        self._run([verb, *args[: split + 1], self.path, *args[split + 1 :]], batches)

    def _run(self, args: list[str], given: Batches | bytes | None = None) -> bytes:
        with _program.Process(["index", *args], given) as p:
            out = p.stdout.read()
            p.end()
            return out

    def remove(self, *, ids: Iterable[str] | None = None, source: str | None = None, older_than: str | None = None, batch: int | None = None) -> int:
        """Removes the articles for which all that is given holds, and gives their number. older_than: for example "90d"."""
        options: dict[str, Any] = {"source": source, "older_than": older_than, "batch": batch}
        given = None
        if ids is not None:
            options["ids_from"] = "-"
            given = "".join(_line(i) + "\n" for i in ids).encode()
        out = self._run(["remove", "--quiet", *_program.flags(options), "--", self.path], given)
        return out.count(b"\n")

    def merge(self, *others: Path) -> None:
        """Adds the entries of other indexes; with none, packs this one."""
        self._run(["merge", "--quiet", "--", self.path, *[os.fspath(other) for other in others]])

    def check(self) -> None:
        """Reads all of it; raises DedupError where something is wrong."""
        with _program.Process(["index", "check", "--quiet", "--", self.path]) as p:
            faults = p.stdout.read().decode("utf-8", "replace").strip()
            try:
                p.end()
            except _program.DedupError as e:
                raise _program.DedupError("\n".join(filter(None, [faults, str(e)])), e.code) from None

    def info(self) -> dict[str, Any]:
        """How much it holds, and its batches."""
        info: dict[str, Any] = json.loads(self._run(["info", "--quiet", "--format=json", "--", self.path]))
        return info

    def entries(self) -> pa.Table:
        """Its entries: a Table of number, id, path, line, source, published, bytes, tokens, fingerprint, batch, added, program and origin."""
        with _program.Process(["index", "export", "--quiet", "--format=arrow", "--", self.path]) as p:
            rows = p.batches()
            schema = next(rows)
            return pa.Table.from_batches(rows, schema)


def _line(id: str) -> str:
    """An id on a line of its own, with line ends escaped as rows of the program have them."""
    if "\n" not in id and "\r" not in id:
        return id
    return id.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
