"""One label for a recommendation whose text is given in several languages: that of the surer model."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from pipeline.corpus.text import normalise
from pipeline.models.bundle import Bundle
from pipeline.models.decision import Label, ModelOf, label_texts
from pipeline.models.reasons import Reason


def with_other_texts(
    bundle: Bundle,
    labels: Sequence[Label],
    texts: Sequence[str | None],
    others: Mapping[str, Sequence[str | None]],
    model_of: ModelOf,
    settled: Collection[int] = (),
) -> list[Label]:
    """Labels of texts, each replaced where the same recommendation in another language is labelled with more
    certainty.

    A label that needs no review stays, since only the first language is certified. Elsewhere the higher
    calibrated probability of the action decides; where the actions differ, that is a reason for review.

    Args:
        bundle: the model that labelled the texts.
        labels: of the texts, in order.
        texts: the texts that were labelled.
        others: by ISO 639-1 code, the text of each row in that language, None where there is none.
        model_of: see `label_texts`.
        settled: places whose labels stay as they are.
    """
    out = list(labels)
    for language, column in others.items():
        places = [
            i
            for i, text in enumerate(column)
            if text and out[i].reasons and i not in settled and normalise(text) != normalise(texts[i] or "")
        ]
        beside = label_texts(bundle, [column[i] for i in places], [language] * len(places), None, model_of)
        for place, label in zip(places, beside, strict=True):
            out[place] = _surer(out[place], label)
    return out


def _surer(label: Label, other: Label) -> Label:
    if other.action is None or other.confidence is None:
        return label
    if label.action is None or label.confidence is None:
        return other
    chosen = other if other.confidence > label.confidence else label
    if label.action == other.action or Reason.LANGUAGES_DISAGREE in chosen.reasons:
        return chosen
    return replace(chosen, reasons=(*chosen.reasons, Reason.LANGUAGES_DISAGREE))
