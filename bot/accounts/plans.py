"""What is to be done for a request, decided without touching anything: the answer, the change, the mails."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from bot.accounts.interfaces import Account, Outcome, Result
from bot.accounts.repeat_store import Repeat
from bot.platforms import Platform


@dataclass(frozen=True)
class Letter:
    """A mail to write. ``reveals`` names the fact that is added when it exists: ``password``, ``link`` or none."""

    kind: str
    to: str
    facts: Mapping[str, Any]
    reveals: str = ""

    def complete(self, secrets: Mapping[str, str]) -> dict[str, Any]:
        """The facts with the secret, and the date as a date (it is text while a plan waits in the database)."""
        facts = dict(self.facts)
        if self.reveals:
            facts[self.reveals] = secrets[self.reveals]
        if isinstance(facts.get("date"), str):
            facts["date"] = date.fromisoformat(facts["date"])
        return facts


@dataclass(frozen=True)
class Change:
    """A new password for an account."""

    platform: Platform
    login: str
    temporary: bool = False


@dataclass(frozen=True)
class Plan:
    """What a request comes to.

    Attributes:
        outcome: the answer.
        note: what truly happened, for the audit trail.
        change: a new password that is drawn, set and handed to the letters.
        link: the account (platform and login) whose reset link is made; within the cool-down no letter goes out.
        letters: the mails.
        repeat: what "send it again" would do.
        equal_work: where nothing is changed, a hash is computed all the same, so that time tells nothing.
    """

    outcome: Outcome
    note: str
    change: Change | None = None
    link: tuple[Platform, str] | None = None
    letters: tuple[Letter, ...] = ()
    repeat: Repeat | None = None
    equal_work: bool = False

    def to_json(self) -> dict[str, Any]:
        """What has to survive a crash of a remote change: the change, its letters and the note."""
        letters = [[letter.kind, letter.to, dict(letter.facts), letter.reveals] for letter in self.letters]
        return {"note": self.note, "letters": letters, "temporary": bool(self.change and self.change.temporary)}


def plan_from_json(platform: Platform, login: str, value: Mapping[str, Any]) -> Plan:
    """The plan of a change that a crash interrupted."""
    letters = tuple(Letter(kind, to, facts, reveals) for kind, to, facts, reveals in value["letters"])
    change = Change(platform, login, value["temporary"])
    return Plan(Outcome(Result.ACCEPTED, {}), value["note"], change=change, letters=letters)


@dataclass(frozen=True)
class Matched:
    """The accounts that a request's data belong to, by their part in it, and what else was said.

    Attributes:
        accounts: all of them, in a stable order.
        facts: kept for a repetition; ``email`` is the masked address that the person typed.
    """

    platform: Platform
    accounts: tuple[Account, ...]
    facts: Mapping[str, str] = field(default_factory=dict)

    def repeat(self, operation: str, identifier_hash: str = "") -> Repeat:
        """What to keep for a repetition."""
        logins = tuple(account.login for account in self.accounts)
        return Repeat(self.platform, operation, logins, self.facts, identifier_hash)


def accepted(note: str, email: str = "", **parts: Any) -> Plan:
    """A plan with the neutral answer; ``email`` is what the person typed, masked, never what is on file."""
    return replace(Plan(Outcome(Result.ACCEPTED, {"email": email} if email else {}), note), **parts)
