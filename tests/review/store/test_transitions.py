from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.review.store.transitions import (
    Codes,
    Refused,
    Role,
    Standing,
    Status,
    decide,
    escalate,
    may_see_codes,
    reading,
    with_prediction,
)

FOUR, FIVE = Codes(4, ("Torture",)), Codes(5, ("Torture",))
OPEN = Standing(Status.OPEN)
PEOPLE = st.integers(1, 4)
CODES = st.builds(
    Codes,
    st.integers(1, 5),
    st.lists(st.sampled_from(["Torture", "Detention", "Justice"]), unique=True).map(tuple),
)


def test_one_reading_settles_an_item_that_is_not_read_twice() -> None:
    after = decide(OPEN, 1, Role.REVIEWER, FOUR, second_due=False)
    assert (after.status, after.codes, after.first_reader) == (Status.DONE, FOUR, 1)


def test_two_readings_that_agree_settle_it() -> None:
    once = decide(OPEN, 1, Role.REVIEWER, Codes(4, ("A", "B")), second_due=True)
    assert once.status is Status.SECOND
    twice = decide(once, 2, Role.REVIEWER, Codes(4, ("B", "A")), second_due=True)
    assert twice.status is Status.DONE
    assert twice.readers == (1, 2)


def test_two_readings_that_differ_wait_for_an_adjudicator_who_read_neither() -> None:
    once = decide(OPEN, 1, Role.REVIEWER, FOUR, second_due=True)
    twice = decide(once, 2, Role.ADJUDICATOR, FIVE, second_due=True)
    assert twice.status is Status.DISPUTED
    assert twice.codes is None
    for user, role, reason in (
        (3, Role.REVIEWER, "refused.needs-adjudicator"),
        (2, Role.ADJUDICATOR, "refused.own-dispute"),
    ):
        with pytest.raises(Refused, match=reason):
            decide(twice, user, role, FOUR, second_due=True)
    settled = decide(twice, 3, Role.ADJUDICATOR, FIVE, second_due=True)
    assert (settled.status, settled.codes, settled.first, settled.second) == (Status.DONE, FIVE, FOUR, FIVE)


def test_nobody_reads_twice() -> None:
    once = decide(OPEN, 1, Role.ADMIN, FOUR, second_due=True)
    for refused in (lambda: decide(once, 1, Role.ADMIN, FOUR, second_due=True), lambda: escalate(once, 1)):
        with pytest.raises(Refused, match="own-second"):
            refused()


@pytest.mark.parametrize(
    ("status", "number"),
    [
        (Status.OPEN, 1),
        (Status.CERTAIN, 1),
        (Status.SECOND, 2),
        (Status.DISPUTED, 3),
        (Status.ESCALATED, 3),
        (Status.DONE, 3),
    ],
)
def test_the_number_of_a_reading_follows_from_where_the_item_stands(status: Status, number: int) -> None:
    assert reading(Standing(status)) == number


def test_another_reader_may_pass_on_what_waits_for_a_second_reading() -> None:
    once = decide(OPEN, 1, Role.REVIEWER, FOUR, second_due=True)
    assert escalate(once, 2).status is Status.ESCALATED
    done = decide(OPEN, 1, Role.REVIEWER, FOUR, second_due=False)
    assert escalate(done, 1).status is Status.ESCALATED, "its own settled reading, too"


def test_only_the_first_reader_sees_codes_while_the_second_reading_is_open() -> None:
    once = decide(OPEN, 1, Role.REVIEWER, FOUR, second_due=True)
    assert [may_see_codes(once, user) for user in (1, 2, 3)] == [True, False, False]
    assert may_see_codes(decide(once, 2, Role.REVIEWER, FIVE, second_due=True), 3)


def test_a_settled_item_is_corrected_by_its_reader_or_an_adjudicator() -> None:
    done = decide(OPEN, 1, Role.REVIEWER, FOUR, second_due=False)
    assert decide(done, 1, Role.REVIEWER, FIVE, second_due=False).first == FIVE
    assert decide(done, 9, Role.ADJUDICATOR, FIVE, second_due=False).first == FOUR
    with pytest.raises(Refused, match="settled"):
        decide(done, 2, Role.REVIEWER, FIVE, second_due=False)


def test_an_escalated_item_waits_for_an_adjudicator() -> None:
    passed_on = escalate(OPEN, 1)
    with pytest.raises(Refused, match="needs-adjudicator"):
        decide(passed_on, 1, Role.REVIEWER, FOUR, second_due=False)
    with pytest.raises(Refused, match="already"):
        escalate(passed_on, 2)
    assert decide(passed_on, 1, Role.ADJUDICATOR, FOUR, second_due=False).status is Status.DONE


def test_a_newer_prediction_moves_only_what_nobody_touched() -> None:
    assert with_prediction(Standing(Status.CERTAIN), queue=True).status is Status.OPEN
    assert with_prediction(OPEN, queue=False).status is Status.CERTAIN
    done = decide(OPEN, 1, Role.REVIEWER, FOUR, second_due=False)
    for standing, queue in itertools.product(
        (done, escalate(OPEN, 1), decide(OPEN, 1, Role.REVIEWER, FOUR, second_due=True)), (True, False)
    ):
        assert with_prediction(standing, queue=queue) == standing


@given(st.lists(st.tuples(PEOPLE, st.sampled_from(list(Role)), CODES, st.booleans(), st.booleans())))
def test_no_way_leads_past_the_rules(steps: list[tuple[int, Role, Codes, bool, bool]]) -> None:
    standing = OPEN
    for user, role, codes, second_due, pass_on in steps:
        before = standing
        try:
            standing = (
                escalate(standing, user)
                if pass_on
                else decide(standing, user, role, codes, second_due=second_due)
            )
        except Refused:
            assert standing == before
            continue
        assert len(set(standing.readers)) == len(standing.readers)
        assert (standing.second is None) == (standing.second_reader is None)
        assert Standing.from_json(standing.to_json()) == standing
        if standing.status is Status.DONE:
            assert standing.codes is not None
        if before.status is Status.DISPUTED:
            assert role is not Role.REVIEWER
            assert user not in before.readers
        assert reading(standing) in (1, 2, 3)
