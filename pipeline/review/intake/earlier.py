"""What a State was asked in earlier reviews: found for the wordings of an import, once, and kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from pipeline.corpus.schema import PEOPLE
from pipeline.progress import Progress, silent
from pipeline.review.intake.batch import MANY, add_all, next_id
from pipeline.review.intake.gathering import GatheredText
from pipeline.review.intake.known import Known, stored_rows
from pipeline.review.store.before import earlier
from pipeline.review.store.database import Database
from pipeline.review.store.tables import facet_values, facets, items, occurrences, predictions
from pipeline.review.store.transitions import Status
from pipeline.sources.tables.labelled import LabelledRow
from pipeline.store.threads import Finder
from pipeline.threads.features import Asked, asked
from pipeline.threads.linking import Wording, related

SHOWN = 5
"""Earlier recommendations of a wording that are kept, those that ask the same or nearly so."""
OFFERED = 2
"""The same of those that perhaps ask so."""
_COMPARED = 40
_RELATIONS = ("same", "near", "perhaps")


@dataclass(slots=True)
class Earlier:
    """One wording in one review: rows that differ by their recommending States.

    Attributes:
        state: under review.
        by: recommending States, each once.
        responses: of the State under review, each once.
        label_source: who gave action and issues; "" where nobody did.
    """

    state: str
    session: int
    text_key: str
    text: str
    action: int | None
    issues: tuple[str, ...]
    label_source: str
    by: dict[str, None] = field(default_factory=dict)
    responses: dict[str, None] = field(default_factory=dict)

    @property
    def place(self) -> tuple[str, int, str]:
        """What no other one shares."""
        return self.state, self.session, self.text_key


Found = Mapping[str, Sequence[tuple[Earlier, str]]]
"""By the key of a wording: earlier recommendations with their relation, in the order of showing."""


class Reviews:
    """Recommendations by State under review. Those of held-out sessions are left out, as among precedents."""

    def __init__(self, finder: Finder, key: Callable[[str], str], held_out: Collection[int]) -> None:
        """Args: `key`, of a text; `held_out`, sessions that models are tested on."""
        self._finder = finder
        self._key = key
        self._held_out = frozenset(held_out)
        self._of: dict[str, dict[tuple[str, int, str], Earlier]] = defaultdict(dict)
        self._asked: dict[tuple[str, int | None, tuple[str, ...]], Asked] = {}

    def add_coded(self, rows: Iterable[LabelledRow]) -> None:
        """Rows that people coded."""
        for row in rows:
            v = row.values
            self._add(v, v["action"], v["issues"], v["label_source"])

    def add_gathered(self, wordings: Iterable[GatheredText]) -> None:
        """Wordings of an import, coded by people or labelled by a model."""
        for wording in wordings:
            said = list(wording.predictions.values())[-1] if wording.predictions else {}
            for row in wording.rows.values():
                gold = row["gold_action"] is not None
                self._add(
                    row["source"],
                    row["gold_action"] if gold else said.get("action"),
                    row["gold_issues"] if gold else said.get("issues"),
                    PEOPLE[0] if gold else said.get("label_source"),
                )

    def add_stored(self, connection: Connection, states: Collection[str]) -> None:
        """What earlier imports brought of some States. Codes that people gave at the desk are read when a
        card is shown.
        """
        wanted = sorted(states)
        query = (
            select(
                occurrences.c.source,
                occurrences.c.gold_action,
                occurrences.c.gold_issues,
                predictions.c.action,
                predictions.c.issues,
                predictions.c.label_source,
            )
            .join_from(facet_values, facets, facets.c.value_id == facet_values.c.id)
            .join(items, items.c.id == facets.c.item_id)
            .join(occurrences, occurrences.c.item_id == items.c.id)
            .outerjoin(predictions, predictions.c.id == items.c.prediction_id)
            .where(facet_values.c.facet == "state", items.c.status != Status.WITHDRAWN.value)
        )
        for start in range(0, len(wanted), MANY):
            some = query.where(facet_values.c.value.in_(wanted[start : start + MANY]))
            for source, gold, gold_issues, action, issues, by in connection.execute(some):
                if gold is not None:
                    self._add(source, gold, gold_issues, PEOPLE[0])
                else:
                    self._add(source, action, issues, by)

    def _add(
        self, source: Mapping[str, Any], action: int | None, issues: Sequence[str] | None, by: str | None
    ) -> None:
        state, session, text = source["state_under_review"], source["session"], source["text"]
        if source["kind"] == "pledge" or not state or session is None or not text:
            return
        if session in self._held_out:
            return
        coded = by if action is not None and by else ""
        one = Earlier(state, session, self._key(text), text, action, tuple(issues or ()), coded)
        known = self._of[state].setdefault(one.place, one)
        if known.label_source not in PEOPLE and coded in PEOPLE:  # what people said counts
            known.action, known.issues, known.label_source = one.action, one.issues, coded
        known.by |= dict.fromkeys(source["recommending_states"] or ())
        known.responses |= dict.fromkeys([source["response"]] if source["response"] else ())

    def find(self, wordings: Sequence[GatheredText], progress: Progress = silent) -> Found:
        """What the States of wordings were asked before, the latest session of each State counting.

        Returns: by key of a wording, the nearest `SHOWN` and `OFFERED`; a wording without is left out.
        """
        by_state: dict[str, list[tuple[GatheredText, int]]] = defaultdict(list)
        for wording in wordings:
            for state, session in _places(wording).items():
                by_state[state].append((wording, session))
        found: dict[str, list[tuple[tuple[int, int, float], Earlier, str]]] = defaultdict(list)
        names = sorted(by_state)
        for state in progress(names, "looking for what was asked before", len(names)):
            own = by_state[state]
            before = [e for e in self._of.get(state, {}).values() if e.session < max(s for _, s in own)]
            later = [self._wording(w.key, s, w.text, *_said(w)) for w, s in own]
            known = [self._wording(e.text_key, e.session, e.text, e.action, e.issues) for e in before]
            if not known:
                continue
            for i, j, relation, probability in related(later, known, self._finder.model, _COMPARED):
                rank = (_RELATIONS.index(relation), -before[j].session, -probability)
                found[later[i].key].append((rank, before[j], relation))
        return {key: _nearest(pairs) for key, pairs in found.items()}

    def _wording(
        self, key: str, session: int, text: str, action: int | None, issues: Sequence[str] | None
    ) -> Wording:
        tags = tuple(issues or ())
        known = self._asked.get((key, action, tags))
        if known is None:
            known = asked(text, action, tags, self._finder.reader, self._finder.model.vocabulary)
            self._asked[key, action, tags] = known
        return Wording(key, session, known)


def _places(wording: GatheredText) -> dict[str, int]:
    """States that a wording was recommended to, with the latest session of each."""
    found: dict[str, int] = {}
    for row in wording.rows.values():
        source = row["source"]
        state, session = source["state_under_review"], source["session"]
        if source["kind"] != "pledge" and state and session is not None:
            found[state] = max(session, found.get(state, session))
    return found


def _said(wording: GatheredText) -> tuple[int | None, Sequence[str] | None]:
    said = list(wording.predictions.values())[-1] if wording.predictions else {}
    return said.get("action"), said.get("issues")


def _nearest(pairs: list[tuple[tuple[int, int, float], Earlier, str]]) -> list[tuple[Earlier, str]]:
    ranked = sorted(pairs, key=lambda pair: (pair[0], pair[1].place))
    counted = [(one, relation) for _, one, relation in ranked if relation != "perhaps"]
    perhaps = [(one, relation) for _, one, relation in ranked if relation == "perhaps"]
    return [*counted[:SHOWN], *perhaps[:OFFERED]]


def follow(
    database: Database,
    wordings: Sequence[GatheredText],
    asking: Sequence[GatheredText],
    known: Mapping[str, Known],
    reviews: Reviews | None,
    progress: Progress = silent,
    *,
    anew: bool,
) -> Found:
    """What the States of wordings were asked before: in `reviews`, this import, and earlier ones.

    Args:
        wordings: of the import.
        asking: those that are queued. Of these such are followed as are new, stand at new places or were
            never followed.
        known: what the database holds of them.
        anew: follow all of `asking`.
    """
    if reviews is None:
        return {}
    reviews.add_gathered(wordings)
    with database.read() as connection:
        stored = stored_rows(connection, [row for w in asking for row in w.rows])
        seeking = [
            w
            for w in asking
            if anew or w.key not in known or not known[w.key].followed or set(w.rows) - stored
        ]
        reviews.add_stored(connection, {state for w in seeking for state in _places(w)})
    nothing: dict[str, Sequence[tuple[Earlier, str]]] = {w.key: () for w in seeking}
    return nothing | dict(reviews.find(seeking, progress))


def store_earlier(connection: Connection, found: Found) -> dict[str, list[list[Any]]]:
    """Keep what was found. Returns: by key of a wording, the pairs that `items.earlier` holds."""
    wanted = {one.place: one for pairs in found.values() for one, _ in pairs}
    ids = dict(_stored(connection, sorted({state for state, _, _ in wanted})))
    changes = [{"key": ids[place], **_row(one)} for place, one in wanted.items() if place in ids]
    if changes:
        connection.execute(update(earlier).where(earlier.c.id == bindparam("key")), changes)
    start = next_id(connection, earlier.c.id)
    coming = [one for place, one in wanted.items() if place not in ids]
    add_all(connection, earlier, [{"id": start + i, **_row(one)} for i, one in enumerate(coming)])
    ids |= {one.place: start + i for i, one in enumerate(coming)}
    return {
        key: [[ids[one.place], relation] for one, relation in pairs] for key, pairs in sorted(found.items())
    }


def _stored(connection: Connection, states: Sequence[str]) -> Iterator[tuple[tuple[str, int, str], int]]:
    for start in range(0, len(states), MANY):
        query = select(earlier.c.id, earlier.c.state, earlier.c.session, earlier.c.text_key)
        for number, *place in connection.execute(
            query.where(earlier.c.state.in_(states[start : start + MANY]))
        ):
            yield (place[0], place[1], place[2]), number


def _row(one: Earlier) -> dict[str, Any]:
    return {
        "state": one.state,
        "session": one.session,
        "text_key": one.text_key,
        "text": one.text,
        "recommending": list(one.by),
        "responses": list(one.responses),
        "action": one.action,
        "issues": list(one.issues),
        "label_source": one.label_source,
    }
