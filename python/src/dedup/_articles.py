"""What articles come in: each kind becomes a schema and an iterator of record batches, or paths."""

import functools
import itertools
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple, Protocol, TypeAlias

import pyarrow as pa


class ArrowStream(Protocol):
    """Tables and readers of pyarrow, frames of pandas and Polars, relations of DuckDB."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


class ArrowArray(Protocol):
    """A record batch."""

    def __arrow_c_array__(self, requested_schema: object | None = None) -> object: ...


class Dataset(Protocol):
    """A data set of Hugging Face."""

    with_format: Callable[..., Any]


Path: TypeAlias = str | os.PathLike[str]
Articles: TypeAlias = ArrowStream | ArrowArray | Dataset | Path | Sequence[Path]

ROWS = 1024  # of a frame, taken at a time
BYTES = 4 << 20  # of a batch that is sent, about


class Batches(NamedTuple):
    """Articles as Arrow."""

    schema: pa.Schema
    batches: Iterator[pa.RecordBatch]


def paths_of(articles: Articles) -> list[str] | None:
    """The paths that articles are, or None where they are something else."""
    if isinstance(articles, (str, os.PathLike)):
        return [os.fspath(articles)]
    if isinstance(articles, (list, tuple)) and all(isinstance(p, (str, os.PathLike)) for p in articles):
        return [os.fspath(p) for p in articles]
    return None


def batches_of(articles: Articles) -> Batches:
    """Articles as record batches of about BYTES bytes."""
    schema, batches = _raw(articles)
    plain = _without_views(schema)
    return Batches(plain, _sized(batches, None if plain.equals(schema) else plain))


def _raw(articles: Any) -> Batches:
    if isinstance(articles, pa.RecordBatch):
        return Batches(articles.schema, iter([articles]))
    if isinstance(articles, pa.Table):
        return Batches(articles.schema, iter(articles.to_batches()))
    if isinstance(articles, pa.RecordBatchReader):
        return Batches(articles.schema, iter(articles))
    pandas, polars = sys.modules.get("pandas"), sys.modules.get("polars")
    if pandas and isinstance(articles, pandas.DataFrame):
        return _pandas(articles)
    if polars and isinstance(articles, polars.DataFrame):
        return _tables(part.to_arrow() for part in articles.iter_slices(ROWS))
    if polars and isinstance(articles, polars.LazyFrame):
        raise TypeError("a LazyFrame has no rows yet\nhint: .collect() it, or give the path that it scans")
    if hasattr(articles, "with_format") and hasattr(articles, "features"):
        return _tables(articles.with_format("arrow").iter(batch_size=ROWS))
    if hasattr(articles, "with_format") and hasattr(articles, "keys"):
        raise TypeError(f"a dictionary of data sets: choose one of {', '.join(map(repr, articles.keys()))}")
    if hasattr(articles, "__arrow_c_stream__"):
        reader = pa.RecordBatchReader.from_stream(articles)
        return Batches(reader.schema, iter(reader))
    raise TypeError(f"no articles: {type(articles).__name__}\nhint: give a pyarrow Table or RecordBatchReader, a pandas or Polars frame, a data set, or paths")


def _tables(tables: Iterable[pa.Table]) -> Batches:
    """Articles of tables that come one by one; the first has the schema of all."""
    rest = iter(tables)
    first = next(rest, None)
    if first is None:
        return Batches(pa.schema([]), iter(()))
    schema = first.schema
    cast = (t if t.schema.equals(schema) else t.cast(schema) for t in itertools.chain([first], rest))
    return Batches(schema, (b for t in cast for b in t.to_batches()))


def _pandas(frame: Any) -> Batches:
    """A frame, ROWS rows at a time. Types of columns of Python objects are those of all their values."""
    infer: Any = pa.infer_type

    def type_of(i: int) -> pa.DataType:
        column = frame.iloc[:, i]
        if column.dtype == object:
            found: pa.DataType = infer(column.to_numpy(), from_pandas=True)
            return found
        declared: pa.DataType = pa.Array.from_pandas(column.iloc[:0]).type
        return declared

    def each(make: Callable[[int], Any]) -> list[Any]:
        made = []
        for i, name in enumerate(frame.columns):
            try:
                made.append(make(i))
            except pa.ArrowException as e:
                raise TypeError(f"column {name!r} of the frame: {e}\nhint: convert the column, or leave it out") from e
        return made

    types = each(type_of)
    schema = pa.schema([pa.field(str(name), t) for name, t in zip(frame.columns, types, strict=True)])

    def values(rows: slice, i: int) -> Any:
        return pa.array(frame.iloc[rows, i], type=types[i], from_pandas=True)

    def batches() -> Iterator[pa.RecordBatch]:
        for at in range(0, len(frame), ROWS):
            yield pa.record_batch(each(functools.partial(values, slice(at, at + ROWS))), schema=schema)

    return Batches(schema, batches())


def _without_views(schema: pa.Schema) -> pa.Schema:
    """Views become large texts: a slice of a column of views is sent with all buffers of the whole."""
    plain = {t: large for name, large in (("string_view", pa.large_string()), ("binary_view", pa.large_binary())) if hasattr(pa, name) for t in [getattr(pa, name)()]}
    return pa.schema([f.with_type(plain.get(f.type, f.type)) for f in schema]).with_metadata(schema.metadata)


def _sized(batches: Iterator[pa.RecordBatch], schema: pa.Schema | None) -> Iterator[pa.RecordBatch]:
    """Batches in pieces of about BYTES bytes, with this schema where there is one."""
    for batch in batches:
        rows = max(1, batch.num_rows * BYTES // max(batch.nbytes, 1))
        for at in range(0, batch.num_rows, rows):
            piece = batch.slice(at, rows)
            yield piece if schema is None else piece.cast(schema)
