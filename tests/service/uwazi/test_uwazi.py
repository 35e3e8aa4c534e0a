"""Suggestions for a Uwazi instance: materials by HTTP, tasks through Redis, answers in its own shapes."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline import api
from pipeline.api import Model
from pipeline.corpus.taxonomy import ACTIONS
from pipeline.errors import SettingsError
from pipeline.service.app import bridge_of
from pipeline.service.uwazi.bridge import Bridge, Material, Option, extractor_for
from pipeline.service.uwazi.queues import Queues
from pipeline.store.vocabularies import load_taxonomy
from tests.conftest import forget
from tests.review.bench import free_port, wait_until
from tests.service.conftest import Serving, service_with

TENANT = "upr"
TEXTS = {
    "aaa1-en": "Ratify the Convention against Torture",
    "bbb2-en": "Strengthen the protection of migrants",
    "ccc3-en": "",
}
ACTION_OPTIONS = [
    {"id": f"t{number}", "label": f"{number} - {name} action"} for number, name in ACTIONS.items()
]


def tag_options() -> list[dict[str, str]]:
    return [{"id": tag.id, "label": tag.label} for tag in load_taxonomy("2014-10").tags]


def task(kind: str, extractor: str, **params: Any) -> dict[str, Any]:
    """A message as an instance puts it into the queue of tasks."""
    return {
        "tenant": TENANT,
        "task": kind,
        "params": {"id": extractor, "metadata": {"property": "x"}} | params,
    }


def material(extractor: str, name: str, text: str) -> dict[str, Any]:
    """An entity as an instance sends it."""
    return {
        "entity_name": name,
        "language_iso": "en",
        "id": extractor,
        "tenant": TENANT,
        "source_text": text,
    }


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("UPR_HOME", str(tmp_path))
    forget()
    yield tmp_path
    forget()


@pytest.fixture
def serving(model: Model, home: Path) -> Iterator[Serving]:
    service = service_with(model)
    made = Serving(service, bridge_of(service, 9999))
    with made:
        yield made


def bridge(serving: Serving) -> Bridge:
    assert serving.bridge is not None
    return serving.bridge


def suggested(serving: Serving, answer: dict[str, Any]) -> list[dict[str, Any]]:
    """What an instance reads at the address of a result, as it reads it: JSON within a JSON string."""
    address = answer["data_url"].removeprefix("http://127.0.0.1:9999")
    told = serving.client.get(address)
    assert told.status_code == 200
    return json.loads(told.json())


def send(serving: Serving, extractor: str) -> None:
    for name, text in TEXTS.items():
        sent = serving.client.post("/uwazi/prediction_data", json=material(extractor, name, text))
        assert (sent.status_code, sent.json()) == (200, "prediction data saved")


def test_a_select_gets_the_category_and_a_multiselect_the_tags(serving: Serving, model: Model) -> None:
    rows = api.label(list(TEXTS.values()), model).to_pylist()
    for extractor, options, several in (("e1", ACTION_OPTIONS, False), ("e2", tag_options(), True)):
        first = material(extractor, "aaa1-en", "Ratify") | {"values": [options[0]]}
        assert serving.client.post("/uwazi/labeled_data", json=first).json() == "labeled data saved"
        trained = bridge(serving).perform(
            task("create_model", extractor, options=options, multi_value=several)
        )
        assert trained is not None
        assert (trained["success"], trained["error_message"]) == (True, "")
        assert trained["params"]["id"] == extractor
        send(serving, extractor)
        send(serving, extractor)  # what is sent twice is suggested once
        answer = bridge(serving).perform(task("suggestions", extractor))
        assert answer is not None
        found = suggested(serving, answer)
        assert [one["entity_name"] for one in found] == list(TEXTS)
        for one, row in zip(found, rows, strict=True):
            expected = row["issues"] if several else [] if row["action"] is None else [str(row["action"])]
            if several:
                assert [value["label"] for value in one["values"]] == expected
            else:
                assert [value["id"] for value in one["values"]] == [f"t{number}" for number in expected]
            assert one["empty_suggestion"] is not bool(expected)
            assert (one["tenant"], one["id"], one["segments_boxes"]) == (TENANT, extractor, [])
        assert suggested(serving, answer) == found, "an instance may ask again"
        later = bridge(serving).perform(task("suggestions", extractor))
        assert later is not None
        assert suggested(serving, later) == [], "what was suggested waits no longer"


def test_options_are_known_in_the_languages_of_names_and_others_are_refused(serving: Serving) -> None:
    taxonomy = load_taxonomy("2014-10")
    french = [Option(id="1", label="Précise"), Option(id="2", label="Générale"), Option(id="3", label="?")]
    found = extractor_for(french, False, taxonomy)
    assert found is not None
    assert {key: option.id for key, option in found.options.items()} == {"5": "1", "4": "2"}
    refused = bridge(serving).perform(task("create_model", "e", options=[{"id": "1", "label": "Chile"}]))
    assert refused is not None
    assert refused["success"] is False
    assert "None of the options is an action category or a tag" in refused["error_message"]


def test_doubtful_labels_can_be_left_out(model: Model, home: Path) -> None:
    rows = service_with(model)
    made = bridge_of(rows, 1)
    texts = ["Ratify the Convention against Torture", "Do something about it somehow"]
    doubtful = [row["needs_review"] for row in api.label(texts, model).to_pylist()]
    assert True in doubtful
    for allowed in (True, False):
        made.doubtful = allowed
        made.perform(task("create_model", "e", options=ACTION_OPTIONS))
        for number, text in enumerate(texts):
            assert made.take(Material.model_validate(material("e", str(number), text)))
        made.perform(task("suggestions", "e"))
        shown = [bool(one["values"]) for one in made.suggestions((TENANT, "e"))]
        assert shown == [allowed or not doubt for doubt in doubtful]


def test_what_cannot_be_done_is_answered_with_the_reason(serving: Serving) -> None:
    made = bridge(serving)
    for message, told in (
        (task("suggestions", "unknown"), "is not known here. Train it again."),
        (task("dance", "e"), "The task 'dance' is not known here."),
    ):
        answer = made.perform(message)
        assert answer is not None
        assert answer["success"] is False
        assert told in answer["error_message"]
        assert "data_url" not in answer
    for nothing in (None, 5, {}, {"tenant": "x", "task": "suggestions"}, "x"):
        assert made.perform(nothing) is None
    made.perform(task("create_model", "e", options=ACTION_OPTIONS))
    pdf = {"xml_file_name": "a.xml", "id": "e", "tenant": TENANT, "xml_segments_boxes": []}
    assert serving.client.post("/uwazi/prediction_data", json=pdf).status_code == 200
    answer = made.perform(task("suggestions", "e"))
    assert answer is not None
    assert "no PDF" in answer["error_message"]
    upload = serving.client.post("/uwazi/xml_to_predict/upr/e", files={"file": ("a.xml", b"<xml/>")})
    assert upload.status_code == 501
    assert "no PDF" in upload.json()["error"]["what"]
    assert serving.client.post("/uwazi/prediction_data", json={"id": 1}).status_code == 422


def test_what_waits_is_bounded_and_can_be_dropped(serving: Serving, home: Path) -> None:
    made = bridge(serving)
    made.most = 2
    made.perform(task("create_model", "e", options=ACTION_OPTIONS))
    codes = [
        serving.client.post("/uwazi/prediction_data", json=material("e", name, "x")).status_code
        for name in ("a", "b", "a", "c")
    ]
    assert codes == [200, 200, 200, 503]
    assert serving.client.post("/uwazi/cancel_training/upr/e").json() is True
    assert serving.client.post("/uwazi/prediction_data", json=material("e", "c", "x")).status_code == 200
    assert made.kept == home / "data" / "uwazi" / "extractors.json"
    assert json.loads(made.kept.read_text())
    assert serving.client.delete("/uwazi/upr/e").json() is True
    assert json.loads(made.kept.read_text()) == {}
    assert "Train it again" in str(made.perform(task("suggestions", "e")))


def test_a_restarted_server_knows_its_extractors(model: Model, home: Path) -> None:
    first, second = (bridge_of(service_with(model), 1) for _ in range(2))
    first.perform(task("create_model", "e", options=ACTION_OPTIONS))
    second.take(Material.model_validate(material("e", "a", TEXTS["aaa1-en"])))
    answer = second.perform(task("suggestions", "e"))
    assert answer is not None
    assert answer["success"]
    assert second.suggestions((TENANT, "e"))[0]["values"]


def test_without_the_setting_there_are_no_such_addresses_and_keys_hold_for_them(
    model: Model, home: Path
) -> None:
    with Serving(service_with(model)) as client:
        assert client.post("/uwazi/prediction_data", json=material("e", "a", "x")).status_code == 404
    service = service_with(model, "a-key-that-is-long-enough-to-be-one")
    with Serving(service, bridge_of(service, 1)) as client:
        assert client.get("/uwazi/get_suggestions/upr/e").status_code == 401


@pytest.fixture
def redis_url(tmp_path: Path) -> Iterator[str]:
    pytest.importorskip("rsmq", reason="NOT TESTED with queues: pip install '.[uwazi]'")
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("NOT TESTED with queues: redis-server is not installed (apt-get install redis-server)")
    port = free_port()
    command = [program, "--port", str(port), "--save", "", "--dir", str(tmp_path)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        from redis import Redis
        from redis.exceptions import ConnectionError as NoAnswer

        def answers() -> bool:
            try:
                return bool(Redis(port=port).ping())
            except NoAnswer:
                return False

        wait_until(answers, 20, "redis-server does not start")
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.terminate()
        server.wait()


def test_tasks_come_and_results_go_through_the_queues(serving: Serving, redis_url: str) -> None:
    from redis import Redis
    from rsmq import RedisSMQ

    client = Redis.from_url(redis_url, decode_responses=True)
    tasks, results = (
        RedisSMQ(client=client, qname=f"development_information_extraction_{kind}")
        for kind in ("tasks", "results")
    )
    queues = Queues(redis_url, "development_", bridge(serving).perform)
    queues.start()
    try:

        def result() -> dict[str, Any]:
            end = time.monotonic() + 30
            while time.monotonic() < end:
                found = results.popMessage().exceptions(False).execute()
                if found:
                    return json.loads(found["message"])
                time.sleep(0.05)
            raise AssertionError("no result came")

        for broken in ("{", '"x"', "5"):
            tasks.sendMessage(message=broken).execute()
        tasks.sendMessage(message=json.dumps(task("create_model", "e", options=ACTION_OPTIONS))).execute()
        trained = result()
        assert (trained["task"], trained["success"], trained["params"]["id"]) == ("create_model", True, "e")
        send(serving, "e")
        tasks.sendMessage(message=json.dumps(task("suggestions", "e"))).execute()
        answer = result()
        assert answer["success"]
        assert [bool(one["values"]) for one in suggested(serving, answer)] == [True, True, False]
        attributes = tasks.getQueueAttributes().execute()
        assert int(attributes["msgs"]) == 0, "what was done, or is no task, is off the queue"
    finally:
        queues.close()


@pytest.mark.parametrize("address", ["redis://127.0.0.1:1/0", "nonsense"])
def test_a_redis_that_does_not_answer_is_named(address: str) -> None:
    pytest.importorskip("rsmq", reason="NOT TESTED with queues: pip install '.[uwazi]'")
    with pytest.raises(SettingsError, match=r"it does not answer.*UPR_SERVE_UWAZI__REDIS"):
        Queues(address, "", lambda _message: None)
