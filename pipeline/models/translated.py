"""Labels in a language without coded rows: a linear model of translated texts, stacked with the rules.

The linear model was fitted on machine translations of the coded English rows. It sees lemmas without articles
(`pipeline.rules.romance`): what translations get wrong most often, endings and articles, does not count.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pipeline.models.linear import FloatMatrix, LinearClassifier, Scores
from pipeline.models.stacking import BaseScores, StackingWeights, stacked_scores

Lemmas = Callable[[Sequence[str]], list[str]]
"""From texts to their lemmas, joined by spaces."""


class TranslatedClassifier:
    """A linear model on lemmas and the codebook's rules of one language, combined by a meta-model."""

    kind = "translated"

    def __init__(self, linear: LinearClassifier, weights: StackingWeights, lemmas: Lemmas) -> None:
        """Args: a linear model of lemmas, the meta-model's weights, and what makes lemmas of texts."""
        self.linear = linear
        self.weights = weights
        self.lemmas = lemmas

    def score(self, texts: Sequence[str], rules: FloatMatrix) -> Scores:
        """Scores of blinded texts. Args: `rules`, (n, 5 + T), see `RuleLabeller.features`."""
        return stacked_scores(self.base(texts, rules), self.weights)

    def base(self, texts: Sequence[str], rules: FloatMatrix) -> BaseScores:
        """Outputs of the base models for blinded texts."""
        return BaseScores(None, self.linear.score(self.lemmas(texts)), rules)
