"""What the delivery worker reads and writes in the outbox: leases, stages and endings.

Every write says which lease it rests on, so a worker that was away for too long changes nothing any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, func, or_, select, update

from bot.db.engine import Database, Transaction
from bot.mail.outbox_store import outbox

STATES = ("pending", "sending", "sent", "failed", "uncertain")


@dataclass(frozen=True)
class TakenMail:
    """One mail that this worker holds a lease on."""

    id: str
    kind: str
    to: str
    payload: bytes
    attempts: int
    message_id: str
    created_at: datetime


class DeliveryStore:
    """The outbox as one delivery worker sees it.

    Args:
        owner: the worker's name in the leases; unique for each running worker.
        lease: how long a mail is held. Longer than a delivery can last, or two workers could send the same mail.
        resend_uncertain: whether a mail goes out again whose acceptance nobody knows.
    """

    def __init__(self, database: Database, owner: str, lease: timedelta, *, resend_uncertain: bool = False) -> None:
        self._database = database
        self._owner = owner
        self._lease = lease
        self._resend_uncertain = resend_uncertain

    async def next_due(self) -> datetime | None:
        """When the next mail or the next abandoned lease is due; None when nothing waits. Takes no write lock."""
        waiting = select(func.min(outbox.c.next_attempt_at)).where(outbox.c.state == "pending")
        held = select(func.min(outbox.c.lease_until)).where(outbox.c.state == "sending")
        async with self._database.reading() as connection:
            moments = [await connection.scalar(waiting), await connection.scalar(held)]
        return min((moment for moment in moments if moment is not None), default=None)

    async def take(self, now: datetime) -> TakenMail | None:
        """Takes the mail that has been due for longest, if there is one that nobody else holds."""
        async with self._database.transaction() as transaction:
            row = (
                await transaction.execute(
                    select(outbox)
                    .where(self._due(now))
                    .order_by(outbox.c.next_attempt_at, outbox.c.created_at)
                    .limit(1)
                    .with_for_update(skip_locked=True)
                )
            ).one_or_none()
            if row is None:
                return None
            values = {
                "state": "sending",
                "stage": "talking",
                "attempts": row.attempts + 1,
                "lease_owner": self._owner,
                "lease_until": now + self._lease,
            }
            await transaction.execute(update(outbox).where(outbox.c.id == row.id).values(values))
        return TakenMail(row.id, row.kind, row.recipient, row.payload, row.attempts + 1, row.message_id, row.created_at)

    def _due(self, now: datetime) -> Any:
        abandoned = and_(outbox.c.state == "sending", outbox.c.lease_until < now)
        if not self._resend_uncertain:
            abandoned = and_(abandoned, outbox.c.stage != "ending")
        return or_(and_(outbox.c.state == "pending", outbox.c.next_attempt_at <= now), abandoned)

    async def give_up_abandoned(self, now: datetime) -> int:
        """Mails whose sender vanished after the last dot may have gone out: nobody knows whether they were accepted.

        Returns:
            How many there were.
        """
        if self._resend_uncertain:
            return 0
        async with self._database.transaction() as transaction:
            result = await transaction.execute(
                update(outbox)
                .where(outbox.c.state == "sending", outbox.c.stage == "ending", outbox.c.lease_until < now)
                .values(state="uncertain", payload=None, last_error="abandoned", lease_owner="", lease_until=None)
            )
        return int(result.rowcount)

    async def ending(self, mail: TakenMail, until: datetime) -> bool:
        """Notes, before the last dot is written, that the server may accept the mail from now on.

        Args:
            until: the lease's new end, behind the longest time that the server's verdict may take.

        Returns:
            Whether the lease still stands; if not, the dot must not be written.
        """
        return await self._set(mail, stage="ending", lease_until=until)

    async def sent(self, mail: TakenMail, now: datetime) -> bool:
        """Notes that the server has accepted the mail, and drops its text."""
        return await self._end(mail, state="sent", payload=None, sent_at=now, last_error="")

    async def failed(self, mail: TakenMail, reason: str) -> bool:
        """Notes that the mail will never go out, and drops its text."""
        return await self._end(mail, state="failed", payload=None, last_error=reason)

    async def uncertain(self, mail: TakenMail, reason: str) -> bool:
        """Notes that nobody knows whether the mail was accepted, and drops its text."""
        return await self._end(mail, state="uncertain", payload=None, last_error=reason)

    async def retry(self, mail: TakenMail, at: datetime, reason: str) -> bool:
        """Puts the mail back for another try."""
        return await self._end(mail, state="pending", next_attempt_at=at, last_error=reason)

    async def put_back(self, mail: TakenMail, reason: str) -> bool:
        """Puts the mail back as if it had not been taken: the fault was not the mail's."""
        return await self._end(mail, state="pending", attempts=mail.attempts - 1, last_error=reason)

    async def counts(self) -> dict[str, int]:
        """How many mails are in each state."""
        query = select(outbox.c.state, func.count()).group_by(outbox.c.state)
        async with self._database.reading() as connection:
            found = {state: int(count) for state, count in (await connection.execute(query)).all()}
        return {state: found.get(state, 0) for state in STATES}

    async def purge(self, before: datetime) -> int:
        """Removes mails that ended and are older; their keys are forgotten with them."""
        async with self._database.transaction() as transaction:
            result = await transaction.execute(
                delete(outbox).where(outbox.c.state.in_(("sent", "failed", "uncertain")), outbox.c.created_at < before)
            )
        return int(result.rowcount)

    async def _end(self, mail: TakenMail, **values: Any) -> bool:
        return await self._set(mail, stage="", lease_owner="", lease_until=None, **values)

    async def _set(self, mail: TakenMail, **values: Any) -> bool:
        async with self._database.transaction() as transaction:
            return await _update_held(transaction, mail.id, self._owner, values)


async def _update_held(transaction: Transaction, mail_id: str, owner: str, values: dict[str, Any]) -> bool:
    result = await transaction.execute(
        update(outbox)
        .where(outbox.c.id == mail_id, outbox.c.lease_owner == owner, outbox.c.state == "sending")
        .values(values)
    )
    return bool(result.rowcount)
