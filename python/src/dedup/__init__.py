"""Find near-duplicate news articles, shared stories, copied passages and wire phrasing.

Articles are a pyarrow Table, RecordBatch or RecordBatchReader, a pandas or Polars frame, a Hugging Face dataset, whatever else gives an Arrow stream
(``__arrow_c_stream__``), or paths. Results are Arrow. Articles go to the program as they are read, so a RecordBatchReader larger than memory is fine.

Columns are found by their usual names (text, title, id, source, date, url …); ``fields={"text": "body"}`` names others. An article without an id is called
``-#n``, the n-th of the input.
"""

from ._articles import Articles
from ._index import Index
from ._program import DedupError, SkippedWarning
from ._stages import CheckResult, Reading, check, clean, clusters, pairs, passages, phrases, sketch, stories, stream, text

__all__ = [
    "Articles", "CheckResult", "DedupError", "Index", "Reading", "SkippedWarning",
    "check", "clean", "clusters", "pairs", "passages", "phrases", "sketch", "stories", "stream", "text",
]
