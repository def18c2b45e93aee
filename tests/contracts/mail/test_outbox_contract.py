"""What the outbox promises, on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta

import pytest

from bot.db.engine import Database
from bot.mail.interfaces import OutgoingMail, UnknownMailKind
from tests.support.mail import FACTS, MailRig
from tests.support.smtp import SmtpServer
from tests.support.waiting import eventually


async def test_a_mail_is_delivered_after_commit(rig: MailRig, smtp_server: SmtpServer) -> None:
    async with rig.running():
        mail_id = await rig.add("ana@example.org")
        received = await smtp_server.next_message()
        row = await rig.until(mail_id, "sent")
    assert (received.to, received.sender) == ("ana@example.org", "ayuda@example.org")
    assert "Zorro-Lunar-4821" in received.text
    assert row.payload is None
    assert row.sent_at is not None
    assert row.attempts == 1


async def test_a_mail_of_a_rolled_back_transaction_never_goes_out(rig: MailRig, smtp_server: SmtpServer) -> None:
    with pytest.raises(RuntimeError):
        async with rig.database.transaction() as transaction:
            await rig.outbox.add(transaction, OutgoingMail("seace_new_password", "eva@example.org", FACTS))
            raise RuntimeError
    async with rig.running():
        await rig.add("ana@example.org")
        await smtp_server.next_message()
    assert smtp_server.sent_to("eva@example.org") == []


async def test_a_second_mail_with_the_same_key_is_not_written(rig: MailRig, smtp_server: SmtpServer) -> None:
    first = await rig.add(key="reset-1")
    second = await rig.add(key="reset-1", password="Otra-Clave-9")
    other = await rig.add(key="reset-2")
    assert second == first != other
    async with rig.running():
        await rig.until(first, "sent")
        await rig.until(other, "sent")
        assert await rig.add(key="reset-1") == first
    assert len(smtp_server.messages) == 2


async def test_a_key_raced_by_two_replicas_is_written_once(rig: MailRig, second_database: Database) -> None:
    async def write(database: Database) -> str:
        async with database.transaction() as transaction:
            return await rig.outbox.add(transaction, OutgoingMail("seace_new_password", "a@example.org", FACTS, "same"))

    ids = await asyncio.gather(*(write(base) for base in [rig.database, second_database] * 4))
    assert len(set(ids)) == 1


async def test_mails_without_a_key_are_all_written(rig: MailRig) -> None:
    assert len({await rig.add(), await rig.add(), await rig.add()}) == 3


async def test_an_unknown_kind_is_refused(rig: MailRig) -> None:
    for kind in ("no_such_mail", "base", "_parts", "../base", ""):
        with pytest.raises(UnknownMailKind):
            async with rig.database.transaction() as transaction:
                await rig.outbox.add(transaction, OutgoingMail(kind, "ana@example.org", FACTS))


async def test_an_address_that_no_server_takes_fails_without_an_error(rig: MailRig, smtp_server: SmtpServer) -> None:
    async with rig.running():
        for address in ("", "ana", "ana@", "a b@example.org", "ana@example.org\r\nBcc: eva@example.org", "@x.org"):
            row = await rig.row(await rig.add(address))
            assert (row.state, row.payload, row.last_error) == ("failed", None, "bad_address")
        await rig.add("ana@example.org")
        await smtp_server.next_message()
    assert [mail.to for mail in smtp_server.messages] == ["ana@example.org"]


async def test_workers_of_two_replicas_deliver_each_mail_once(
    rig: MailRig, second_database: Database, smtp_server: SmtpServer
) -> None:
    other = MailRig(second_database, smtp_server.url, key=rig.key)
    wanted = [f"persona{n}@example.org" for n in range(30)]
    for address in wanted:
        await rig.add(address, wake=False)
    async with rig.running(lanes=3), other.running(lanes=3) as worker:
        await smtp_server.wait_for(len(wanted))

        async def all_sent() -> bool:
            return (await worker.counts())["sent"] == len(wanted)

        await eventually(all_sent)
    assert Counter(mail.to for mail in smtp_server.messages) == Counter(wanted)


async def test_the_counts_name_every_state(rig: MailRig) -> None:
    await rig.add("nobody")
    await rig.add()
    assert await rig.worker().counts() == {"pending": 1, "sending": 0, "sent": 0, "failed": 1, "uncertain": 0}


async def test_old_mails_that_ended_are_removed_and_waiting_ones_kept(rig: MailRig, smtp_server: SmtpServer) -> None:
    async with rig.running():
        await rig.until(await rig.add(), "sent")
    smtp_server.drop("CONNECT", times=None)
    waiting = await rig.add(wake=False)
    rig.clock.later = timedelta(days=31)
    async with rig.running() as worker:

        async def removed() -> bool:
            return (await worker.counts())["sent"] == 0

        await eventually(removed)
    assert (await rig.row(waiting)).state == "pending"
