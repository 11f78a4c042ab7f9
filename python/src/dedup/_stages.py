"""The commands of the program as functions."""

import json
import os
import tempfile
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict, Unpack

import pyarrow as pa

from . import _program
from ._articles import Articles, Batches, Path, batches_of, paths_of


class Reading(TypedDict, total=False):
    """How articles are read, for all functions.

    fields: columns by what they are, for example ``{"text": ["lead", "body"], "published": "when"}``
    input_format: of paths, instead of looking
    max_article: skip articles that are larger, for example "1MiB"
    memory: memory of the program to stay within, for example "4GiB"; the default is 2GiB
    tmp: directory for temporary files
    jobs: number of workers
    """

    fields: Mapping[str, str | Sequence[str]]
    input_format: str
    max_article: str
    memory: str
    tmp: Path
    jobs: int


@dataclass(frozen=True)
class CheckResult:
    """The verdict on a drop: whether it passed, and the report of ``dedup check --format json``."""

    passed: bool
    report: dict[str, Any]

    def __bool__(self) -> bool:
        return self.passed


def arguments(articles: Articles, options: dict[str, Any]) -> tuple[list[str], Batches | None]:
    """Flags and paths for the program, and what goes to its standard input."""
    options = dict(options)
    fields: Mapping[str, str | Sequence[str]] = options.pop("fields", {})
    named = [f"{what}={name}" for what, names in fields.items() for name in ([names] if isinstance(names, str) else names)]
    paths, batches = paths_of(articles), None
    if paths is None:
        batches, paths = batches_of(articles), ["-"]
        options["input_format"] = "arrow"
    return ["--quiet", "--config=", *_program.flags({"field": named, **options}), "--", *paths], batches


def _rows(command: str, articles: Articles, options: dict[str, Any]) -> Generator[Any]:
    args, batches = arguments(articles, {"format": "arrow", **options})
    with _program.Process([command, *args], batches) as p:
        yield from p.batches()


def _cleaned(articles: Articles, options: dict[str, Any]) -> Generator[Any]:
    """Cleans a Parquet file, which keeps schema and metadata of the articles."""
    import pyarrow.parquet as pq

    with tempfile.TemporaryDirectory(prefix="dedup-", dir=options.get("tmp")) as dir:
        before, after = os.path.join(dir, "articles.parquet"), os.path.join(dir, "clean.parquet")
        if paths_of(articles) is None:
            schema, batches = batches_of(articles)
        else:
            reading: dict[str, Any] = {k: options.pop(k) for k in ("fields", "input_format", "max_article") if k in options}
            rows = _rows("text", articles, {**{k: options[k] for k in ("memory", "tmp", "jobs") if k in options}, **reading})
            schema, batches = next(rows), rows
        with pq.ParquetWriter(before, schema, compression="zstd") as writer:
            for batch in batches:
                writer.write_batch(batch)
        args, _ = arguments(before, {"manifest": os.path.join(dir, "manifest.jsonl"), **options})
        with _program.Process(["clean", "--output=" + after, *args]) as p:
            p.stdout.read()
            p.end()
        with pq.ParquetFile(after) as file:
            yield file.schema_arrow
            yield from file.iter_batches(batch_size=8192)


def stream(command: str, articles: Articles, **options: Any) -> pa.RecordBatchReader:
    """The rows of a command as a RecordBatchReader, which are read as they come.

    command is clusters, pairs, stories, passages, phrases, sketch, text or clean; options are the flags of the command with ``_`` for ``-``, and those of Reading.
    Raises DedupError, also while the reader is read.
    """
    rows = _cleaned(articles, options) if command == "clean" else _rows(command, articles, options)
    schema = next(rows)
    return pa.RecordBatchReader.from_batches(schema, rows)


def _table(command: str, articles: Articles, options: dict[str, Any]) -> pa.Table:
    rows: Iterator[Any] = _cleaned(articles, options) if command == "clean" else _rows(command, articles, options)
    schema = next(rows)
    return pa.Table.from_batches(rows, schema)


def clusters(articles: Articles, *, threshold: float = 0.7, containment: float = 0.9, keep: str = "earliest", all: bool = False, **reading: Unpack[Reading]) -> pa.Table:
    """Near-duplicate clusters: a Table of article, canonical (the copy to keep) and resemblance.

    threshold: resemblance from which two articles are near-duplicates; containment: share of the shorter one in the longer from which the shorter is one, 0: never.
    keep: earliest, latest, longest, first or "source=a,b,c". all: also the articles without a near-duplicate.
    """
    return _table("clusters", articles, {"threshold": threshold, "containment": containment, "keep": keep, "all": all, **reading})


