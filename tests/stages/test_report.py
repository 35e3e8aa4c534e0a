import json
import re
from html.parser import HTMLParser

import pyarrow as pa
import pytest

from pipeline.errors import SourceError, StoreError
from pipeline.evaluation.metrics import acceptance, set_quality, to_plain
from pipeline.stages import report
from pipeline.store.files import write_json
from pipeline.store.tables import write_parquet
from tests.charts.test_charts import TEST, TUNE, counted
from tests.random_evaluations import an_evaluation


def corpus(path, pledge_only=False, **columns):
    rows = counted().rows
    table = {
        "kind": ["pledge" if pledge_only else "recommendation"] * len(rows),
        "source_file": ["18.csv"] * len(rows),
        "state_under_review": rows["reviewed"].tolist(),
        "recommending_states": [[s] if isinstance(s, str) else [] for s in rows["recommending"]],
        "session": rows["session"].tolist(),
        "cycle": [1] * len(rows),
        "response": rows["response"].tolist(),
        "action": rows["action"].tolist(),
        "issues": rows["issues"].tolist(),
        "label_source": ["expert"] * len(rows),
    } | columns
    write_parquet(path, pa.table({k: v for k, v in table.items() if v is not None}))
    return path


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    for name, document in (("tune", TUNE), ("test", {**TEST, "model": {"version": "v1", "demo": True}})):
        write_json(folder / f"{name}.json", document)
    facts = report.run(
        corpus(folder / "corpus.parquet"),
        [folder / "tune.json", folder / "test.json"],
        folder / "report.html",
    )
    return folder, facts, (folder / "report.html").read_text(encoding="utf-8")


