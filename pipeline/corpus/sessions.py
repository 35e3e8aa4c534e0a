"""How many reviews a session of the Working Group has, and in which year it was held.

In the first cycle it was 16 (in UPR Info's rows 15 to 17), since then 14 (13 to 15).
"""

from __future__ import annotations

_FIRST_CYCLE_ENDS = 12
_LAST_SESSIONS = (
    (2008, 3),
    (2009, 6),
    (2010, 9),
    (2011, 12),
    (2012, 14),
    (2013, 17),
    (2014, 20),
    (2015, 23),
    (2016, 26),
    (2017, 28),
    (2018, 31),
    (2019, 34),
    (2020, 36),
    (2021, 39),
    (2022, 41),
    (2023, 44),
    (2024, 47),
    (2025, 50),
)
"""Year to its last session, by the calendar of the Working Group."""


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


def year_of(session: int) -> int | None:
    """The year in which a session was held, None where it is not in the list.

    >>> year_of(1), year_of(17), year_of(36), year_of(51)
    (2008, 2013, 2020, None)
    """
    return next((year for year, last in _LAST_SESSIONS if 0 < session <= last), None)


def session_text(session: int) -> str:
    """A session with its year, as pages write it.

    >>> session_text(17), session_text(99)
    ('17 (2013)', '99')
    """
    year = year_of(session)
    return str(session) if year is None else f"{session} ({year})"


def session_tick(session: int) -> str:
    """A session as axes of charts write it: its year stands below it.

    >>> session_tick(17), session_tick(99)
    ('17\\n2013', '99')
    """
    year = year_of(session)
    return str(session) if year is None else f"{session}\n{year}"
