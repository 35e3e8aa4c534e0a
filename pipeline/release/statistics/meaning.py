"""What the columns of statistics/*.csv mean."""

from __future__ import annotations

from collections.abc import Mapping

_ANSWER = "recommendations that the State under review {}"
_CORRECTED = (
    "share, in which rows that a model labelled are corrected for its measured errors; so it may differ from "
    "count / of"
)

STATISTICS: Mapping[str, str] = {
    "session": "session of the UPR Working Group",
    "cycle": "UPR cycle; all: all sessions together",
    "recommending": "State that makes the recommendations",
    "reviewed": "State under review",
    "recommending_region": "regional group of the recommending State",
    "reviewed_region": "regional group of the State under review; World: all groups",
    "action": "action category, 1 to 5",
    "name": "name of the action category",
    "issue": "issue tag",
    "count": "recommendations so labelled, as the labels stand; not corrected",
    "as_labelled": "count / of, not corrected",
    "share": _CORRECTED,
    "low": "lower end of the 95 % interval of the figure before",
    "high": "upper end of the 95 % interval",
    "of": "denominator: recommendations that the share is of (in tables of acceptance, supported + noted)",
    "by_people": "how many of these a person labelled",
    "recommendations": "recommendations, one for each recommending State, without pledges",
    "recommending_states": "how many States made them",
    "reviewed_states": "how many States received them",
    "complete": "whether the data holds as many reviews as the session had",
    "precise": f"category 5: {_CORRECTED}",
    "precise_as_labelled": "share of category 5 as the labels stand; not corrected",
    "precise_low": "lower end of the 95 % interval of precise",
    "precise_high": "upper end of the 95 % interval of precise",
    "supported_count": _ANSWER.format("supported"),
    "noted_count": _ANSWER.format("noted"),
    "pending_count": _ANSWER.format("has not answered yet"),
    "unknown_count": "recommendations whose response the source does not give",
    "supported_low": "lower end of the 95 % interval of the share supported",
    "supported_high": "upper end of the 95 % interval of the share supported",
    "noted": _ANSWER.format("noted"),
    "pending": _ANSWER.format("has not answered yet; not part of the share"),
    "unknown": "recommendations whose response the source does not give; not part of the share",
    "supported": (
        "in tables of acceptance, recommendations that the State under review supported; in others, their "
        "share among those supported or noted"
    ),
    "wordings": "different wordings of the review; each counts once, whichever number of States made it",
    "same": "of these, wordings that ask the same as one of an earlier review (see threads)",
    "near": "wordings that ask nearly the same as one of an earlier review",
    "supported_before": "wordings, same or near, whose earlier one the State had supported",
    "noted_before": "wordings, same or near, whose earlier one the State had noted",
    "noted_before_supported_now": "wordings of noted_before that the State supports in this review",
    "more_specific": "wordings, same or near, of a higher action category than the earlier one",
    "less_specific": "wordings, same or near, of a lower action category than the earlier one",
    "mean": "mean action category",
    "mcmahon_mean": "mean on E. R. McMahon's scale (2012), on which 3 is general and 4 considering",
    "mcmahon_low": "lower end of its 95 % interval",
    "mcmahon_high": "upper end of its 95 % interval",
}
"""Column to meaning; the same in every table that has it."""
