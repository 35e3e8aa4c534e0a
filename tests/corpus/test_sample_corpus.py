"""What data/sample/README.md promises, read with plain csv so that no reader of the pipeline can
hide a fault."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from pipeline.settings import corpus_folder

SAMPLE = Path(__file__).resolve().parents[2] / "data" / "sample"
HEADER = [
    "To",
    "To-Rgrp",
    "To-Org",
    "Text",
    "From",
    "From-Rgrp",
    "From-Org",
    "Response",
    "Action",
    "Issue",
    "Session",
]
ENCODINGS = {"1-16.csv": "mac_roman", "17.csv": "utf-8", "18.csv": "utf-8-sig", "voluntary.csv": "mac_roman"}
TAGS = {
    "Asylum-seekers - refugees",
    "CP rights - general",
    "Civil society",
    "Corruption",
    "Counter-terrorism",
    "Death penalty",
    "Detention",
    "Development",
    "Disabilities",
    "ESC rights - general",
    "Elections",
    "Enforced disappearances",
    "Environment",
    "Extrajudicial executions",
    "Freedom of association and peaceful assembly",
    "Freedom of movement",
    "Freedom of opinion and expression",
    "Freedom of religion and belief",
    "Freedom of the press",
    "General",
    "HIV - Aids",
    "Human rights defenders",
    "Human rights education and training",
    "Human rights violations by state agents",
    "Impunity",
    "Indigenous peoples",
    "Internally displaced persons",
    "International humanitarian law",
    "International instruments",
    "Justice",
    "Labour",
    "Migrants",
    "Minorities",
    "NHRI",
    "National plan of action",
    "Other",
    "Poverty",
    "Public security",
    "Racial discrimination",
    "Right to education",
    "Right to food",
    "Right to health",
    "Right to housing",
    "Right to land",
    "Right to water",
    "Rights of the Child",
    "Sexual Orientation and Gender Identity",
    "Special procedures",
    "Technical assistance and cooperation",
    "Torture and other CID treatment",
    "Trafficking",
    "Treaty bodies",
    "UPR process",
    "Women's rights",
}

Row = dict[str, str]


def read_export(path: Path, encoding: str) -> list[Row]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode(encoding), newline="")))


@pytest.fixture(scope="module")
def files() -> dict[str, list[Row]]:
    return {name: read_export(SAMPLE / "upr-info" / name, encoding) for name, encoding in ENCODINGS.items()}


@pytest.fixture(scope="module")
def rows(files: dict[str, list[Row]]) -> list[Row]:
    return [row for name in ("1-16.csv", "17.csv", "18.csv") for row in files[name]]


@pytest.fixture(scope="module")
def document() -> list[Row]:
    return read_export(SAMPLE / "session-document-gold.csv", "utf-8")


@pytest.fixture(scope="module")
def real_texts() -> list[str]:
    folder = corpus_folder()
    if folder is None:
        pytest.skip("UPR_CORPUS is not set: sample texts cannot be compared with the real corpus")
    files = sorted((folder / "upr-info").glob("*.csv"))
    if {f.name for f in files} == set(ENCODINGS):
        pytest.skip("UPR_CORPUS names the sample corpus itself")
    return sorted({row["Text"] for f in files for row in read_export(f, "mac_roman")})


def normalised(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text).lower() if c.isalnum())


def part(row: Row) -> str:
    return "train" if int(row["Session"]) <= 16 else row["Session"]


def tags(row: Row) -> list[str]:
    return row["Issue"].split(",")


def test_files_have_the_traps_of_the_originals() -> None:
    content = {name: (SAMPLE / "upr-info" / name).read_bytes() for name in ENCODINGS}
    for name in ("1-16.csv", "voluntary.csv"):
        assert b"\n" not in content[name]
        assert content[name].count(b"\r") > 20
        with pytest.raises(UnicodeDecodeError):
            content[name].decode("utf-8")
    assert b"\r" not in content["17.csv"]
    assert "ā" in content["17.csv"].decode("utf-8")
    assert content["18.csv"].startswith(b"\xef\xbb\xbf")
    assert content["18.csv"].count(b"\r\n") == content["18.csv"].count(b"\n")


def test_every_row_is_whole(files: dict[str, list[Row]]) -> None:
    for name, content in files.items():
        for row in content:
            assert list(row) == HEADER
            assert all(row[c].strip() for c in HEADER if not c.endswith("-Org")), (name, row)
            assert row["Action"] in {"1", "2", "3", "4", "5"}
            assert set(tags(row)) <= TAGS, (name, row)
            assert 1 <= len(set(tags(row))) == len(tags(row)) <= 6


def test_sessions_of_each_file(files: dict[str, list[Row]]) -> None:
    assert len({row["Session"] for row in files["1-16.csv"]}) >= 8
    assert {part(row) for row in files["1-16.csv"]} == {"train"}
    assert {row["Session"] for row in files["17.csv"]} == {"17"}
    assert {row["Session"] for row in files["18.csv"]} == {"18"}


def test_size_and_shares(rows: list[Row]) -> None:
    assert len(rows) >= 900
    assert len({normalised(row["Text"]) for row in rows}) >= 900
    share = {p: n / len(rows) for p, n in Counter(part(row) for row in rows).items()}
    assert 0.60 < share["train"] < 0.70
    assert 0.15 < share["17"] < 0.20
    assert 0.15 < share["18"] < 0.20


def test_all_actions_in_every_part(rows: list[Row]) -> None:
    counts = Counter((part(row), row["Action"]) for row in rows)
    assert all(counts[p, str(a)] >= 5 for p in ("train", "17", "18") for a in range(1, 6))
    assert sum(n for (_, a), n in counts.items() if a == "1") >= 25
    assert sum(n for (_, a), n in counts.items() if a in {"4", "5"}) / len(rows) > 0.6


def test_all_tags_in_every_part(rows: list[Row]) -> None:
    counts = Counter((part(row), tag) for row in rows for tag in tags(row))
    for tag in TAGS:
        assert counts["train", tag] >= 3, tag
        assert counts["17", tag] >= 1, tag
        assert counts["18", tag] >= 1, tag
        assert sum(counts[p, tag] for p in ("train", "17", "18")) >= 8, tag


def test_states_and_regions(rows: list[Row]) -> None:
    reviewed = {row["To"] for row in rows}
    assert len(reviewed) >= 30
    assert len({row["From"] for row in rows}) >= 60
    assert not [row for row in rows if row["To"] == row["From"]]
    by_region = Counter({row["To"]: row["To-Rgrp"] for row in rows}.values())
    assert set(by_region) == {"Africa", "Asia", "EEG", "GRULAC", "WEOG"}
    assert max(by_region.values()) - min(by_region.values()) <= 1
    facts = defaultdict(set)
    for row in rows:
        facts[row["To"]].add((row["To-Rgrp"], row["To-Org"]))
        facts[row["From"]].add((row["From-Rgrp"], row["From-Org"]))
    assert all(len(f) == 1 for f in facts.values())
    assert {row["Response"] for row in rows} == {"Accepted", "Noted"}


def test_repeats_within_and_across_parts_are_coded_alike(rows: list[Row]) -> None:
    groups = defaultdict(list)
    for row in rows:
        groups[normalised(row["Text"])].append(row)
    repeats = [g for g in groups.values() if len(g) > 1]
    assert 0.02 < sum(len(g) - 1 for g in repeats) / len(rows) < 0.05
    for p in ("17", "18"):
        assert sum({part(row) for row in g} == {"train", p} for g in repeats) >= 5
    assert all(len({(row["Action"], row["Issue"]) for row in g}) == 1 for g in repeats)


def test_entities_quotes_accents_and_names_to_mask(rows: list[Row]) -> None:
    text = "\n".join(row["Text"] for row in rows)
    for needle in (
        "&amp;",
        "&quot;",
        "&#40;",
        "“",
        "’",
        "Côte d'Ivoire",
        "Senegalese",
        "Government of Ghana",
        "Republic of Moldova",
    ):
        assert needle in text, needle
    assert len([row for row in rows if row["Text"] != row["Text"].strip()]) > 50


@pytest.mark.parametrize(
    ("pattern", "action"),
    [
        (r"^Call (up)?on", "1"),
        (r"^Seek", "1"),
        (r"^Share", "1"),
        (r"^Request", "1"),
        (r"^Continue (?!and )", "2"),
        (r"^Maintain", "2"),
        (r"^Persevere", "2"),
        (r"^Persist", "2"),
        (r"^Pursue", "2"),
        (r"^Analyse", "3"),
        (r"^Consider", "3"),
        (r"^Envisage", "3"),
        (r"^Examine", "3"),
        (r"^Explore", "3"),
        (r"^Reflect upon", "3"),
        (r"^Revise", "3"),
        (r"^Review", "3"),
        (r"^Study", "3"),
        (r"^Accelerate", "4"),
        (r"^Address", "4"),
        (r"^Ensure", "4"),
        (r"^Guarantee", "4"),
        (r"^Intensify", "4"),
        (r"^Speed up", "4"),
        (r"^Take (\w+ )?(measures|steps)", "4"),
        (r"^Continue and ", "4"),
        (r"^Strengthen .* by (amending|adopting)", "5"),
        (r"^Improve .* by repealing", "5"),
        (r"^Eliminate", "5"),
        (r"^Investigate", "5"),
        (r"^Abolish", "5"),
        (r"^Accede", "5"),
        (r"^Amend", "5"),
        (r"^Enact", "5"),
        (r"^(Sign and r|R)atify", "5"),
        (r"^Withdraw", "5"),
    ],
)
def test_leading_verbs_have_the_action_of_the_codebook(rows: list[Row], pattern: str, action: str) -> None:
    found = [row for row in rows if re.search(pattern, row["Text"])]
    assert found
    assert {row["Action"] for row in found} == {action}


CHILD, WOMEN, TREATIES, CID = (
    "Rights of the Child",
    "Women's rights",
    "International instruments",
    "Torture and other CID treatment",
)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("abortion", [WOMEN]),
        ("domestic violence", [WOMEN]),
        ("equal pay", [WOMEN]),
        ("Goals, above all those on health and education", ["Right to health", "Right to education"]),
        ("attain the Millennium Development Goals", ["Development"]),
        ("albinism", ["Minorities"]),
        (r"\bcaste", ["Minorities"]),
        ("marginalised", ["Minorities"]),
        ("groups,? such as .*disabilities", ["Disabilities", "Indigenous peoples"]),
        ("awareness-raising campaign", ["Human rights education and training"]),
        ("^Raise awareness", ["Other"]),
        ("begging", ["Labour", CHILD]),
        ("child labour", ["Labour", CHILD]),
        ("birth registration", [CHILD]),
        ("child soldiers", [CHILD, "International humanitarian law"]),
        ("citizenship", ["CP rights - general"]),
        ("civilians", ["International humanitarian law"]),
        ("conscientious objectors", ["Freedom of religion and belief"]),
        ("dialogue (between|among) religions", ["Freedom of religion and belief"]),
        ("cooperat\\w+ with OHCHR and", ["Other"]),
        ("regional integration", ["Other"]),
        ("law against discrimination", ["Other"]),
        ("right to life", ["Other"]),
        ("privacy", ["Other"]),
        ("slavery", ["Other"]),
        ("stateless persons", ["Other"]),
        ("missing persons", ["Other"]),
        ("naturalisation", ["Other"]),
        ("hate crime", ["Other"]),
        ("humanitarian access", ["Other"]),
        ("self-determination", ["Other"]),
        ("support of the international community", ["Technical assistance and cooperation"]),
        ("corporal punishment", [CID]),
        ("corporal punishment of (children|pupils)", [CID, CHILD]),
        ("harmful practices", [CID]),
        ("tasers", [CID]),
        ("crimes of the past", ["Justice"]),
        ("Genocide", ["Justice"]),
        ("good governance", ["Justice"]),
        ("lawyers", ["Justice"]),
        ("reconciliation", ["Justice"]),
        (r"\breparation", ["Justice"]),
        ("rule of law", ["Justice"]),
        ("witchcraft", ["Justice"]),
        ("defamation", ["Freedom of opinion and expression"]),
        ("access to information", ["Freedom of opinion and expression"]),
        ("political prisoners", ["Freedom of opinion and expression"]),
        ("democra", ["General"]),
        ("culture of tolerance", ["General"]),
        ("Arabs and Muslims", ["Racial discrimination", "Freedom of religion and belief", "Minorities"]),
        ("discrimination against ethnic minorities", ["Racial discrimination", "Minorities"]),
        ("Haitian descent", ["Racial discrimination", "Minorities"]),
        ("forced marriage", [WOMEN, CHILD]),
        ("honour crimes", [WOMEN, CHILD]),
        ("marital rape", [WOMEN, CHILD]),
        ("sexual violence", [WOMEN, CHILD]),
        ("foreigners", ["Migrants"]),
        ("migrant workers", ["Migrants", "Labour"]),
        ("Geneva Conventions", [TREATIES, "International humanitarian law"]),
        ("Geneva Convention relating to the Status of Refugees", [TREATIES, "Asylum-seekers - refugees"]),
        ("UN human rights mechanisms", ["Special procedures", "Treaty bodies", "UPR process"]),
        ("mechanisms of the Human Rights Council", ["UPR process", "Special procedures"]),
        ("UN bodies", ["Special procedures", "Treaty bodies"]),
        ("international human rights (obligations|law|norms|standards)", [TREATIES]),
        ("recommendations of CEDAW", ["Treaty bodies", WOMEN]),
        ("Committee on the Rights of the Child", ["Treaty bodies", CHILD]),
        ("civil society in the follow-up", ["UPR process", "Civil society"]),
        ("juvenile justice", [CHILD, "Justice"]),
        ("maternal mortality", ["Right to health", WOMEN]),
        ("sexual and reproductive rights", ["Right to health", WOMEN, CHILD]),
        ("ombudsman", ["NHRI"]),
        ("opposition leaders", ["Freedom of association and peaceful assembly"]),
        ("Optional Protocol to the Convention against Torture", [TREATIES, CID, "Detention"]),
        ("Ratify the Convention against Torture", [TREATIES, CID]),
        ("Rome Statute", [TREATIES, "Justice"]),
        ("organised crime", ["Public security"]),
        ("racketeering", ["Public security"]),
        ("state of emergency", ["Public security"]),
        ("public executions", ["Death penalty"]),
        ("religious minorities", ["Minorities", "Freedom of religion and belief"]),
        ("trafficking (of|in) women and children", ["Trafficking", WOMEN, CHILD]),
        ("unemployment", ["Development"]),
    ],
)
def test_common_wording_is_tagged_as_the_codebook_says(
    rows: list[Row], pattern: str, expected: list[str]
) -> None:
    found = [row for row in rows if re.search(pattern, row["Text"])]
    assert found
    assert not [row for row in found if not set(expected) <= set(tags(row))]


def test_what_the_codebook_leaves_untagged(rows: list[Row]) -> None:
    by_text = [(row["Text"], tags(row)) for row in rows]
    unemployment = [t for text, t in by_text if "unemployment" in text]
    obligations = [t for text, t in by_text if "its international obligations" in text]
    goals = [t for text, t in by_text if "Goals, above all those on health and education" in text]
    assert unemployment
    assert obligations
    assert goals
    assert not any("Labour" in t for t in unemployment)
    assert not any(TREATIES in t for t in obligations)
    assert not any("Development" in t for t in goals)


def test_plan_of_action_stands_where_it_is_tagged(rows: list[Row]) -> None:
    wording = re.compile(r"plan of action|action plan|national human rights plan", re.IGNORECASE)
    tagged = [row for row in rows if "National plan of action" in tags(row)]
    assert tagged
    assert all(wording.search(row["Text"]) for row in tagged)


def test_pledges(files: dict[str, list[Row]]) -> None:
    pledges = files["voluntary.csv"]
    assert len(pledges) >= 25
    assert {row["Response"] for row in pledges} == {"Voluntary Pledge"}
    assert all(row["To"] == row["From"] for row in pledges)
    sessions = {int(row["Session"]) for row in pledges}
    assert sessions > {17, 18, 19}
    assert min(sessions) <= 16
    assert {row["Action"] for row in pledges} == {"1", "2", "3", "4", "5"}


def test_readme_gives_the_computed_counts(
    rows: list[Row], files: dict[str, list[Row]], document: list[Row]
) -> None:
    readme = (SAMPLE / "README.md").read_text(encoding="utf-8")
    for name, content in files.items():
        assert f"| `upr-info/{name}` | {len(content):,} |" in readme
    for action, n in Counter(row["Action"] for row in rows).items():
        assert f"| {action} | {n} |" in readme
    for tag, n in Counter(tag for row in rows for tag in tags(row)).items():
        assert f"| {tag} | {n} |" in readme
    assert f"{len(document)} wordings in {len({row['paragraph'] for row in document})} paragraphs" in readme


def test_session_document_holds_each_gold_row(document: list[Row]) -> None:
    text = (SAMPLE / "session-document.md").read_text(encoding="utf-8")
    assert "invented" in text
    paragraphs = {m[1]: m[2] for m in re.finditer(r"^(\d+\.\d+) (.+)$", text, re.MULTILINE)}
    assert list(paragraphs) == list(dict.fromkeys(row["paragraph"] for row in document))
    for row in document:
        paragraph = paragraphs[row["paragraph"]]
        states = row["recommending_states"].split("; ")
        brackets = {
            f"{row['text']} ({', '.join(states)})",
            f"{row['text']} " + " ".join(f"({s})" for s in states),
        }
        assert any(b in paragraph for b in brackets), row["paragraph"]
        assert (
            row["response"]
            == {"84": "Supported", "85": "Pending", "86": "Noted"}[row["paragraph"].split(".")[0]]
        )
        assert row["action"] in {"1", "2", "3", "4", "5"}
        assert set(row["issues"].split("; ")) <= TAGS
    assert len(document) >= 40


@pytest.mark.long
@pytest.mark.corpus
def test_no_text_is_one_of_the_real_corpus(
    files: dict[str, list[Row]], document: list[Row], real_texts: list[str]
) -> None:
    from rapidfuzz import fuzz, process

    own = sorted(
        {row["Text"] for content in files.values() for row in content} | {row["text"] for row in document}
    )
    real = {normalised(text) for text in real_texts}
    assert not [text for text in own if normalised(text) in real]

    def flat(text: str) -> str:
        return " ".join(text.lower().split()).rstrip(". ")

    scores = process.cdist(
        [flat(t) for t in own], [flat(t) for t in real_texts], scorer=fuzz.ratio, score_cutoff=92
    )
    assert not [own[i] for i in scores.max(axis=1).nonzero()[0]]


@pytest.mark.corpus
def test_no_sample_review_is_a_real_one_and_facts_on_states_agree(
    rows: list[Row], files: dict[str, list[Row]], real_texts: list[str]
) -> None:
    folder = corpus_folder()
    assert folder is not None
    real = [row for f in sorted((folder / "upr-info").glob("*.csv")) for row in read_export(f, "mac_roman")]
    reviews = {(row["To"], row["Session"]) for row in real}
    assert not [
        row for content in files.values() for row in content if (row["To"], row["Session"]) in reviews
    ]
    facts = {(row[p], row[f"{p}-Rgrp"], row[f"{p}-Org"]) for row in real for p in ("To", "From")}
    assert {(row[p], row[f"{p}-Rgrp"], row[f"{p}-Org"]) for row in rows for p in ("To", "From")} <= facts
