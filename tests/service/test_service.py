"""The HTTP interface: the same labels as everywhere, limits that hold, and nothing told to strangers."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from pipeline import api
from pipeline.api import Model
from pipeline.corpus.text import normalise
from pipeline.errors import SettingsError
from pipeline.service.app import serve
from pipeline.service.forms import FIELDS, NDJSON
from pipeline.service.running import rows_of
from pipeline.service.settings import Keys, ServiceSettings, load_keys, load_service_settings
from pipeline.web.guard import HEADERS
from tests.conftest import ROOT
from tests.registry.registries import variant
from tests.service.conftest import Serving, service_with
from tests.test_api import ODD_TEXTS

KEY = "a-key-that-is-long-enough-to-be-one"
SENT = [text for text in ODD_TEXTS if len(text) <= 20_000]


def of_command(texts: list[str], model: Model) -> list[dict]:
    """What `upr label` gives: tests/test_api.py compares the function with the command."""
    rows = api.label(texts, model).select(list(FIELDS)).to_pylist()
    return [row | {"issue_scores": dict(row["issue_scores"])} for row in rows]


def test_json_gives_what_the_command_gives(served: Serving, model: Model) -> None:
    answer = served.client.post("/v1/label", json={"texts": [*SENT, None]})
    assert answer.status_code == 200
    assert answer.json() == {"labels": of_command([*SENT, None], model), "demo": model.demo}
    assert served.client.post("/v1/label", json={"texts": []}).json()["labels"] == []


def test_lines_give_the_same_in_order_with_faults_where_they_stand(served: Serving, model: Model) -> None:
    texts = SENT * 60  # more than are labelled at once
    lines = [json.dumps({"text": text, "id": place}) for place, text in enumerate(texts)]
    lines[5:5] = ["{", '{"text": 5}', json.dumps("x" * 20_001), '"\\ud800"']
    answer = served.client.post("/v1/label", content="\n".join(lines), headers={"content-type": NDJSON})
    assert answer.headers["content-type"].startswith(NDJSON)
    rows = [json.loads(line) for line in answer.text.split("\n") if line]
    assert len(rows) == len(lines)
    assert [row["line"] for row in rows if "error" in row] == [6, 7, 8, 9]
    assert "more than 20,000 characters" in rows[7]["error"]["what"]
    good = [row for row in rows if "error" not in row]
    assert [row.pop("id") for row in good] == list(range(len(texts)))
    assert good[: len(SENT)] == of_command(SENT, model)
    assert good[-len(SENT) :] == good[: len(SENT)]


def test_requests_that_come_together_are_labelled_together(served: Serving, model: Model) -> None:
    texts = [f"Strengthen the protection of women in district {n}" for n in range(120)]

    def ask(text: str) -> dict:
        return httpx.post(f"{served.url}/v1/label", json={"texts": [text]}, timeout=60).json()["labels"][0]

    with ThreadPoolExecutor(24) as pool:
        found = list(pool.map(ask, texts))
    assert found == of_command(texts, model)
    figures = {
        sample.name + str(sample.labels): sample.value
        for family in text_string_to_metric_families(served.client.get("/metrics").text)
        for sample in family.samples
    }
    assert figures["upr_batch_texts_sum{}"] > figures["upr_batch_texts_count{}"]


def test_labels_are_the_same_from_several_threads(model: Model) -> None:
    expected = rows_of(SENT, model)
    with ThreadPoolExecutor(4) as pool:
        assert all(rows == expected for rows in pool.map(lambda _: rows_of(SENT, model), range(8)))


def test_check_similar_taxonomy_and_model(served: Serving, model: Model) -> None:
    text = "Ratify the Convention against Torture"
    checked = served.client.post("/v1/check", json={"text": text}).json()
    expected = api.check(text, model)
    assert checked["action"] == expected.label.action
    assert checked["action_evidence"] == expected.words(expected.action_evidence) != []
    assert checked["advice"]["why"] == expected.advice.why
    asked = served.client.post("/v1/check", json={"text": text, "state": "Nowhere"})
    assert asked.status_code == 422
    assert "no State" in asked.json()["error"]["what"]
    similar = served.client.post("/v1/similar", json={"text": text, "count": 3}).json()["similar"]
    scores = [row["similarity"] for row in similar]
    assert len(similar) == 3
    assert scores == sorted(scores, reverse=True)
    assert len({normalise(row["text"]) for row in similar}) == 3
    assert all("orture" in row["text"] for row in similar[:1])
    taxonomy = served.client.get("/v1/taxonomy").json()
    assert [tag["label"] for tag in taxonomy["tags"]] == list(model.tags)
    assert served.client.get("/v1/model").json()["model_version"] == model.version


def test_faults_say_what_to_do(served: Serving) -> None:
    ask = served.client.post
    cases = [
        (ask("/v1/label", content=b"{"), 422),
        (ask("/v1/label", json={"texts": "one"}), 422),
        (ask("/v1/label", json={"texts": ["x" * 20_001]}), 422),
        (ask("/v1/label", json={"texts": ["x"] * 1001}), 413),
        (ask("/v1/check", json={"text": " . "}), 422),
        (ask("/v1/similar", json={"text": "x", "count": 0}), 422),
        (ask("/v1/label", content=b'{"texts": ["' + b"x" * 16_000_000 + b'"]}'), 413),
        (served.client.get("/v1/label"), 405),
        (served.client.get("/elsewhere"), 404),
        (served.client.get("/healthz", headers={"host": "evil.example"}), 400),
    ]
    for answer, status in cases:
        assert answer.status_code == status, answer.text
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
        if status != 400:  # of the library that checks names
            assert all(answer.json()["error"][part] for part in ("where", "what", "todo"))


def test_figures_name_routes_and_never_what_callers_made_up(served: Serving) -> None:
    served.client.get("/secret-in-the-path")
    served.client.request("MADEUP", "/v1/model")
    text = served.client.get("/metrics").text
    assert 'path="/v1/label",status="200"' in text
    assert "secret" not in text
    assert "MADEUP" not in text
    assert "process_resident_memory_bytes" in text
    assert served.client.get("/healthz").text == served.client.get("/readyz").text == "ok\n"


def test_with_keys_only_their_holders_are_served(model: Model) -> None:
    with Serving(service_with(model, KEY)) as client:
        for path in ("/v1/model", "/metrics"):
            refused = [client.get(path), client.get(path, headers={"Authorization": "Bearer wrong"})]
            assert [a.status_code for a in refused] == [401, 401]
            assert refused[0].headers["www-authenticate"] == "Bearer"
            assert client.get(path, headers={"Authorization": f"Bearer {KEY}"}).status_code == 200
        assert client.get("/healthz").status_code == client.get("/readyz").status_code == 200


def test_without_keys_only_this_machine_is_served(model: Model) -> None:
    with pytest.raises(SettingsError, match="no API keys"):
        serve(service_with(model), "0.0.0.0", 0)


def test_keys_come_from_environment_and_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "keys"
    file.write_text(f"{KEY}-two\n\n{KEY}-three\n")
    monkeypatch.setenv("UPR_SERVE_KEYS", json.dumps([KEY]))
    monkeypatch.setenv("UPR_SERVE_KEYS_FILE", str(file))
    load_service_settings.cache_clear()
    options = load_service_settings()
    load_service_settings.cache_clear()
    keys = load_keys(options)
    assert KEY not in repr(options)
    named = {keys.name_of(key) for key in (KEY, f"{KEY}-two", f"{KEY}-three")}
    assert len(named) == 3
    assert None not in named
    assert keys.name_of("") is None
    assert not Keys(())
    monkeypatch.setenv("UPR_SERVE_KEYS", '["short"]')
    with pytest.raises(SettingsError, match="fewer than 20"):
        load_keys(ServiceSettings())


def test_a_caller_that_asks_too_often_waits(model: Model) -> None:
    with Serving(service_with(model, KEY, f"{KEY}-two", rate="3/minute")) as client:
        mine, other = ({"Authorization": f"Bearer {key}"} for key in (KEY, f"{KEY}-two"))
        assert [client.get("/v1/model", headers=mine).status_code for _ in range(5)] == [200] * 3 + [429] * 2
        assert client.get("/v1/model", headers=other).status_code == 200
        assert client.get("/v1/model", headers=mine).headers["retry-after"] == "1"


def test_too_much_work_is_refused_and_too_long_work_given_up(model: Model) -> None:
    service = service_with(model, waiting_texts=3, seconds=0.3)
    with Serving(service) as client:
        assert client.post("/v1/label", json={"texts": ["x"] * 4}).status_code == 503
        gate = threading.Event()
        label = service.batcher._label
        service.batcher._label = lambda texts: label(texts) if gate.wait(30) else []
        late = client.post("/v1/label", json={"texts": ["x"] * 3})
        gate.set()
        assert late.status_code == 503
        assert "took too long" in late.json()["error"]["what"]
        assert late.headers["retry-after"]
        deadline = time.monotonic() + 20
        while client.get("/readyz").status_code != 200:
            assert time.monotonic() < deadline
        # Who gave up left nothing behind, and the next one is served.
        assert client.post("/v1/label", json={"texts": ["Ratify CAT"]}).status_code == 200
        assert service.batcher.waiting == 0


def test_a_fault_of_the_model_reaches_those_it_concerns_and_no_others(model: Model) -> None:
    service = service_with(model)
    label = service.batcher._label

    def fails(texts: Any) -> list[dict]:
        if "bad" in texts:
            raise RuntimeError("inner words")
        return label(texts)

    service.batcher._label = fails
    with Serving(service) as client:
        answer = client.post("/v1/label", json={"texts": ["bad"]})
        assert answer.status_code == 500
        assert "inner words" not in answer.text
        assert client.post("/v1/label", json={"texts": ["good"]}).status_code == 200


def test_a_new_model_is_taken_while_serving(model_path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    first = variant(model_path, tmp_path / "first", 0.5)
    second = variant(model_path, tmp_path / "second", 0.99)
    (tmp_path / "first").rename(folder)
    service = service_with(api.load_model(str(folder)), reload_seconds=0.1)
    service.reference = str(folder)
    with Serving(service) as client:
        assert client.get("/v1/model").json()["model_version"] == first.version
        folder.rename(tmp_path / "old")  # for a moment there is none: the loaded one stays
        time.sleep(0.3)
        assert client.get("/v1/model").json()["model_version"] == first.version
        (tmp_path / "second").rename(folder)
        deadline = time.monotonic() + 30
        while client.get("/v1/model").json()["model_version"] != second.version:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert client.post("/v1/label", json={"texts": ["Ratify CAT"]}).json()["labels"][0][
            "model_version"
        ] == (second.version)
        assert f'upr_model{{version="{second.version}"}} 1.0' in client.get("/metrics").text


def test_the_examples_of_the_guide_hold() -> None:
    text = (ROOT / "docs" / "users" / "http.md").read_text(encoding="utf-8")
    shipped = api.load_model("shipped")
    serving = Serving(service_with(shipped))
    with serving:
        python = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
        shell = re.findall(r"^curl .*$", text, re.MULTILINE)
        assert (len(python), len(shell)) == (1, 1)
        exec(compile(python[0].replace("localhost:8080", f"127.0.0.1:{serving.port}"), "http.md", "exec"), {})
        if shutil.which("curl"):
            command = shell[0].replace("localhost:8080", f"127.0.0.1:{serving.port}")
            said = subprocess.run(shlex.split(command), capture_output=True, check=True, text=True)
            assert json.loads(said.stdout)["labels"][0]["recommending_states"] == ["Chile"]
    options = yaml.safe_load((ROOT / "configs" / "serve.yaml").read_text())
    assert ServiceSettings(**options) == ServiceSettings()
    for name in (
        "rate",
        "max_texts",
        "max_text_chars",
        "body_bytes",
        "seconds",
        "waiting_texts",
        "batch_texts",
    ):
        assert f"`{name}`" in text, name
        assert name in options
