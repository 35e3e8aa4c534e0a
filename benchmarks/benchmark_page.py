"""docs/benchmark.md and its chart, from the results that are there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from benchmarks.peers import ENTRIES
from pipeline.charts.drawing import ACCENT, GRID, INK, MUTED, NARROW, WIDE, Chart, estimate_text, png
from pipeline.store.files import atomic_file, read_json, write_text

Results = Mapping[str, Mapping[str, Any]]
_FIGURES = {
    "action accuracy": ("action", "accuracy"),
    "action macro-F1": ("action", "macro_f1"),
    "quadratic kappa": ("action", "kappa"),
    "tags micro-F1": ("tags", "micro_f1"),
    "tags macro-F1": ("tags", "macro_f1"),
}
_DRAWN = {"action accuracy": 0.8, "tags micro-F1": 0.8}
_UNTRAINED = ("shipped", "best")

_HEAD = """# Classifiers compared

Written by `python -m benchmarks.classifiers` (`make benchmark-classifiers`); what each peer gave is kept in
`benchmarks/results/`. Models of other kinds, on the same rows and the same machine as the project's own:
trained on sessions 1 to 16, thresholds and options chosen on session 17, measured on session 18. Of `shipped`
this is its evaluated twin, whose linear model learned session 17, too. States are masked for all of them.
Figures with 95 % intervals (bootstrap by wording). Differences within the intervals
have little meaning, and macro-F1 of the action depends on 11 rows of category 1.

![Action accuracy and tags micro-F1 of each classifier, with intervals](pictures/benchmark.png)
"""

_PEERS = """## What was compared

- **majority**: the most frequent action and the most frequent tag for every text.
- **codebook rules**: `configs/codebook.yaml`, which are not trained; the most frequent action where no rule
  applies.
- **linear**: lead words and TF-IDF, logistic regression and linear SVMs; what `make run` trains.
- **fastText**: softmax for the action, one-versus-all for tags; the best of four settings (10 or 25 epochs,
  words alone or with pairs) on session 17. The package is `fasttext-community`, a maintained build; that of
  the original authors does not work with NumPy 2. 200,000 buckets, since the default of two million makes a
  file of 800 MB a model.
- **frozen MiniLM**: all-MiniLM-L6-v2 without fine-tuning, mean vector, logistic regressions (the strength of
  the action's chosen on session 17).
- **spaCy textcat**: the default ensemble (a small network and a bag of words), `textcat` for the action and
  `textcat_multilabel` for tags; the best of six epochs on session 17.
- **SetFit**: from the same MiniLM, with a limited budget. Its sampler lists all pairs of texts before
  training, 450 million for these texts; so its contrastive training uses a sample and a number of steps
  (below), and its regressions are fitted on 10,000 texts.
- **`shipped`, `best`**: the project's models in `models/`, trained before ([experiments](experiments.md) says
  how, and how long that takes), only measured here. `shipped` learned session 18 in the end, so its evaluated
  twin is measured: the same recipe, its network of sessions 1 to 16, all else of sessions 1 to 17.

Chosen on session 17:
"""

_COST = """## Time, speed, size, memory

Every peer trains in one process with one thread and labels in another. Processor seconds are given because
other work ran on the two cores, so wall-clock times have little meaning (the load of the machine is given
beside them). Training times include all settings that were tried. Speed is in texts a processor second:
masking, both tasks, one process, the texts of session 18 repeatedly. Memory is the largest of the whole
process, with Python, the corpus (about as much as majority shows) and the peer's libraries.
"""

_RANDOM = """## Random split

