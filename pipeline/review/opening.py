"""The desk opened from settings and files: vocabularies, rules as evidence, precedents. Imports, exports and
pages start here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path

from pipeline import settings
from pipeline.corpus.splits import sessions_of
from pipeline.corpus.taxonomy import Taxonomy
from pipeline.errors import DecisionError, ModelError, SettingsError
from pipeline.progress import Progress, silent
from pipeline.registry.choosing import Choice, choose_model
from pipeline.registry.versions import CHAMPION
from pipeline.review.deciding.ledger import Ledger
from pipeline.review.exchange import exports, tools
from pipeline.review.exchange.sheets import take_sheet
from pipeline.review.intake.earlier import Reviews
from pipeline.review.intake.gathering import Explained, Explainer, Mark, gather, text_key
from pipeline.review.intake.model_evidence import ModelEvidence
from pipeline.review.intake.precedents import Chosen, choose
from pipeline.review.intake.result import IntakeResult
from pipeline.review.intake.run import DeskIntake
from pipeline.review.rounds.planning import RoundPlan
from pipeline.review.settings import load_desk_settings
from pipeline.review.store import accounts
from pipeline.review.store.database import Database
from pipeline.review.store.importing import importing
from pipeline.rules.labeller import RuleLabeller
from pipeline.sources.records import Reject
from pipeline.sources.tables.labelled import LabelledRow, read_labelled
from pipeline.store.files import rejects_path, write_jsonl
from pipeline.store.models import load_bundle
from pipeline.store.threads import load_finder
from pipeline.store.vocabularies import load_blinder, load_codebook, load_taxonomy, translate


@cache
def _model(folder: Path) -> ModelEvidence:
    return ModelEvidence(load_bundle(folder))


class _WordsOfModel:
    """The model's own evidence; the model is loaded when first asked for. Without it the import goes on, and
    says so.
    """

    def __init__(self, reference: str) -> None:
        self._reference = reference
        self._choice: Choice | None = None
        self.complaint = ""
        self.source = ""

    def __call__(
        self, text: str, model_version: str, action: int | None, wanted: Sequence[str]
    ) -> list[Mark]:
        if self.complaint:
            return []
        try:
            # Asked for once an import: a promotion in the middle of it changes nothing.
            self._choice = self._choice or choose_model(self._reference, settings.load())
            model = _model(self._choice.folder)
            self.source = f"{model.version} ({self._choice.origin})"
            return model.marks(text, model_version, action, wanted)
        except (ModelError, SettingsError) as error:
            self.complaint = f"Only words that the codebook's rules name are marked: {error}"
            return []


@cache
def _rules(taxonomy_version: str) -> RuleLabeller:
    return RuleLabeller(load_codebook(), load_taxonomy(taxonomy_version))


def explainer(taxonomy: Taxonomy) -> Explainer:
    """Evidence from the codebook's rules: the leading verb, and the words of each tag."""
    rules = _rules(taxonomy.version)

    def explain(texts: Sequence[str]) -> list[Explained]:
        found = []
        for opinion in rules.label(texts):
            spans = [(s.start, s.end, "action") for s in opinion.action_spans]
            spans += [(s.start, s.end, tag) for tag, of_tag in opinion.tag_spans.items() for s in of_tag]
            found.append(Explained(opinion.action, opinion.action_rule, tuple(spans)))
        return found

    return explain


def _rows(path: Path) -> tuple[bool, Iterator[LabelledRow]]:
    return read_labelled(path, settings.load().extract)


def default_precedents() -> tuple[Path, ...]:
    """The table of coded recommendations in the home folder, if it is there."""
    found = settings.home() / "data" / "corpus" / "corpus.parquet"
    return (found,) if found.is_file() else ()


def find_precedents(paths: Sequence[Path]) -> Chosen:
    """Precedents of tables that people coded; rows of the test sessions, by time and of the benchmark, stay
    out (see `precedents.choose`).
    """
    options = settings.load().splits
    rows = [row for path in paths for row in _rows(path)[1]]
    coded = Counter(
        row.values["session"]
        for row in rows
        if not row.fault
        and row.values["label_source"] == "expert"
        and row.values["action"] is not None
        and row.values["kind"] != "pledge"
        and row.values["session"] is not None
    )
    # Pledges of the sessions that the benchmark measures on, and of later ones, guide nobody.
    first_measured = min((*options.tune, *options.test))
    held_out = {*options.test, *sessions_of(coded, options).test}
    return choose(rows, text_key, held_out, first_measured)


def import_files(
    database: Database,
    paths: Sequence[Path],
    precedent_paths: Sequence[Path] = (),
    *,
    user: str | None = None,
    strict: bool = False,
    model: str = CHAMPION,
    progress: Progress = silent,
) -> list[str]:
    """Import labelled tables and decision sheets. Rejects go beside the file they come from.

    Args:
        user: whose decisions a sheet holds; None for the sheet's own account.
        model: the model that made the predictions; it explains what the rules do not. Another model explains
            nothing.

    Returns: what was done, a line each. Raises: SourceError, StoreError, DecisionError; nothing of that file
        is taken then. StoreError, too, if another process imports into the database.
    """
    with importing(database):
        lines = []
        tables = []
        for path in paths:
            is_sheet, rows = _rows(path)
            if is_sheet:
                lines += _take_sheet(database, path, rows, user, strict)
            else:
                tables.append(path)
        if tables or (precedent_paths and not lines):
            result, chosen = fill_queue(
                database, tables, precedent_paths, progress, strict=strict, model=model
            )
            lines += _told(result, chosen)
            for path in tables:
                lines += _write_rejects(
                    path, [r for r in result.rejects if r.file == path.name or len(tables) == 1]
                )
        return lines


