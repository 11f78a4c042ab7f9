"""The examples of README.md print what stands below them, one after the other in one session."""

import contextlib
import io
import pathlib
import re

import pyarrow.parquet as pq


def test_readme(table, tmp_path, monkeypatch):
    readme = (pathlib.Path(__file__).parent.parent / "README.md").read_text()
    examples = re.findall(r"```python\n(.*?)```\n\n```text\n(.*?)```", readme, re.S)
    assert len(examples) == 3
    pq.write_table(table, tmp_path / "corpus.parquet")
    monkeypatch.chdir(tmp_path)
    session: dict[str, object] = {}
    for code, want in examples:
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(code, session)
        assert out.getvalue() == want
