"""With an account system of somebody else's, a mail is neither lost nor untrue, whatever breaks when."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from bot.accounts.hashing import Argon2
from bot.accounts.http_backend import HttpAccountBackend
from bot.accounts.interfaces import AccountBackendUnavailable, ResetLinkInvalid, Result
from bot.accounts.pending_store import pending
from bot.accounts.reference_server import reference_app
from bot.accounts.sql_store import SqlAccountBackend
from bot.db.engine import Database
from bot.platforms import Platform
from tests.unit.accounts.support import PLATFORMS, House, Time, build_house

SEACE, SECOP2 = Platform.SEACE, Platform.SECOP2
ANA = ("001952_56989", "ana@muni.example.org")
PASSWORD = "lluvia-2031-azul"


class Line(httpx.AsyncBaseTransport):
    """A line to the server on which calls that change something can fail, before or after they were carried out."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self.inner = inner
        self.broken = ""
        self.changes = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        changing = request.url.path.endswith("/password")
        if self.broken == "refused" and changing:
            raise httpx.ConnectError("refused")
        response = await self.inner.handle_async_request(request)
        self.changes += changing
        if self.broken == "answer_lost" and changing:
            raise httpx.ReadError("lost")
        return response


class Remote:
    """The house, the other system and the line between them."""

    def __init__(self, house: House, line: Line, theirs: SqlAccountBackend, time: Time) -> None:
        self.house, self.line, self.theirs, self.time = house, line, theirs, time

    def pass_(self, **amount: float) -> None:
        self.house.time.pass_(**amount)
        self.time.now = self.house.time.now

    async def works(self, platform: Platform, login: str, password: str) -> bool:
        return await self.theirs.verify_password(platform, login, password)


@pytest.fixture
async def remote(database: Database, tmp_path: Path, prepared_database: Path) -> AsyncIterator[Remote]:
    shutil.copy(prepared_database, tmp_path / "theirs.db")
    their_database, time = Database(f"sqlite+aiosqlite:///{tmp_path / 'theirs.db'}"), Time()
    theirs = SqlAccountBackend(their_database, PLATFORMS, Argon2(), time)
    line = Line(httpx.ASGITransport(reference_app(theirs, their_database, "t0ken")))
    backend = HttpAccountBackend("http://t0ken@accounts.example.org", transport=line, pause=0)
    yield Remote(build_house(database, backend=backend), line, theirs, time)
    await backend.close()
    await their_database.close()


async def test_the_mailed_password_works_and_no_note_is_left(remote: Remote) -> None:
    outcome = await remote.house.accounts.reset_by_code(SEACE, *ANA, remote.house.ask())
    mail = await remote.house.last_mail()
    assert outcome.result is Result.ACCEPTED
    assert await remote.works(SEACE, ANA[0], mail.facts["password"])
    assert await remote.house.count(pending) == 0 and remote.house.outbox.woken == 1


async def test_a_wrong_pair_changes_nothing_and_is_answered_alike(remote: Remote) -> None:
    context = remote.house.ask()
    assert (
        await remote.house.accounts.reset_by_code(SEACE, ANA[0], "x@example.org", context)
    ).result is Result.ACCEPTED
    assert remote.line.changes == 0 and await remote.house.mails() == []


async def test_a_system_that_refuses_changes_nothing_and_the_same_message_may_try_again(remote: Remote) -> None:
    remote.line.broken = "refused"
    context = remote.house.ask()
    assert (await remote.house.accounts.reset_by_code(SEACE, *ANA, context)).result is Result.UNAVAILABLE
    assert await remote.house.mails() == [] and await remote.house.count(pending) == 0
    remote.line.broken = ""
    assert (await remote.house.accounts.reset_by_code(SEACE, *ANA, context)).result is Result.ACCEPTED
    assert await remote.works(SEACE, ANA[0], (await remote.house.last_mail()).facts["password"])


async def test_a_lost_answer_is_made_good_with_a_fresh_password(remote: Remote) -> None:
    remote.line.broken = "answer_lost"
    asked = await remote.house.accounts.reset_by_code(SEACE, *ANA, remote.house.ask())
    assert asked.result is Result.UNAVAILABLE and await remote.house.mails() == []
    remote.line.broken = ""
    assert await remote.house.accounts.recover() == 0
    remote.pass_(minutes=3)
    assert await remote.house.accounts.recover() == 1
    (mail,) = await remote.house.mails()
    assert mail.kind == "seace_new_password" and mail.to == ANA[1]
    assert await remote.works(SEACE, ANA[0], mail.facts["password"])
    assert await remote.house.accounts.recover() == 0


