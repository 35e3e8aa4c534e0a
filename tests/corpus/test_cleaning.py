"""The recommendation alone: what a document puts around a text is taken off and kept, and nothing else is."""

from __future__ import annotations

import csv

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.corpus.cleaning import Cleaned, Cleaner, plain
from pipeline.corpus.text import clean, normalise
from pipeline.models.bundle import Bundle
from pipeline.models.decision import label_texts
from pipeline.store.models import load_bundle, shipped_folder
from pipeline.store.vocabularies import load_states
from tests.coded_rows import SAMPLE, real_rows

CLEANER = Cleaner(load_states())
TEXTS = (
    "Consider building shelters for stray ferrymen",
    "Ratify ILO Convention No. 169",
    "Implement Security Council resolution 1325 (2000)",
    "Adopt the plan for 2020-2025 (phase 2).",
    "Ensure that 16-year-old girls may vote",
)
NUMBERS = ("7", "134.7", "82-5", "118.162", "134. 7", "6.12.3")
MARKS = (". ", ") ", ": ", ".", " - ")
BULLETS = ("- ", "• ", "* ", "– ", "▪", "\uf0b7 ", "o ", "")
LEADS = st.one_of(
    st.tuples(st.sampled_from(BULLETS), st.sampled_from(NUMBERS), st.sampled_from(MARKS)).map("".join),
    st.sampled_from(BULLETS),
    st.sampled_from(NUMBERS).map(lambda number: f"({number}) "),
    st.sampled_from(NUMBERS).map(lambda number: f"{number} "),
    st.sampled_from(["a) ", "(a) ", "(iv) ", "iv. ", "B. ", "[c] ", "134.7 (a) "]),
    st.sampled_from(
        ["Rec. 9: ", "Rec 9 - ", "Recommendation No. 57, para. 99: ", "Recommendation 12: ", "para. 134.7: "]
    ),
    st.sampled_from(["No. 9 ", "#9 ", "§ 12 ", "R.9: ", "A/HRC/38/9, para. 134.7: ", "Recommendation: "]),
    st.sampled_from(
        ["(Chile) ", "[Chile]: ", "Chile: ", "134.7 (Chile, Cuba) ", "Chile - ", "Chile recommended: "]
    ),
    st.sampled_from(
        [
            "Chile – ",
            "Chile—",
            "CHILE -- ",
            "Chile | ",
            "Chile / ",
            "Chile. ",
            "Chile\n",
            "Chile, Peru: ",
            "9. Chile - ",
            "Recommended by Chile: ",
            "Netherlands (Kingdom of the): ",
        ]
    ),
    st.sampled_from(["-", "–", "—", "\u2010 ", "+ ", "★ ", "☑ ", "⚫ ", "① ", "» ", "-- ", "\u200b"]),
    st.sampled_from(
        [
            "9/ ",
            "9° ",
            "9, ",
            "9; ",
            "9.3,",
            "9(a) ",
            "118.62 / ",
            "118.62 | ",
            "118.62–",
            "118.62_",
            "§ 9.3 ",
        ]
    ),
)
TAILS = st.one_of(
    st.sampled_from(["", ";", " ;", ",", "; and"]),
    st.tuples(
        st.sampled_from(
            [
                " (Cuba)",
                "(Cuba, Chile)",
                " [Cuba]",
                " ( Liechtenstein )",
                " (Bolivia (Plurinational State of))",
            ]
        ),
        st.sampled_from(["", ";", ".", " ;", ", and", " *", "[1]", ";12", "¹;"]),
    ).map("".join),
    st.sampled_from(
        [
            " (recommended by Cuba);",
            " (Chile, Cuba and others)",
            " (Cuba",
            " – Chile, Cuba",
            " (Cuba/Chile) (Mali)",
            " - Cuba",
            " -- Cuba and Chile;",
            " — recommended by Cuba",
            " : Cuba",
            " | Cuba, Chile",
            " / Cuba.",
            "; Cuba",
            "\nCuba",
        ]
    ),
)
VERBS = ("continue efforts to train judges", "ratify the treaty", "ensure that girls may vote")
HTML = st.sampled_from(
    [
        "{}",
        "“{}”",
        "&quot;{}&quot;",
        "«{}»",
        "<p>{}</p>",
        "<li><b>{}</b></li>",
        "{}&nbsp;",
        "  {}\n",
        "<!-- x -->{}<br/>",
    ]
)


