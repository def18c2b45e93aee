"""A case as the desk works with it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from bot.desk.interfaces import CaseState
from bot.desk.rules import CaseTimes

NUMBER = re.compile(r"\s*(?:VEN)?[\s\-.#°ºN]*0*(\d{1,9})\s*\.?", re.IGNORECASE)


@dataclass(frozen=True)
class Case:
    """One row of the cases; the meaning of each field is with its column in ``tables_store``."""

    id: int
    key: str | None
    conversation: str
    platform: str
    team: str
    topic: str
    reason: str
    state: CaseState
    live: bool
    urgent: bool
    agent: int | None
    kept_for: int | None
    kept_until: datetime | None
    front: bool
    login: str
    email: str
    guide: str
    step: str
    resume: str
    opened_at: datetime
    opened_seq: int
    promised_until: datetime | None
    due_at: datetime | None
    unattended_since: datetime | None
    claimed_at: datetime | None
    answered_at: datetime | None
    closed_at: datetime | None
    close_reason: str
    handled_seq: int
    seen_seq: int
    person_at: datetime | None
    quiet_since: datetime | None
    alerts: int
    warned: bool
    overdue: bool
    rating: int | None
    comment: str
    survey: str

    @property
    def number(self) -> str:
        """As people read it."""
        return case_number(self.id)

    @property
    def times(self) -> CaseTimes:
        """What the rules look at."""
        return CaseTimes(
            self.state,
            self.promised_until,
            self.due_at,
            self.kept_until,
            self.unattended_since,
            self.person_at,
            self.quiet_since,
            self.alerts,
            self.warned,
            self.overdue,
        )


def case_number(identity: int) -> str:
    """``VEN-000123``."""
    return f"VEN-{identity:06d}"


def parse_number(text: str) -> int | None:
    """The case that a number as people write it stands for (``VEN-000123``, ``ven 123``, ``123``); None for none."""
    found = NUMBER.fullmatch(text)
    return int(found.group(1)) if found else None