async def test_while_a_change_is_under_way_a_second_request_waits_for_its_mail(remote: Remote) -> None:
    remote.line.broken = "answer_lost"
    await remote.house.accounts.reset_by_code(SEACE, *ANA, remote.house.ask())
    remote.line.broken = ""
    second = await remote.house.accounts.reset_by_code(SEACE, *ANA, remote.house.ask("other"))
    assert second.result is Result.ACCEPTED and await remote.house.mails() == []
    remote.pass_(minutes=3)
    await remote.house.accounts.recover()
    (mail,) = await remote.house.mails()
    assert await remote.works(SEACE, ANA[0], mail.facts["password"])


async def test_recovery_that_fails_again_is_left_for_the_next_time(remote: Remote) -> None:
    remote.line.broken = "answer_lost"
    await remote.house.accounts.reset_by_code(SEACE, *ANA, remote.house.ask())
    remote.pass_(minutes=3)
    remote.line.broken = "refused"
    assert await remote.house.accounts.recover() == 0
    remote.line.broken = ""
    remote.pass_(minutes=3)
    assert await remote.house.accounts.recover() == 1
    assert await remote.works(SEACE, ANA[0], (await remote.house.last_mail()).facts["password"])


async def test_no_password_lies_in_our_database_meanwhile(remote: Remote) -> None:
    remote.line.broken = "answer_lost"
    await remote.house.accounts.reset_by_code(SEACE, *ANA, remote.house.ask())
    async with remote.house.database.reading() as connection:
        (row,) = (await connection.execute(pending.select())).all()
    assert "seace_new_password" in str(row.plan)
    assert all("password" not in facts for _kind, _to, facts, _reveals in row.plan["letters"])


async def link_token(remote: Remote) -> str:
    await remote.house.accounts.send_link(SECOP2, "gabrielasol", remote.house.ask())
    return str((await remote.house.last_mail()).facts["link"]).rpartition("/")[2]


async def test_a_link_works_once_over_the_line(remote: Remote) -> None:
    token = await link_token(remote)
    await remote.house.accounts.complete_reset(token, PASSWORD)
    assert await remote.works(SECOP2, "gabrielasol", PASSWORD)
    with pytest.raises(ResetLinkInvalid):
        await remote.house.accounts.complete_reset(token, "otra-2031-azul")
    assert (await remote.house.last_mail()).kind == "password_changed"


async def test_a_refused_change_leaves_the_link_valid(remote: Remote) -> None:
    token = await link_token(remote)
    remote.line.broken = "refused"
    with pytest.raises(AccountBackendUnavailable):
        await remote.house.accounts.complete_reset(token, PASSWORD)
    remote.line.broken = ""
    await remote.house.accounts.complete_reset(token, PASSWORD)
    assert await remote.works(SECOP2, "gabrielasol", PASSWORD)


async def test_after_a_lost_answer_the_holder_is_told_if_the_password_was_changed(remote: Remote) -> None:
    token = await link_token(remote)
    remote.line.broken = "answer_lost"
    with pytest.raises(AccountBackendUnavailable):
        await remote.house.accounts.complete_reset(token, PASSWORD)
    remote.line.broken = ""
    remote.pass_(minutes=3)
    assert await remote.house.accounts.recover() == 1
    assert (await remote.house.last_mail()).kind == "password_changed"
    with pytest.raises(ResetLinkInvalid):
        await remote.house.accounts.open_reset(token)


async def test_after_a_crash_before_the_change_the_link_works_again(remote: Remote) -> None:
    token = await link_token(remote)
    remote.line.broken = "answer_lost"
    kept = remote.line.inner
    remote.line.inner = Searching(kept)
    with pytest.raises(AccountBackendUnavailable):
        await remote.house.accounts.complete_reset(token, PASSWORD)
    remote.line.inner, remote.line.broken = kept, ""
    remote.pass_(minutes=3)
    assert await remote.house.accounts.recover() == 0
    await remote.house.accounts.complete_reset(token, PASSWORD)
    assert await remote.works(SECOP2, "gabrielasol", PASSWORD)


class Searching(httpx.AsyncBaseTransport):
    """Carries searches through and swallows everything else."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self.inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/search"):
            return await self.inner.handle_async_request(request)
        return httpx.Response(204)
