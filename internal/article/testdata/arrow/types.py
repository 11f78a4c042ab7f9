# Writes the samples types-* with pyarrow: python3 types.py DIRECTORY. Three batches of
# four rows, with columns of every type beside the text. Of the second batch every row is a copy of
# one in the first; the first row of the last batch ends in a share bar.
import datetime, decimal, sys
import pyarrow as pa
import pyarrow.ipc as ipc

WORDS = "river council bridge mayor budget goat rain market school harbour winter library chess gazette flood".split()
BAR = "\n\nShare this article\nRelated Sources:\n- one\n- two\n"


def text(i):
    k = i - 4 if 4 <= i < 8 else i
    lines = [" ".join(WORDS[(k * 31 + j * (k + 3) + j * j * k) % 15] + str((k * j + j) % 97) for j in range(12 * n, 12 * n + 12)) for n in range(5)]
    return ".\n".join(lines) + "." + (BAR if i == 8 else "")


def some(i, v):
    return None if i % 3 == 1 else v


def array(kind, fn, rows):
    return pa.array([fn(i) for i in rows], kind)


def columns(rows, wide):
    n = len(rows)
    out = {
        "id": array(pa.string(), lambda i: f"w{i}", rows),
        "text": array(pa.large_string() if wide else pa.string(), text, rows),
        "nothing": pa.nulls(n),
        "bool": array(pa.bool_(), lambda i: some(i, i % 2 == 0), rows),
        "i8": array(pa.int8(), lambda i: -i, rows), "u64": array(pa.uint64(), lambda i: some(i, 2**64 - 1 - i), rows),
        "half": array(pa.float16(), lambda i: some(i, i / 2), rows), "double": array(pa.float64(), lambda i: i / 7, rows),
        "decimal": array(pa.decimal128(18, 2), lambda i: some(i, decimal.Decimal(i) / 4), rows),
        "day": array(pa.date32(), lambda i: some(i, datetime.date(2024, 5, 1 + i)), rows),
        "time": array(pa.time64("us"), lambda i: datetime.time(1, 2, i), rows),
        "at": array(pa.timestamp("ms", "UTC"), lambda i: some(i, 1_700_000_000_000 + i), rows),
        "took": array(pa.duration("s"), lambda i: i, rows),
        "interval": array(pa.month_day_nano_interval(), lambda i: some(i, (1, i, 3)), rows),
        "bytes": array(pa.binary(), lambda i: some(i, bytes([0, 255, i])), rows),
        "fixed": array(pa.binary(3), lambda i: some(i, bytes([i] * 3)), rows),
        "source": pa.DictionaryArray.from_arrays(array(pa.int16(), lambda i: some(i, i % 2), rows), pa.array(["Herald", "Gazette"])),
        "rank": pa.DictionaryArray.from_arrays(array(pa.int8(), lambda i: i % 2, rows), pa.array([10**12, -7], pa.int64())),
        "list": array(pa.list_(pa.int32()), lambda i: some(i, list(range(i % 4))), rows),
        "large": array(pa.large_list(pa.string()), lambda i: some(i, ["p", None, "q" * i]), rows),
        "four": array(pa.list_(pa.float32(), 4), lambda i: some(i, [i, None, 2, 3]), rows),
        "map": array(pa.map_(pa.string(), pa.int64()), lambda i: some(i, [("k", i), ("l", None)]), rows),
        "struct": array(pa.struct([("name", pa.string()), ("tags", pa.list_(pa.string()))]), lambda i: some(i, {"name": some(i + 1, "x"), "tags": ["a"]}), rows),
        "view": array(pa.string_view(), lambda i: some(i, "short" if i % 2 else "a text of more than twelve bytes"), rows),
        "listview": array(pa.list_view(pa.int16()), lambda i: some(i, [i, i]), rows),
        "sparse": pa.UnionArray.from_sparse(array(pa.int8(), lambda i: i % 2, rows), [array(pa.int32(), lambda i: i, rows), array(pa.string(), lambda i: some(i, "u"), rows)]),
        "dense": pa.UnionArray.from_dense(array(pa.int8(), lambda i: i % 2, rows), array(pa.int32(), lambda i: i % 4 // 2, rows), [array(pa.int32(), lambda i: some(i, i), rows), pa.array(["v", "w"])]),
        "runs": pa.RunEndEncodedArray.from_arrays(pa.array([n - 1, n], pa.int32()), pa.array(["run", None])),
    }
    return pa.RecordBatch.from_arrays(list(out.values()), names=list(out)).replace_schema_metadata({"maker": "a test"})


def main(directory):
    for name, codec, wide in ("plain", None, False), ("lz4", "lz4", True), ("zstd", "zstd", True):
        batches = [columns(range(k, k + 4), wide) for k in (0, 4, 8)]
        for make, end in (ipc.new_stream, "arrows"), (ipc.new_file, "arrow"):
            with make(f"{directory}/types-{name}.{end}", batches[0].schema, options=ipc.IpcWriteOptions(compression=codec)) as w:
                for b in batches:
                    w.write_batch(b)


main(sys.argv[1])
