"""The functions give what the program gives, whatever articles come as."""

import importlib.metadata
import json
import pathlib
import subprocess
import sys

import dedup
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from dedup import _articles, _program


def ran(*args: object) -> list[dict]:
    """What the command line prints."""
    out = subprocess.run([_program.program(), *map(str, args), "--quiet", "--format=jsonl"], capture_output=True, check=True).stdout
    return [json.loads(line) for line in out.splitlines()]


def rounded(t: pa.Table) -> list[dict]:
    """Rows as the command line prints them."""
    return [{k: round(v, 1 if k == "bits" else 4) if isinstance(v, float) else v for k, v in row.items()} for row in t.to_pylist()]


ROW_COMMANDS = ["clusters", "pairs", "stories", "passages", "phrases"]


@pytest.mark.parametrize("command", ROW_COMMANDS)
def test_rows_are_those_of_the_command_line(command, table, corpus_path):
    want = ran(command, corpus_path)
    assert len(want) > 0
    assert rounded(getattr(dedup, command)(table)) == want
    assert rounded(getattr(dedup, command)(corpus_path)) == want
    assert rounded(dedup.stream(command, table).read_all()) == want


def test_types(table):
    assert dedup.clusters(table).schema == pa.schema([("article", pa.string()), ("canonical", pa.string()), ("resemblance", pa.float64())])
    sketch = dedup.sketch(table)
    assert sketch.schema.field("fingerprint").type == pa.uint64()
    assert sketch.schema.field("signature").type.value_type == pa.uint32()
    assert dedup.text(table).schema.field("published").type == pa.timestamp("us", tz="UTC")


def inputs(table):
    yield "batch", table.combine_chunks().to_batches()[0]
    yield "reader", table.to_reader(max_chunksize=2)
    yield "large", table.cast(pa.schema([(n, pa.large_string()) for n in table.column_names]))
    yield "views", table.cast(pa.schema([(n, pa.string_view()) for n in table.column_names]))
    yield "dictionary", table.set_column(table.column_names.index("source"), "source", table["source"].dictionary_encode())
    yield "sliced", pa.concat_tables([table.slice(i, 1) for i in range(table.num_rows)])


def test_every_kind_of_arrow(table):
    want = rounded(dedup.clusters(table))
    for name, articles in inputs(table):
        assert rounded(dedup.clusters(articles)) == want, name


def test_pandas(table):
    pandas = pytest.importorskip("pandas")
    want = rounded(dedup.clusters(table))
    frame = table.to_pandas()
    assert rounded(dedup.clusters(frame)) == want
    assert rounded(dedup.clusters(frame.astype(object))) == want
    assert rounded(dedup.clusters(frame.set_index("id", drop=False))) == want
    frame["source"], frame["date"] = frame["source"].astype("category"), pandas.to_datetime(frame["date"], format="ISO8601", utc=True)
    assert rounded(dedup.clusters(frame)) == want
    with pytest.raises(dedup.DedupError, match="no articles"):
        dedup.clusters(frame[:0])
    frame["odd"] = [1, "a"] + [None] * (len(frame) - 2)
    with pytest.raises(TypeError, match="column 'odd'"):
        dedup.clusters(frame)


def test_polars(table):
    polars = pytest.importorskip("polars")
    frame = polars.from_arrow(table)
    assert rounded(dedup.clusters(frame)) == rounded(dedup.clusters(table))
    with pytest.raises(TypeError, match="collect"):
        dedup.clusters(frame.lazy())


def test_duckdb(table):
    duckdb = pytest.importorskip("duckdb")
    connection = duckdb.connect()
    connection.register("t", table)
    assert rounded(dedup.clusters(connection.sql("select * from t"))) == rounded(dedup.clusters(table))


def test_datasets(table, tmp_path):
    datasets = pytest.importorskip("datasets")
    want = rounded(dedup.clusters(table))
    data = datasets.Dataset.from_dict(table.to_pydict())
    assert rounded(dedup.clusters(data)) == want
    assert rounded(dedup.clusters(data.to_iterable_dataset())) == want
    assert dedup.clusters(data.select([0, 1])).equals(dedup.clusters(table.slice(0, 2)))
    data.save_to_disk(tmp_path / "saved")
    assert rounded(dedup.clusters(tmp_path / "saved")) == want
    with pytest.raises(TypeError, match="'train'"):
        dedup.clusters(datasets.DatasetDict({"train": data}))


def test_clean_keeps_the_schema(table):
    wide = table.append_column("n", pa.array(range(table.num_rows), pa.int32())).append_column("tags", pa.array([["a", None]] * table.num_rows)).replace_schema_metadata({"maker": "a test"})
    kept = dedup.clean(wide)
    assert kept.schema.equals(wide.schema, check_metadata=False)
    assert kept.schema.metadata[b"maker"] == b"a test"
    assert 0 < kept.num_rows < wide.num_rows
    assert set(kept["n"].to_pylist()) < set(range(wide.num_rows))
    assert dedup.clusters(kept).num_rows == 0
    copies = {r["article"] for r in dedup.clusters(table).to_pylist() if r["article"] != r["canonical"]}
    assert set(table["id"].to_pylist()) - set(kept["id"].to_pylist()) == copies


def test_clean_paths(corpus_path, tmp_path):
    manifest = tmp_path / "m.jsonl"
    kept = dedup.clean(corpus_path, manifest=manifest, memory="256MiB")
    assert "text" in kept.column_names and kept.num_rows == 11
    assert manifest.read_text().startswith('{"kind":"manifest"')


