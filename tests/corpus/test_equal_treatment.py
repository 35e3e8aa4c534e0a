"""Equal treatment: another State's name in a recommendation changes no label, no set and no reason for
review.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pytest

from pipeline.models.bundle import Bundle
from pipeline.models.decision import label_texts
from pipeline.store.models import load_bundle, shipped_folder
from pipeline.store.vocabularies import config_path, load_states, read_yaml
from tests.coded_rows import SAMPLE, coded_rows, of_sessions, real_rows

STATES = load_states()
DEMONYMS = {demonym: state for state in STATES.all for demonym in state.demonyms}
SPELLINGS = {
    spelling: state for state in STATES.all for spelling in (*state.aliases, state.un_name, state.name)
}
KEPT = read_yaml(config_path("blinding.yaml"))["kept"]
# Not the way of pipeline.corpus.blinding: one expression of all spellings, the longest first; names that stay
# come before States.
_FOUND = re.compile(
    r"(?<![\w])(?:(?P<kept>" + "|".join(re.escape(k) for k in sorted(KEPT, key=len, reverse=True)) + ")"
    "|(?P<name>" + "|".join(re.escape(s) for s in sorted(SPELLINGS, key=len, reverse=True)) + ")"
    "|(?P<people>" + "|".join(re.escape(d) for d in sorted(DEMONYMS, key=len, reverse=True)) + r"))(?![\w])"
)


def swapped(text: str, generator: np.random.Generator) -> str:
    """`text` with another State in place of each that it names, and another people in place of each
    people.
    """

    def other(found: re.Match[str]) -> str:
        if found["kept"]:
            return found["kept"]
        if found["people"] and found["people"] not in SPELLINGS:
            names = [d for d, state in DEMONYMS.items() if state is not DEMONYMS[found["people"]]]
        else:
            names = [state.name for state in STATES.all if state is not SPELLINGS[found[0]]]
        return str(generator.choice(names))

    return _FOUND.sub(other, text)


def check(texts: Sequence[str], bundle: Bundle) -> None:
    """Labels of `texts` are those of the same texts with other States, row by row."""
    generator = np.random.default_rng(2014)
    others = [swapped(text, generator) for text in texts]
    pairs = zip(*(label_texts(bundle, side, [None] * len(side)) for side in (texts, others)), strict=True)
    differing = [
        (a, b, one, two) for a, b, (one, two) in zip(texts, others, pairs, strict=True) if one != two
    ]
    assert not differing, f"{len(differing)} of {len(texts)}, e.g. {differing[:3]}"


def naming(texts: Sequence[str]) -> list[str]:
    """Those that name a State or a people outside names that stay, each once."""
    return [
        text for text in dict.fromkeys(texts) if any(not found["kept"] for found in _FOUND.finditer(text))
    ]


@pytest.fixture(scope="module")
def shipped() -> Bundle:
    return load_bundle(shipped_folder())


def test_swapping_leaves_what_is_no_state_and_changes_what_is() -> None:
    text = (
        "Ratify the American Convention, as Kenya and the Netherlands did, and protect French and Roma "
        "children"
    )
    other = swapped(text, np.random.default_rng(0))
    assert other.startswith("Ratify the American Convention, as ")
    assert not re.search("Kenya|Netherlands|French", other)
    assert other.endswith(" and Roma children")


@pytest.mark.long
def test_swapping_states_in_the_sample_corpus_changes_no_label(shipped: Bundle) -> None:
    texts = list(dict.fromkeys(record.text or "" for record in coded_rows(SAMPLE)))
    assert naming(texts)
    check(texts, shipped)


@pytest.mark.long
@pytest.mark.corpus
def test_swapping_states_in_two_thousand_recommendations_changes_no_label(shipped: Bundle) -> None:
    texts = [record.text or "" for record in of_sessions(real_rows(), range(1, 18))]
    named = naming(texts)
    assert len(named) > 1000
    rest = np.random.default_rng(0).permutation(sorted(set(texts) - set(named))).tolist()
    check([*named, *rest][: max(2000, len(named))], shipped)
