"""What addresses of the desk's pages hold, and how long it may be."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Path, Query

from pipeline.models.reasons import reason_code
from pipeline.review.deciding.filters import Filter

ItemId = Annotated[int, Path(ge=1, le=2**62)]
Short = Annotated[str, Query(max_length=200)]


def queue_filter(
    session: Short = "",
    state: Short = "",
    action: Short = "",
    tag: Short = "",
    reason: Short = "",
    mine: Short = "",
    in_round: Annotated[str, Query(max_length=18, pattern="^[0-9]*$", alias="round")] = "",
) -> Filter:
    """The filter in an address."""
    return Filter(session, state, action, tag, reason_code(reason), bool(mine), in_round)


QueueFilter = Annotated[Filter, Depends(queue_filter)]