def dressed(text: str, lead: str, tail: str, markup: str) -> str:
    return markup.format(lead + text + tail)


@given(st.sampled_from(TEXTS), LEADS, TAILS, HTML)
def test_what_surrounds_a_text_is_taken_off_and_kept(text: str, lead: str, tail: str, markup: str) -> None:
    raw = dressed(text, lead, tail, markup)
    cleaned = CLEANER.clean(raw)
    assert cleaned.text == text
    assert (cleaned.raw or text) == raw.strip()
    assert ("Cuba" in raw) == ("Cuba" in cleaned.states)


@given(
    st.sampled_from(VERBS),
    st.sampled_from(
        [
            *(
                "9.3 ",
                "9.3. ",
                "9-3 ",
                "6.12.3 ",
                "9 ",
                "9, ",
                "118.62",
                "REC 9.3 ",
                "Para 9 ",
                "№5 ",
                "9.3\n",
            ),
            *(
                "Chile - ",
                "Chile: ",
                "(Chile) ",
                "Chile — ",
                "Chile | ",
                "9.3 Chile – ",
                "Chile recommended to ",
            ),
        ]
    ),
    TAILS,
)
def test_a_number_or_state_before_a_verb_in_small_letters_is_no_part_of_the_text(
    text: str, lead: str, tail: str
) -> None:
    assert CLEANER.clean(lead + text + tail).text == text


@given(st.text(max_size=200).filter(lambda text: "&" not in text and "<" not in text))
@example("1. " * 30 + "Ratify")
@example("- " * 50)
def test_cleaning_is_idempotent(text: str) -> None:
    once = CLEANER.clean(text)
    assert CLEANER.clean(once.text) == Cleaned(once.text, None, None, ())


@given(
    st.lists(
        st.sampled_from(["1.", "(a)", "-", "Rec. 9:", "(Cuba)", "Cuba:", "[", ";", "and", "x", "Ratify"])
    )
)
def test_cleaning_is_idempotent_on_what_is_nothing_but_numbers_bullets_and_states(words: list[str]) -> None:
    once = CLEANER.clean(" ".join(words))
    assert CLEANER.clean(once.text).text == once.text


@pytest.mark.parametrize(
    ("raw", "paragraph", "states"),
    [
        ("134.7 (a) Ratify CAT (Chile) (Cuba);", "134.7(a)", ("Chile", "Cuba")),
        ("Recommendation No. 57, para. 99: Ratify CAT", "57, 99", ()),
        ("134. 7 Ratify CAT", "134.7", ()),
        ("[Chile] 9) Ratify CAT (Atlantis, Cuba)", "9", ("Chile", "Cuba", "Atlantis")),
        ("82-5. Ratify CAT", "82-5", ()),
        ("Ratify CAT (Китай)", None, ("Китай",)),
    ],
)
def test_number_and_states_are_kept_as_cited(
    raw: str, paragraph: str | None, states: tuple[str, ...]
) -> None:
    assert CLEANER.clean(raw) == Cleaned("Ratify CAT", raw, paragraph, states)


