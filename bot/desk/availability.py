"""What may honestly be promised at a moment. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from bot.desk.calendar import Calendar
from bot.desk.interfaces import Absence, Availability, OfferKind
from bot.desk.policy import DeskPolicy, MomentWords


@dataclass(frozen=True)
class Staff:
    """Who could take a case.

    Attributes:
        on_duty: agents who are signed in, rostered now (where there is a roster) and have not stepped away.
        busy: cases that they speak in now.
        waiting: cases in the queue before a new one.
        handling: how long recent cases took, for the estimate.
    """

    on_duty: int
    busy: int
    waiting: int
    handling: Sequence[timedelta] = ()


ENOUGH = 5
"""Cases from which an estimate is made; below that, the policy's figure stands."""


def estimate(staff: Staff, policy: DeskPolicy) -> tuple[timedelta, timedelta]:
    """The wait of the next person, from and to.

    Whoever is free takes the first of the queue; the others finish what they have. The range runs from the quick third
    of recent cases to the slow tenth, so that nine in ten are attended within what was promised.
    """
    taken = sorted(staff.handling)
    if len(taken) >= ENOUGH:
        quick, slow = taken[len(taken) // 3], taken[min(len(taken) - 1, len(taken) * 9 // 10)]
    else:
        quick, slow = policy.handling / 2, policy.handling * 3 / 2
    people = max(1, staff.on_duty)
    rounds = ceil(max(0, staff.waiting + 1 - max(0, people - staff.busy)) / people)
    shortest = max(policy.shortest_wait / 2, quick * max(0, rounds - 1))
    longest = max(policy.shortest_wait, slow * rounds)
    return shortest, longest


def availability(
    calendar: Calendar, staff: Staff, policy: DeskPolicy, moments: MomentWords, now: datetime
) -> Availability:
    """What can be offered at this moment."""
    closes, today = calendar.closes_at(now), calendar.local(now)
    shortest, longest = estimate(staff, policy)
    absence = Absence.NONE
    if closes is None:
        absence = Absence.HOLIDAY if calendar.holiday(today.date()) else Absence.CLOSED
    elif staff.on_duty == 0:
        absence = Absence.NOBODY
    elif longest > policy.longest_wait or now + longest > closes:
        absence = Absence.FULL
    answer_by = calendar.after(now, policy.mail_term)
    opens = calendar.opens_at(now) if closes is None else None
    minutes = (0, 0) if absence else (max(1, int(shortest.total_seconds() // 60)), ceil(longest.total_seconds() / 60))
    facts: dict[str, str | int] = {
        "ahead": staff.waiting,
        "wait_from": minutes[0],
        "wait_to": minutes[1],
        "opens": moments(calendar.local(opens), today) if opens else "",
        "answer_by": moments(calendar.local(answer_by), today),
        "holiday": calendar.holiday(today.date()),
    }
    kind = OfferKind.MAIL if absence else OfferKind.LIVE
    return Availability(kind, absence, staff.waiting, minutes, opens, answer_by, facts)
