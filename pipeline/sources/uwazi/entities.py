"""Uwazi's rows, from its API or a JSON file, as records."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import SettingsError, SourceError
from pipeline.sources.records import Record
from pipeline.store.files import read_bytes
from pipeline.store.vocabularies import config_path, read_yaml

_SEVERAL = ("recommending_states", "issues")
_FIELDS = frozenset(
    {"text", "state_under_review", "recommending_states", "session", "response", "action", "issues"}
)


@dataclass(frozen=True)
class UwaziMapping:
    """What the keys of a row's metadata mean, from configs/sources.yaml.

    Attributes:
        fields: key to field of `Record`.
        ignored: keys that are not read, with the reason.
        required: properties by which the template of recommendations is known.
        names: of that template, where no template has all these properties.
        result_cap: where `totalRows` stops, and no page lies beyond.
        cuts: properties that cut a larger answer, in turn.
        recount_by: property by which a cut download is counted once more, or None.
    """

    fields: Mapping[str, str]
    ignored: Mapping[str, str]
    required: tuple[str, ...]
    names: tuple[str, ...]
    result_cap: int
    cuts: tuple[str, ...]
    recount_by: str | None

    def check_keys(self, keys: Iterable[str], where: str) -> None:
        """Raises: SourceError naming the keys that are neither used nor ignored by name."""
        unknown = [key for key in keys if key not in self.fields and key not in self.ignored]
        if unknown:
            raise SourceError(
                where,
                (
                    f"the metadata holds {', '.join(repr(key) for key in unknown)}, which this project does "
                    f"not know."
                ),
                "Add it under fields or ignored of `uwazi` in configs/sources.yaml.",
            )


def mapping_from(content: Mapping[str, Any], where: str) -> UwaziMapping:
    """The mapping of a sources.yaml's section `uwazi`. Raises: SettingsError."""
    try:
        mapping = UwaziMapping(
            dict(content["fields"]),
            dict(content["ignored"]),
            tuple(content["required"]),
            tuple(content["names"]),
            int(content["result_cap"]),
            tuple(content["cuts"]),
            content["recount_by"],
        )
    except (KeyError, TypeError, ValueError) as error:
        raise SettingsError(
            f"{where}, uwazi", f"cannot be used ({error!r}).", "Correct the section, or restore it."
        ) from error
    strange = sorted(set(mapping.fields.values()) - _FIELDS)
    if strange:
        raise SettingsError(
            f"{where}, uwazi", f"'{strange[0]}' is not a field.", f"Use one of {', '.join(sorted(_FIELDS))}."
        )
    return mapping


def load_mapping() -> UwaziMapping:
    """The mapping of configs/sources.yaml. Raises: SettingsError."""
    path = config_path("sources.yaml")
    return mapping_from(read_yaml(path)["uwazi"], str(path))


def record(row: Any, mapping: UwaziMapping, file: str, number: int, language: str) -> Record:
    """A row of Uwazi as a record; what is wrong with the row is in its `fault`.

    Args:
        row: an entity with `metadata`, whose fields are lists of {value, label}.
        mapping: what its keys mean.
        file: file or instance it came from.
        number: 1-based order there.
        language: the language kept, ISO 639-1; a row in another one is a fault.

    Raises: SourceError for a key of the metadata that is neither used nor ignored by name.
    """
    metadata = row.get("metadata") if isinstance(row, dict) else None
    if not isinstance(metadata, dict):
        return Record(
            file,
            number,
            None,
            fault="The row has no metadata, so it is not an entity of Uwazi. Export it again.",
        )
    mapping.check_keys(metadata, f"{file}, row {number}")
    values: dict[str, Any] = {}
    faults: list[str] = []
    for key, field in mapping.fields.items():
        words, fault = _words(metadata.get(key), field)
        if fault or (len(words) > 1 and field not in _SEVERAL):
            faults.append(f"'{key}' {fault or 'holds more than one value'}. Correct it in Uwazi.")
        if field in _SEVERAL:
            values[field] = tuple(words)
        elif words:
            values[field] = words[0]
    own = row.get("language")
    if own and own != language:
        faults.append(
            f"The row is in '{own}', and '{language}' is read. Set fetch.language in configs/settings.yaml."
        )
    return Record(
        file, number, values.pop("text", None), language=language, fault=" ".join(faults) or None, **values
    )


