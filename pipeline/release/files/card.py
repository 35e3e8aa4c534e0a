"""Texts for readers of a release: the data set card with its datasheet, the changelog, the citation."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from jinja2 import Environment, PackageLoader, StrictUndefined

from pipeline.release.files.copies import shipped
from pipeline.release.files.features import CONFIG, features, front_matter
from pipeline.release.files.origin import UNLICENSED, origin_of
from pipeline.release.statistics.meaning import STATISTICS
from pipeline.release.tables.changes import added_counts, relabelled_counts
from pipeline.release.tables.columns import MEANING, SCHEMAS, type_name

_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))


def _template(name: str) -> Any:
    # Markdown, so nothing is escaped for HTML; no text of a source stands in these files.
    made = Environment(  # noqa: S701
        loader=PackageLoader("pipeline.release"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return made.get_template(name)


def dataset_card(
    manifest: Mapping[str, Any], quality: Mapping[str, Any], method: str, taxonomy: pa.Table
) -> str:
    """README.md, a Hugging Face dataset card.

    Args:
        manifest: release.json.
        quality: metrics.json.
        method: what the intervals of the figures are.
        taxonomy: taxonomy.csv.
    """
    rows = manifest["counts"]["rows"]
    columns = {
        n: [(f.name, type_name(f.type), MEANING[n][f.name]) for f in SCHEMAS[n]]
        for n in ("recommendations", "labels", "splits", "threads")
    }
    text: str = _template("card.md.j2").render(
        m=manifest,
        c=manifest["counts"],
        size=next((name for limit, name in _SIZES if rows < limit), "n>1M"),
        sessions=runs(manifest["counts"]["sessions"]),
        columns=columns,
        classification=CONFIG,
        classes=features(taxonomy),
        front_matter=front_matter(taxonomy),
        statistics=STATISTICS,
        quality=quality_sentence(quality),
        method=method,
        origin=origin_of(manifest),
        pairs=pairs_sentence(manifest["threads"]["measured"]),
        unlicensed=manifest["licence"] == UNLICENSED,
        file=partial(shipped, manifest=manifest),
    )
    return text


def runs(numbers: Sequence[int]) -> str:
    """ "1 to 18, 20": whole numbers in order, runs drawn together; "none" for none."""
    parts: list[list[int]] = []
    for number in sorted(numbers):
        if parts and number == parts[-1][-1] + 1:
            parts[-1].append(number)
        else:
            parts.append([number])
    return ", ".join(f"{p[0]} to {p[-1]}" if len(p) > 1 else str(p[0]) for p in parts) or "none"


def quality_sentence(quality: Mapping[str, Any]) -> str:
    """The headline of metrics.json in words."""
    found = quality["held_out"].get("unseen") or quality["held_out"].get("all")
    if not found:
        return (
            "This cannot be measured: no row of this release was labelled by both people and a model that "
            "was not trained on it."
        )
    action, tags = found["action"]["accuracy"], found["tags"]["micro_f1"]
    return (
        f"On {found['rows']:,} recommendations of the test session whose texts do not occur in the training "
        f"data, {_share(action)} of actions are those of the coders, and tags reach a micro-F1 of "
        f"{_share(tags)} (95 % intervals)."
    )


def pairs_sentence(measured: Mapping[str, Any]) -> str:
    """How well repeated recommendations are found, in words."""
    if "pairs" not in measured:
        # A release of an earlier program, which measured otherwise.
        return "How well this works stands in `release.json`, under `threads`."
    links, pairs = measured["links"], measured["pairs"]
    return (
        f"{links['links']} wordings of {links['states']} States that its classifier was not fitted on were "
        f"drawn, and each was read with the earlier wording most like it: same or near was found with "
        f"{_precision(links['same or near'])}, same with {_precision(links['same'])} (95 % intervals; the "
        "recall is of wordings whose most similar earlier one is so related). On "
        f"{pairs['pairs']} pairs of {pairs['states']} such States, sampled over degrees of similarity, the "
        f"figures are {_precision(pairs['same or near'])}, and {_precision(pairs['same'])}; of all pairs of "
        f"these reviews that are same or near, {pairs['same or near']['recall_of_all_pairs']:.2f} would be "
        "found. One reader coded all of them without seeing what the classifier said, and read them again "
        "with the first codes at hand, so that nothing is known of how far two people agree."
    )


def _precision(figures: Mapping[str, Any]) -> str:
    return f"a precision of {_share(figures['precision'])} and a recall of {_share(figures['recall'])}"


def _share(figure: Mapping[str, Any]) -> str:
    return f"{figure['value']:.3f} ({figure['low']:.3f} to {figure['high']:.3f})"


def changelog(manifest: Mapping[str, Any], diff: pa.Table, broken: Sequence[str]) -> str:
    """CHANGELOG.md."""
    only = diff.filter(pc.equal(diff["change"], "changed"))
    text: str = _template("changelog.md.j2").render(
        m=manifest,
        broken=broken,
        whole=added_counts(diff),
        relabelled=relabelled_counts(diff),
        fields=sorted(Counter(only["field"].to_pylist()).items()),
    )
    return text


def citation(manifest: Mapping[str, Any]) -> str:
    """CITATION.cff (format 1.2.0)."""
    origin, licence = origin_of(manifest), manifest["licence"]
    return "\n".join(
        [
            "cff-version: 1.2.0",
            *(
                [f"message: {json.dumps(origin.warning)}"]
                if origin.warning
                else ["message: If you use this dataset, cite it, and UPR Info as the source of the coding."]
            ),
            "type: dataset",
            f"title: {json.dumps(manifest['title'], ensure_ascii=False)}",
            f'version: "{manifest["release"]}"',
            f"date-released: {manifest['created'][:10]}",
            *([] if licence == UNLICENSED else [f"license: {licence}"]),
            *([f"url: {origin.url}"] if origin.url else []),
            "authors:",
            f"  - name: {origin.author}",
            "keywords: [human rights, Universal Periodic Review, United Nations, text classification]",
            "",
        ]
    )


def about(manifest: Mapping[str, Any], quality: Mapping[str, Any], method: str) -> list[tuple[str, str]]:
    """The first sheet of the workbook."""
    counts = manifest["counts"]
    lines = [
        ("Title", f"{manifest['title']}, release {manifest['release']}"),
        (
            "Rows",
            (
                f"{counts['recommendations']:,} recommendations (one for each recommending State), "
                f"{counts['pledges']:,} pledges"
            ),
        ),
        ("Sessions", runs(counts["sessions"])),
        ("Who labelled", ", ".join(f"{s} {n:,}" for s, n in counts["rows_by_label_source"].items())),
        ("Machine labels", quality_sentence(quality)),
        ("Figures", method),
        ("Licence", "none is granted" if manifest["licence"] == UNLICENSED else manifest["licence"]),
        *((f"Rights in {what}", words) for what, words in manifest["rights"].items()),
        (
            "Columns",
            "Explained in README.md beside this file; all columns are in recommendations.csv and .parquet",
        ),
    ]
    warning = origin_of(manifest).warning
    return [("Warning", warning), *lines] if warning else lines
