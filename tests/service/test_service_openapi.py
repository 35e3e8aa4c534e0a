"""Schemathesis sends what nobody would, and holds each answer to the interface's own description."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from pipeline.api import Model
from pipeline.service.app import create_app
from tests.service.conftest import Serving, service_with

FEW = 8
MANY = int(os.environ.get("UPR_SCHEMATHESIS_EXAMPLES", "100"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.fixture(scope="module")
def target(model: Model, sample_path: Path) -> Iterator[Serving]:
    serving = Serving(service_with(model, corpus=sample_path))
    with serving:
        yield serving


def answers_to(operation: Any, url: str, examples: int) -> Counter[int]:
    """Send cases of one operation. Returns: how often each status was the answer."""
    statuses: Counter[int] = Counter()

    @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy())
    def check(case: Any) -> None:
        answer = case.call(base_url=url)
        case.validate_response(answer, checks=CHECKS)
        statuses[answer.status_code] += 1

    check()
    return statuses


@pytest.mark.parametrize("examples", [FEW, pytest.param(MANY, marks=pytest.mark.long)])
def test_answers_are_as_described_whatever_is_sent(target: Serving, examples: int) -> None:
    description = create_app(target.service).openapi()
    assert description["openapi"].startswith("3.1")
    interface: Any = schemathesis.openapi.from_dict(description)
    operations = [found.ok() for found in interface.get_all_operations()]
    answered = {o.path: answers_to(o, target.url, examples) for o in operations}
    assert set(answered) >= {"/v1/label", "/v1/check", "/v1/similar", "/v1/taxonomy", "/v1/model", "/metrics"}
    for path, statuses in answered.items():
        assert statuses[200] > 0, (path, statuses)
