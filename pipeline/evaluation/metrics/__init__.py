"""Quality of a model, each figure with its interval and support.

`measure` gives all figures of an `Evaluation`; `paired_difference` compares two models; `slice_quality` finds
slices that are treated unequally; `set_quality` and `acceptance` measure coverage and error of accepted
labels; `evaluation_document` turns all into JSON.
"""

from pipeline.evaluation.intervals import Estimate, clopper_pearson, holm, wilson
from pipeline.evaluation.metrics.counts import Evaluation
from pipeline.evaluation.metrics.document import evaluation_document, merge, to_plain
from pipeline.evaluation.metrics.doubt import Acceptance, SetQuality, acceptance, clustered_mean, set_quality
from pipeline.evaluation.metrics.quality import (
    ActionQuality,
    Quality,
    ReliabilityBin,
    TagQuality,
    measure,
    paired_difference,
)
from pipeline.evaluation.metrics.scores import METRICS
from pipeline.evaluation.metrics.slices import (
    Gap,
    SliceComparison,
    SliceQuality,
    Slices,
    by_value,
    slice_quality,
)

__all__ = [
    "METRICS",
    "Acceptance",
    "ActionQuality",
    "Estimate",
    "Evaluation",
    "Gap",
    "Quality",
    "ReliabilityBin",
    "SetQuality",
    "SliceComparison",
    "SliceQuality",
    "Slices",
    "TagQuality",
    "acceptance",
    "by_value",
    "clopper_pearson",
    "clustered_mean",
    "evaluation_document",
    "holm",
    "measure",
    "merge",
    "paired_difference",
    "set_quality",
    "slice_quality",
    "to_plain",
    "wilson",
]
