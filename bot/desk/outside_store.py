"""Links that reopen a conversation, questions that are counted, and what goes to other help desks."""

from __future__ import annotations

import hashlib
import json
import secrets
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from bot.db.engine import Database, Transaction
from bot.db.types import insert_for
from bot.desk.tables_store import cases, deliveries, links, outside_messages, questions


class OutsideStore:
    """Everything of the desk that leads out of it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def new_link(self, transaction: Transaction, case: int, seq: int, until: datetime) -> str:
        """A secret that reopens a case's conversation at a message; only its hash is kept."""
        token = secrets.token_urlsafe(24)
        row = {"token_hash": _hash(token), "case": case, "seq": seq, "expires_at": until}
        await transaction.execute(insert(links).values(row))
        return token

    async def follow_link(self, token: str, now: datetime) -> tuple[int, str, int] | None:
        """The case, the conversation and the place that a link leads to; None when it is unknown or too old."""
        query = (
            select(cases.c.id, cases.c.conversation, links.c.seq)
            .join(links, links.c.case == cases.c.id)
            .where(links.c.token_hash == _hash(token), links.c.expires_at > now)
        )
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else (row.id, row.conversation, row.seq)

    async def count_question(self, transaction: Transaction, about: str, now: datetime, since: datetime) -> int:
        """Notes an attempt and says how many there were since a moment, this one included."""
        await transaction.execute(delete(questions).where(questions.c.about == about, questions.c.at < since))
        await transaction.execute(insert(questions).values(about=about, at=now))
        count = select(func.count()).select_from(questions).where(questions.c.about == about, questions.c.at >= since)
        return int(await transaction.scalar(count) or 0)

    async def attempts(self, transaction: Transaction, about: str, since: datetime) -> tuple[int, datetime | None]:
        """How many attempts there were since a moment, and the newest."""
        query = select(func.count(), func.max(questions.c.at)).where(
            questions.c.about == about, questions.c.at >= since
        )
        count, newest = (await transaction.execute(query)).one()
        return int(count), newest

    async def forget_attempts(self, transaction: Transaction, about: str) -> None:
        """A success wipes out the failures before it."""
        await transaction.execute(delete(questions).where(questions.c.about == about))

    async def add_delivery(
        self, transaction: Transaction, case: int, kind: str, body: Mapping[str, Any], now: datetime
    ) -> str:
        """Leaves one message for another help desk, to go out after the commit; returns its id."""
        identity = str(uuid.uuid4())
        row = {
            "id": identity,
            "case": case,
            "kind": kind,
            "body": json.dumps({"id": identity, **body}, ensure_ascii=False),
            "state": "pending",
            "attempts": 0,
            "next_at": now,
            "created_at": now,
        }
        await transaction.execute(insert(deliveries).values(row))
        return identity

    async def due(self, now: datetime, limit: int = 20) -> Sequence[Any]:
        """Deliveries whose time has come, oldest first. Those of a case whose older ones wait are left out."""
        older = deliveries.alias()
        held = (
            select(older.c.id)
            .where(
                older.c.case == deliveries.c.case,
                older.c.state == "pending",
                older.c.number < deliveries.c.number,
            )
            .exists()
        )
        query = select(deliveries).where(deliveries.c.state == "pending", deliveries.c.next_at <= now, ~held)
        async with self._database.reading() as connection:
            return list(await connection.execute(query.order_by(deliveries.c.number).limit(limit)))

    async def take(self, identity: str, attempts: int, until: datetime) -> bool:
        """Takes a delivery for one attempt; False when another replica has it."""
        changes = update(deliveries).where(
            deliveries.c.id == identity, deliveries.c.state == "pending", deliveries.c.attempts == attempts
        )
        async with self._database.transaction() as transaction:
            done = await transaction.execute(changes.values(attempts=attempts + 1, next_at=until))
            return bool(done.rowcount == 1)

    async def settle(self, identity: str, state: str, next_at: datetime) -> None:
        """Notes how an attempt ended."""
        changes = update(deliveries).where(deliveries.c.id == identity).values(state=state, next_at=next_at)
        async with self._database.transaction() as transaction:
            await transaction.execute(changes)

    async def first_time(self, transaction: Transaction, key: str, case: int, now: datetime) -> bool:
        """Whether a message from outside comes for the first time."""
        statement = insert_for(transaction, outside_messages).values(key=key[:200], case=case, at=now)
        done = await transaction.execute(statement.on_conflict_do_nothing(index_elements=["key"]))
        return bool(done.rowcount)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
