"""A Uwazi instance's API: one request at a time, with pauses, and longer ones after a failure."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt

from pipeline import __version__
from pipeline.errors import SourceError
from pipeline.settings import FetchSettings

_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})


LONGEST_ANSWER = 64 * 2**20
"""Bytes of an answer at most: a thousand times a usual page. An answer is JSON, in which readers of documents
and tables, in processes of their own, hand over what they read, too: another process would parse it again.
"""


@dataclass(frozen=True)
class Page:
    """A page of an answer: `total`, the rows that match as far as Uwazi counts; `rows`, those of the page;
    `values`, by property, the ids (with labels) that occur in it, as far as Uwazi says.
    """

    total: int
    rows: list[Any]
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


class UwaziClient:
    """Asks one instance. Use as a context manager."""

    def __init__(self, manners: FetchSettings, say: Callable[[str], None]) -> None:
        """Args: `manners`, address, language, pause and patience; `say`, told of every wait.

        Raises: SourceError if the address is not one.
        """
        self.base = _address(manners.url)
        self.requests = 0
        self._manners = manners
        self._say = say
        self._answered_at: float | None = None
        self._random = random.Random()  # noqa: S311 (jitter)
        headers = {
            "Accept": "application/json",
            "Accept-Language": manners.language,
            "User-Agent": f"upr-labelling-pipeline/{__version__}",
            "X-Requested-With": "XMLHttpRequest",
        }
        self._http = httpx.Client(headers=headers, timeout=manners.timeout_seconds, follow_redirects=True)

    def __enter__(self) -> Self:
        """This client."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connection."""
        self._http.close()

    def templates(self) -> list[dict[str, Any]]:
        """The schemas: each with `_id`, `name` and `properties`."""
        return self._list("/api/templates")

    def thesauri(self) -> list[dict[str, Any]]:
        """The vocabularies: each with `_id`, `name` and `values` of {id, label}, which may hold `values`
        themselves.
        """
        return self._list("/api/thesauris")

    def search(self, template: str, filters: Mapping[str, Any], start: int, limit: int) -> Page:
        """A page of the entities of a template, oldest first, so that new ones come last and move no page.

        Args:
            template: its id.
            filters: by property, {"values": [ids]}; the id "missing" stands for entities without a value.
            start: how many to pass over.
            limit: how many at most.
        """
        params = {
            "types[]": template,
            "limit": str(limit),
            "from": str(start),
            "sort": "creationDate",
            "order": "asc",
        }
        if filters:
            params["filters"] = json.dumps(filters, separators=(",", ":"))
        page: Page = self._ask("/api/search", params, _page)
        return page

    def _list(self, path: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self._ask(path, {}, _rows)
        return rows

    def _ask(self, path: str, params: Mapping[str, str], read: Callable[[Any], Any]) -> Any:
        """What `read` makes of the answer, after as many tries as the settings allow. Raises: SourceError."""
        where = f"{self.base}{path}"
        retrying = Retrying(
            stop=stop_after_attempt(self._manners.tries),
            wait=self._seconds_to_wait,
            retry=retry_if_exception_type(_PassingFault),
            before_sleep=self._tell,
            sleep=time.sleep,
            reraise=True,
        )
        try:
            return retrying(self._once, where, params, read)
        except _PassingFault as fault:
            raise SourceError(
                where,
                f"{fault} It was asked {self._manners.tries} times.",
                "Run the same command later: it goes on where it stopped.",
            ) from fault

    def _once(self, where: str, params: Mapping[str, str], read: Callable[[Any], Any]) -> Any:
        """One try. Raises: _PassingFault where another may succeed, SourceError where none can."""
        try:
            answer, content = self._get(where, params)
            if answer.status_code == httpx.codes.OK:
                return read(json.loads(content))
        except httpx.TimeoutException as error:
            seconds = self._manners.timeout_seconds
            raise _PassingFault(where, f"there was no answer in {seconds:g} seconds.") from error
        except httpx.HTTPError as error:
            raise _PassingFault(where, f"the connection failed ({error}).") from error
        except ValueError as error:
            raise _PassingFault(where, f"the answer cannot be read ({error}).") from error
        except RecursionError as error:
            raise SourceError(
                where, "the answer is nested without end.", "Check that --url is a Uwazi instance."
            ) from error
        fault = f"the instance answered {answer.status_code} {answer.reason_phrase}."
        if answer.status_code not in _PASSING:
            raise SourceError(where, fault, "Check --url, and that its library is public.")
        raise _PassingFault(where, fault, _retry_after(answer.headers.get("Retry-After")))

    def _get(self, where: str, params: Mapping[str, str]) -> tuple[httpx.Response, bytes]:
        """One request, begun no sooner than the pause after the last answer; the answer and its content.

        Raises: SourceError if the answer is longer than any page can be.
        """
        if self._answered_at is not None:
            time.sleep(max(0.0, self._answered_at + self._manners.pause_seconds - time.monotonic()))
        self.requests += 1
        try:
            with self._http.stream("GET", where, params=dict(params)) as answer:
                content = bytearray()
                for part in answer.iter_bytes():
                    content += part
                    if len(content) > LONGEST_ANSWER:
                        raise SourceError(
                            where,
                            f"the answer has more than the {LONGEST_ANSWER // 2**20} MB allowed.",
                            "Check that --url is a Uwazi instance, or lower fetch.page_rows.",
                        )
                return answer, bytes(content)
        finally:
            self._answered_at = time.monotonic()

    def _seconds_to_wait(self, state: RetryCallState) -> float:
        """Seconds before the next try: as long as the instance asks, or twice as long each time, with
        jitter. Raises: SourceError where the instance asks for longer than the settings allow.
        """
        fault = _fault_of(state)
        longest = self._manners.longest_wait_seconds
        if fault.wait is not None and fault.wait > longest:
            raise SourceError(
                fault.where,
                f"{fault} It asks to wait for {fault.wait:,.0f} seconds.",
                "Run the same command after that: it goes on where it stopped.",
            )
        step = min(longest, self._manners.backoff_seconds * 2.0 ** (state.attempt_number - 1))
        return max(fault.wait or 0.0, step * self._random.uniform(0.5, 1.0))

    def _tell(self, state: RetryCallState) -> None:
        fault = _fault_of(state)
        self._say(
            f"{fault.where}: {fault} Trying again in {state.upcoming_sleep:.1f} seconds "
            f"({state.attempt_number + 1} of {self._manners.tries})."
        )


class _PassingFault(Exception):  # noqa: N818 - not yet an error: another try may succeed
    """Why one try failed, and for how many seconds the instance asks to wait, if it does."""

    def __init__(self, where: str, fault: str, wait: float | None = None) -> None:
        super().__init__(fault)
        self.where = where
        self.wait = wait


def _fault_of(state: RetryCallState) -> _PassingFault:
    fault = state.outcome.exception() if state.outcome else None
    if not isinstance(fault, _PassingFault):
        raise TypeError("only passing faults are tried again")
    return fault


def _address(url: str) -> str:
    """The instance's address without what follows it. Raises: SourceError."""
    try:
        parts = urlsplit(url)
        httpx.URL(url)
    except (ValueError, httpx.InvalidURL):
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise SourceError(url, "is not an address.", "Write it as https://host.")
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def _retry_after(value: str | None) -> float | None:
    """The seconds of a Retry-After header, which holds seconds or a date."""
    if not value:
        return None
    if value.strip().isdigit():
        return float(value)
    try:
        until = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, (until.replace(tzinfo=until.tzinfo or UTC) - datetime.now(UTC)).total_seconds())


