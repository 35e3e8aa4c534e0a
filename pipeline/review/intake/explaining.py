"""Words of the wordings of an import that their labels depend on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.progress import Progress
from pipeline.review.deciding.marking import ACTION
from pipeline.review.intake.batch import MANY
from pipeline.review.intake.gathering import Explained, Explainer, GatheredText, MoreEvidence


def explain_all(
    wordings: Sequence[GatheredText],
    asking: Sequence[GatheredText],
    explain: Explainer,
    more: MoreEvidence,
    progress: Progress,
) -> dict[str, Explained]:
    """By key, what the rules say of wordings.

    Args: `asking`, those of them for which `more` (the model) is asked, too, where the rules name no words.
    """
    chunks = [wordings[i : i + MANY] for i in range(0, len(wordings), MANY)]
    found = {
        wording.key: explained
        for chunk in progress(chunks, "marking the words that decide", len(chunks))
        for wording, explained in zip(chunk, explain([w.text for w in chunk]), strict=True)
    }
    for wording in progress(asking, "asking the model for its words"):
        found[wording.key] = _deepened(wording, found[wording.key], more)
    return found


def _deepened(wording: GatheredText, explained: Explained, more: MoreEvidence) -> Explained:
    if not wording.predictions:
        return explained
    said = list(wording.predictions.values())[-1]
    marked = {what for _, _, what in explained.spans}
    wanted = [what for what in (ACTION, *(said["issues"] or ())) if what not in marked]
    found = more(wording.text, said["model_version"], said["action"], wanted) if wanted else []
    return replace(explained, spans=(*explained.spans, *found))
