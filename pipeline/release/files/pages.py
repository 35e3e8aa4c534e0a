"""The pages of a release, in the language that is spoken: the figures with charts, and one for each State.

They need no network and no script; the same release gives the same bytes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipeline.charts import corpus_charts
from pipeline.charts import strings as naming
from pipeline.charts.drawing import percent, records
from pipeline.charts.strings import interval_text
from pipeline.corpus.schema import PEOPLE
from pipeline.corpus.states import State, States
from pipeline.corpus.taxonomy import ACTIONS, Tag
from pipeline.release.files import state_tables
from pipeline.release.files.origin import origin_of, shown_title
from pipeline.release.files.rendering import Place, page
from pipeline.release.site import rows as site_rows
from pipeline.release.site.entries import Entry, Followed, by_state
from pipeline.release.strings import say
from pipeline.store.names import LANGUAGES, sort_key
from pipeline.store.sentences import count, language

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
    def title(self) -> str:
        """Of the release."""
        return shown_title(self.manifest)

    @property
    def source(self) -> str:
        """The source line."""
        counts = self.manifest["counts"]
        return say(
            "source.line",
            source=origin_of(self.manifest).source,
            title=self.title,
            release=self.manifest["release"],
            n=counts["rows"],
            people=percent(_by_people(counts)),
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
        if set(self.manifest["counts"]["rows_by_label_source"]) <= set(PEOPLE):
            return say("method.people")
        model = say(
            "method.corrected" if self.measured_texts else "method.uncorrected", n=self.measured_texts
        )
        return f"{say('method.own')} {model}"


def _by_people(counts: Mapping[str, Any]) -> float:
    """The share of the rows that people labelled."""
    people = sum(n for s, n in counts["rows_by_label_source"].items() if s in PEOPLE)
    return people / counts["rows"] if counts["rows"] else math.nan


def render(template: str, provenance: Provenance, place: Place, **values: Any) -> bytes:
    """A page of the release as a whole, in the language that is spoken.

    Args: `values`, what its template needs beside title, source and method.
    """
    return page(
        template,
        place,
        title=provenance.title,
        release=provenance.manifest["release"],
        warning=provenance.warning,
        source=provenance.source,
        method=provenance.method,
        **values,
    )


def main_page(
    tables: StatisticsTables, provenance: Provenance, states: States, issues: Sequence[Tag]
) -> bytes:
    """index.html. Args: `issues`, the tags that have pages."""
    known = {name: found.iso for name in _named(tables) if (found := states.find(name))}
    return render(
        "page.html.j2",
        provenance,
        Place("index.html"),
        facts=_facts(provenance.manifest["counts"], tables),
        parts=corpus_charts(tables),
        states=listed((iso, naming.state(name)) for name, iso in known.items()),
        issues=listed((tag.id, naming.tag(tag.label)) for tag in issues),
        actions=ACTIONS,
    )


def listed(pages: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Pages by file and name, in the order of their names."""
    return sorted(pages, key=lambda pair: sort_key(pair[1]))


def _named(tables: StatisticsTables) -> set[str]:
    return set(tables["reviewed_states"]["reviewed"]) | set(tables["recommending_states"]["recommending"])


def _facts(counts: Mapping[str, Any], tables: StatisticsTables) -> list[tuple[str, str]]:
    numbers = {
        "recommendations": counts["recommendations"],
        "wordings": counts["wordings"],
        "sessions": len(tables["sessions"]),
        "reviewed": counts["states_under_review"],
        "recommending": counts["recommending_states"],
    }
    return [
        *((count(number), say(f"start.facts.{key}")) for key, number in numbers.items()),
        (percent(_by_people(counts)), say("start.facts.people")),
    ]