def pairs(articles: Articles, *, threshold: float = 0.7, containment: float = 0.9, **reading: Unpack[Reading]) -> pa.Table:
    """Every pair of near-duplicates: a Table of a, b, resemblance, containment_a, containment_b and distance."""
    return _table("pairs", articles, {"threshold": threshold, "containment": containment, **reading})


def stories(articles: Articles, *, window: str | None = None, granularity: str = "event", background: Path | None = None, **reading: Unpack[Reading]) -> pa.Table:
    """The story of every article: a Table of article and story.

    window: articles further apart are never one story, for example "3d". granularity: event or story. background: a model of "dedup background build".
    """
    return _table("stories", articles, {"window": window, "granularity": granularity, "background": background, **reading})


def passages(articles: Articles, *, min_tokens: int = 0, **reading: Unpack[Reading]) -> pa.Table:
    """Passages that two articles share: a Table of a, a_start, a_end, b, b_start, b_end (bytes of the UTF-8 texts), tokens and matched."""
    return _table("passages", articles, {"min_tokens": min_tokens, **reading})


def phrases(articles: Articles, *, window: str | None = None, granularity: str = "event", background: Path | None = None, **reading: Unpack[Reading]) -> pa.Table:
    """Phrasing that independent sources of a story share: a Table of story, kind, bits, text, article, start and end, a row an occurrence."""
    return _table("phrases", articles, {"window": window, "granularity": granularity, "background": background, **reading})


def sketch(articles: Articles, **reading: Unpack[Reading]) -> pa.Table:
    """Sketches: a Table of id, fingerprint (64 bits, null for a text too short) and signature (a list of 32-bit numbers)."""
    return _table("sketch", articles, dict(reading))


def text(articles: Articles, **reading: Unpack[Reading]) -> pa.Table:
    """Articles as the program reads them: a Table of id, title, source, published, url, language, text, path and line."""
    return _table("text", articles, dict(reading))


def clean(
    articles: Articles, *, threshold: float = 0.7, containment: float = 0.9, keep: str = "earliest", per_story: int = 0, passages: bool = False,
    keep_boilerplate: bool = False, drop_empty: bool = False, max_removed: float = 0.5, max_cluster_size: int = 1000, force: bool = False,
    manifest: Path | None = None, **reading: Unpack[Reading],
) -> pa.Table:
    """The articles without near-duplicates, repeats, furniture and boilerplate: a Table with the schema that came in; of paths, that of text().

    The articles stand in a temporary Parquet file meanwhile. Raises DedupError when more than max_removed of the articles, or of those of a source, would go, unless
    force is given. manifest: where to write what went, and why.
    """
    options: dict[str, Any] = {
        "threshold": threshold, "containment": containment, "keep": keep, "per_story": per_story, "passages": passages, "keep_boilerplate": keep_boilerplate,
        "drop_empty": drop_empty, "max_removed": max_removed, "max_cluster_size": max_cluster_size, "force": force,
    }
    if manifest is not None:
        options["manifest"] = manifest
    return _table("clean", articles, {**options, **reading})


def check(
    articles: Articles, *, threshold: float = 0.7, containment: float = 0.9, index: Path | None = None, baseline: Path | None = None,
    rules: Sequence[str] | None = None, limits: Mapping[str, int | float | str] | None = None, **reading: Unpack[Reading],
) -> CheckResult:
    """Whether a drop of articles is free of near-duplicates, leftovers of pages and, with an index, of what a corpus has.

    limits: by the names of the program's flags without "max-", for example ``{"duplicates": "5%"}``. A failed gate is a result, not an error.
    """
    options: dict[str, Any] = {"threshold": threshold, "containment": containment, "index": index, "baseline": baseline, "rules": ",".join(rules) if rules else None}
    options.update({"max_" + name.replace("-", "_"): value for name, value in (limits or {}).items()})
    args, batches = arguments(articles, {"format": "json", **options, **reading})
    with _program.Process(["check", *args], batches) as p:
        out = p.stdout.read()
        code = p.end(also=[_program.FOUND])
    return CheckResult(code != _program.FOUND, json.loads(out))
