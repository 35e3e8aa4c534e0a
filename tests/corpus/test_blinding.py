"""Blindness: no State's name reaches a model, and names of instruments, bodies and minorities do."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.corpus.blinding import MASK, Blinder
from pipeline.corpus.states import State, States
from pipeline.store.vocabularies import config_path, load_blinder, load_states, read_yaml
from tests.coded_rows import SAMPLE, coded_rows, of_sessions, real_rows

BLINDER = load_blinder()
STATES = load_states()
KEPT = read_yaml(config_path("blinding.yaml"))["kept"]
NAMES = st.sampled_from(
    sorted({re.sub("^[Tt]he ", "", n) for s in STATES.all for n in (s.name, s.un_name, *s.aliases)})
)
PEOPLE = st.sampled_from(sorted({d for s in STATES.all for d in s.demonyms}))
FRAMES = (
    "{} should ratify the Convention against Torture",
    "Continue its cooperation with {} on migrant workers",
    "Share experience with {}, {} and others",
    "Respect the rights of people who leave {}.",
    "Follow {}'s example ({})",
)
PEOPLES_FRAMES = (
    "Protect the {} minority",
    "Train {} police officers",
    "End violence against non-{} residents",
    "Let {} women work",
)


@given(st.text(max_size=120))
def test_masking_any_text_twice_changes_nothing_more(text: str) -> None:
    assert BLINDER.blind(BLINDER.blind(text)) == BLINDER.blind(text)


@given(
    st.lists(
        st.one_of(
            NAMES,
            PEOPLE,
            st.sampled_from(KEPT),
            st.sampled_from(["the", "and", ",", "-", "'s", MASK, "former", "Rights"]),
        )
    )
)
def test_masking_any_run_of_names_twice_changes_nothing_more(pieces: list[str]) -> None:
    once = BLINDER.blind(" ".join(pieces))
    assert BLINDER.blind(once) == once


@given(st.sampled_from(FRAMES), NAMES, NAMES)
def test_swapping_states_gives_the_same_masked_text(frame: str, one: str, other: str) -> None:
    def said(name: str, article: str = "") -> str:
        return BLINDER.blind(frame.format(*(article + name for _ in range(frame.count("{}")))))

    assert said(one) == said(other) == said(one, "the ") == frame.replace("{}", MASK)


@given(st.sampled_from(PEOPLES_FRAMES), PEOPLE, PEOPLE)
def test_swapping_peoples_gives_the_same_masked_text(frame: str, one: str, other: str) -> None:
    assert BLINDER.blind(frame.format(one)) == BLINDER.blind(frame.format(other)) == frame.format(MASK)


@given(NAMES)
def test_names_in_capitals_are_names_too(name: str) -> None:
    assert BLINDER.blind(f"RECOMMENDATIONS TO {name.upper()}") == f"RECOMMENDATIONS TO {MASK}"


@given(st.sampled_from(KEPT), NAMES)
def test_kept_names_stay_whole_beside_masked_ones(kept: str, name: str) -> None:
    assert BLINDER.blind(f"Let {name} follow the {kept} on this") == f"Let {MASK} follow the {kept} on this"


@pytest.mark.parametrize(
    "text",
    [
        "Ratify the Rome Statute, the Paris Principles, the Geneva Conventions and the Palermo Protocol",
        "Use the Istanbul Protocol, the Bangkok Rules and the Yogyakarta Principles",
        "Protect Roma, Kurds, Dalits, Sami, Maori and Baha'i",
        "Eat less turkey, china cups and jordan almonds; a chad, a guinea pig and georgia fonts",
        "Tell us what the other party and OHCHR, UNHCR, EU and ASEAN think",
        "Romance, Chinaware, Malina, Cubans' cousin Tonganoxie",
        "Inform the Inter-American Court of Human Rights and the Organization of American States",
    ],
)
def test_what_is_no_state_stays(text: str) -> None:
    assert BLINDER.blind(text) == text.replace("Cubans", MASK)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Jordan, Chad, Turkey, Georgia and Guinea", f"{MASK}, {MASK}, {MASK}, {MASK} and {MASK}"),
        ("Papua New Guinea, Guinea-Bissau and Equatorial Guinea", f"{MASK}, {MASK} and {MASK}"),
        ("Niger and Nigeria; Dominica and the Dominican Republic", f"{MASK} and {MASK}; {MASK} and {MASK}"),
        ("the former Yugoslav Republic of Macedonia", MASK),
        ("Afro-Colombian and non-Danish people", f"Afro-{MASK} and non-{MASK} people"),
        ("a Franco-German treaty", f"a Franco-{MASK} treaty"),
        (
            "the US, the U.S., the USA and the United States of America tell us",
            f"{MASK}, {MASK}, {MASK} and {MASK} tell us",
        ),
        ("Côte d'Ivoire’s and Côte d’Ivoire's police", f"{MASK}’s and {MASK}'s police"),
        (
            "the agreement of the Republic of Hungary with the Grand Duchy of Luxembourg",
            f"the agreement of {MASK} with {MASK}",
        ),
        (
            "a federal state of Austria; the rule of the Netherlands",
            f"a federal state of {MASK}; the rule of {MASK}",
        ),
        ("the Korean and Lao peoples", f"the {MASK} and {MASK} peoples"),
    ],
)
def test_names_are_masked_as_names_only(text: str, masked: str) -> None:
    assert BLINDER.blind(text) == masked


def test_a_name_that_cannot_be_found_is_refused() -> None:
    with pytest.raises(ValueError, match="'lowercase' does not start with a capital letter"):
        Blinder(States([State("AAA", "lowercase", "Lower", "Asia", (), (), ())]), [])


def test_states_without_kept_names() -> None:
    blinder = Blinder(
        States([State("AAA", "Aland", "Aland", "Asia", (), (), ("Alander",))]), ["Aland Accord"]
    )
    assert (
        blinder.blind("The Alanders of the Aland keep the Aland Accord")
        == f"The {MASK} of {MASK} keep the Aland Accord"
    )


def _leaks(texts: list[str]) -> Counter[str]:
    names = re.compile(r"\b(" + "|".join(re.escape(s.name) for s in STATES.all) + r")\b")
    kept = re.compile("|".join(re.escape(k) for k in sorted(KEPT, key=len, reverse=True)))
    return Counter(found for text in texts for found in names.findall(kept.sub("", BLINDER.blind(text))))


def test_no_name_is_left_in_the_sample_corpus() -> None:
    texts = [record.text or "" for record in coded_rows(SAMPLE)]
    assert _leaks(texts) == {}
    assert any(MASK in BLINDER.blind(text) for text in texts)


@pytest.mark.long
@pytest.mark.corpus
def test_no_name_is_left_in_the_real_corpus() -> None:
    texts = [record.text or "" for record in of_sessions(real_rows(), range(1, 18))]
    assert _leaks(texts) == {}
    assert sum(MASK in BLINDER.blind(text) for text in texts) > 1000


# One or two of each regional group, whose names begin no longer name.
SWAPPED = ("Kenya", "Angola", "Japan", "Nepal", "Poland", "Ukraine", "Brazil", "Panama", "Norway", "Italy")


def _swapped(masked: str, number: int) -> str:
    """`masked` with a name for each mask, and a demonym after an article, which a name would lose."""
    state = STATES.find(SWAPPED[number % len(SWAPPED)])
    assert state is not None
    return re.sub(
        rf"(\b[Tt]he )?{MASK}", lambda m: (m[1] or "") + (state.demonyms[0] if m[1] else state.name), masked
    )


def _check_swaps(texts: list[str]) -> None:
    for number, text in enumerate(texts):
        masked = BLINDER.blind(text)
        assert (
            BLINDER.blind(_swapped(masked, number)) == BLINDER.blind(_swapped(masked, number + 1)) == masked
        )


def test_swapping_states_in_the_sample_corpus_changes_nothing_a_model_sees() -> None:
    _check_swaps([record.text or "" for record in coded_rows(SAMPLE)])


@pytest.mark.corpus
def test_swapping_states_in_two_thousand_recommendations_changes_nothing_a_model_sees() -> None:
    texts = [record.text or "" for record in of_sessions(real_rows(), range(1, 18))]
    named = [text for text in texts if MASK in BLINDER.blind(text)]
    plain = [text for text in texts if MASK not in BLINDER.blind(text)]
    assert len(named) > 1500
    _check_swaps([*named, *plain[: max(0, 2000 - len(named))]])
