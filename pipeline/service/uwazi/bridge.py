"""What a Uwazi instance asks for and is answered, whatever carries it.

An instance sends the materials of its entities over HTTP, and tasks ("create_model", "suggestions") through a
queue; the result of a task names the address where its suggestions are fetched. An extractor there fills one
property; its options are the entries of a thesaurus. Here nothing is trained for it: its options are compared
with the action categories and the tags, and the model in use labels the texts.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from pipeline.corpus.taxonomy import ACTIONS, Taxonomy
from pipeline.corpus.text import normalise
from pipeline.errors import StoreError, UprError
from pipeline.service.batching import Row
from pipeline.store.files import read_json, write_json
from pipeline.store.names import LANGUAGES, action_name, find_tag

_NUMBER = re.compile(r"\s*([1-5])\b")
Key = tuple[str, str]
"""Tenant and extractor."""


class Material(BaseModel):
    """An entity for which a suggestion is wanted, as an instance sends it. Fields of PDFs are not used."""

    model_config = ConfigDict(extra="ignore")

    tenant: str
    id: str
    entity_name: str = ""
    source_text: str = ""
    xml_file_name: str = ""


class Option(BaseModel):
    """An entry of a thesaurus."""

    model_config = ConfigDict(extra="ignore")

    id: str
    label: str


class _Parameters(BaseModel):
    model_config = ConfigDict(extra="allow")

    id: str
    options: list[Option] = []
    multi_value: bool = False


class Task(BaseModel):
    """A message of the queue of tasks."""

    model_config = ConfigDict(extra="ignore")

    tenant: str
    task: str
    params: _Parameters


@dataclass(frozen=True)
class Extractor:
    """What an extractor fills.

    Attributes:
        fills: "action" or "issues".
        options: by action ("5") or tag, the option that stands for it.
        several: whether a text may have several.
    """

    fills: Literal["action", "issues"]
    options: Mapping[str, Option]
    several: bool


def extractor_for(options: Sequence[Option], several: bool, taxonomy: Taxonomy) -> Extractor | None:
    """What options stand for; None where they are neither categories nor tags of the taxonomy.

    >>> from pipeline.store.vocabularies import load_taxonomy
    >>> options = [Option(id="a", label="5 - Specific action"), Option(id="b", label="General")]
    >>> sorted(extractor_for(options, False, load_taxonomy("2014-10")).options)
    ['4', '5']
    """
    names = {
        normalise(action_name(number, language)): str(number) for number in ACTIONS for language in LANGUAGES
    }
    actions: dict[str, Option] = {}
    tags: dict[str, Option] = {}
    for option in options:
        numbered = _NUMBER.match(option.label)
        action = numbered[1] if numbered else names.get(normalise(option.label))
        if action:
            actions.setdefault(action, option)
        if tag := find_tag(taxonomy, option.label):
            tags.setdefault(tag.label, option)
    if not actions and not tags:
        return None
    if len(actions) >= len(tags):
        return Extractor("action", actions, several=False)
    return Extractor("issues", tags, several)


@dataclass
class Bridge:
    """Materials that wait for suggestions, and suggestions that wait to be fetched.

    Attributes:
        label: labels texts as `upr label` does.
        taxonomy: of the model in use.
        address: of this server's routes, as the instance reaches it.
        kept: a file with the options of extractors, which are sent once only.
        doubtful: whether labels that a person should look at are suggested.
        most: materials that may wait.
    """

    label: Callable[[Sequence[str | None]], list[Row]]
    taxonomy: Callable[[], Taxonomy]
    address: str
    kept: Path
    doubtful: bool = True
    most: int = 20_000
    _waiting: dict[Key, dict[str, Material]] = field(default_factory=dict)
    _suggestions: dict[Key, list[dict[str, Any]]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, material: Material) -> bool:
        """Keep a material for the next task; one that was sent again counts once. Returns: whether there is
        room for it.
        """
        key, name = (material.tenant, material.id), material.entity_name or material.xml_file_name
        with self._lock:
            waiting = self._waiting.setdefault(key, {})
            if name not in waiting and sum(map(len, self._waiting.values())) >= self.most:
                return False
            waiting[name] = material
        return True

    def suggestions(self, key: Key) -> list[dict[str, Any]]:
        """What the last task of an extractor found; it stays until the next one: it may be asked again."""
        return self._suggestions.get(key, [])

    def forget(self, key: Key) -> None:
        """Drop all that waits for an extractor, and what it was."""
        with self._lock:
            self._waiting.pop(key, None)
            self._suggestions.pop(key, None)
            known = self._extractors()
            if known.pop(_name(key), None):
                write_json(self.kept, known)

    def drop_waiting(self, key: Key) -> None:
        """Drop the materials that wait for an extractor."""
        with self._lock:
            self._waiting.pop(key, None)

    def perform(self, message: Any) -> dict[str, Any] | None:
        """Do a task. Returns: the message for the queue of results; None where this was no task that could be
        answered.
        """
        try:
            task = Task.model_validate(message)
        except ValidationError:
            return None
        try:
            fault = self._perform(task)
        except UprError as error:
            fault = f"{error.what} {error.todo}"
        answer: dict[str, Any] = {
            "tenant": task.tenant,
            "task": task.task,
            "params": task.params.model_dump(),
            "success": fault is None,
            "error_message": fault or "",
        }
        if task.task == "suggestions" and fault is None:
            answer["data_url"] = f"{self.address}/get_suggestions/{task.tenant}/{task.params.id}"
        return answer

    def _perform(self, task: Task) -> str | None:
        """Do it. Returns: what stands in the way, in words."""
        key = (task.tenant, task.params.id)
        if task.task == "create_model":
            return self._create(key, task.params)
        if task.task == "suggestions":
            return self._suggest(key)
        return f"The task '{task.task[:40]}' is not known here."

    def _create(self, key: Key, asked: _Parameters) -> str | None:
        if not extractor_for(asked.options, asked.multi_value, self.taxonomy()):
            return (
                "None of the options is an action category or a tag of the taxonomy. This service fills a "
                "select with the categories and a multiselect with the tags, from a text property."
            )
        with self._lock:
            options = [option.model_dump() for option in asked.options]
            write_json(
                self.kept,
                self._extractors() | {_name(key): {"options": options, "multi_value": asked.multi_value}},
            )
        return None

    def _suggest(self, key: Key) -> str | None:
        known = self._extractors().get(_name(key))
        found = known and extractor_for(
            [Option.model_validate(option) for option in known["options"]],
            known["multi_value"],
            self.taxonomy(),
        )
        if not found:
            return "This extractor is not known here. Train it again."
        with self._lock:
            waiting = list(self._waiting.pop(key, {}).values())
        if waiting and not any(material.source_text.strip() for material in waiting):
            return "There is no text in what was sent. This service reads text properties, and no PDF."
        rows = self.label([material.source_text for material in waiting])
        self._suggestions[key] = [
            self._suggestion(material, row, found) for material, row in zip(waiting, rows, strict=True)
        ]
        return None

    def _suggestion(self, material: Material, row: Row, found: Extractor) -> dict[str, Any]:
        labels = [] if row["action"] is None else [str(row["action"])]
        if found.fills == "issues":
            labels = row["issues"]
        if row["needs_review"] and not self.doubtful:
            labels = []
        chosen = [found.options[label] for label in labels if label in found.options]
        text = row["text"] or ""
        values = [
            {"id": option.id, "label": option.label, "segment_text": text}
            for option in (chosen if found.several else chosen[:1])
        ]
        name = material.entity_name or material.xml_file_name
        return {
            "tenant": material.tenant,
            "id": material.id,
            "xml_file_name": material.xml_file_name or name,
            "entity_name": name,
            "text": "",
            "empty_suggestion": not values,
            "values": values,
            "segment_text": text if values else "",
            "page_number": 1,
            "segments_boxes": [],
        }

    def _extractors(self) -> dict[str, Any]:
        if not self.kept.is_file():
            return {}
        found: dict[str, Any] = read_json(self.kept)
        if not isinstance(found, dict):
            raise StoreError(str(self.kept), "is not what was written there.", "Remove it, and train again.")
        return found


def _name(key: Key) -> str:
    return "/".join(key)
