"""Settings: typed, read once from configs/settings.yaml and the environment, and handed on as values.

Environment: `UPR_HOME` (folder for data; by default the project folder that the current folder lies in, or
the current folder itself), `UPR_CORPUS` (folder laid out like data/sample; made absolute here, once),
`UPR_SETTINGS` (another settings file), `MLFLOW_TRACKING_URI` (wins over the file), `SOURCE_DATE_EPOCH`.
"""

from __future__ import annotations

import os
import re
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline.errors import SettingsError
from pipeline.options import (
    ArrivalOptions,
    Depth,
    DoubtOptions,
    EvaluationOptions,
    FinetuneOptions,
    LinearOptions,
    NetworkOptions,
    RefreshOptions,
    Share,
    SplitOptions,
)


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class IngestSettings(_Section):
    """How exports are read."""

    encoding: str = "auto"
    delimiter: str = "auto"
    max_text_chars: int = Field(20_000, gt=0)


class FetchSettings(_Section):
    """Requests to a Uwazi instance: address, size, pauses and repetitions."""

    url: str = "https://upr-info-database.uwazi.io"
    language: str = "en"
    page_rows: int = Field(500, ge=2)
    pause_seconds: float = Field(0.5, ge=0)
    tries: int = Field(6, ge=1)
    backoff_seconds: float = Field(1.0, ge=0)
    longest_wait_seconds: float = Field(300.0, gt=0)
    timeout_seconds: float = Field(60.0, gt=0)


class DocumentLimits(_Section):
    """What a single document from outside may cost.

    Attributes:
        seconds: of reading, after which it is given up.
        pages: of a PDF.
        file_bytes: of the file itself.
        unpacked_bytes: of a DOCX or XLSX, all its parts together.
        memory_bytes: of address space that the reading process may take.
    """

    seconds: float = Field(30.0, gt=0)
    pages: int = Field(500, ge=1)
    file_bytes: int = Field(100_000_000, ge=1)
    unpacked_bytes: int = Field(200_000_000, ge=1)
    memory_bytes: int = Field(3_000_000_000, ge=500_000_000)


class ExtractSettings(DocumentLimits):
    """How session documents are read: their limits, and in how many processes."""

    processes: int = Field(2, ge=1)


class TrainSettings(_Section):
    """The stage `train`."""

    depth: Depth = "refresh"
    seed: int = 0
    demo_below_rows: int = Field(5000, ge=0)
    folds: int = Field(4, ge=2)
    refresh: RefreshOptions = RefreshOptions()
    linear: LinearOptions = LinearOptions()
    network: NetworkOptions = NetworkOptions()
    finetune: FinetuneOptions = FinetuneOptions()
    doubt: DoubtOptions = DoubtOptions()

    def used(self) -> dict[str, Any]:
        """What a training of this depth depends on, as plain JSON values.

        Options of networks count only where networks are trained.
        """
        unused = {"refresh": {"network", "finetune"}, "finetune": set[str](), "full": {"finetune"}}
        found: dict[str, Any] = self.model_dump(mode="json", exclude=unused[self.depth])
        return found


class RegisterSettings(_Section):
    """The stage `register`: when a challenger becomes champion."""

    model_name: str = "upr-labeller"
    experiment: str = "upr-labelling"
    tolerated_loss_points: float = Field(0.5, ge=0)


class LabelSettings(_Section):
    """The stage `label`: batches, processes, rows of a partition (rounded up to whole batches), and the
    languages beside English that are labelled.
    """

    batch_rows: int = Field(1000, ge=1)
    processes: int = Field(2, ge=1)
    partition_rows: int = Field(100_000, ge=1)
    languages: tuple[Literal["fr", "es"], ...] = ("fr", "es")


class UpdateSettings(_Section):
    """`upr update`.

    Attributes:
        least_share: a source with a smaller share of its former rows is refused.
        keep_runs: so many folders of the latest runs stay; older ones are removed.
    """

    least_share: Share = 0.9
    keep_runs: int = Field(60, ge=1)


class RightsSettings(_Section):
    """Who has which rights in the parts of a release, a sentence each."""

    texts: str
    codes: str
    labels: str


class CreatorSettings(_Section):
    """Who made a release, as Zenodo asks: "Family name, Given names", or the name of an organisation."""

    name: str = Field(min_length=1)
    affiliation: str | None = None
    orcid: str | None = Field(None, pattern=r"^\d{4}-\d{4}-\d{4}-\d{3}[\dX]$")


