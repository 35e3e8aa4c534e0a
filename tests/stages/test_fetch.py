"""The download of a whole Uwazi instance, against a real HTTP server on loopback."""

from __future__ import annotations

import dataclasses
import itertools
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from pipeline import settings
from pipeline.errors import SourceError
from pipeline.settings import Settings
from pipeline.sources.checked import corrections_path
from pipeline.sources.uwazi import api
from pipeline.sources.uwazi.entities import load_mapping
from pipeline.stages import fetch, ingest
from pipeline.store.files import rejects_path
from tests.sources.uwazi.uwazi_server import TEMPLATE, Instance, UwaziServer, entity, invent

QUICK = {
    "pause_seconds": 0.0,
    "backoff_seconds": 0.01,
    "page_rows": 50,
    "timeout_seconds": 30.0,
    "longest_wait_seconds": 5.0,
}


def adapted(url: str, **changes: Any) -> Settings:
    base = settings.load()
    return base.model_copy(update={"fetch": base.fetch.model_copy(update={**QUICK, "url": url, **changes})})


def small(rows: int = 600) -> Instance:
    return invent(rows, big_session=100, without_session=5, later_tags=0)


@pytest.fixture(scope="module")
def large() -> Instance:
    return invent(25_000)


@pytest.fixture
def low_cap(monkeypatch: pytest.MonkeyPatch) -> int:
    """A cap that small instances reach."""
    lowered = dataclasses.replace(load_mapping(), result_cap=200)
    monkeypatch.setattr(fetch, "load_mapping", lambda: lowered)
    return 200


def texts(out: Path) -> list[str]:
    return sorted(pq.read_table(out)["text"].to_pylist())


def served(instance: Instance) -> list[str]:
    return sorted(e["metadata"]["recommendation"][0]["value"] for e in instance.entities)


@pytest.mark.long
def test_everything_beyond_the_cap_comes_once_and_as_ingest_reads_it(large: Instance, tmp_path: Path) -> None:
    out = tmp_path / "fetched.parquet"
    with UwaziServer(large) as server:
        report = fetch.run(out, adapted(server.url, page_rows=500, timeout_seconds=60))
        assert max(server.queries().values()) == 1, "a page was asked for twice"
        assert server.most_at_once == 1
        assert {headers["Accept-Language"] for _, _, _, headers in server.log} == {"en"}
        assert all("upr-labelling-pipeline/" in headers["User-Agent"] for _, _, _, headers in server.log)
    assert report.tally.rows == 25_000
    assert report.tally.differences == []
    assert report.requests == len(server.log) < 200
    assert not (tmp_path / "fetched.parquet.partial").exists()
    rejects = [json.loads(line) for line in rejects_path(out).read_text().splitlines()]
    assert len(rejects) == 3
    assert all("'Privacy' is a tag of taxonomy 2026-08" in r["reason"] for r in rejects)

    exported = tmp_path / "export.json"
    exported.write_text(json.dumps({"rows": large.entities}))
    ingest.run([exported], tmp_path / "ingested.parquet", settings.load())
    assert comparable(out).equals(comparable(tmp_path / "ingested.parquet"))


def comparable(path: Path) -> pa.Table:
    return pq.read_table(path).drop_columns(["source_file", "source_row"]).sort_by("row_id")


@pytest.mark.long
def test_rows_in_memory_do_not_grow_with_the_download(large: Instance, tmp_path: Path) -> None:
    script = f"""
import resource, sys
from pathlib import Path
from pipeline.stages import fetch
from pipeline import settings
from pipeline.sources.uwazi import api
from pipeline.sources.uwazi.entities import load_mapping
from pipeline.sources.uwazi.api import UwaziClient
from pipeline.sources.uwazi.download import Download
manners = settings.load().fetch.model_copy(
    update={{"url": sys.argv[1], "pause_seconds": 0.0, "page_rows": 250}})
out, mapping = Path({str(tmp_path / "o.parquet")!r}), load_mapping()
with UwaziClient(manners, print) as client:
    schema = fetch._template(client, mapping, None)
    store = fetch._store(out, client, schema["_id"], manners, False)
    rows = Download(client, store, fetch._plan(client, mapping, schema, manners)).rows()
    for n, _ in enumerate(rows, start=1):
        if n == 2000:
            early = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(n, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - early)
"""
    with UwaziServer(large) as server:
        done = subprocess.run(
            [sys.executable, "-c", script, server.url],
            capture_output=True,
            text=True,
            timeout=300,
            env=environment(tmp_path),
            check=False,
        )
    assert done.returncode == 0, done.stderr
    rows, grown = (int(part) for part in done.stdout.split())
    assert rows == 25_000
    # The same rows held at once take more than 90 MB.
    assert grown < 25_000, f"{grown} KiB more after 25,000 rows than after 2,000"


