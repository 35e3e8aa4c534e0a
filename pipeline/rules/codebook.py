"""UPR Info's coding rules as data: verbs of the action categories, wording of the issue tags."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class SetPhrase:
    """Set phrases and their tags (ids); they are not tagged where a tag (id) of `unless` is present."""

    phrases: tuple[str, ...]
    tags: tuple[str, ...]
    unless: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Codebook:
    """The rules of configs/codebook.yaml.

    Attributes:
        version: of the methodology the rules follow.
        verbs: leading verb, of one or more words, to action category.
        open_verbs: verbs whose object decides the category, each with the category without a known object.
        objects: objects of open verbs, each with the category that it gives.
        cues: words between a general action and the acts it consists of ("by", "through").
        acts: nouns that name a specific act after a cue ("ratification").
        fillers: words without meaning that may stand before the leading verb.
        articles: words after which a word that looks like a verb is a noun ("the review").
        openers: first words of a clause before the leading verb; the clause ends at the first comma.
        forms: irregular form to its lemma.
        wordings: set phrases of the issue tags.
        groups: tags (ids) of groups of victims, for the merging rule.
        violations: tags (ids) of single rights; two or more of them are dropped where a group is tagged.
        language: ISO 639-1 code of the texts that the rules are for.
        skipped: words that are passed over wherever they stand.
        links: words between two leading verbs.
        adverb: ending of adverbs.
    """

    version: str
    verbs: Mapping[str, int]
    open_verbs: Mapping[str, int]
    objects: Mapping[str, int]
    cues: tuple[str, ...]
    acts: tuple[str, ...]
    fillers: tuple[str, ...]
    articles: tuple[str, ...]
    openers: tuple[str, ...]
    forms: Mapping[str, str]
    wordings: tuple[SetPhrase, ...]
    groups: tuple[str, ...]
    violations: tuple[str, ...]
    language: str = "en"
    skipped: tuple[str, ...] = ()
    links: tuple[str, ...] = ("and", "or", ",", "/", "&", "then")
    adverb: str = "ly"

    @classmethod
    def from_content(cls, content: Mapping[str, Any]) -> Codebook:
        """The codebook from the content of its YAML file.

        Raises: KeyError, TypeError or ValueError where the content has another shape.
        """
        verbs: dict[str, int] = {}
        for group in content["actions"]:
            for verb in (*group["codebook"], *group["further"]):
                if verbs.setdefault(verb, group["action"]) != group["action"]:
                    raise ValueError(
                        f"the verb '{verb}' is given for actions {verbs[verb]} and {group['action']}"
                    )
        if not set(verbs.values()) <= set(range(1, 6)):
            raise ValueError("an action category is a number from 1 to 5")
        wordings = tuple(
            SetPhrase(tuple(entry["phrases"]), tuple(entry["tags"]), tuple(entry.get("unless", ())))
            for entry in content["wordings"]
        )
        cls._check(content, wordings)
        grammar: dict[str, Any] = {k: str(content[k]) for k in ("language", "adverb") if k in content}
        grammar |= {k: tuple(content[k]) for k in ("skipped", "links") if k in content}
        return cls(
            version=str(content["version"]),
            verbs=verbs,
            open_verbs=dict(content["open_verbs"]),
            objects={word: group["action"] for group in content["objects"] for word in group["words"]},
            cues=tuple(content["doing"]["cues"]),
            acts=tuple(content["doing"]["acts"]),
            fillers=tuple(content["fillers"]),
            articles=tuple(content["articles"]),
            openers=tuple(content["openers"]),
            forms={form: lemma for lemma, forms in content["forms"].items() for form in forms},
            wordings=wordings,
            groups=tuple(content["merging"]["groups"]),
            violations=tuple(content["merging"]["violations"]),
            **grammar,
        )

    @staticmethod
    def _check(content: Mapping[str, Any], wordings: tuple[SetPhrase, ...]) -> None:
        """Check the phrases.

        Raises: ValueError for a repeated phrase, or a word that YAML has not read as text ("on", "no").
        """
        seen: set[str] = set()
        words = [content["fillers"], content["openers"], content["articles"], *(w.phrases for w in wordings)]
        for phrase in (phrase for group in words for phrase in group):
            if not isinstance(phrase, str):
                raise ValueError(f"'{phrase}' is not text; put it in quotes")
        for phrase in (phrase for wording in wordings for phrase in wording.phrases):
            if phrase.lower() in seen:
                raise ValueError(f"the phrase '{phrase}' is repeated")
            seen.add(phrase.lower())