def state_pages(
    tables: StatisticsTables,
    provenance: Provenance,
    states: States,
    known: Sequence[Entry],
    threads: Mapping[str, Followed],
) -> Iterator[tuple[str, bytes]]:
    """File and page of every State that made or received a recommendation, in order of ISO code.

    The texts stand once, on the English page, to which the others lead.

    Args: `known`, the recommendations, of `entries`; `threads`, of `followed`.
    """
    roles = (_Role(tables, "reviewed"), _Role(tables, "recommending"))
    received, made = by_state(known)
    whole = language() == LANGUAGES[0]
    found = sorted((state.iso, name, state) for name in _named(tables) if (state := states.find(name)))
    pages = {name: f"{iso}.html" for iso, name, _ in found}
    for iso, name, own in found:
        place = Place(f"states/{iso}.html")
        shown = naming.state(own.name)
        yield (
            place.file,
            render(
                "state.html.j2",
                provenance,
                place,
                iso=iso,
                name=shown,
                described=_described_state(own),
                roles=[_described(role, name, shown) for role in roles],
                received=bool(received.get(name)),
                has_made=name in made,
                codes=site_rows.codes(),
                explained=site_rows.explained(),
                rows=site_rows.received(received.get(name, []), threads) if whole else "",
                made=site_rows.made(made[name], pages) if whole and name in made else "",
                file=f"{provenance.mark}upr-{iso}.csv",
                made_file=f"{provenance.mark}upr-{iso}-made.csv",
            ),
        )


def _described_state(own: State) -> str:
    """The name of a State in the UN, in other languages than English its usual name; and its group."""
    formal = own.un_name if language() == LANGUAGES[0] else naming.state(own.name)
    return ", ".join(filter(None, (formal, own.region and naming.region(own.region))))


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


def _described(role: _Role, name: str, shown: str) -> dict[str, Any]:
    received = role.role == "reviewed"
    kind, title = ("received", "state.to") if received else ("made", "state.by")
    overview = role.overview.get(name)
    if overview is None:
        return {"kind": kind, "title": say(title, name=shown), "recommendations": 0}
    total = overview["recommendations"]
    several = role.reviews.get(name, []) if received else []
    again = role.repeated.get(name, []) if received else []
    partner = "recommending" if received else "reviewed"
    named = [(naming.state(e[partner]), e) for e in role.partners.get(name, [])]
    partners = sorted(named, key=lambda pair: (-pair[1]["count"], sort_key(pair[0])))[:_PARTNERS]
    issues = [(naming.tag(e["issue"]), e) for e in role.issues.get(name, [])]
    issues.sort(key=lambda pair: (-pair[1]["share"], sort_key(pair[0])))
    return {
        "kind": kind,
        "title": say(title, name=shown),
        "recommendations": total,
        "facts": _role_facts(overview, received),
        "tables": [
            *([state_tables.reviews_apart(several)] if len(several) > 1 else []),
            *([state_tables.asked_again(again)] if again else []),
            state_tables.table(
                say("table.actions"),
                say("table.category"),
                [(naming.category(e["action"]), e) for e in role.actions.get(name, [])],
            ),
            state_tables.table(
                say("table.issues", shown=min(_ISSUES, len(issues)), all=len(issues)),
                say("table.tag"),
                issues[:_ISSUES],
            ),
            state_tables.counted(say("table.most-by" if received else "table.most-to"), partners, total),
        ],
    }


def _role_facts(overview: Mapping[str, Any], received: bool) -> list[tuple[str, str]]:
    """What a State received, or made, in a few numbers with their words."""
    precise = interval_text(overview["precise_low"], overview["precise_high"])
    facts = [
        (
            count(overview["recommendations"]),
            say("state.facts.received" if received else "state.facts.made"),
        ),
        (
            count(overview["recommending_states" if received else "reviewed_states"]),
            say("state.facts.recommending" if received else "state.facts.addressed"),
        ),
        (percent(overview["precise"]), say("state.facts.precise", interval=precise)),
    ]
    if not math.isnan(overview["supported"]):
        answered = int(overview["supported_count"] + overview["noted_count"])
        rest = left_out({key: overview[f"{key}_count"] for key in ("pending", "unknown")})
        key = "supported-without" if rest else "supported"
        facts.append((percent(overview["supported"]), say(f"state.facts.{key}", n=answered, rest=rest)))
    facts.append((count(overview["by_people"]), say("state.facts.people")))
    return facts


def left_out(counts: Mapping[str, Any]) -> str:
    """How many recommendations a share of those answered leaves out: "3 pending, 1 unknown"; "" for none."""
    return ", ".join(
        say(f"state.facts.{key}", n=int(counts[key])) for key in ("pending", "unknown") if counts[key]
    )
