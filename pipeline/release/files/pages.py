"""The pages of a release: the figures with charts, and one page for each State.

They need no network and no script; the same release gives the same bytes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from markupsafe import Markup

from pipeline.charts import corpus_charts
from pipeline.charts.drawing import percent, records
from pipeline.charts.pages import environment
from pipeline.charts.strings import interval_text
from pipeline.corpus.states import State, States
from pipeline.corpus.taxonomy import ACTIONS, Tag
from pipeline.release.files import state_tables
from pipeline.release.files.origin import origin_of
from pipeline.release.site import rows as site_rows
from pipeline.release.site.entries import Entry, Followed, by_state
from pipeline.release.tables.vocabulary import ACTION_DEFINITIONS

StatisticsTables = Mapping[str, pd.DataFrame]
_ISSUES = 15
_PARTNERS = 10


@dataclass(frozen=True)
class Provenance:
    """Source and method of the figures, which every page states.

    Attributes:
        manifest: release.json.
        measured_texts: number of texts that the correction is based on, 0 where nothing is corrected.
    """

    manifest: Mapping[str, Any]
    measured_texts: int

    @property
    def source(self) -> str:
        """The source line."""
        counts = self.manifest["counts"]
        people = sum(n for s, n in counts["rows_by_label_source"].items() if s in ("expert", "reviewed"))
        return (
            f"{origin_of(self.manifest).source}; {self.manifest['title']}, "
            f"release {self.manifest['release']}: "
            f"{counts['rows']:,} rows, "
            f"{percent(people / counts['rows'])} labelled by people."
        )

    @property
    def mark(self) -> str:
        """What names of files begin with that a page saves."""
        return "INVENTED-SAMPLE-" if self.manifest["invented"] else ""

    @property
    def warning(self) -> str:
        """What every reader must know first; "" where there is nothing."""
        return origin_of(self.manifest).warning

    @property
    def method(self) -> str:
        """What the intervals are."""
        if set(self.manifest["counts"]["rows_by_label_source"]) <= {"expert", "reviewed"}:
            return "All rows were labelled by people; shares have Wilson's 95% interval."
        own = "Shares of rows labelled by people have Wilson's 95% interval. "
        if not self.measured_texts:
            return (
                f"{own}Model labels are not corrected: too few texts of this release have labels of both "
                f"people and model to measure the model's errors."
            )
        return (
            f"{own}Shares of rows labelled by a model are corrected for its errors, which were measured on "
            f"{self.measured_texts:,} texts that people labelled, too (post-stratified prediction-powered "
            "inference); the interval accounts for the correction."
        )


def style() -> Markup:
    """The style sheet of every page."""
    return Markup(environment("pipeline.release").get_template("style.j2").render())  # noqa: S704


def render(template: str, provenance: Provenance, **values: Any) -> str:
    """A page of the release as a whole. Args: `values`, what its template needs beside title and source."""
    made = environment("pipeline.release").get_template(template)
    return made.render(
        title=provenance.manifest["title"],
        release=provenance.manifest["release"],
        warning=provenance.warning,
        source=provenance.source,
        style=style(),
        **values,
    )


def main_page(tables: StatisticsTables, provenance: Provenance, states: States, issues: Sequence[Tag]) -> str:
    """index.html. Args: `issues`, the tags that have pages."""
    shown = sorted(_named(tables), key=str.casefold)
    known = [(state.iso, name) for name in shown if (state := states.find(name))]
    return render(
        "page.html.j2",
        provenance,
        facts=_facts(provenance.manifest["counts"], tables),
        method=provenance.method,
        parts=corpus_charts(tables),
        states=known,
        issues=issues,
        actions=ACTIONS,
        definitions=ACTION_DEFINITIONS,
    )


def _named(tables: StatisticsTables) -> set[str]:
    return set(tables["reviewed_states"]["reviewed"]) | set(tables["recommending_states"]["recommending"])


def _facts(counts: Mapping[str, Any], tables: StatisticsTables) -> list[tuple[str, str]]:
    people = sum(n for s, n in counts["rows_by_label_source"].items() if s in ("expert", "reviewed"))
    return [
        (f"{counts['recommendations']:,}", "recommendations, one for each recommending State"),
        (f"{counts['wordings']:,}", "different wordings within a review"),
        (f"{len(tables['sessions']):,}", "sessions"),
        (f"{counts['states_under_review']:,}", "States under review"),
        (f"{counts['recommending_states']:,}", "recommending States"),
        (percent(people / counts["rows"] if counts["rows"] else math.nan), "of rows labelled by people"),
    ]


def state_pages(
    tables: StatisticsTables,
    provenance: Provenance,
    states: States,
    known: Sequence[Entry],
    threads: Mapping[str, Followed],
) -> Iterator[tuple[str, str]]:
    """ISO code and page of every State that made or received a recommendation, in order of code.

    Args: `known`, the recommendations, of `entries`; `threads`, of `followed`.
    """
    template = environment("pipeline.release").get_template("state.html.j2")
    sheet, roles = style(), (_Role(tables, "reviewed"), _Role(tables, "recommending"))
    received, made = by_state(known)
    found = sorted((state.iso, name, state) for name in _named(tables) if (state := states.find(name)))
    pages = {name: f"{iso}.html" for iso, name, _ in found}
    for iso, name, state in found:
        page = template.render(
            state=state,
            roles=[_described(role, name, state) for role in roles],
            style=sheet,
            warning=provenance.warning,
            title=provenance.manifest["title"],
            source=provenance.source,
            method=provenance.method,
            rows=site_rows.received(received.get(name, []), threads),
            made=site_rows.made(made[name], pages) if name in made else "",
            file=f"{provenance.mark}upr-{iso}.csv",
        )
        yield iso, page


class _Role:
    """The lines of every State in one role, found at once."""

    def __init__(self, tables: StatisticsTables, role: str) -> None:
        self.role = role
        self.overview = {e[role]: e for e in records(tables[f"{role}_states"])}
        self.actions = lines_by(tables[f"actions_by_{role}_state"], role)
        self.issues = lines_by(tables[f"issues_by_{role}_state"], role)
        self.partners = lines_by(tables["pairs"], role)
        self.reviews = lines_by(tables["reviews"], "reviewed")
        self.repeated = lines_by(tables["repeated"], "reviewed")


def lines_by(table: pd.DataFrame, column: str) -> dict[str, list[dict[str, Any]]]:
    """The lines of a table by a value of theirs, in order."""
    found: dict[str, list[dict[str, Any]]] = {}
    for line in records(table):
        found.setdefault(line[column], []).append(line)
    return found


def _described(role: _Role, name: str, state: State) -> dict[str, Any]:
    received = role.role == "reviewed"
    title = f"Recommendations to {state.name}" if received else f"Recommendations by {state.name}"
    overview = role.overview.get(name)
    if overview is None:
        return {"kind": "received" if received else "made", "title": title, "recommendations": 0}
    total = overview["recommendations"]
    facts = [
        (f"{total:,}", "recommendations received" if received else "recommendations made"),
        (
            f"{overview['recommending_states' if received else 'reviewed_states']:,}",
            "recommending States" if received else "States addressed",
        ),
        (
            percent(overview["precise"]),
            f"precise ({interval_text(overview['precise_low'], overview['precise_high'])})",
        ),
    ]
    if not math.isnan(overview["supported"]):
        counts = {k: overview[f"{k}_count"] for k in ("supported", "noted", "pending", "unknown")}
        rest = ", ".join(f"{counts[k]:,} {k}" for k in ("pending", "unknown") if counts[k])
        facts.append(
            (
                percent(overview["supported"]),
                f"supported, of {counts['supported'] + counts['noted']:,} supported or noted"
                + (f" ({rest} left out)" if rest else ""),
            )
        )
    facts.append((f"{overview['by_people']:,}", "labelled by people"))
    several = role.reviews.get(name, []) if received else []
    again = role.repeated.get(name, []) if received else []
    partner = "recommending" if received else "reviewed"
    partners = sorted(role.partners.get(name, []), key=lambda e: (-e["count"], e[partner]))[:_PARTNERS]
    issues = sorted(role.issues.get(name, []), key=lambda e: (-e["share"], e["issue"]))
    return {
        "kind": "received" if received else "made",
        "title": title,
        "recommendations": total,
        "facts": facts,
        "tables": [
            *([state_tables.reviews_apart(several)] if len(several) > 1 else []),
            *([state_tables.asked_again(again)] if again else []),
            state_tables.table(
                "Requested actions",
                "Category",
                [(f"{e['action']} {e['name']}", e) for e in role.actions.get(name, [])],
            ),
            state_tables.table(
                f"Issues: the {min(_ISSUES, len(issues))} most frequent of {len(issues)}",
                "Issue tag",
                [(e["issue"], e) for e in issues[:_ISSUES]],
            ),
            state_tables.counted(
                "States with most recommendations" if received else "States addressed most",
                partners,
                partner,
                total,
            ),
        ],
    }
