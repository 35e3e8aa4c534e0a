"""The desk as a service: settings by environment, a log for programs, and the files to deploy it with."""

from __future__ import annotations

import io
import json
import logging.config
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import yaml

from pipeline.errors import SettingsError
from pipeline.review.settings import DeskSettings, load_desk_settings
from pipeline.review.store.database import Database
from pipeline.web.logs import configuration
from tests.review.bench import ServedHere, filled, people

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    load_desk_settings.cache_clear()
    yield
    load_desk_settings.cache_clear()


def test_the_environment_has_precedence_over_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UPR_REVIEW_LEASE_MINUTES", "3.5")
    monkeypatch.setenv("UPR_REVIEW_HTTP__TRUSTED_PROXIES", '["10.0.0.0/8"]')
    monkeypatch.setenv("UPR_REVIEW_DATABASE", "desk.db")  # an option of the commands, no setting
    found = load_desk_settings()
    assert (found.lease_minutes, found.http.trusted_proxies) == (3.5, ("10.0.0.0/8",))
    assert found.http.hsts_days == DeskSettings().http.hsts_days


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("UPR_REVIEW_BULK_LIMIT", "many", "UPR_REVIEW_BULK_LIMIT"),
        ("UPR_REVIEW_HTTP__HSTS_DAYS", "-1", "UPR_REVIEW_HTTP__HSTS_DAYS"),
        ("UPR_REVIEW_HTTP__NOTHING", "1", "UPR_REVIEW_HTTP__NOTHING"),
        ("UPR_REVIEW_HTTP", "not json", "Write lists as JSON"),
    ],
)
def test_a_wrong_value_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str, told: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=re.escape(told)):
        load_desk_settings()


def test_requests_are_logged_for_programs_without_what_people_write(
    sqlite_database: Database, tmp_path: Path
) -> None:
    filled(sqlite_database, tmp_path, 10)
    people(sqlite_database)
    written = io.StringIO()
    config = configuration("json")
    config["handlers"]["stderr"]["stream"] = written
    logging.config.dictConfig(config)
    server = ServedHere(sqlite_database)
    try:
        for address in ("/healthz", "/search?q=a+secret+word", "/login"):
            httpx.get(server.url + address)
    finally:
        server.stop()
        logging.getLogger("pipeline").handlers.clear()
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    requests = [(line["method"], line["path"], line["status"]) for line in lines if "path" in line]
    assert requests == [("GET", "/search", 303), ("GET", "/login", 200)]
    assert {"time", "level", "logger", "message", "milliseconds"} <= set(lines[-1])
    assert "secret" not in written.getvalue()


def test_what_is_deployed_names_what_there_is() -> None:
    compose = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())
    environment = compose["services"]["desk"]["environment"]
    settings = {n for n in environment if n.startswith("UPR_REVIEW_") and "__" in n}
    for name in settings:
        section, _, field = name.removeprefix("UPR_REVIEW_").lower().partition("__")
        assert field in type(getattr(DeskSettings(), section)).model_fields
    recipe = (ROOT / "deploy" / "Dockerfile").read_text()
    for line in re.findall(r"^COPY (.+) \S+$", recipe, re.MULTILINE):
        assert all((ROOT / name).exists() for name in line.split()), line
    service = (ROOT / "deploy" / "upr-review.service").read_text()
    options = set(re.findall(r"UPR_REVIEW_SERVE_\w+", service + recipe))
    known = (ROOT / "pipeline" / "cli" / "review.py").read_text()
    assert options
    assert all(f'"{option}"' in known for option in options)