For comparison with others' figures: a random tenth of the wordings is the test part, another tenth the tuning
part. No wording is in two parts, but a test text has similar texts of the same session in training, so the
figures say less about a new session than those above. The light peers are trained on it, and an ensemble like
`shipped`: rules, linear model, and a student, but of three layers instead of four, distilled from one network
instead of three.
"""


def write_page(results: Path, docs: Path) -> None:
    """Write benchmark.md and pictures/benchmark.png into `docs`, from RESULTS/SPLIT/NAME.json."""
    session, random = (_read(results / split) for split in ("session", "random"))
    if not session:
        return
    parts = [
        _HEAD,
        "## Session 18, all rows\n",
        _quality_table(session, "all"),
        "\n## Session 18, rows of unseen wording\n",
        _quality_table(session, "unseen"),
        "",
        _COST,
        _cost_table(session),
        "",
        _RANDOM,
        _quality_table(random, "all"),
        "",
        _PEERS,
        "\n".join(_chosen(session)),
        *_missing(session),
        "",
    ]
    write_text(docs / "benchmark.md", "\n".join(parts))
    with atomic_file(docs / "pictures" / "benchmark.png") as temporary:
        temporary.write_bytes(png(_chart(session)))


def _read(folder: Path) -> Results:
    """By peer, in the order of the comparison."""
    return {
        name: read_json(folder / f"{name}.json") for name in ENTRIES if (folder / f"{name}.json").is_file()
    }


def _table(header: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    rows = [header, ["---"] * len(header), *lines]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _title(name: str, result: Mapping[str, Any]) -> str:
    package = result["training"]["package"].split()
    shown = package[-1] if package and name in ("fasttext", "spacy", "setfit") else ""
    return f"{ENTRIES[name].title} {shown}".strip()


def _quality_table(results: Results, rows: str) -> str:
    lines = []
    for name, result in results.items():
        test = result["test"][rows]
        lines.append(
            [
                _title(name, result),
                *(estimate_text(test.get(task, {}).get(figure)) for task, figure in _FIGURES.values()),
            ]
        )
    counts = sorted({result["test"][rows]["rows"] for result in results.values()})
    return _table([f"{' or '.join(f'{n:,}' for n in counts)} rows", *_FIGURES], lines)


def _cost_table(results: Results) -> str:
    lines = []
    for name, result in results.items():
        trained, labelled = result["training"], result["labelling"]
        before = name in _UNTRAINED
        lines.append(
            [
                _title(name, result),
                "trained before" if before else f"{trained['processor_seconds']:,.1f}",
                ""
                if before
                else (
                    f"{trained['seconds']:,.0f} ({trained['load_at_start']:.0f} to "
                    f"{trained['conditions']['load']:.0f})"
                ),
                "" if before else f"{trained['peak_megabytes']:,.0f}",
                f"{trained['model_megabytes']:,.1f}",
                f"{labelled['texts_a_processor_second']:,.0f}",
                f"{labelled['loading']['processor_seconds']:.1f}",
                f"{labelled['peak_megabytes']:,.0f}",
            ]
        )
    header = ["", "training, processor seconds", "by the clock (load)", "MB while training", "MB on disk"]
    return _table(
        [*header, "texts a processor second", "loading, processor seconds", "MB while labelling"], lines
    )


def _chosen(results: Results) -> list[str]:
    lines = []
    for name, result in results.items():
        chosen = {
            k: v
            for k, v in result["training"]["chosen"].items()
            if k not in ("options", "split_sha256", "settings tried")
        }
        if chosen:
            lines.append(
                f"- {ENTRIES[name].title}: "
                + "; ".join(f"{key} {_plain(value)}" for key, value in chosen.items())
                + "."
            )
    return lines


def _missing(results: Results) -> list[str]:
    """A line that names the peers without a result."""
    titles = [
        entry.title for name, entry in ENTRIES.items() if "session" in entry.splits and name not in results
    ]
    return (
        [f"- Without a result so far, since its training had not ended: {', '.join(titles)}."]
        if titles
        else []
    )


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_plain(item)}" for key, item in value.items())
    if isinstance(value, list):
        return ", ".join(_plain(item) for item in value)
    return f"{value:,}" if isinstance(value, int) else str(value)


def _chart(results: Results) -> Chart:
    drawn = {name: result for name, result in reversed(list(results.items())) if name != "majority"}
    header = ("", *_FIGURES)
    alt = (
        "Dots with intervals: action accuracy and tags micro-F1 of each classifier on session 18. The "
        "table below has the figures."
    )

    def draw(narrow: bool) -> Figure:
        figure = Figure(figsize=(NARROW if narrow else WIDE, 0.32 * len(drawn) + 0.8), facecolor="white")
        panels = figure.subplots(1, len(_DRAWN), sharey=True)
        for axes, (title, start) in zip(panels, _DRAWN.items(), strict=True):
            task, figure_name = _FIGURES[title]
            for line, (name, result) in enumerate(drawn.items()):
                ours = "this project" in ENTRIES[name].title
                for rows, shift, filled in (("all", 0.12, True), ("unseen", -0.14, False)):
                    found = result["test"][rows].get(task, {}).get(figure_name)
                    if found is None or found["value"] < start:
                        axes.annotate(
                            "below",
                            (start, line),
                            (2, 0),
                            textcoords="offset points",
                            va="center",
                            color=MUTED,
                        )
                        continue
                    colour = ACCENT if ours else MUTED
                    axes.plot(
                        [max(found["low"], start), found["high"]],
                        [line + shift] * 2,
                        color=colour,
                        linewidth=2,
                        alpha=0.5,
                    )
                    axes.plot(
                        [found["value"]],
                        [line + shift],
                        "o",
                        markersize=5,
                        color=colour,
                        markerfacecolor=colour if filled else "white",
                    )
            axes.set_title(title, fontsize=9, color=INK, loc="left")
            axes.set_xlim(start, 0.97)
            axes.xaxis.set_major_locator(MaxNLocator(4))
            axes.grid(axis="x", color=GRID)
        panels[0].set_yticks(
            range(len(drawn)),
            [_title(name, result).replace("`", "") for name, result in drawn.items()],
            color=INK,
        )
        figure.tight_layout()
        return figure

    lines = tuple(
        (name, *(estimate_text(r["test"]["all"].get(t, {}).get(f)) for t, f in _FIGURES.values()))
        for name, r in drawn.items()
    )
    title = "Session 18: all rows (filled), unseen wording (open), 95 % intervals"
    return Chart("benchmark", title, "session 18", alt, header, lines, draw)
