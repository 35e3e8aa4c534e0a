"""By which words people find a tag and an action category, in the language of the page."""

from __future__ import annotations

from pipeline.corpus.taxonomy import Taxonomy
from pipeline.review.web.desk import Wordings
from pipeline.rules.codebook import Codebook
from pipeline.store.names import LANGUAGES, tag_names
from pipeline.store.vocabularies import codebook_from, config_path, load_codebook, read_yaml


def _codebook_file(language: str) -> str:
    return "codebook.yaml" if language == LANGUAGES[0] else f"codebook.{language}.yaml"


def _codebook(language: str) -> Codebook:
    if language == LANGUAGES[0]:
        return load_codebook()
    path = config_path(_codebook_file(language))
    return codebook_from(read_yaml(path), str(path))


def verbs_of(language: str) -> dict[int, tuple[str, ...]]:
    """The leading verbs that the codebook itself names for each action category, in a language."""
    content = read_yaml(config_path(_codebook_file(language)))
    return {int(group["action"]): tuple(group["codebook"]) for group in content["actions"]}


def wordings_of(taxonomy: Taxonomy, language: str) -> Wordings:
    """Names and phrases of every tag: those of the language, then the English ones, which many texts have."""
    names: dict[str, list[str]] = {tag.label: [] for tag in taxonomy.tags}
    phrases: dict[str, list[str]] = {tag.label: [] for tag in taxonomy.tags}
    skipped: list[str] = []
    for spoken in dict.fromkeys((language, LANGUAGES[0])):
        for label, tag in tag_names(taxonomy.version, spoken).items():
            names[label] += [tag.name, *tag.aliases]
        codebook = _codebook(spoken)
        skipped += codebook.skipped
        for wording in codebook.wordings:
            for meant in map(taxonomy.of_id, wording.tags):
                if meant is not None:
                    phrases[meant.label] += wording.phrases
    return Wordings(
        {label: tuple(dict.fromkeys(some)) for label, some in names.items()},
        {label: tuple(dict.fromkeys(some)) for label, some in phrases.items()},
        tuple(skipped),
    )
