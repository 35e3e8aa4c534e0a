"""The interface for other programs: five functions, and the values that they give.

`load_model`, `label`, `check`, `extract` and `load_release` are all that a program outside this project
should import. Their names, parameters, the fields of what they give, and the columns of its tables change by
semantic versioning of `pipeline.__version__`: a major version for what breaks a caller, a minor one for what
is added (new columns and fields among it), a patch for what is mended. Everything else may change at any
time.

Every fault of an input is a `pipeline.errors.UprError`, with `where`, `what` and `todo`.
"""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline import settings
from pipeline.advice.checking import Checked, explained
from pipeline.corpus.schema import LABELLED, SOURCE_COLUMNS
from pipeline.errors import ReleaseError, SourceError, UprError
from pipeline.labelling.batches import label_rows
from pipeline.models.bundle import Bundle
from pipeline.registry.choosing import choose_model
from pipeline.release.checks.rows import Opened, columns, sums
from pipeline.release.files.folder import LATEST, MANIFEST, manifest
from pipeline.sources.opening import standardiser
from pipeline.sources.records import Record, Reject
from pipeline.sources.standard import Standardiser
from pipeline.stages import extract as extracting
from pipeline.stages.label import moment
from pipeline.store.models import load_bundle
from pipeline.store.tables import read_parquet
from pipeline.store.vocabularies import load_states

__all__ = [
    "Checked",
    "Extracted",
    "Model",
    "Release",
    "check",
    "extract",
    "label",
    "load_model",
    "load_release",
]


@dataclass(frozen=True)
class Model:
    """A model that is loaded. Several threads may use one.

    Attributes:
        version: the same for the same model, anywhere; every label names it.
        origin: where it is from, in words.
        taxonomy_version: of its tags.
        tags: the tags that it knows, in the order of the taxonomy.
        demo: whether it is a demonstration, trained on a small sample, whose labels are not for use.
    """

    version: str
    origin: str
    taxonomy_version: str
    tags: tuple[str, ...]
    demo: bool
    bundle: Bundle = dataclasses.field(repr=False, compare=False)
    """Not part of the stable interface."""
    _machine: Standardiser = dataclasses.field(repr=False, compare=False)
    _others: tuple[str, ...] = dataclasses.field(default=(), repr=False, compare=False)


@dataclass(frozen=True)
class Extracted:
    """What documents gave.

    Attributes:
        table: one row a wording, in the contract's columns; labels are null.
        understood: by file name, how the document was understood, in words.
        problems: gaps in the numbering, conflicts, and rows that were not taken.
        failed: documents that could not be used, each with its fault.
    """

    table: pa.Table
    understood: Mapping[str, str]
    problems: tuple[Reject, ...]
    failed: tuple[UprError, ...]


@dataclass(frozen=True)
class Release:
    """A published release whose files are whole.

    Attributes:
        name: of the release, "2026.1".
        folder: where it is.
        manifest: release.json: counts, model, taxonomy, licence, rights.
        tables: its Parquet tables by name: "recommendations", "labels", "splits" and others.
    """

    name: str
    folder: Path
    manifest: Mapping[str, Any]
    tables: Mapping[str, pa.Table]


def load_model(reference: str = "champion") -> Model:
    """Load a model, after checking the SHA-256 of its files.

    Args: `reference`, "champion" (the model in use: the registry's champion, else the shipped one),
        "shipped", "best", "models:/NAME@ALIAS", or a folder.

    Raises: ModelError if there is no such model or it is damaged; SettingsError if the registry cannot be
        reached.
    """
    chosen = settings.load()
    choice = choose_model(reference, chosen)
    bundle = load_bundle(choice.folder)
    taxonomy = bundle.taxonomy
    machine = standardiser(load_states(), None)
    return Model(
        bundle.version,
        choice.origin,
        taxonomy.version,
        tuple(taxonomy.labels),
        bundle.demo,
        bundle,
        machine,
        tuple(chosen.label.languages),
    )


def label(texts: Iterable[str | None], model: Model | None = None) -> pa.Table:
    """Label texts as `upr label` does with a file of a text a line.

    Args:
        texts: recommendations as they stand in documents; numbers and States around them are taken off. None
            and texts without a letter give rows without an action.
        model: default: the model in use, which is loaded for this call.

    Returns: one row a text, in their order, in the contract's columns (`pipeline.corpus.schema.LABELLED`);
        `labelled_at` is the beginning of the call.
    Raises: TypeError for a single string; as `load_model` where no model is given.
    """
    if isinstance(texts, str):
        raise TypeError("label takes several texts: write label([text])")
    used = model or load_model()
    machine = used._machine.fresh()  # equal rows are counted anew in each call
    rows = [machine.row(Record("", number, text)) for number, text in enumerate(texts, 1)]
    columns = {name: [row.values[name] for row in rows] for name in SOURCE_COLUMNS}
    columns |= {
        "source_file": [None] * len(rows),
        "_faults": [row.faults for row in rows],
        "_part": [None] * len(rows),
        "_own": [None] * len(rows),
    }
    return label_rows(used.bundle, columns, moment(), others=used._others).select(LABELLED.names)


def check(text: str, model: Model | None = None) -> Checked:
    """Label one text, with the words that its labels depend on, and advice for who drafts it.

    Raises: SourceError if the text has no letter or digit; as `load_model` where no model is given.
    """
    used = model or load_model()
    return explained(used.bundle, used.origin, text, others=used._others)


def extract(*documents: str | Path) -> Extracted:
    """Read the recommendations of session documents, merged by review.

    Args: `documents`, Working Group reports (.pdf .docx), addenda, OHCHR's lists (.docx .xlsx), or folders.

    Raises: SourceError if no document is given, or none can be used. Where some can, the faults of the others
        are in `failed`.
    """
    if not documents:
        raise SourceError("extract", "no document is given.", "Name at least one.")
    with tempfile.TemporaryDirectory(prefix="upr-api-") as folder:
        out = Path(folder) / "extracted.parquet"
        done = extracting.run([Path(document) for document in documents], out, settings.load())
        return Extracted(read_parquet(out), done.understood, done.problems, done.failed)


def load_release(folder: str | Path) -> Release:
    """Open a release that `upr publish` wrote, after checking the SHA-256 of its files and their columns.

    Args: `folder`, of a release, or of releases, whose latest is opened.

    Raises: ReleaseError if there is none, if a file was altered, or if this version cannot read its format.
    """
    path = Path(folder)
    if not (path / MANIFEST).is_file() and (path / LATEST).is_dir():
        path = path / LATEST
    opened = Opened(path.resolve(), manifest(path))
    for fault in (fault for held in (sums, columns) for fault in held(opened)):
        raise ReleaseError(str(path), fault, "Fetch the release again; `upr verify` lists all faults.")
    return Release(str(opened.manifest["release"]), opened.folder, opened.manifest, opened.tables)
