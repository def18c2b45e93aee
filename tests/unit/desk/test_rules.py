"""What time does to a case."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from itertools import product

import pytest

from bot.desk.interfaces import CaseState
from bot.desk.model import case_number, parse_number
from bot.desk.policy import DeskPolicy
from bot.desk.rules import CaseTimes, Move, Surroundings, decide

NOW = datetime(2026, 11, 23, 15, tzinfo=timezone.utc)
POLICY = DeskPolicy()


def ago(**amount: float) -> datetime:
    return NOW - timedelta(**amount)


def move(case: CaseTimes, staff: int = 1, seen: datetime | None = NOW) -> Move | None:
    return decide(case, Surroundings(staff, seen), POLICY, NOW)


@pytest.mark.parametrize(
    ("case", "staff", "expected"),
    [
        (CaseTimes(CaseState.WAITING, promised_until=ago(minutes=4)), 1, None),
        (CaseTimes(CaseState.WAITING, promised_until=ago(minutes=5)), 1, Move.TO_MAIL_WAITED),
        (CaseTimes(CaseState.WAITING), 0, Move.START_UNATTENDED),
        (CaseTimes(CaseState.WAITING, unattended_since=ago(minutes=2)), 0, None),
        (CaseTimes(CaseState.WAITING, unattended_since=ago(minutes=3)), 0, Move.TO_MAIL_NOBODY),
        (CaseTimes(CaseState.WAITING, unattended_since=ago(minutes=2)), 1, Move.STOP_UNATTENDED),
        (CaseTimes(CaseState.WAITING, kept_until=ago(seconds=1)), 1, Move.OPEN_TO_TEAM),
    ],
)
def test_a_wait_has_an_end(case: CaseTimes, staff: int, expected: Move | None) -> None:
    assert move(case, staff) is expected


@pytest.mark.parametrize(
    ("case", "staff", "seen", "expected"),
    [
        (CaseTimes(CaseState.TAKEN, person_at=ago(seconds=30)), 1, NOW, None),
        (CaseTimes(CaseState.TAKEN, person_at=ago(seconds=61)), 1, NOW, Move.ALERT_AGENT),
        (CaseTimes(CaseState.TAKEN, person_at=ago(seconds=61), alerts=1), 1, NOW, None),
        (CaseTimes(CaseState.TAKEN, person_at=ago(seconds=121), alerts=1), 1, NOW, Move.ALERT_SUPERVISOR),
        (CaseTimes(CaseState.TAKEN, person_at=ago(minutes=10), alerts=2), 1, NOW, Move.REQUEUE),
        (CaseTimes(CaseState.TAKEN, person_at=ago(minutes=10), alerts=2), 0, NOW, Move.TO_MAIL_NOBODY),
        (CaseTimes(CaseState.TAKEN), 1, ago(seconds=90), Move.REQUEUE),
        (CaseTimes(CaseState.TAKEN), 0, None, Move.TO_MAIL_NOBODY),
        (CaseTimes(CaseState.TAKEN, quiet_since=ago(minutes=10)), 1, NOW, Move.WARN_IDLE),
        (CaseTimes(CaseState.TAKEN, quiet_since=ago(minutes=12), warned=True), 1, NOW, None),
        (CaseTimes(CaseState.TAKEN, quiet_since=ago(minutes=20), warned=True), 1, NOW, Move.CLOSE_IDLE),
    ],
)
def test_silence_and_absence_have_an_end(
    case: CaseTimes, staff: int, seen: datetime | None, expected: Move | None
) -> None:
    assert move(case, staff, seen) is expected


def test_a_term_that_is_over_is_told_to_the_supervisor_once() -> None:
    assert move(CaseTimes(CaseState.PENDING, due_at=ago(seconds=1))) is Move.OVERDUE
    assert move(CaseTimes(CaseState.PENDING, due_at=ago(seconds=1), overdue=True)) is None
    assert move(CaseTimes(CaseState.CLOSED)) is None


def test_no_live_case_can_be_left_alone_for_ever() -> None:
    """Whatever the circumstances, without a word from anybody an hour ends every live case."""
    ends = {Move.TO_MAIL_WAITED, Move.TO_MAIL_NOBODY, Move.REQUEUE, Move.CLOSE_IDLE}
    hour = timedelta(hours=1)
    for state, staff, waits, seen in product(
        (CaseState.WAITING, CaseState.TAKEN), (0, 1), (True, False), (None, NOW, NOW + hour)
    ):
        case = CaseTimes(
            state,
            promised_until=NOW,
            unattended_since=None if staff else NOW,
            person_at=NOW if waits else None,
            quiet_since=NOW,
            alerts=2,
            warned=True,
        )
        assert decide(case, Surroundings(staff, seen), POLICY, NOW + hour) in ends, (state, staff, waits, seen)


@pytest.mark.parametrize(
    "written", ["VEN-000123", "ven 123", "123", "VEN-123", "Ven000123.", " VEN – 123".replace("–", "-")]
)
def test_a_number_is_read_as_people_write_it(written: str) -> None:
    assert parse_number(written) == 123
    assert case_number(123) == "VEN-000123"


@pytest.mark.parametrize("written", ["", "VEN", "abc", "12 34", "001952_56989", "9999999999"])
def test_what_is_no_number_is_none(written: str) -> None:
    assert parse_number(written) is None