class PublishSettings(_Section):
    """The stage `publish`.

    Attributes:
        title: of a release.
        licence: the one that was granted, or "none"; `publish` refuses to run without it, other commands run.
        rights: needed as the licence is.
        address: where the folder of releases is on the web; without one, links of the catalogue are relative.
        doi: of all releases together.
        creators: of releases, for depositing them at Zenodo; without one, no zenodo.json is written.
        signing_key: the OpenPGP key in GnuPG's keyring that signs releases; without one, none is signed.
        drafting: where people reach the page `/draft` of a server (`upr serve`), which codes drafts.
    """

    title: str = "UPR recommendations, labelled"
    licence: str | None = None
    rights: RightsSettings | None = None
    address: str | None = None
    doi: str | None = None
    creators: tuple[CreatorSettings, ...] = ()
    signing_key: str | None = None
    drafting: str | None = None


class Settings(_Section):
    """Everything that can be set, checked when read. Field names are those of configs/settings.yaml."""

    taxonomy: str = "2014-10"
    tracking_uri: str = "sqlite:///mlflow.db"
    ingest: IngestSettings = IngestSettings()
    fetch: FetchSettings = FetchSettings()
    extract: ExtractSettings = ExtractSettings()
    splits: SplitOptions
    train: TrainSettings = TrainSettings()
    evaluate: EvaluationOptions = EvaluationOptions()
    register_: RegisterSettings = Field(default_factory=RegisterSettings, alias="register")
    label: LabelSettings = LabelSettings()
    publish: PublishSettings = PublishSettings()
    update: UpdateSettings = UpdateSettings()
    arrival: ArrivalOptions = ArrivalOptions()


def _is_project(folder: Path) -> bool:
    return (folder / "configs" / "settings.yaml").is_file() and (folder / "dvc.yaml").is_file()


@cache
def home() -> Path:
    """The folder for data: `UPR_HOME`, else the nearest project folder upwards, else the current folder.

    Raises: SettingsError if `UPR_HOME` is no folder.
    """
    value = os.environ.get("UPR_HOME")
    if value:
        folder = Path(value).resolve()
        if folder.exists() and not folder.is_dir():
            raise SettingsError("UPR_HOME", f"'{value}' is not a folder.", "Name a folder, or unset it.")
        return folder
    here = Path.cwd()
    return next((folder for folder in (here, *here.parents) if _is_project(folder)), here)


def locale_language() -> str:
    """The language of LC_ALL, LC_MESSAGES or LANG ("fr_CH.UTF-8" is "fr"); "" where they name none."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name, ""):
            language = re.split(r"[_.@-]", value, maxsplit=1)[0].lower()
            return language if language not in ("c", "posix") else ""
    return ""


def resource(name: str) -> Path:
    """A folder that the project brings, "configs" or "models/shipped": the home folder's own where there is
    one, else what lies beside this package in a checkout, else what is packaged with it.

    A folder of the home counts whole: what is missing in it is an error, and never taken from elsewhere.
    """
    own = home() / name
    if own.is_dir():
        return own
    checkout = Path(__file__).resolve().parent.parent
    return checkout / name if _is_project(checkout) else Path(str(files("pipeline") / "data" / name))


def corpus_folder() -> Path | None:
    """The real corpus (`UPR_CORPUS`, absolute), or None where the variable is not set."""
    value = os.environ.get("UPR_CORPUS")
    if not value:
        return None
    folder = Path(value).resolve()
    if not folder.is_dir():
        raise SettingsError(
            "UPR_CORPUS",
            f"'{value}' is not a folder.",
            "Set it to a folder laid out like data/sample, or unset it.",
        )
    return folder


@cache
def load() -> Settings:
    """The settings of this process.

    Raises: SettingsError if the file is missing, is not YAML, or holds an unknown name or a value out of
        range.
    """
    path = Path(os.environ.get("UPR_SETTINGS", resource("configs") / "settings.yaml"))
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SettingsError(
            str(path),
            f"cannot be read ({error}).",
            "Restore the file from the repository, or set UPR_SETTINGS.",
        ) from error
    try:
        settings = Settings.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise SettingsError(f"{path}, {place}", f"{first['msg']}.", "Correct the value.") from error
    uri = os.environ.get("MLFLOW_TRACKING_URI")
    return settings.model_copy(update={"tracking_uri": uri}) if uri else settings
