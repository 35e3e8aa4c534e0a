"""Tables as they are written."""

from pathlib import Path

import numpy as np
import pyarrow as pa

from pipeline.store.tables import TableWriter, read_parquet, write_parquet


def test_columns_of_floats_that_are_named_take_less_room_and_lose_nothing(tmp_path: Path) -> None:
    chance = np.random.default_rng(0)
    values = {"rows": [f"row {n}" for n in range(500)], "scores": list(chance.random((500, 8), np.float32))}
    table = pa.table(values)
    write_parquet(tmp_path / "plain.parquet", table)
    write_parquet(
        tmp_path / "split.parquet",
        table,
        use_byte_stream_split=["scores.list.element"],
        use_dictionary=["rows"],
    )
    assert read_parquet(tmp_path / "split.parquet").equals(table)
    small, large = ((tmp_path / f"{name}.parquet").stat().st_size for name in ("split", "plain"))
    assert small < 0.95 * large


def test_scores_as_a_release_has_them_are_written_to_csv_as_those_of_a_labelled_table(tmp_path: Path) -> None:
    """A release holds the map as a list of key and value, which Arrow does not join to a text."""
    pairs = [[("Justice", 0.9), ("Torture", 0.2)], [], None]
    listed = pa.list_(pa.struct([pa.field("key", pa.string()), pa.field("value", pa.float64())]))
    kinds = {"map": pa.map_(pa.string(), pa.float64()), "listed": listed}
    given = {
        "map": pairs,
        "listed": [None if p is None else [{"key": k, "value": v} for k, v in p] for p in pairs],
    }
    written = {}
    for name, kind in kinds.items():
        schema = pa.schema([pa.field("issue_scores", kind), pa.field("n", pa.int64())])
        table = pa.table({"issue_scores": pa.array(given[name], kind), "n": [1, 2, 3]}, schema=schema)
        with TableWriter(tmp_path / f"{name}.csv", ".csv", schema) as writer:
            writer.write(table)
        written[name] = (tmp_path / f"{name}.csv").read_text(encoding="utf-8-sig")
    assert '""Justice"": 0.9' in written["listed"]
    assert written["listed"] == written["map"]