def test_pauses_between_requests(tmp_path: Path) -> None:
    with UwaziServer(small(120)) as server:
        fetch.run(tmp_path / "o.parquet", adapted(server.url, pause_seconds=0.08))
        times = [at for at, _, _, _ in server.log]
    assert len(times) >= 5
    assert min(b - a for a, b in itertools.pairwise(times)) >= 0.08


@pytest.mark.parametrize("fault", ["500", "502", "503", "drop", "reset", "html", "cut", "slow"])
def test_a_passing_fault_costs_nothing(fault: str, tmp_path: Path) -> None:
    heard: list[str] = []
    instance = small()
    with UwaziServer(instance) as server:
        server.faults = {1: fault, 4: fault, 5: fault}
        # A slow answer takes 3 seconds; others must not be given up on a busy machine.
        patience = 2.0 if fault == "slow" else QUICK["timeout_seconds"]
        fetch.run(tmp_path / "o.parquet", adapted(server.url, timeout_seconds=patience), say=heard.append)
        assert server.searches == sum(server.queries().values()) == len(server.queries()) + 3
    assert texts(tmp_path / "o.parquet") == served(instance)
    assert len(heard) == 3
    assert all("Trying again in" in message for message in heard)


def test_a_busy_instance_is_given_the_time_it_asks_for(tmp_path: Path) -> None:
    with UwaziServer(small(120)) as server:
        server.faults = {2: "429"}
        fetch.run(tmp_path / "o.parquet", adapted(server.url))
        times = [at for at, path, _, _ in server.log if path == "/api/search"]
    assert times[2] - times[1] >= 1.0


def test_an_instance_that_asks_for_too_long_is_left_alone(tmp_path: Path) -> None:
    with UwaziServer(small(120)) as server:
        server.faults = {2: "429"}
        with pytest.raises(SourceError, match="asks to wait for 1 seconds"):
            fetch.run(tmp_path / "o.parquet", adapted(server.url, longest_wait_seconds=0.5))
        assert server.searches == 2


def test_waits_grow_and_end(tmp_path: Path) -> None:
    out = tmp_path / "o.parquet"
    instance = small()
    with UwaziServer(instance) as server:
        server.faults = dict.fromkeys(range(5, 100), "503")
        with pytest.raises(SourceError, match=r"answered 503.*asked 4 times.*goes on where it stopped"):
            fetch.run(out, adapted(server.url, tries=4, backoff_seconds=0.2))
        times = [at for at, path, _, _ in server.log if path == "/api/search"][4:]
        gaps = [b - a for a, b in itertools.pairwise(times)]
        assert len(times) == 4
        assert all(0.1 * 2**n <= gap < 0.2 * 2**n + 0.3 for n, gap in enumerate(gaps)), gaps
        assert not out.exists()
        assert not rejects_path(out).exists()
        server.faults = {}
        report = fetch.run(out, adapted(server.url))
    assert report.kept_pages == 4
    assert texts(out) == served(instance)


@pytest.mark.parametrize("url", ["database.example", "ftp://host", "http://[host", "http://", ""])
def test_what_is_no_address_is_said(url: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="is not an address"):
        fetch.run(tmp_path / "o.parquet", adapted(url))


