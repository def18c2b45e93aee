"""What was decided about messages of the inbox: rows are only added, and the newest of each wording counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Column, Integer, String, Table, UniqueConstraint, func, insert, select
from sqlalchemy.exc import IntegrityError

from bot.db.engine import Database
from bot.db.metadata import metadata
from bot.db.types import UtcDateTime

decisions = Table(
    "studio_decisions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("mark", String(64), nullable=False, comment="keyed hash of the words: the same words are not asked again"),
    Column("turn", Integer, nullable=False, comment="counts the decisions about these words; the newest one holds"),
    Column("decision", String(16), nullable=False, comment="accept, discard, personal, later, or undo"),
    Column("intent", String(100), nullable=False),
    Column("author", String(320), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    # Of two people who decide at once, one is first; the other's row finds its turn taken.
    UniqueConstraint("mark", "turn"),
)

UNDO, LATER, LEFT_FOR = "undo", "later", timedelta(hours=12)
"""A message that is left for later comes back the next working day."""


@dataclass(frozen=True)
class Decision:
    """What holds of a wording, who said so and when."""

    decision: str
    intent: str
    author: str
    at: datetime

    def holds(self, now: datetime) -> bool:
        """Whether the wording is still not to be asked about."""
        if self.decision == LATER:
            return now - self.at < LEFT_FOR
        return self.decision != UNDO


class DecisionStore:
    """Reads and adds decisions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def decide(self, mark: str, decision: str, intent: str, author: str, now: datetime) -> bool:
        """Remembers a decision about words; False when one holds already, which stays, but for «later»."""
        before, turn = (await self._newest([mark])).get(mark, (None, 0))
        if before and before.decision != LATER and before.holds(now):
            return False
        return await self._add(mark, turn + 1, Decision(decision, intent, author, now))

    async def undo(self, marks: Sequence[str], author: str, now: datetime) -> int:
        """Has words be asked about again; says of how many a decision was taken back."""
        found = await self._newest(marks)
        held = [(mark, turn) for mark, (before, turn) in found.items() if before.decision != UNDO]
        return sum([await self._add(mark, turn + 1, Decision(UNDO, "", author, now)) for mark, turn in held])

    async def decided(self, now: datetime) -> Mapping[str, Decision]:
        """What holds, by mark. What was left for later is open again after a while."""
        return {mark: one for mark, (one, _turn) in (await self._newest()).items() if one.holds(now)}

    async def log(self, mark: str) -> Sequence[Decision]:
        """Everything that was ever decided about words, oldest first."""
        async with self._database.reading() as connection:
            query = select(decisions).where(decisions.c.mark == mark).order_by(decisions.c.turn)
            rows = await connection.execute(query)
            return [Decision(row.decision, row.intent, row.author, row.at) for row in rows]

    async def _newest(self, marks: Sequence[str] | None = None) -> dict[str, tuple[Decision, int]]:
        top = select(decisions.c.mark, func.max(decisions.c.turn).label("turn")).group_by(decisions.c.mark)
        if marks is not None:
            top = top.where(decisions.c.mark.in_(marks))
        newest = top.subquery()
        same = (decisions.c.mark == newest.c.mark) & (decisions.c.turn == newest.c.turn)
        async with self._database.reading() as connection:
            rows = await connection.execute(select(decisions).join(newest, same))
            return {row.mark: (Decision(row.decision, row.intent, row.author, row.at), int(row.turn)) for row in rows}

    async def _add(self, mark: str, turn: int, one: Decision) -> bool:
        try:
            async with self._database.transaction() as transaction:
                await transaction.execute(insert(decisions).values(mark=mark, turn=turn, **vars(one)))
        except IntegrityError:
            return False
        return True
