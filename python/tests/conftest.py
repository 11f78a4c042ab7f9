import json
import pathlib

import pyarrow as pa
import pytest

HERE = pathlib.Path(__file__).parent


@pytest.fixture(scope="session")
def corpus_path() -> pathlib.Path:
    return HERE.parent.parent / "testdata" / "articles.jsonl"


@pytest.fixture(scope="session")
def rows(corpus_path: pathlib.Path) -> list[dict]:
    return [json.loads(line) for line in corpus_path.read_text().splitlines()]


@pytest.fixture(scope="session")
def table(rows: list[dict]) -> pa.Table:
    names = list(rows[0])
    return pa.table({n: [r.get(n) for r in rows] for n in names})
