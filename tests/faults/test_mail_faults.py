"""Mail when things break: the server, the line, the worker, each at every stage of the protocol."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from structlog.testing import capture_logs

from bot.db.engine import Database
from bot.db.migrate import upgrade
from bot.mail.smtp_line import SmtpLine
from bot.mail.smtp_server import Postponed, Unknown
from bot.mail.smtp_server import SmtpServer as ServerAddress
from tests.support.mail import QUICK, MailRig, logged
from tests.support.smtp import SmtpServer
from tests.support.waiting import PATIENCE, eventually

BEFORE_THE_DOT = ("MAIL", "RCPT", "DATA")


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """A migrated SQLite database."""
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'mail.db'}")
    await upgrade(database)
    yield database
    await database.close()


@pytest.fixture
def rig(database: Database, smtp_server: SmtpServer) -> MailRig:
    """Outbox and workers, facing the mail server."""
    return MailRig(database, smtp_server.url)


def hide(folder: Path) -> None:
    """Puts a folder where the database file was, so that it cannot be opened."""
    (folder / "away").mkdir()
    for part in folder.glob("mail.db*"):
        part.rename(folder / "away" / part.name)
    (folder / "mail.db").mkdir()


def bring_back(folder: Path) -> None:
    """Undoes :func:`hide`."""
    (folder / "mail.db").rmdir()
    for part in (folder / "away").glob("mail.db*"):
        part.rename(folder / part.name)


async def killed_while_held(rig: MailRig, server: SmtpServer, stage: str) -> str:
    """Runs a worker into a stage of its first mail and kills it there, as a crash would."""
    hold = server.hold(stage)
    mail_id = await rig.add(wake=False)
    task = asyncio.create_task(rig.worker().run())
    await asyncio.wait_for(hold.reached.wait(), 10)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    hold.release()
    return mail_id


async def test_mail_waits_while_the_server_is_away_and_leaves_when_it_is_back(
    rig: MailRig,
    smtp_server: SmtpServer,
) -> None:
    await smtp_server.stop()
    with capture_logs() as logs:
        async with rig.running():
            ids = [await rig.add(f"p{n}@example.org") for n in range(3)]
            await logged(logs, "mail_server_away")
            assert [(await rig.row(mail_id)).state != "failed" for mail_id in ids] == [True] * 3
            await smtp_server.start()
            await smtp_server.wait_for(3)
            rows = [await rig.until(mail_id, "sent") for mail_id in ids]
    assert [row.attempts for row in rows] == [1, 1, 1]


@pytest.mark.parametrize("stage", [*BEFORE_THE_DOT, "END"])
async def test_a_temporary_refusal_is_tried_again(rig: MailRig, smtp_server: SmtpServer, stage: str) -> None:
    smtp_server.reply(stage, "451 4.3.0 later", times=2)
    async with rig.running():
        row = await rig.until(await rig.add(), "sent")
    assert row.attempts == 3
    assert len(smtp_server.messages) == 1


@pytest.mark.parametrize("stage", [*BEFORE_THE_DOT, "END"])
async def test_a_final_refusal_is_kept_as_failed_and_said_without_personal_data(
    rig: MailRig,
    smtp_server: SmtpServer,
    stage: str,
) -> None:
    smtp_server.reply(stage, "550 5.1.1 <ana@example.org> Zorro-Lunar-4821 unknown")
    with capture_logs() as logs:
        async with rig.running():
            refused = await rig.until(await rig.add(), "failed")
            await rig.until(await rig.add("eva@example.org"), "sent")
    assert (refused.payload, refused.last_error, refused.attempts) == (None, "550", 1)
    assert [mail.to for mail in smtp_server.messages] == ["eva@example.org"]
    assert [line["reason"] for line in logs if line["event"] == "mail_failed"] == ["550"]
    assert not any(secret in str(logs) for secret in ("ana@", "eva@", "Zorro", "Quispe", "unknown"))


@pytest.mark.parametrize("stage", BEFORE_THE_DOT)
async def test_a_line_lost_before_the_last_dot_is_tried_again(
    rig: MailRig,
    smtp_server: SmtpServer,
    stage: str,
) -> None:
    smtp_server.drop(stage, times=2)
    async with rig.running():
        row = await rig.until(await rig.add(), "sent")
    assert row.attempts == 3
    assert len(smtp_server.messages) == 1


async def test_a_line_lost_inside_the_message_never_gets_the_dot(smtp_server: SmtpServer) -> None:
    smtp_server.drop("BODY")
    line = SmtpLine(ServerAddress.from_url(smtp_server.url), "example.org", timeout=5, verdict_timeout=5)
    await line.offer("ayuda@example.org", "ana@example.org", b"Subject: hola\r\n\r\nhola\r\n")

    async def lost() -> bool:
        return not line.is_open

    await eventually(lost)
    with pytest.raises(Postponed):
        await line.finish()
    assert smtp_server.messages == []


async def test_a_mail_is_not_sent_again_when_the_answer_to_the_dot_is_lost(
    rig: MailRig,
    smtp_server: SmtpServer,
) -> None:
    smtp_server.drop("END", keep=True)
    with capture_logs() as logs:
        async with rig.running() as worker:
            row = await rig.until(await rig.add(), "uncertain")
            await rig.until(await rig.add("eva@example.org"), "sent")
            assert (await worker.counts())["uncertain"] == 1
    assert row.payload is None
    assert len(smtp_server.sent_to("ana@example.org")) == 1
    assert [line["event"] for line in logs if "uncertain" in line["event"]] == ["mail_uncertain"]


async def test_an_uncertain_mail_goes_again_under_the_same_message_id_where_the_operator_wants_it(
    rig: MailRig,
    smtp_server: SmtpServer,
) -> None:
    smtp_server.drop("END", keep=True)
    async with rig.running(resend_uncertain=True):
        await rig.until(await rig.add(), "sent")
    first, second = smtp_server.messages
    assert first.message["Message-ID"] == second.message["Message-ID"]
    assert first.raw == second.raw


async def test_a_server_silent_behind_the_dot_leaves_the_mail_uncertain(smtp_server: SmtpServer) -> None:
    smtp_server.hold("END")
    line = SmtpLine(ServerAddress.from_url(smtp_server.url), "example.org", timeout=5, verdict_timeout=0.05)
    await line.offer("ayuda@example.org", "ana@example.org", b"Subject: hola\r\n\r\nhola\r\n")
    with pytest.raises(Unknown) as caught:
        await line.finish()
    assert caught.value.reason == "timeout"


@pytest.mark.parametrize("stage", BEFORE_THE_DOT)
async def test_a_worker_that_dies_before_the_dot_leaves_a_mail_that_another_delivers_once(
    rig: MailRig,
    smtp_server: SmtpServer,
    stage: str,
) -> None:
    mail_id = await killed_while_held(rig, smtp_server, stage)
    assert (await rig.row(mail_id)).state == "sending"
    async with rig.running():
        await rig.add("eva@example.org")
        await smtp_server.wait_for(1)
        assert smtp_server.sent_to("ana@example.org") == [], "the dead worker's lease still stands"
        rig.clock.later = timedelta(seconds=QUICK.lease + 1)
        await rig.until(mail_id, "sent")
    assert len(smtp_server.sent_to("ana@example.org")) == 1


async def test_a_worker_that_dies_behind_the_dot_leaves_an_uncertain_mail(
    rig: MailRig,
    smtp_server: SmtpServer,
) -> None:
    mail_id = await killed_while_held(rig, smtp_server, "END")
    assert (await rig.row(mail_id)).stage == "ending"
    rig.clock.later = timedelta(seconds=QUICK.lease + QUICK.verdict + 1)
    async with rig.running():
        row = await rig.until(mail_id, "uncertain")
        await rig.until(await rig.add("eva@example.org"), "sent")
    assert (row.payload, row.last_error) == (None, "abandoned")
    assert len(smtp_server.sent_to("ana@example.org")) <= 1


async def test_a_worker_that_lost_its_lease_breaks_off_before_the_dot(
    rig: MailRig,
    smtp_server: SmtpServer,
) -> None:
    hold = smtp_server.hold("DATA")
    mail_id = await rig.add(wake=False)
    async with rig.running():
        await asyncio.wait_for(hold.reached.wait(), 10)
        rig.clock.later = timedelta(seconds=QUICK.lease + 1)
        async with rig.running():
            await rig.until(mail_id, "sent")
            hold.release()
    assert len(smtp_server.messages) == 1


async def test_stopping_finishes_the_mail_under_way(rig: MailRig, smtp_server: SmtpServer) -> None:
    hold = smtp_server.hold("END")
    mail_id = await rig.add(wake=False)
    worker = rig.worker()
    task = asyncio.create_task(worker.run())
    await asyncio.wait_for(hold.reached.wait(), 10)
    worker.stop()
    hold.release()
    await asyncio.wait_for(task, PATIENCE)
    assert (await rig.row(mail_id)).state == "sent"


async def test_a_connection_closed_while_idle_costs_no_try(rig: MailRig, smtp_server: SmtpServer) -> None:
    async with rig.running():
        await rig.until(await rig.add(), "sent")
        await smtp_server.stop()
        await smtp_server.start()
        row = await rig.until(await rig.add(), "sent")
    assert row.attempts == 1


async def test_a_slow_server_is_given_up_in_time_and_tried_again(
    rig: MailRig,
    smtp_server: SmtpServer,
) -> None:
    hold = smtp_server.hold("RCPT")
    async with rig.running(pace=replace(QUICK, answer=0.1)):
        row = await rig.until(await rig.add(), "sent")
    hold.release()
    assert row.attempts == 2


async def test_a_mail_that_nobody_takes_for_days_is_given_up(rig: MailRig, smtp_server: SmtpServer) -> None:
    smtp_server.reply("RCPT", "450 4.2.0 later", times=None)
    mail_id = await rig.add(wake=False)
    rig.clock.later = timedelta(days=3)
    async with rig.running():
        row = await rig.until(mail_id, "failed")
    assert (row.last_error, row.payload) == ("too_old", None)


async def test_mail_under_another_key_fails_and_the_rest_goes_on(
    rig: MailRig,
    database: Database,
    smtp_server: SmtpServer,
) -> None:
    stranger = MailRig(database, smtp_server.url, key=Fernet.generate_key())
    mail_id = await stranger.add(wake=False)
    async with rig.running():
        row = await rig.until(mail_id, "failed")
        await rig.until(await rig.add("eva@example.org"), "sent")
    assert row.last_error == "unreadable"


async def test_a_wrong_login_keeps_the_mail_for_when_it_is_right(rig: MailRig, smtp_server: SmtpServer) -> None:
    smtp_server.username, smtp_server.password = "ventanilla", "right"
    wrong = MailRig(rig.database, smtp_server.url.replace("right", "wrong"), key=rig.key)
    mail_id = await rig.add(wake=False)
    with capture_logs() as logs:
        async with wrong.running():
            await logged(logs, "mail_server_away")
    assert {line["reason"] for line in logs if line["event"] == "mail_server_away"} == {"535"}
    assert "wrong" not in str(logs)
    right = MailRig(rig.database, smtp_server.url, key=rig.key)
    async with right.running():
        await right.until(mail_id, "sent")


async def test_a_database_that_is_away_for_a_moment_does_not_end_the_worker(
    rig: MailRig,
    smtp_server: SmtpServer,
    tmp_path: Path,
) -> None:
    with capture_logs() as logs:
        async with rig.running():
            await rig.until(await rig.add(), "sent")
            await rig.database.close()
            hide(tmp_path)
            await logged(logs, "mail_worker_trouble")
            bring_back(tmp_path)
            await rig.until(await rig.add("eva@example.org"), "sent")
    assert len(smtp_server.messages) == 2