def _rows(content: Any) -> list[dict[str, Any]]:
    rows = content.get("rows") if isinstance(content, dict) else content
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ValueError("it has no list of rows")
    return rows


def _page(content: Any) -> Page:
    rows = content.get("rows") if isinstance(content, dict) else None
    total = content.get("totalRows") if isinstance(content, dict) else None
    if not isinstance(rows, list) or not isinstance(total, int):
        raise ValueError("it has no rows and totalRows")
    return Page(total, rows, _occurring(content.get("aggregations")))


def _occurring(aggregations: Any) -> dict[str, dict[str, str]]:
    """By property, the ids that Uwazi counted in the answer, with their labels."""
    found = aggregations.get("all") if isinstance(aggregations, dict) else None
    values: dict[str, dict[str, str]] = {}
    for name, aggregation in (found if isinstance(found, dict) else {}).items():
        buckets = aggregation.get("buckets") if isinstance(aggregation, dict) else None
        for bucket in buckets if isinstance(buckets, list) else ():
            key = bucket.get("key") if isinstance(bucket, dict) else None
            if (
                isinstance(key, str)
                and key not in ("missing", "any")
                and (bucket.get("filtered") or {}).get("doc_count") != 0
            ):
                values.setdefault(name, {})[key] = str(bucket.get("label", key))
    return values
