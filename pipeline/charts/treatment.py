"""Equal treatment in one table: differences between slices of the rows, and which of them are significant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.charts.trials import TitledTable
from pipeline.evaluation.metrics.document import champion_beside

SLICE_COLUMNS: Mapping[str, str] = {
    "recommending_region": "regional group of the recommending State",
    "reviewed_region": "regional group of the State under review",
    "response": "response of the State under review",
    "recommending_states": "number of recommending States",
    "length": "length of the recommendation",
    "tag_frequency": "frequency of its rarest tag in training",
    "cycle": "UPR cycle",
}
"""Columns of slices and their names on a page; "session" has a separate chart."""

REGIONS = ("recommending_region", "reviewed_region")
_FIGURES = {"action.accuracy": "action, accuracy", "tags.micro_f1": "tags, micro-F1"}

Slices = Mapping[str, Mapping[str, Any]]


def treatment_tables(document: Mapping[str, Any]) -> list[TitledTable]:
    """The table of equal treatment; empty where an evaluation document has no slices."""
    table = _treatment(document)
    return [] if table is None else [table]


def _treatment(document: Mapping[str, Any]) -> TitledTable | None:
    """The largest gap of every slicing, on the test session and on earlier ones; all significant pairs."""
    slices = document.get("slices", {})
    part = next((name for name in ("test", "tune") if slices.get(name)), None)
    if part is None:
        return None
    named = {"test": "test session", "tune": "tuning session"}[part]
    in_use = champion_beside(document).get("slices", {})
    parts = [
        (_initial(named), slices[part]),
        ("Model in use", in_use),
        ("Earlier sessions", slices.get("out_of_fold", {})),
    ]
    # A column for earlier sessions is always there: that nothing is known of them is worth saying.
    parts = [(whose, found) for whose, found in parts if found or whose != "Model in use"]
    columns = [c for c in SLICE_COLUMNS if any(_gap(found, c) for _, found in parts)]
    if not columns:
        return None
    lines = [
        (
            _initial(SLICE_COLUMNS[column]),
            *(_cell(_gap(found, column, metric)) for _, found in parts for metric in _FIGURES),
        )
        for column in columns
    ]
    different = [pair for whose, found in parts for pair in _different(found, whose)]
    return TitledTable(
        "equal-treatment",
        _title(slices[part], in_use, named),
        "If the model were worse on recommendations by or to one group of States, figures on that group "
        "would be less reliable. So the rows are sliced in several ways, the largest gap of each is shown in "
        "percentage points with its 95% interval (bootstrap by text), and every pair of slices is tested. "
        "Holm's correction accounts for the number of pairs: by chance alone, about one cell in twenty would "
        "show a pair. Regions are most important: the model never sees which States are concerned. Gaps "
        "by length or tag show which texts are harder. Earlier sessions: each row is predicted by a model "
        "that was not trained on it (linear models for those of training, the model itself for the tuning "
        "session); there are so many rows that even small gaps are significant.",
        ("Largest gap by", *(f"{whose}: {figure}" for whose, _ in parts for figure in _FIGURES.values())),
        lines,
        f"The {len(different):,} pairs that differ significantly" if different else "",
        ("Compared by", "Pair", "Difference, points", "p (Holm)", "Rows"),
        different,
        kind="worded",
    )


def _initial(words: str) -> str:
    return words[:1].upper() + words[1:]


def _gap(found: Slices, column: str, metric: str = "action.accuracy") -> Mapping[str, Any] | None:
    gap: Mapping[str, Any] | None = found.get(column, {}).get("gaps", {}).get(metric)
    return gap


def _cell(gap: Mapping[str, Any] | None) -> str:
    if gap is None:
        return "–"
    value, _, interval = _points(gap["size"]).partition("\n")
    pairs = f"{gap['significant']} of {len(gap['comparisons'])} pairs differ"
    return f"{value}\n{interval}: between {gap['best']} and {gap['worst']}; {pairs}"


def _points(estimate: Mapping[str, Any]) -> str:
    """ "1.2" and, below it, "0.4 to 2.0"."""
    value, low, high = (estimate[k] for k in ("value", "low", "high"))
    return f"{100 * value:.1f}" + ("" if low is None else f"\n{100 * low:.1f} to {100 * high:.1f}")


def _title(now: Slices, in_use: Slices, named: str) -> str:
    pairs, different = _counted(now)
    if not pairs:
        return "Whether the model treats all States equally cannot be tested: there are too few rows"
    besides = f"; with the model in use, {_counted(in_use)[1] or 'none'}" if in_use else ""
    if not different:
        return f"No two regional groups differ significantly on the {named}{besides}"
    return (
        f"{different} of {pairs} comparisons of two regional groups differ significantly on the "
        f"{named}{besides}"
    )


def _counted(found: Slices) -> tuple[int, int]:
    """Comparisons of two regional groups, and those that differ significantly."""
    gaps = [
        gap for column in REGIONS for metric in _FIGURES if (gap := _gap(found, column, metric)) is not None
    ]
    return sum(len(g["comparisons"]) for g in gaps), sum(g["significant"] for g in gaps)


def _different(found: Slices, whose: str) -> Iterator[tuple[str, ...]]:
    for column in SLICE_COLUMNS:
        for metric, figure in _FIGURES.items():
            for pair in (_gap(found, column, metric) or {}).get("comparisons", ()):
                if pair["adjusted_p"] <= 0.05:
                    p = f"{pair['adjusted_p']:.3f}" if pair["adjusted_p"] >= 0.001 else "under 0.001"
                    what = f"{_initial(SLICE_COLUMNS[column])}\n{figure}"
                    yield (
                        what,
                        f"{pair['first']} minus {pair['second']}",
                        _points(pair["difference"]),
                        p,
                        whose,
                    )
