"""The canned answers as they are kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from bot.db.engine import Database
from bot.desk.canned import Canned, CannedInvalid, check
from bot.desk.tables_store import canned


class CannedStore:
    """Every team's canned answers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def seed(self, answers: Sequence[Canned], now: datetime) -> None:
        """Fills an empty table with what a desk begins with."""
        async with self._database.transaction() as transaction:
            if await transaction.scalar(select(func.count()).select_from(canned)):
                return
            for each in answers:
                await transaction.execute(insert(canned).values({**_row(check(each)), "updated_at": now}))

    async def all(self) -> list[Canned]:
        """Every answer, by shortcut."""
        async with self._database.reading() as connection:
            rows = await connection.execute(select(canned).order_by(canned.c.shortcut, canned.c.team))
            return [Canned(row.id, row.team, row.shortcut, row.title, row.text) for row in rows]

    async def get(self, answer: int) -> Canned | None:
        """One answer."""
        return next((each for each in await self.all() if each.id == answer), None)

    async def save(self, answer: Canned, by: int, now: datetime) -> None:
        """Adds an answer (id 0) or replaces one.

        Raises:
            CannedInvalid: it cannot be kept, or the team has another one with this shortcut.
        """
        row = {**_row(check(answer)), "updated_by": by, "updated_at": now}
        change = update(canned).where(canned.c.id == answer.id) if answer.id else insert(canned)
        try:
            async with self._database.transaction() as transaction:
                await transaction.execute(change.values(row))
        except IntegrityError as error:
            raise CannedInvalid("double") from error

    async def drop(self, answer: int) -> None:
        """Removes an answer."""
        async with self._database.transaction() as transaction:
            await transaction.execute(delete(canned).where(canned.c.id == answer))


def _row(answer: Canned) -> dict[str, str]:
    return {"team": answer.team, "shortcut": answer.shortcut, "title": answer.title, "text": answer.text}
