"""What time does to a case: every wait, silence and absence has an end. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from bot.desk.interfaces import CaseState
from bot.desk.policy import DeskPolicy


class Move(str, Enum):
    """What is to be done with a case now."""

    OPEN_TO_TEAM = "open_to_team"
    """The agent for whom it was kept did not take it."""
    START_UNATTENDED = "start_unattended"
    """Nobody is left; the grace begins."""
    STOP_UNATTENDED = "stop_unattended"
    TO_MAIL_WAITED = "to_mail_waited"
    """The wait is longer than was promised."""
    TO_MAIL_NOBODY = "to_mail_nobody"
    """Nobody is left to attend."""
    REQUEUE = "requeue"
    """Its agent is gone or silent; others are there."""
    ALERT_AGENT = "alert_agent"
    ALERT_SUPERVISOR = "alert_supervisor"
    WARN_IDLE = "warn_idle"
    CLOSE_IDLE = "close_idle"
    OVERDUE = "overdue"
    """The term of a case by mail is over; the supervisor learns it."""


@dataclass(frozen=True)
class CaseTimes:
    """The moments of a case that the rules look at.

    Attributes:
        promised_until: until when a waiting person was told that somebody comes.
        due_at: the term of a case by mail.
        kept_until: until when it is kept for one agent.
        unattended_since: since when nobody is left in the team.
        person_at: the person's oldest message since the agent's last one; None when the person has been answered.
        quiet_since: the latest message of either.
        alerts: how many alerts went out for the unanswered message.
        warned: whether the person was asked for a sign of life.
        overdue: whether the supervisor knows that the term is over.
    """

    state: CaseState
    promised_until: datetime | None = None
    due_at: datetime | None = None
    kept_until: datetime | None = None
    unattended_since: datetime | None = None
    person_at: datetime | None = None
    quiet_since: datetime | None = None
    alerts: int = 0
    warned: bool = False
    overdue: bool = False


@dataclass(frozen=True)
class Surroundings:
    """Who is there.

    Attributes:
        staff: how many of the team could take the case now, its own agent not counted.
        agent_seen: the last sign of life of the case's agent.
    """

    staff: int
    agent_seen: datetime | None = None


def decide(case: CaseTimes, around: Surroundings, policy: DeskPolicy, now: datetime) -> Move | None:
    """The next thing to do with a case at this moment, if any. Asked again until there is none."""
    if case.state is CaseState.WAITING:
        return _waiting(case, around, policy, now)
    if case.state is CaseState.TAKEN:
        return _taken(case, around, policy, now)
    if case.state is CaseState.PENDING and case.due_at and now >= case.due_at and not case.overdue:
        return Move.OVERDUE
    return None


def _waiting(case: CaseTimes, around: Surroundings, policy: DeskPolicy, now: datetime) -> Move | None:
    if case.promised_until is not None and now >= case.promised_until + policy.wait_margin:
        return Move.TO_MAIL_WAITED
    if case.kept_until is not None and now >= case.kept_until:
        return Move.OPEN_TO_TEAM
    if around.staff == 0:
        if case.unattended_since is None:
            return Move.START_UNATTENDED
        return Move.TO_MAIL_NOBODY if now >= case.unattended_since + policy.unattended else None
    return Move.STOP_UNATTENDED if case.unattended_since is not None else None


def _taken(case: CaseTimes, around: Surroundings, policy: DeskPolicy, now: datetime) -> Move | None:
    gone = around.agent_seen is None or now >= around.agent_seen + policy.agent_gone
    waited = now - case.person_at if case.person_at is not None else None
    if gone or (waited is not None and waited >= policy.agent_silent):
        return Move.REQUEUE if around.staff else Move.TO_MAIL_NOBODY
    if waited is not None:
        if waited >= policy.alert_supervisor and case.alerts < 2:
            return Move.ALERT_SUPERVISOR
        return Move.ALERT_AGENT if waited >= policy.alert and case.alerts < 1 else None
    if case.quiet_since is None:
        return None
    quiet = now - case.quiet_since
    if quiet >= policy.person_gone:
        return Move.CLOSE_IDLE
    return Move.WARN_IDLE if quiet >= policy.person_silent and not case.warned else None