@pytest.mark.parametrize(
    ("fault", "message"), [("deep", "nested without end"), ("long", "more than the 0 MB allowed")]
)
def test_an_answer_that_no_instance_gives_is_one_message(
    fault: str, message: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(api, "LONGEST_ANSWER", 100_000 if fault == "long" else api.LONGEST_ANSWER)
    with UwaziServer(small(60)) as server:
        server.faults = {1: fault}
        with pytest.raises(SourceError, match=message):
            fetch.run(tmp_path / "o.parquet", adapted(server.url))
        assert server.searches == 1
    assert not (tmp_path / "o.parquet").exists()


def test_nobody_there(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="the connection failed"):
        fetch.run(tmp_path / "o.parquet", adapted("http://127.0.0.1:1", tries=2))


def test_another_site_is_no_uwazi(tmp_path: Path) -> None:
    with UwaziServer(small(60)) as server, pytest.raises(SourceError, match="answered 404"):
        fetch.run(tmp_path / "o.parquet", adapted(server.url + "/en/library"))


def environment(folder: Path, **changes: Any) -> dict[str, str]:
    """The environment of a process that downloads with settings of its own."""
    content = yaml.safe_load((settings.home() / "configs" / "settings.yaml").read_text())
    content["fetch"] |= {**QUICK, **changes}
    path = folder / "settings.yaml"
    path.write_text(yaml.safe_dump(content))
    return {
        **os.environ,
        "UPR_SETTINGS": str(path),
        "UPR_HOME": str(settings.home()),
        "NO_PROXY": "127.0.0.1",
    }


def upr_fetch(server: UwaziServer, out: Path, env: dict[str, str], *more: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "pipeline", "fetch", "--url", server.url, "--out", str(out), *more]
    return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def killed_at(server: UwaziServer, out: Path, env: dict[str, str], number: int, *more: str) -> None:
    """Run `upr fetch` and kill it with SIGKILL while it waits for its search of a number."""
    process: list[subprocess.Popen[str]] = []
    end = server.searches + number

    def kill(search: int) -> None:
        if search == end:
            process[0].send_signal(signal.SIGKILL)
            process[0].wait(timeout=30)

    server.before = kill
    process.append(upr_fetch(server, out, env, *more))
    process[0].communicate(timeout=120)
    server.before = lambda _: None
    assert process[0].returncode == -signal.SIGKILL


@pytest.mark.long
def test_killed_again_and_again_it_goes_on_where_it_was(tmp_path: Path) -> None:
    instance = small()
    out, whole = tmp_path / "o.parquet", tmp_path / "whole.parquet"
    env = environment(tmp_path)
    with UwaziServer(instance) as server:
        fetch.run(whole, adapted(server.url))
        asked = server.searches
        for number in (1, 2, 3, 6):
            killed_at(server, out, env, number)
            assert not out.exists()
        process = upr_fetch(server, out, env)
        _, heard = process.communicate(timeout=120)
        assert process.returncode == 0, heard
        assert "8 pages were there already" in heard
        # Each kill costs the one request it interrupted, and no more.
        assert server.searches == 2 * asked + 4
    assert out.read_bytes() == whole.read_bytes()
    written = [f(table).name for table in (out, whole) for f in (Path, rejects_path, corrections_path)]
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([*written, "settings.yaml"])


def test_a_stopped_download_does_not_mix_with_another_language(tmp_path: Path) -> None:
    instance, out = small(), tmp_path / "o.parquet"
    env = environment(tmp_path)
    with UwaziServer(instance) as server:
        killed_at(server, out, env, 5, "--language", "es")
        report = fetch.run(out, adapted(server.url))
    assert report.kept_pages == 0
    assert set(pq.read_table(out)["language"].to_pylist()) == {"en"}
    assert texts(out) == served(instance)


def test_restart_forgets_what_was_kept(tmp_path: Path) -> None:
    instance, out = small(), tmp_path / "o.parquet"
    with UwaziServer(instance) as server:
        killed_at(server, out, environment(tmp_path), 5)
        report = fetch.run(out, adapted(server.url), restart=True)
    assert report.kept_pages == 0
    assert texts(out) == served(instance)


def test_a_page_damaged_on_disk_is_asked_for_again(tmp_path: Path) -> None:
    instance, out = small(), tmp_path / "o.parquet"
    with UwaziServer(instance) as server:
        killed_at(server, out, environment(tmp_path, page_rows=50), 5)
        pages = sorted((tmp_path / "o.parquet.partial").glob("*/*-*-*-*.json"))
        pages[1].write_bytes(pages[1].read_bytes()[:100])
        fetch.run(out, adapted(server.url))
    assert texts(out) == served(instance)


def delete_first(instance: Instance) -> None:
    del instance.entities[
        min(range(len(instance.entities)), key=lambda i: instance.entities[i]["creationDate"])
    ]


def insert_first(instance: Instance) -> None:
    made = json.loads(json.dumps(instance.entities[0])) | {"sharedId": "new", "creationDate": 1}
    made["metadata"]["recommendation"] = [{"value": "Ratify an entity that came late"}]
    instance.entities.append(made)


def exchange(instance: Instance) -> None:
    """One goes, one comes at the end: the count stays."""
    delete_first(instance)
    insert_first(instance)
    instance.entities[-1]["creationDate"] = 2_000_000_000_000


def reorder(instance: Instance) -> None:
    for n, made in enumerate(instance.entities):
        made["creationDate"] = 1_700_000_000_000 - n


@pytest.mark.parametrize("change", [delete_first, insert_first, exchange, reorder])
@pytest.mark.parametrize("number", [2, 7, 12])
def test_rows_that_move_while_reading_are_neither_lost_nor_doubled(
    change: Callable[[Instance], None], number: int, tmp_path: Path
) -> None:
    instance, out = small(), tmp_path / "o.parquet"

    def at(search: int) -> None:
        if search == number:
            change(instance)
            instance.changed()

    with UwaziServer(instance) as server:
        server.before = at
        report = fetch.run(out, adapted(server.url))
    assert texts(out) == served(instance)
    assert report.tally.differences == []


def test_rows_that_change_session_while_reading_are_neither_lost_nor_doubled(
    low_cap: int, tmp_path: Path
) -> None:
    instance, out = small(), tmp_path / "o.parquet"

    def swap(search: int) -> None:
        if search != 20:
            return
        held: dict[str, list[Any]] = {}
        for made in instance.entities:
            held.setdefault((made["metadata"]["session"] or [{"value": ""}])[0]["value"], []).append(made)
        early, late = held["session-000"], held["session-019"]
        for ours, theirs in zip(early[:5], late[:5], strict=True):
            ours["metadata"]["session"], theirs["metadata"]["session"] = (
                theirs["metadata"]["session"],
                ours["metadata"]["session"],
            )
        instance.changed()

    with UwaziServer(instance, cap=low_cap) as server:
        server.before = swap
        report = fetch.run(out, adapted(server.url))
    assert texts(out) == served(instance)
    assert sum("were not in any other part" in d for d in report.tally.differences) >= 1


def test_an_instance_that_never_rests_is_reported(tmp_path: Path) -> None:
    instance, out = small(), tmp_path / "o.parquet"
    count = iter(range(10**6))

    def grow(_: int) -> None:
        made = json.loads(json.dumps(instance.entities[0])) | {
            "sharedId": f"new{next(count)}",
            "creationDate": 1,
        }
        instance.entities.append(made)
        instance.changed()

    with UwaziServer(instance) as server:
        server.before = grow
        report = fetch.run(out, adapted(server.url))
        assert len(report.tally.differences) == 1
        assert "count changed while it was read" in report.tally.differences[0]
        assert report.checked.table.num_rows >= 600
        out.unlink()
        with pytest.raises(SourceError, match="count changed while it was read"):
            fetch.run(out, adapted(server.url), strict=True)
    assert not out.exists()


@pytest.mark.parametrize("knows", [True, False])
def test_rows_without_a_session_are_found(knows: bool, low_cap: int, tmp_path: Path) -> None:
    instance, out = small(), tmp_path / "o.parquet"
    instance.knows_missing = knows
    with UwaziServer(instance, cap=low_cap) as server:
        report = fetch.run(out, adapted(server.url))
    assert texts(out) == served(instance)
    assert pq.read_table(out)["session"].null_count == 5
    assert bool(report.tally.differences) == (not knows)


def test_a_session_above_the_cap_is_cut_further(low_cap: int, tmp_path: Path) -> None:
    instance, out = invent(600, big_session=450, without_session=5, later_tags=0), tmp_path / "o.parquet"
    with UwaziServer(instance, cap=low_cap) as server:
        fetch.run(out, adapted(server.url))
        asked = [json.loads(q["filters"][0]) for _, _, q, _ in server.log if "filters" in q]
    assert texts(out) == served(instance)
    assert any({"session", "issues"} == set(filters) for filters in asked)


def test_overlapping_cuts_give_each_row_once(
    low_cap: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    by_issue = dataclasses.replace(load_mapping(), result_cap=low_cap, cuts=("issues",), recount_by=None)
    monkeypatch.setattr(fetch, "load_mapping", lambda: by_issue)
    instance, out = small(), tmp_path / "o.parquet"
    with UwaziServer(instance, cap=low_cap) as server:
        report = fetch.run(out, adapted(server.url))
    assert texts(out) == served(instance)
    assert report.tally.repeated > 0


def test_a_property_without_vocabulary_is_cut_by_what_occurs(low_cap: int, tmp_path: Path) -> None:
    instance, out = small(), tmp_path / "o.parquet"
    properties: Any = instance.templates[1]["properties"]
    session = next(p for p in properties if p["name"] == "session")
    session |= {"type": "relationship", "content": "5f00000000000000000000cc"}
    with UwaziServer(instance, cap=low_cap) as server:
        fetch.run(out, adapted(server.url))
        assert any("session" in q.get("filters", [""])[0] for _, _, q, _ in server.log)
    assert texts(out) == served(instance)


def test_a_vocabulary_is_known_by_its_name_where_the_schema_names_none(low_cap: int, tmp_path: Path) -> None:
    instance, out = small(), tmp_path / "o.parquet"
    instance.templates[1]["properties"] = []
    instance.thesauri[0]["name"] = "Sessions"
    with UwaziServer(instance, cap=low_cap) as server:
        assert fetch.run(out, adapted(server.url)).template == "Recommendation"
    assert texts(out) == served(instance)


def test_filters_that_do_nothing_end_in_a_clear_error(low_cap: int, tmp_path: Path) -> None:
    with UwaziServer(small(), cap=low_cap) as server:
        server.ignored_filters = {"session", "state_under_review", "action_category", "issues"}
        with pytest.raises(
            SourceError, match=r"200 rows or more.*under cuts of `uwazi` in configs/sources.yaml"
        ):
            fetch.run(tmp_path / "o.parquet", adapted(server.url))
        assert server.searches < 10


def test_a_recount_that_does_nothing_costs_one_question_a_value(low_cap: int, tmp_path: Path) -> None:
    instance, out = small(), tmp_path / "o.parquet"
    with UwaziServer(instance, cap=low_cap) as server:
        server.ignored_filters = {"state_under_review"}
        report = fetch.run(out, adapted(server.url))
    assert texts(out) == served(instance)
    assert report.tally.repeated == 0


def test_later_tags_need_the_later_taxonomy(tmp_path: Path) -> None:
    instance, out = invent(60, big_session=10, without_session=0, later_tags=2), tmp_path / "o.parquet"
    with UwaziServer(instance) as server:
        later = adapted(server.url).model_copy(update={"taxonomy": "2026-08"})
        report = fetch.run(out, later)
        assert not [r.reason for r in report.checked.rejects if "Privacy" in r.reason]
        assert "Privacy" in {tag for tags in report.checked.table["issues"].to_pylist() for tag in tags}
        assert set(report.checked.table["taxonomy_version"].to_pylist()) == {"2026-08"}
        out.unlink()
        with pytest.raises(
            SourceError, match=r"'Privacy' is a tag of taxonomy 2026-08.*--taxonomy 2026-08.*--strict"
        ):
            fetch.run(out, adapted(server.url), strict=True)
    assert not out.exists()
    assert not rejects_path(tmp_path / "never").exists()


def test_the_template_is_found_by_its_properties_or_named(tmp_path: Path) -> None:
    instance, out = small(60), tmp_path / "o.parquet"
    with UwaziServer(instance) as server:
        for wanted in (None, "Recommendation", TEMPLATE):
            assert fetch.run(out, adapted(server.url), template=wanted).template == "Recommendation"
        with pytest.raises(SourceError, match=r"no template 'Pledge'. There are: 'Country'.*--template"):
            fetch.run(out, adapted(server.url), template="Pledge")
        instance.templates.append(instance.templates[1] | {"_id": "other", "name": "Recommendation, draft"})
        with pytest.raises(SourceError, match="several templates are fit"):
            fetch.run(out, adapted(server.url))
        del instance.templates[1:]
        instance.templates[0]["name"] = "Recommendation"
        with pytest.raises(SourceError, match="holds 'regional_group'"):
            fetch.run(out, adapted(server.url))
        instance.templates[0]["name"] = "Country"
        with pytest.raises(
            SourceError, match="no template has the properties recommendation, state_under_review"
        ):
            fetch.run(out, adapted(server.url))


def test_an_unknown_property_is_an_error_before_anything_is_downloaded(tmp_path: Path) -> None:
    instance = small(60)
    properties: Any = instance.templates[1]["properties"]
    properties.append({"name": "sdg", "label": "SDG", "type": "text"})
    with (
        UwaziServer(instance) as server,
        pytest.raises(SourceError, match=r"holds 'sdg'.*under fields or ignored of `uwazi`"),
    ):
        fetch.run(tmp_path / "o.parquet", adapted(server.url))
    assert server.searches == 0


def test_an_unknown_key_in_a_row_is_an_error_and_what_was_read_stays(tmp_path: Path) -> None:
    instance, out = small(), tmp_path / "o.parquet"
    instance.entities[300]["metadata"]["state_under_review___gdp"] = [{"value": 1}]
    with UwaziServer(instance) as server:
        with pytest.raises(SourceError, match=r"row \d+: the metadata holds 'state_under_review___gdp'"):
            fetch.run(out, adapted(server.url))
        assert not out.exists()
        del instance.entities[300]["metadata"]["state_under_review___gdp"]
        assert fetch.run(out, adapted(server.url), restart=True).tally.rows == 600


def test_rows_in_another_language_are_rejects(tmp_path: Path) -> None:
    instance, out = small(60), tmp_path / "o.parquet"
    twin = entity("shared000000", 3, instance.entities[0]["metadata"], language="fr")
    instance.entities.append(twin)
    with UwaziServer(instance) as server:
        report = fetch.run(out, adapted(server.url))
    assert report.checked.table.num_rows == 60
    assert [r.reason for r in report.checked.rejects if "'fr'" in r.reason]


def test_an_empty_instance_is_an_error(tmp_path: Path) -> None:
    instance = small(60)
    instance.entities.clear()
    with UwaziServer(instance) as server, pytest.raises(SourceError, match="has no entities to show"):
        fetch.run(tmp_path / "o.parquet", adapted(server.url))


def test_the_table_is_parquet(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"End --out in \.parquet"):
        fetch.run(tmp_path / "o.csv", adapted("http://127.0.0.1:1"))


@pytest.fixture
def command(tmp_path: Path) -> Callable[..., tuple[int, str]]:
    env = environment(tmp_path, tries=2)

    def run(server: UwaziServer, *more: str) -> tuple[int, str]:
        process = upr_fetch(server, tmp_path / "o.parquet", env, *more)
        printed, heard = process.communicate(timeout=120)
        assert printed == ""
        return process.returncode, heard

    return run


def test_the_command_says_what_it_did(command: Callable[..., tuple[int, str]]) -> None:
    with UwaziServer(invent(120, big_session=10, without_session=0, later_tags=1)) as server:
        code, heard = command(server)
        assert code == 0
        assert "120 rows in 5 requests." in heard
        assert "119 rows kept." in heard
        assert "1 rows rejected" in heard


def test_the_command_fails_in_one_line(command: Callable[..., tuple[int, str]]) -> None:
    with UwaziServer(small(120)) as server:
        server.faults = dict.fromkeys(range(2, 100), "500")
        code, heard = command(server)
    assert code == 1
    assert "Traceback" not in heard
    assert len([line for line in heard.splitlines() if "Trying again" not in line]) == 1