def take_table(
    database: Database, path: Path, precedent_paths: Sequence[Path], plan: RoundPlan
) -> IntakeResult:
    """Import one labelled table into a round of its own. Rejects go beside it. Raises: as `import_files`."""
    with importing(database):
        result, _ = fill_queue(database, [path], precedent_paths, plan=plan)
        _write_rejects(path, result.rejects)
        return result


def _take_sheet(
    database: Database, path: Path, rows: Iterator[LabelledRow], user: str | None, strict: bool
) -> list[str]:
    person = accounts.find_user(database, user) if user else accounts.sheet_user(database)
    if person is None:
        raise DecisionError(
            f"--user {user}", "there is no such account.", "`upr review user list` shows them."
        )
    taxonomy = load_taxonomy(settings.load().taxonomy)
    ledger = Ledger(database, taxonomy.version, load_desk_settings().lease_minutes)
    result = take_sheet(database, ledger, taxonomy, person, rows, strict=strict)
    line = (
        f"{path}: {result.rows:,} rows, {result.changed:,} decisions changed, {result.unchanged:,} "
        f"rows as they were."
    )
    return [line, *_write_rejects(path, result.rejects)]


def _write_rejects(path: Path, rejects: Sequence[Reject]) -> list[str]:
    target = rejects_path(path)
    if not rejects:
        return []
    write_jsonl(target, (asdict(reject) for reject in rejects))
    first = rejects[0]
    return [
        f"{len(rejects):,} rows rejected, see {target}. The first: {first.file}, row {first.row}: "
        f"{first.reason}"
    ]


def _told(result: IntakeResult, chosen: Chosen) -> list[str]:
    lines = [
        f"{result.rows:,} rows: {result.new_rows:,} new, {result.known_rows:,} known; "
        f"{result.new_items:,} new wordings, "
        f"{result.new_predictions:,} new predictions.",
        f"{result.queued:,} wordings wait for a decision.",
    ]
    if result.round_name:
        lines.append(f"Round: {result.round_name}.")
    if result.complaint:
        lines.append(result.complaint)
    elif result.marked_by:
        lines.append(
            f"Where no codebook rule accounts for a label, the words are marked that it depends on in "
            f"{result.marked_by}, if that model gave it."
        )
    if result.requeued or result.settled or result.unchanged:
        lines.append(
            f"The newer model says the same of {result.unchanged:,} known wordings; of those that nobody "
            f"decided, "
            f"it queues {result.requeued:,} and settles {result.settled:,}."
        )
    if result.variants:
        lines.append(
            f"{result.variants:,} rows are spelled otherwise than an earlier one and were predicted "
            f"otherwise; the earlier stands."
        )
    if result.precedents or chosen.left_out:
        left = "; ".join(f"{n:,} {reason}" for reason, n in chosen.left_out.items())
        lines.append(f"{result.precedents:,} new precedents" + (f"; left out: {left}." if left else "."))
    return lines


def export_file(database: Database, out: Path, form: str, *, allow_fewer: bool = False) -> list[str]:
    """Write the decisions as `table`, `label-studio` or `argilla`.

    Args:
        allow_fewer: replace a file that holds more rows than the desk would write.

    Returns: what was done, a line each. Raises: StoreError; the file is as it was then.
    """
    if not allow_fewer:
        exports.refuse_fewer(database, out, form)
    taxonomy = load_taxonomy(settings.load().taxonomy)
    if form == "label-studio":
        return [
            f"{out}: {tools.write_label_studio(database, out, taxonomy):,} tasks; the interface is "
            f"{out}.config.xml."
        ]
    if form == "argilla":
        return [
            f"{out}: {tools.write_argilla(database, out, taxonomy):,} records; the questions are in "
            f"{out}.settings.json."
        ]
    rows, left_out = exports.write_table(database, out)
    lines = [f"{out}: {rows:,} rows decided by people."]
    return [*lines, f"{left_out:,} wordings left out: they wait for an adjudicator."] if left_out else lines


def fill_queue(
    database: Database,
    paths: Sequence[Path],
    precedent_paths: Sequence[Path] = (),
    progress: Progress = silent,
    *,
    strict: bool = False,
    model: str = CHAMPION,
    plan: RoundPlan | None = None,
) -> tuple[IntakeResult, Chosen]:
    """Import labelled tables. Raises: SourceError, StoreError; nothing is written then."""
    taxonomy = load_taxonomy(settings.load().taxonomy)

    def in_current(labels: list[str], version: str) -> list[str]:
        try:
            return translate(labels, version, taxonomy.version)
        except SettingsError as error:
            raise KeyError(labels[0] if labels else version) from error

    chosen = find_precedents(precedent_paths)
    rows = (row for path in paths for row in progress(_rows(path)[1], f"reading {path.name}"))
    words = _WordsOfModel(model)
    desk = load_desk_settings()
    if plan is None:
        named = paths[0].stem[:80] if paths else ""
        plan = RoundPlan(named or "import", desk.audit_share, desk.second_reading_share)
    intake = DeskIntake(database, desk, explainer(taxonomy), load_blinder().blind, progress, words, plan)
    reviews = Reviews(load_finder(), text_key, chosen.held_out)
    reviews.add_coded(chosen.rows)
    gathered = gather(rows, taxonomy, in_current)
    result = intake.run(gathered, chosen.precedents, reviews, strict=strict)
    result.complaint, result.marked_by = words.complaint, words.source
    return result, chosen