def test_the_guard_of_clean_is_an_error(table):
    with pytest.raises(dedup.DedupError, match="--force") as e:
        dedup.clean(table, max_removed=0.01)
    assert e.value.code == 2


def test_check_is_a_result(table, tmp_path):
    failed = dedup.check(table)
    assert not failed and not failed.passed and failed.report["findings"]
    assert dedup.check(table, rules=["empty"])
    assert dedup.check(table, limits={"duplicates": "90%", "repeats": 100, "furniture": 100, "boilerplate": 100, "passages": 100, "per-source": 100})
    index = dedup.Index.build(tmp_path / "x.idx", table)
    assert {f["rule"] for f in dedup.check(table.slice(0, 1), index=index, rules=["in-corpus"]).report["findings"]} == {"in-corpus"}


def test_index(table, tmp_path):
    index = dedup.Index.build(tmp_path / "a.idx", table.slice(0, 5), label="first")
    index.add(table.slice(5), label="second")
    assert len(index) == table.num_rows and [b["origin"] for b in index.info()["batches"]] == ["first", "second"]
    entries = index.entries()
    assert entries["id"].to_pylist() == table["id"].to_pylist()
    assert entries.schema.field("published").type == pa.timestamp("us", tz="UTC")
    assert index.remove(ids=table["id"].to_pylist()[:2]) == 2
    assert index.remove(source="nobody") == 0
    other = dedup.Index.build(tmp_path / "b.idx", table.slice(0, 2))
    index.merge(other)
    assert len(index) == table.num_rows
    index.check()
    for damaged in (tmp_path / "b.idx").rglob("*"):
        if damaged.is_file() and damaged.stat().st_size > 100:
            damaged.write_bytes(damaged.read_bytes()[:-50])
    with pytest.raises(dedup.DedupError):
        other.check()


def test_errors_have_the_message_of_the_program(table, tmp_path):
    with pytest.raises(dedup.DedupError, match="--threshold 0: use a resemblance above 0") as e:
        dedup.clusters(table, threshold=0)
    assert e.value.code == 2 and not str(e.value).startswith("dedup: ")
    with pytest.raises(dedup.DedupError, match="no column for the text"):
        dedup.clusters(table.rename_columns({n: "x" + n for n in table.column_names}))
    with pytest.raises(dedup.DedupError, match="no-such-file"):
        dedup.clusters(tmp_path / "no-such-file")
    with pytest.raises(dedup.DedupError, match="unknown flag"):
        dedup.stream("clusters", table, no_such_flag=1)
    with pytest.raises(TypeError, match="no articles: int"):
        dedup.clusters(3)


def test_what_is_skipped_is_a_warning(corpus_path, tmp_path):
    broken = tmp_path / "broken.jsonl"
    broken.write_bytes(corpus_path.read_bytes() + b'{"text": \n')
    with pytest.warns(dedup.SkippedWarning, match="broken.jsonl line 14"):
        rows = dedup.clusters(broken)
    assert rows.num_rows == dedup.clusters(corpus_path).num_rows


def test_an_error_of_the_callers_iterator_comes_back(table):
    def batches():
        yield from table.to_batches()
        raise ZeroDivisionError("mine")

    with pytest.raises(ZeroDivisionError, match="mine"):
        dedup.clusters(pa.RecordBatchReader.from_batches(table.schema, batches()))


def test_a_reader_that_is_dropped_ends_the_program(table, monkeypatch):
    made = []
    real = subprocess.Popen
    monkeypatch.setattr(_program.subprocess, "Popen", lambda *a, **k: made.append(real(*a, **k)) or made[-1])
    reader = dedup.stream("text", pa.concat_tables([table] * 2000))
    reader.read_next_batch()
    del reader
    import gc
    gc.collect()
    assert made[0].wait(timeout=10) != 0


def test_fields(table):
    renamed = table.rename_columns({n: {"text": "body", "id": "key"}.get(n, n) for n in table.column_names}).append_column("lead", pa.array(["Lead."] * table.num_rows))
    assert rounded(dedup.clusters(renamed, fields={"text": "body", "id": "key"})) == rounded(dedup.clusters(table))
    assert dedup.text(renamed, fields={"text": ["lead", "body"]})["text"][0].as_py().startswith("Lead.\n\n")


def test_sizes_of_what_is_sent():
    whole = pa.table({"text": ["x" * 1000] * 20_000})
    sizes = [b.nbytes for b in _articles.batches_of(whole).batches]
    assert sum(sizes) >= whole.nbytes and max(sizes) <= _articles.BYTES * 1.01 and len(sizes) < 10


def test_no_work_at_import():
    code = "import sys, dedup; bad = {'pandas', 'polars', 'datasets', 'pyarrow.parquet'} & set(sys.modules); assert not bad, bad"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_wheel_is_whole():
    assert importlib.metadata.version("dedup-news")
    package = pathlib.Path(dedup.__file__).parent
    assert (package / "py.typed").exists() and pathlib.Path(_program.program()).stat().st_mode & 0o111
    for name in dedup.__all__:
        assert getattr(dedup, name).__doc__ or name == "Articles", name


def test_a_reader_is_read_as_it_is_needed(table, tmp_path):
    taken = 0

    def batches():
        nonlocal taken
        for i in range(200):
            taken += 1
            part = table.set_column(table.column_names.index("text"), "text", pa.array([f"{i} {k} " * 5000 for k in range(table.num_rows)]))
            yield from part.to_batches()

    reader = dedup.stream("text", pa.RecordBatchReader.from_batches(table.schema, batches()))
    reader.read_next_batch()
    assert taken < 150
    pq.write_table(reader.read_all(), tmp_path / "all.parquet")
    assert taken == 200
