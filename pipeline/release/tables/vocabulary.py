"""taxonomy.csv: the labels of both tasks in all versions, with the label that replaced each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa

from pipeline.corpus.taxonomy import ACTIONS, Taxonomy
from pipeline.release.tables.columns import TAXONOMY

ACTION_DEFINITIONS: Mapping[int, str] = {
    1: (
        "Addressed to States other than the one under review, or asks it to seek technical assistance or "
        "to share information."
    ),
    2: "Asks for continuity: continue, maintain, persevere, persist, pursue.",
    3: (
        "Asks to consider a change: analyse, consider, envisage, examine, explore, reflect upon, review, "
        "study."
    ),
    4: (
        "An action with a general element: accelerate, address, encourage, ensure, guarantee, promote, "
        "strengthen, take measures."
    ),
    5: (
        "A specific action: conduct, develop, eliminate, establish, investigate; abolish, accede, adopt, "
        "amend, implement, ratify."
    ),
}
"""What the categories mean, after UPR Info's methodology of October 2014 (our words)."""

Step = tuple[Taxonomy, Mapping[str, str | None]]


def vocabulary(versions: Sequence[Step], used: str) -> pa.Table:
    """The rows of taxonomy.csv: one for each spelling that a label had.

    Args:
        versions: oldest first, each with what its file says of the ids before (successor, or None for
            dropped).
        used: the version whose words a release has. Its lines, one an id, are marked in the column `used`.

    A label is valid from the first version that spells it so; `valid_to` is the first version that does not.
    `replaced_by` is the id that takes its place, or its own id where only the spelling changed.
    """
    first = versions[0][0].version if versions else ""
    lines: list[tuple[str | bool | None, ...]] = [
        ("action", str(a), name, ACTION_DEFINITIONS[a], first, None, None, True)
        for a, name in ACTIONS.items()
    ]
    own = {(t.id, t.label) for taxonomy, _ in versions if taxonomy.version == used for t in taxonomy.tags}
    for number, (taxonomy, _) in enumerate(versions):
        before = {t.id: t.label for t in versions[number - 1][0].tags} if number else {}
        for tag in taxonomy.tags:
            if before.get(tag.id) != tag.label:
                end, successor = _end(tag.id, tag.label, versions[number + 1 :])
                line = ("issue", tag.id, tag.label, tag.definition, taxonomy.version, end, successor)
                lines.append((*line, (tag.id, tag.label) in own))
    return pa.Table.from_pylist(
        [dict(zip(TAXONOMY.names, line, strict=True)) for line in lines], schema=TAXONOMY
    )


def _end(tag_id: str, label: str, later: Sequence[Step]) -> tuple[str | None, str | None]:
    for taxonomy, moved in later:
        labels = {t.id: t.label for t in taxonomy.tags}
        if labels.get(tag_id) != label:
            return taxonomy.version, tag_id if tag_id in labels else moved.get(tag_id)
    return None, None
