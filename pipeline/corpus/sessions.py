"""How many reviews a session of the Working Group has.

In the first cycle it was 16 (in UPR Info's rows 15 to 17), since then 14 (13 to 15).
"""

from __future__ import annotations

_FIRST_CYCLE_ENDS = 12


def least_reviews(session: int) -> int:
    """The reviews that every session of this cycle had at least.

    >>> least_reviews(12), least_reviews(13)
    (15, 13)
    """
    return 15 if session <= _FIRST_CYCLE_ENDS else 13


def is_complete(session: int, reviews: int) -> bool:
    """Whether a table that holds so many reviews of a session holds the session.

    >>> is_complete(34, 1), is_complete(34, 14)
    (False, True)
    """
    return reviews >= least_reviews(session)
