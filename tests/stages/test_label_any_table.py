"""Any table can be labelled: columns are found and said, nothing of the input is lost, nothing guessed in
silence.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from pipeline.corpus.schema import LABELLED
from pipeline.settings import DocumentLimits
from pipeline.sources.tables.labelled import labelled_table
from tests.conftest import Upr
from tests.sources.documents.fuzzing_parents import ods

TEXTS = ("Ratify the Convention on wetlands", "Consider abolishing the salt tax")


class Try:
    """Labels a file and shows what came of it."""

    def __init__(self, upr: Upr, model: Path, folder: Path) -> None:
        self._upr, self._model, self.folder = upr, model, folder
        self.err = ""
        self.code = 0

    def __call__(self, path: Path, *more: str, suffix: str = ".parquet") -> list[dict[str, Any]]:
        self.out = self.folder / "out" / f"out{suffix}"
        said = self._upr("label", path, "--out", self.out, "--model", self._model, *more)
        self.err, self.code = said.err, said.code
        return pq.read_table(self.out).to_pylist() if suffix == ".parquet" and self.out.exists() else []

    def text(self, name: str, content: str, *more: str, encoding: str = "utf-8") -> list[dict[str, Any]]:
        (self.folder / name).write_bytes(content.encode(encoding))
        return self(self.folder / name, *more)


@pytest.fixture
def attempt(upr: Upr, model_path: Path, tmp_path: Path) -> Try:
    return Try(upr, model_path, tmp_path)


def book(path: Path, **sheets: list[list[Any]]) -> Path:
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as made:
        for title, rows in sheets.items():
            sheet = made.add_worksheet(title)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return path


@pytest.mark.parametrize(
    ("name", "encoding", "content", "states", "response"),
    [
        (
            "titled.csv",
            "utf-8",
            "Review of Palau;;\n;;\nNo.;Recommendation text;Made by\n7;{0};Peru, Chad\n8;{1};Mali\n",
            ["Peru", "Chad"],
            None,
        ),
        (
            "french.csv",
            "cp1252",
            "N°;Recommandation;État auteur;Position\n7;{0};Côte d’Ivoire;Acceptée\n8;{1};Mali;Notée\n",
            ["Cote d'Ivoire"],
            "Supported",
        ),
        (
            "spanish.tsv",
            "utf-16",
            "Núm.\tRecomendación\tPaís\tRespuesta\n7\t{0}\tPerú\tRechazada\n8\t{1}\tMali\tAceptada\n",
            ["Peru"],
            "Noted",
        ),
        (
            "plain.csv",
            "utf-8",
            "S/N,Text of recommendation,Country,Status,Govt position\n1,{0},Peru,Ongoing,Accepted\n"
            "2,{1},Mali,Done,Noted\n",
            ["Peru"],
            "Supported",
        ),
    ],
)
def test_headings_and_columns_are_found_in_three_languages(
    name: str, encoding: str, content: str, states: list[str], response: str | None, attempt: Try
) -> None:
    rows = attempt.text(name, content.format(*TEXTS), encoding=encoding)
    assert [row["text"] for row in rows] == list(TEXTS)
    assert rows[0]["recommending_states"] == states
    assert rows[0]["response"] == response
    assert "text from 'Rec" in attempt.err or "text from 'Text" in attempt.err
    assert [row["action"] for row in rows] == [5, 3]


def test_every_column_stands_in_the_output_as_it_was(attempt: Try) -> None:
    rows = attempt.text(
        "own.csv", f'Remark,Text,,Remark,Score\n"=1+1","{TEXTS[0]}",x,second,007\nb,"{TEXTS[1]}",,,\n'
    )
    assert list(rows[0])[len(LABELLED) :] == ["Remark", "Text", "Column C", "Remark (2)", "Score"]
    assert list(rows[0].values())[len(LABELLED) :] == ["=1+1", TEXTS[0], "x", "second", "007"]


def test_a_column_that_reads_like_recommendations_is_taken_and_said(attempt: Try) -> None:
    rows = attempt.text("odd.csv", f"Code,Wish list,Who\n4,{TEXTS[0]},us\n5,{TEXTS[1]},them\n")
    assert [row["text"] for row in rows] == list(TEXTS)
    assert "'Wish list' is taken for the text, because it reads like recommendations" in attempt.err


def test_a_table_without_headings(attempt: Try) -> None:
    rows = attempt.text("bare.csv", f"7,{TEXTS[0]}\n8,{TEXTS[1]}\n")
    assert [row["text"] for row in rows] == list(TEXTS)
    assert "no headings; text from 'Column B'" in attempt.err


def test_columns_and_sheets_can_be_told(attempt: Try, tmp_path: Path) -> None:
    rows = [["What", "Note", "When"], ["abc", TEXTS[0], "48th"], ["abc", TEXTS[1], "48th"]]
    path = book(tmp_path / "b.xlsx", First=rows, Second=rows)
    made = attempt(path, "--column", "text=What", "--column", "session=When", "--sheet", "second")
    assert [(row["text"], row["session"]) for row in made] == [("abc", 48)] * 2
    assert "worksheet 'First': not read, because --sheet names others" in attempt.err
    attempt(path, "--column", "text=Whatever")
    assert (attempt.code, "there is no column 'Whatever'" in attempt.err) == (1, True)
    attempt(path, "--sheet", "Third")
    assert (attempt.code, "there is no sheet 'Third'" in attempt.err) == (1, True)
    attempt(path, "--column", "texts=What")
    assert attempt.code == 2


def test_a_workbook_keeps_its_sheets_their_order_and_widths(attempt: Try, tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    with xlsxwriter.Workbook(path) as made:
        plan = made.add_worksheet("Plan")
        plan.merge_range("A1:C1", "PLAN OF ACTION")
        plan.write_row(2, 0, ["No.", "Recommendation", "Lead"])
        plan.write_row(3, 0, [121.1, TEXTS[0], 12])
        plan.set_column("B:B", 61)
        made.add_worksheet("Notes").write(0, 0, "Made in 2020")
        hidden = made.add_worksheet("Old")
        hidden.write_row(0, 0, ["Recommendation", "Country"])
        hidden.write_row(1, 0, [TEXTS[1], "Peru"])
        hidden.hide()
        plan.activate()
    attempt(path, suffix=".xlsx")
    assert attempt.code == 0, attempt.err
    assert "worksheet 'Notes': not read, because" in attempt.err
    assert "worksheet 'Old' (hidden): headings" in attempt.err
    made_book = openpyxl.load_workbook(attempt.out)
    assert made_book.sheetnames == ["Plan", "Old"]
    sheet = made_book["Plan"]
    first = len(LABELLED) + 1
    assert [sheet.cell(1, first + k).value for k in range(3)] == ["No.", "Recommendation", "Lead"]
    assert [sheet.cell(2, first + k).value for k in range(3)] == [121.1, TEXTS[0], 12]
    assert sheet.column_dimensions[openpyxl.utils.get_column_letter(first + 1)].width == pytest.approx(
        61, 0.03
    )
    assert sheet.cell(2, LABELLED.get_field_index("paragraph") + 1).value == "121.1"


def test_two_tables_in_a_sheet_and_headings_that_come_again(attempt: Try) -> None:
    head = "No.,Recommendation,Country"
    rows = attempt.text(
        "two.csv",
        f"{head}\n1,{TEXTS[0]},Peru\n{head}\n2,{TEXTS[1]},Mali\nRecommendation,From\n{TEXTS[0]},Chad\n",
    )
    assert [row["text"] for row in rows] == [TEXTS[0], TEXTS[1], TEXTS[0]]
    assert rows[2]["recommending_states"] == ["Chad"]
    assert "the headings stand once more after row 1" in attempt.err


def test_headings_of_two_rows(attempt: Try) -> None:
    rows = attempt.text(
        "merged.csv", f"No.,Recommendation,Government,\n,,Position,Lead\n1,{TEXTS[0]},Noted,X\n"
    )
    assert [(row["text"], row["response"]) for row in rows] == [(TEXTS[0], "Noted")]
    assert list(rows[0])[len(LABELLED) :] == ["No.", "Recommendation", "Position", "Lead"]


def test_a_heading_that_names_both_a_position_and_a_state_is_the_position(attempt: Try) -> None:
    for heading in ("Position of the State under Review", "Réponse de l'État examiné"):
        rows = attempt.text("position.csv", f'No.,Recommendation,"{heading}"\n1,{TEXTS[0]},Accepted\n')
        assert (rows[0]["response"], rows[0]["state_under_review"]) == ("Supported", None)


def test_two_recommendations_in_a_cell_are_one_row_and_told(attempt: Try) -> None:
    rows = attempt.text("cells.csv", f'Recommendation,Country\n"{TEXTS[0]};\n{TEXTS[1]}",Peru\n')
    assert len(rows) == 1
    assert "unclear-source-row" in rows[0]["review_reasons"]
    assert "holds 2 recommendations on lines of their own; they are labelled as one" in attempt.err


def test_total_rows_and_empty_cells_are_rows_without_action(attempt: Try) -> None:
    rows = attempt.text("total.csv", f"No.,Recommendation,Country\n1,{TEXTS[0]},Peru\nTotal 1,,\n")
    assert [(row["action"], row["needs_review"]) for row in rows][1] == (None, True)
    assert rows[1]["review_reasons"] == ["empty-text"]


def test_what_is_no_state_is_null_and_told(attempt: Try) -> None:
    rows = attempt.text(
        "states.csv", f"Text,From\n{TEXTS[0]},--\n{TEXTS[1]},2021\n{TEXTS[0]},Peru\n{TEXTS[1]},Chad\n"
    )
    assert [row["recommending_states"] for row in rows] == [[], [], ["Peru"], ["Chad"]]
    assert "'--' (recommending State) is no State" in attempt.err
    assert "'2021' (recommending State) is no State" in attempt.err


def test_an_export_that_nobody_coded_yet(attempt: Try) -> None:
    rows = attempt.text("export.csv", f"To,Text,From,Session\nPalau,{TEXTS[0]},Peru,7\n")
    assert (rows[0]["state_under_review"], rows[0]["session"], rows[0]["recommending_states"]) == (
        "Palau",
        7,
        ["Peru"],
    )


def test_a_table_in_which_nothing_reads_like_a_text_is_refused(attempt: Try) -> None:
    assert attempt.text("prices.csv", "Name,Price\nbread,2\nmilk,1\n") == []
    assert attempt.code == 1
    assert "Name the column of texts: --column text=HEADING" in attempt.err


@pytest.mark.long
def test_what_is_labelled_can_be_labelled_again_with_its_own_columns(attempt: Try, tmp_path: Path) -> None:
    source = tmp_path / "a.csv"
    source.write_text(f"Recommendation,Lead\n{TEXTS[0]},MFA\n")
    for suffix in (".csv", ".jsonl", ".parquet", ".xlsx"):
        attempt(source, suffix=suffix)
        moved = attempt.out.rename(tmp_path / f"again{suffix}")
        (row,) = attempt(moved)
        assert (row["text"], row["Lead"], row["Recommendation"]) == (TEXTS[0], "MFA", TEXTS[0])


UHRI = {
    "AnnotationId": "1",
    "Text": TEXTS[0],
    "Countries": ["Palau"],
    "Body": "- UPR",
    "Symbol": "A/HRC/58/9",
    "Themes": ["Wetlands", "Salt"],
    "AffectedPersons": ["Children"],
    "Sdgs": ["14 - LIFE BELOW WATER"],
    "UprRecommendingCountry": ["Peru", "Chad"],
    "UprPositions": ["Supported/Noted"],
    "UprSession": ["48 - January 2025"],
}
OTHER = UHRI | {"Text": "The Committee regrets delays", "Body": "- CEDAW", "UprRecommendingCountry": []}


def uhri_csv(folder: Path) -> Path:
    names = {
        "OHCHR Annotation Id": "AnnotationId",
        "Text": "Text",
        "Countries Concerned": "Countries",
        "Reccomending Body": "Body",
        "Document Symbol": "Symbol",
        "Themes": "Themes",
        "Affected Persons": "AffectedPersons",
        "Sdgs": "Sdgs",
        "UPR Reccomending States": "UprRecommendingCountry",
        "UPR Position": "UprPositions",
        "UPR Session": "UprSession",
    }
    rows = [[*names]]
    for row in (UHRI, OTHER):
        cells = [row[key] for key in names.values()]
        rows.append(["\n".join(f"- {v}" for v in c) if isinstance(c, list) else str(c) for c in cells])
    return book(folder / "uhri.xlsx", Data=rows)


@pytest.mark.parametrize("kind", ["json", "xlsx"])
def test_uhri_gives_the_rows_of_the_review_and_others_when_asked(
    kind: str, attempt: Try, tmp_path: Path
) -> None:
    path = uhri_csv(tmp_path)
    if kind == "json":
        path = tmp_path / "uhri.json"
        path.write_text(json.dumps([UHRI, OTHER]))
    (row,) = attempt(path)
    assert "1 rows are of other mechanisms than the UPR and left out: CEDAW (1)" in attempt.err
    assert row["recommending_states"] == ["Peru", "Chad"]
    assert (row["state_under_review"], row["session"], row["symbol"]) == ("Palau", 48, "A/HRC/58/9")
    assert (row["themes"], row["affected_persons"]) == (["Wetlands", "Salt"], ["Children"])
    assert row["sdgs"] == ["14 - LIFE BELOW WATER"]
    assert (row["response"], row["response_raw"]) == ("Noted", "Supported/Noted")
    assert len(attempt(path, "--other-mechanisms")) == 2


SPELLINGS: dict[str, Callable[[str], str]] = {
    "PascalCase": str,
    "camelCase": lambda key: key[0].lower() + key[1:],
    "snake_case": lambda key: re.sub(r"(?<!^)([A-Z])", r"_\1", key).lower(),
    "With Spaces": lambda key: re.sub(r"(?<!^)([A-Z])", r" \1", key),
    "UPPER_CASE": lambda key: re.sub(r"(?<!^)([A-Z])", r"_\1", key).upper(),
}


def named(value: Any) -> Any:
    """Lists as an API gives them: objects with a name."""
    return [{"id": 3, "name": v} for v in value] if isinstance(value, list) else value


def joined(value: Any) -> Any:
    return "; ".join(value) if isinstance(value, list) else value


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("values", [lambda value: value, named, joined], ids=["lists", "objects", "joined"])
def test_uhri_loses_nothing_however_keys_and_lists_are_written(
    spelling: str, values: Callable[[Any], Any], attempt: Try
) -> None:
    rows = [{SPELLINGS[spelling](key): values(v) for key, v in row.items()} for row in (UHRI, OTHER)]
    (row,) = attempt.text("uhri.json", json.dumps({"results": rows, "total": 2}))
    assert (row["state_under_review"], row["recommending_states"]) == ("Palau", ["Peru", "Chad"])
    assert (row["session"], row["symbol"], row["response_raw"]) == (48, "A/HRC/58/9", "Supported/Noted")
    assert (row["themes"], row["affected_persons"]) == (["Wetlands", "Salt"], ["Children"])
    assert row["sdgs"] == ["14 - LIFE BELOW WATER"]
    assert "left out: CEDAW (1)" in attempt.err


@pytest.mark.parametrize(
    "content", [{"a": {"b": 1}}, [{"x": 1, "y": 2}] * 40, [1, 2, 3], {"rows": 3}, "text", [["a"]]]
)
def test_json_of_an_unknown_shape_is_refused(content: Any, attempt: Try) -> None:
    assert attempt.text("odd.json", json.dumps(content)) == []
    assert attempt.code == 1
    assert "odd.json" in attempt.err


def test_json_objects_with_a_text_are_a_table(attempt: Try) -> None:
    rows = attempt.text("own.json", json.dumps([{"recomendación": t, "n": 1.5} for t in TEXTS]))
    assert [row["text"] for row in rows] == list(TEXTS)
    assert [row["n"] for row in rows] == [1.5, 1.5]


UWAZI = (
    "Title,Template,{text},State under review,Recommending state,Response,Action category,Issues,Cycle,"
    "Session,Published{more}\n"
)


def test_uwazi_with_a_column_more_and_texts_in_three_languages(attempt: Try) -> None:
    head = UWAZI.format(text="Recommendation__en,Recommendation__fr,Recommendation__es", more=",Entity URL")
    rows = attempt.text(
        "uwazi.csv",
        f"{head}T,R,{TEXTS[0]},Ratifier,Ratificar,Palau,Peru,Supported,5 - S,Justice,4th,48 - J,P,https://x\n",
    )
    assert [(r["text"], r["text_fr"], r["text_es"]) for r in rows] == [(TEXTS[0], "Ratifier", "Ratificar")]
    assert rows[0]["Entity URL"] == "https://x"
    assert "not known, carried and not read: 'Entity URL'" in attempt.err


def test_uwazi_with_headings_in_small_letters_and_a_text_in_another_language_only(attempt: Try) -> None:
    head = UWAZI.format(text="Recommendation__fr", more="").lower().replace(" ", "_")
    french = "Ratifier la Convention sur les zones humides"
    (row,) = attempt.text(
        "uwazi.csv", f"{head}T,R,{french},Palau,Peru|Chad,Noted,5 - S,Justice,4th,48 - J,P\n"
    )
    assert (row["text"], row["language"], row["action"]) == (french, "fr", 5)
    assert (row["recommending_states"], row["session"]) == (["Peru", "Chad"], 48)


def test_each_file_of_a_folder_is_read_or_named(attempt: Try, tmp_path: Path) -> None:
    folder = tmp_path / "session"
    folder.mkdir()
    (folder / "a.csv").write_text(f"Recommendation,Lead\n{TEXTS[0]},MFA\n")
    (folder / "old.doc").write_bytes(b"\xd0\xcf\x11\xe0 not really")
    (folder / "photo.png").write_bytes(b"\x89PNG")
    (folder / "~$lock.xlsx").write_bytes(b"x")
    rows = attempt(folder)
    assert len(rows) == 1
    assert "photo.png: not read, because '.png' is none of" in attempt.err
    assert "old.doc" in attempt.err
    assert "lock" not in attempt.err
    assert attempt.code == 1


def test_ingest_says_how_it_would_read_a_table_and_takes_it_when_told(upr: Upr, tmp_path: Path) -> None:
    source = tmp_path / "gold.csv"
    source.write_text(
        f"Wording,Country,Code,Tags\n{TEXTS[0]},Peru,5,Environment\n{TEXTS[1]},Chad,3,Poverty\n"
    )
    out = tmp_path / "gold.parquet"
    said = upr("ingest", source, "--out", out)
    assert said.code == 1
    assert "Or read it so: --column text='Wording' --column recommending_states='Country'" in said.err
    columns = ("text=Wording", "recommending_states=Country", "action=Code", "issues=Tags")
    said = upr("ingest", source, "--out", out, *(p for c in columns for p in ("--column", c)))
    assert said.code == 0, said.err
    rows = pq.read_table(out).to_pylist()
    assert [(r["action"], r["issues"], r["label_source"]) for r in rows] == [
        (5, ["Environment"], "expert"),
        (3, ["Poverty"], "expert"),
    ]


def test_ingest_cuts_tags_at_commas_and_tells_tags_of_another_taxonomy(upr: Upr, tmp_path: Path) -> None:
    head, source, out = (
        UWAZI.format(text="Recommendation", more=""),
        tmp_path / "u.csv",
        tmp_path / "u.parquet",
    )
    start = f"{head}T,R,{TEXTS[0]},Palau,Peru,Supported,5 - S,"
    source.write_text(
        f'{start}"Justice,National Human Rights Institution",4th,7 - J,P\n'
        f"T,R,{TEXTS[1]},Palau,Peru,Supported,3 - C,Privacy|Justice,4th,7 - J,P\n"
    )
    said = upr("ingest", source, "--out", out)
    assert said.code == 0, said.err
    assert pq.read_table(out)["issues"].to_pylist() == [["Justice", "NHRI"]]
    assert "'Privacy' is a tag of taxonomy 2026-08" in said.err
    assert "--taxonomy 2026-08" in said.err
    said = upr("ingest", source, "--out", out, "--taxonomy", "2026-08")
    assert pq.read_table(out)["issues"].to_pylist() == [
        ["Justice", "National Human Rights Institution"],
        ["Privacy", "Justice"],
    ]


def test_all_sheets_of_a_labelled_workbook_are_read_again(attempt: Try, tmp_path: Path) -> None:
    rows = [["Recommendation", "Country"], [TEXTS[0], "Peru"]]
    attempt(book(tmp_path / "b.xlsx", First=rows, Second=[rows[0], [TEXTS[1], "Chad"]]), suffix=".xlsx")
    assert labelled_table(attempt.out, DocumentLimits())["text"].to_pylist() == list(TEXTS)


def test_a_spreadsheet_of_libreoffice_keeps_sheets_columns_and_their_order(
    attempt: Try, tmp_path: Path
) -> None:
    path = ods(
        tmp_path / "plan.ods",
        {
            "Zulu": [
                ["PLAN"],
                ["No.", "Recommendation", "Lead", "Score"],
                [121.1, f"{TEXTS[0]}\n(Peru)", "MFA", 7],
            ],
            "Empty": [],
            "Alpha": [["Recommandation", "Pays", "Suivi"], [TEXTS[1], "Pérou", "en cours"]],
        },
    )
    rows = attempt(path)
    assert [(row["text"], row["paragraph"], row["recommending_states"]) for row in rows] == [
        (TEXTS[0], "121.1", ["Peru"]),
        (TEXTS[1], None, ["Peru"]),
    ]
    assert [(row["Lead"], row["Score"], row["Suivi"]) for row in rows] == [
        ("MFA", 7, None),
        (None, None, "en cours"),
    ]
    assert "worksheet 'Empty': not read, because it is empty" in attempt.err
    attempt(path, suffix=".xlsx")
    made = openpyxl.load_workbook(attempt.out)
    assert made.sheetnames == ["Zulu", "Alpha"]
    first = len(LABELLED) + 1
    assert [cell.value for cell in made["Zulu"][2][first - 1 :]] == [121.1, f"{TEXTS[0]}\n(Peru)", "MFA", 7]