class Outline(HTMLParser):
    """What a page is made of: open tags, ids, addresses, headings."""

    VOID = ("meta", "link", "br", "path", "use", "img")

    def __init__(self, text):
        super().__init__()
        self.tags, self.ids, self.addresses, self.open, self.unbalanced = [], [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.tags.append(tag)
        self.ids += [found["id"]] if "id" in found else []
        self.addresses += [found[k] for k in ("href", "src", "xlink:href") if k in found]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if tag in self.VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.unbalanced.append(tag)


def test_the_page_is_whole_in_itself(page):
    _, facts, text = page
    outline = Outline(text)
    assert outline.unbalanced == []
    assert outline.open == []
    assert len(outline.ids) == len(set(outline.ids))
    assert "script" not in outline.tags
    assert all(a.startswith("#") for a in outline.addresses)
    assert {a[1:] for a in outline.addresses} <= set(outline.ids)
    assert not re.search(r"url\((?!#)|@import", text)
    assert facts.charts == outline.tags.count("details") == 17
    assert outline.tags.count("svg") == 2 * facts.charts


def test_the_page_names_its_numbers_model_and_source(page):
    _, facts, text = page
    assert f"{facts.recommendations:,}</dd>" in text
    assert "Model v1" in text
    assert facts.model_version == "v1"
    assert "Source: 18.csv; labels by people" in text
    accuracy = TEST["splits"]["session"]["test"]["unseen"]["action"]["accuracy"]
    assert (
        f"<td>{accuracy['value']:.3f}<br><small>{accuracy['low']:.3f}–{accuracy['high']:.3f}</small></td>"
        in text
    )


def test_a_model_of_the_sample_is_called_a_demonstration_and_no_other(page):
    folder, _, text = page
    assert "This is a demonstration." in text
    write_json(folder / "real.json", {**TEST, "model": {"version": "v1", "demo": False}})
    report.run(folder / "corpus.parquet", [folder / "real.json"], folder / "real.html")
    assert "demonstration" not in (folder / "real.html").read_text(encoding="utf-8")


@pytest.mark.long
def test_the_same_inputs_give_the_same_bytes(page):
    folder, _, text = page
    report.run(folder / "corpus.parquet", [folder / "tune.json", folder / "test.json"], folder / "again.html")
    assert (folder / "again.html").read_text(encoding="utf-8") == text


def test_a_corpus_alone_makes_a_page_without_quality(tmp_path):
    facts = report.run(corpus(tmp_path / "c.parquet"), [], tmp_path / "r.html")
    text = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert facts.charts == 11
    assert facts.model_version is None
    assert "Quality of the model" not in text


def test_a_tuning_document_alone_is_called_so(page, tmp_path):
    folder, _, _ = page
    tune = {**TUNE, "headline": {"split": "session", "part": "tune", "rows": "unseen"}}
    write_json(tmp_path / "tune.json", tune)
    report.run(folder / "corpus.parquet", [tmp_path / "tune.json"], tmp_path / "r.html")
    text = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "Tuning session, texts never seen" in text
    assert "Test session" not in text


def test_machine_labels_are_called_machine_labels(tmp_path):
    sources = ["model"] * len(counted())
    report.run(corpus(tmp_path / "c.parquet", label_source=sources), [], tmp_path / "r.html")
    assert "labels by the model" in (tmp_path / "r.html").read_text(encoding="utf-8")


@pytest.mark.long
def test_the_model_in_use_stands_beside_the_one_trained_last(page, tmp_path):
    folder, _, _ = page
    found = an_evaluation(200, 3)
    sets = to_plain(
        set_quality(found.gold_action, found.action_probabilities > 0.1, found.groups, samples=20)
    )
    accepted = to_plain(
        acceptance(found.gold_action, found.action, found.action_probabilities.max(axis=1) > 0.5)
    )
    own = {"sets": {"test": sets}, "acceptance": {"test": accepted}}
    champion = {
        "version": "v0",
        "quality": TEST["splits"]["session"]["test"],
        "sets": sets,
        "acceptance": accepted,
    }
    for document, beside in (({"version": "v0"}, False), (champion, True)):
        write_json(tmp_path / "test.json", {**TEST, **own, "champion": document})
        report.run(folder / "corpus.parquet", [tmp_path / "test.json"], tmp_path / "r.html")
        text = (tmp_path / "r.html").read_text(encoding="utf-8")
        assert "v0" in text
        assert ("was trained on other rows" in text) is not beside
        assert ("Model in use, the same texts" in text) is beside
        assert "Coverage of prediction sets, and errors without review" in text
        assert ("Measured, model in use" in text) is beside
        assert (
            ('id="reliability-action-in-use"' in text) is ('id="reliability-tags-in-use"' in text) is beside
        )
        assert ("Model in use, v0; test part of the session split" in text) is beside
        assert "those of its held-out predictions" not in text
    write_json(tmp_path / "test.json", {**TEST, **own, "champion": champion | {"held_out": True}})
    report.run(folder / "corpus.parquet", [tmp_path / "test.json"], tmp_path / "r.html")
    assert "those of its held-out predictions" in (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "in use" not in page[2]


def test_baselines_have_no_calibration(page, tmp_path):
    folder, _, _ = page
    quality = TEST["splits"]["session"]["test"]["all"]
    write_json(tmp_path / "test.json", {**TEST, "baselines": {"rules": quality}})
    report.run(folder / "corpus.parquet", [tmp_path / "test.json"], tmp_path / "r.html")
    text = (tmp_path / "r.html").read_text(encoding="utf-8")
    line = re.search(r"Action: calibration error</th>(.*)</tr>", text)[1]
    assert line.endswith("<td>–</td>")
    assert "Rules (200)" in text


@pytest.mark.parametrize(
    ("columns", "message"),
    [({"issues": None}, "lacks the columns issues"), ({"pledge_only": True}, "has no recommendations")],
)
def test_a_table_that_cannot_be_shown_is_named_and_nothing_is_written(tmp_path, columns, message):
    path = corpus(tmp_path / "c.parquet", **columns)
    with pytest.raises(SourceError, match=message):
        report.run(path, [], tmp_path / "r.html")
    assert not (tmp_path / "r.html").exists()


def test_evaluations_of_two_models_are_not_mixed(page, tmp_path):
    folder, _, _ = page
    write_json(tmp_path / "other.json", {**TEST, "model": {"version": "v2"}})
    with pytest.raises(SourceError, match="different models: v1, v2"):
        report.run(
            folder / "corpus.parquet", [folder / "tune.json", tmp_path / "other.json"], tmp_path / "r.html"
        )


@pytest.mark.parametrize(
    "content",
    ["[1, 2]", '"text"', '{"format": 1}', '{"format": 1, "model": 3}', "{", '{"format": 9, "model": {}}'],
)
def test_a_file_that_is_no_evaluation_is_named(page, tmp_path, content):
    folder, _, _ = page
    (tmp_path / "odd.json").write_text(content, encoding="utf-8")
    with pytest.raises((SourceError, StoreError), match=r"odd\.json"):
        report.run(folder / "corpus.parquet", [tmp_path / "odd.json"], tmp_path / "r.html")
    assert not (tmp_path / "r.html").exists()


def test_texts_of_the_input_are_escaped(tmp_path):
    rows = counted().rows
    report.run(
        corpus(tmp_path / "c.parquet", source_file=["<script>alert(1)</script>.csv"] * len(rows)),
        [],
        tmp_path / "r.html",
    )
    text = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "<script>" not in text
    assert json.dumps("&lt;script&gt;alert(1)")[1:-1] in text