def _words(entries: Any, field: str) -> tuple[list[str], str]:
    """The labels (of a text: the values) of a metadata field, and what is wrong with it ("" if nothing)."""
    if entries is None:
        return [], ""
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        return [], "is not a list of {value, label}"
    found = [
        entry.get("value") if field == "text" else entry.get("label", entry.get("value")) for entry in entries
    ]
    filled = [word for word in found if word not in (None, "")]
    if not all(
        isinstance(word, str) or (isinstance(word, (int, float)) and field != "text") for word in filled
    ):
        return [], "holds a value that is not text"
    return [str(word) for word in filled], ""


def read_uwazi_json(path: Path, language: str = "en") -> Iterator[Record]:
    """Records of a Uwazi JSON file: {"rows": [...]}, a list of rows, or one row a line.

    Rows in other languages, and rows that repeat an entity, come with a fault. Raises: SourceError,
    StoreError.
    """
    mapping = load_mapping()
    seen: dict[str, int] = {}
    number = 0
    for number, (row, fault) in enumerate(_rows(path), start=1):
        if fault:
            yield Record(path.name, number, None, fault=fault)
            continue
        made = record(row, mapping, path.name, number, language)
        shared = row.get("sharedId") if isinstance(row, dict) else None
        if isinstance(shared, str) and made.fault is None:
            first = seen.setdefault(shared, number)
            if first != number:
                made = Record(
                    path.name,
                    number,
                    made.text,
                    fault=f"The row repeats the entity of row {first} ({shared!r}).",
                )
        yield made
    if number == 0:
        raise SourceError(str(path), "the file has no rows.", "Export it again.")


def objects_of(path: Path) -> list[dict[str, Any]] | None:
    """The objects of a JSON file that is not Uwazi's: a list of them, alone or as the one list of an object;
    texts of a list are objects with a `text`. None where the file is Uwazi's, or no JSON as a whole.

    Raises: SourceError for JSON of another shape; StoreError.
    """
    try:
        whole = json.loads(read_bytes(path).decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError):
        return None
    if isinstance(whole, dict):
        lists = [value for value in whole.values() if isinstance(value, list)]
        if "metadata" in whole or "rows" in whole or len(lists) != 1:
            return None
        whole = lists[0]
    if not isinstance(whole, list) or not whole:
        return None
    if all(isinstance(row, str) for row in whole):
        return [{"text": row} for row in whole]
    if any(isinstance(row, dict) and "metadata" in row for row in whole):
        return None
    if not all(isinstance(row, dict) for row in whole):
        raise SourceError(
            str(path),
            "the JSON is a list, and not one of objects or of texts.",
            "Save one object a recommendation, with its text.",
        )
    return whole


def _rows(path: Path) -> Iterator[tuple[Any, str | None]]:
    """The rows of a file, or for a line that cannot be read, why."""
    content = read_bytes(path)
    if not content.strip():
        raise SourceError(str(path), "the file is empty.", "Export it again.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceError(
            str(path),
            f"is not UTF-8, as JSON must be ({error.reason}, byte {error.start}).",
            "Export it again.",
        ) from error
    try:
        whole = json.loads(text)
    except ValueError as error:
        yield from _lines(path, text, error)
        return
    rows = whole.get("rows", [whole] if "metadata" in whole else None) if isinstance(whole, dict) else whole
    if not isinstance(rows, list):
        raise SourceError(
            str(path),
            "the JSON is neither a list of rows nor an object with 'rows'.",
            "Save the answer of /api/search.",
        )
    for row in rows:
        yield row, None


def _lines(path: Path, text: str, error: ValueError) -> Iterator[tuple[Any, str | None]]:
    """The rows of JSON lines. Raises: SourceError if the first line is not JSON either: then the file is
    something else.
    """
    lines = [line for line in text.split("\n") if line.strip()]
    for number, line in enumerate(lines):
        try:
            row = json.loads(line)
        except ValueError as fault:
            if number == 0:
                raise SourceError(
                    str(path), f"is not JSON ({error}).", "Save it again; it may be cut off."
                ) from fault
            yield None, f"The line is not JSON ({fault}). Save it again."
            continue
        yield row, None


def is_uwazi_line(path: Path) -> bool:
    """Whether a .jsonl file begins with a row of Uwazi, and not with one of this project."""
    try:
        with path.open("rb") as file:
            row = json.loads(file.readline(10_000_000))
    except (OSError, ValueError):
        return False
    return isinstance(row, dict) and "metadata" in row
