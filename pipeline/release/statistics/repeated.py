"""statistics/repeated.csv: how much of each review had been recommended before, and the response then."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

_CLEAR = ("Supported", "Noted")


def _only(responses: pd.Series[str]) -> str | None:
    """The response of a wording, None where its States got different ones."""
    found = set(responses)
    return found.pop() if len(found) == 1 else None


def repeated(recommendations: pa.Table, threads: pa.Table) -> pd.DataFrame:
    """One line a review that is not its State's first, in order of State and session.

    A wording counts once, whichever number of States made it. The response before is that to the earlier
    wording it is linked with; where States of one wording got different responses, it is in neither column.
    """
    columns = ["rec_key", "state_under_review", "session", "response", "action"]
    rows = recommendations.filter(pc.equal(recommendations["kind"], "recommendation")).select(columns)
    frame = rows.to_pandas().dropna(subset=["state_under_review", "session"])
    wordings = frame.groupby("rec_key", as_index=False).agg(
        reviewed=("state_under_review", "first"),
        session=("session", "first"),
        response=("response", _only),
        action=("action", "first"),
    )
    wordings["session"] = wordings["session"].astype(int)
    links = threads.select(["rec_key", "relation", "repeats"]).to_pandas()
    links = links[links["relation"].isin(["same", "near"])]
    known = wordings.set_index("rec_key")
    joined = wordings.merge(links, on="rec_key", how="left")
    earlier = known.reindex(joined["repeats"])
    joined["before"], joined["action_before"] = earlier["response"].to_numpy(), earlier["action"].to_numpy()
    later = joined[joined["session"] > joined.groupby("reviewed")["session"].transform("min")]
    made = pd.DataFrame({"reviewed": later["reviewed"], "session": later["session"], "wordings": 1})
    linked = later["relation"].notna()
    for name in ("same", "near"):
        made[name] = (later["relation"] == name).astype(int)
    for word in _CLEAR:
        made[f"{word.lower()}_before"] = (linked & (later["before"] == word)).astype(int)
    made["noted_before_supported_now"] = (
        linked & (later["before"] == "Noted") & (later["response"] == "Supported")
    ).astype(int)
    made["more_specific"] = (linked & (later["action"] > later["action_before"])).astype(int)
    made["less_specific"] = (linked & (later["action"] < later["action_before"])).astype(int)
    return made.groupby(["reviewed", "session"], as_index=False, sort=True).sum()