@pytest.mark.parametrize(
    "text",
    [
        "1325 (2000) is to be implemented",
        "1.5 million children are to be vaccinated",
        "16-year-old girls may vote",
        "9.3 continues to be the number",
        "1.5 to 2 per cent of the budget",
        "9, of whom three are women, are judges",
        "-based approaches are to be taken",
        "+41 ways to reform",
        "“Homes for all” and “schools for all” are to go on",
        "Settle the border of Cuba and Haiti – in peace",
        "(1) Build a school. (2) Build a road",
        "(a) Adopt a law; (b) ratify the treaty",
        "Ratify the Convention (No. 169)",
        "Adopt the programme (2020-2025)",
        "Continue (…)",
        "Chile recommended that Peru train its judges",
        "Strengthen ties with Peru, Chile",
        "Peace in the region: Peru - Chile, and others",
        "Meet with its neighbours (Kenya, 2015)",
        "Build roads < 3 km and bridges > 2 km for <Atlantis>",
        "No child may work",
        "U.S. standards",
        "134.7",
        "(Brazil)",
        "",
    ],
)
def test_what_belongs_to_a_text_stays(text: str) -> None:
    assert CLEANER.clean(text) == Cleaned(text, None, None, ())


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("vulner-\nable groups of non-\ngovernmental bodies", "vulnerable groups of non-governmental bodies"),
        ("soft\u00ad\nhyphen, e\ufb03cient", "softhyphen, efficient"),
        ("A&amp;amp;nbsp;B &lt;b&gt;C&lt;/b&gt;", "A B C"),
        ("<p>One</p><p>two</p><script>three()</script>", "One two"),
        ("vul<b>ner</b>able", "vulnerable"),
    ],
)
def test_plain(raw: str, text: str) -> None:
    assert plain(raw) == text


@given(st.text(max_size=100))
def test_the_raw_text_can_be_written_to_every_file(text: str) -> None:
    (CLEANER.clean(text + "\x00\ud800;").raw or "").encode("utf-8")


def sample_texts() -> list[str]:
    with (SAMPLE / "upr-info" / "17.csv").open(encoding="utf-8") as file:
        return [row["Text"] for row in csv.DictReader(file)]


def assert_the_same_labels(
    bundle: Bundle, parts: list[tuple[str, str, str, str]], language: str | None
) -> None:
    """With and without what surrounds the texts, labels and probabilities are equal."""
    cleaned = [CLEANER.clean(dressed(*part)).text for part in parts]
    plain_ones = [CLEANER.clean(text).text for text, *_ in parts]
    languages = [language] * len(parts)
    assert label_texts(bundle, cleaned, languages) == label_texts(bundle, plain_ones, languages)


@settings(max_examples=5)
@given(
    st.lists(st.tuples(st.sampled_from(sample_texts()), LEADS, TAILS, HTML), min_size=30, max_size=100),
)
def test_what_surrounds_a_text_changes_no_label_and_no_probability(
    bundle: Bundle, parts: list[tuple[str, str, str, str]]
) -> None:
    assert_the_same_labels(bundle, parts, "en")


@pytest.fixture(scope="module")
def shipped() -> Bundle:
    return load_bundle(shipped_folder())


@settings(max_examples=15)
@given(
    st.lists(st.tuples(st.sampled_from(sample_texts()), LEADS, TAILS, HTML), min_size=4, max_size=8),
)
def test_what_surrounds_a_text_changes_no_label_and_no_probability_of_the_shipped_model(
    shipped: Bundle, parts: list[tuple[str, str, str, str]]
) -> None:
    assert_the_same_labels(shipped, parts, None)


@pytest.mark.long
@pytest.mark.corpus
def test_the_texts_of_the_real_corpus_stay_and_keep_their_ids() -> None:
    """16 of 36,416 differ in more than white space: a blank before the full stop, a comma at the end."""
    rows = [(record.text or "", CLEANER.clean(record.text or "")) for record in real_rows()]
    assert all(normalise(clean(raw)) == normalise(cleaned.text) for raw, cleaned in rows)
    assert sum(clean(raw) != cleaned.text for raw, cleaned in rows) <= 16
    assert not any(cleaned.paragraph or cleaned.states for _, cleaned in rows)
