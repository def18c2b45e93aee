"""The demonstration's mailbox: real SMTP in, real HTTP out, for this machine alone."""

from __future__ import annotations

import stat
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiosmtplib
import httpx
import pytest
from starlette.applications import Starlette

from bot.db.engine import Database
from bot.mail.mailbox import Mailbox
from bot.mail.mailbox_pages import mailbox_routes
from tests.support.mail import MailRig
from tests.support.serving import serving

HOSTILE = (
    b"From: <script>alert(1)</script> <x@example.org>\r\nTo: ana@example.org\r\n"
    b"Subject: </title><script>alert(2)</script>\r\nMIME-Version: 1.0\r\n"
    b"Content-Type: text/html; charset=utf-8\r\n\r\n"
    b"<html><head></head><body><script>alert(3)</script><img src=https://example.org/x.png></body></html>\r\n"
)


@pytest.fixture
async def mailbox(tmp_path: Path) -> AsyncIterator[Mailbox]:
    """A mailbox that listens."""
    mailbox = Mailbox(tmp_path / "correo", kept=5)
    await mailbox.start()
    yield mailbox
    await mailbox.stop()


@pytest.fixture
async def client(mailbox: Mailbox) -> AsyncIterator[httpx.AsyncClient]:
    """A browser on this machine."""
    app = Starlette(routes=mailbox_routes(mailbox))
    async with serving(app) as address, httpx.AsyncClient(base_url=address, trust_env=False) as client:
        yield client


async def hand_in(mailbox: Mailbox, *recipients: str, message: bytes = b"Subject: hola\r\n\r\nhola\r\n") -> None:
    await aiosmtplib.send(
        message,
        sender="ayuda@example.org",
        recipients=list(recipients),
        hostname="127.0.0.1",
        port=mailbox.port,
        local_hostname="example.org",
    )


async def test_a_mail_of_the_outbox_can_be_read_in_the_mailbox(
    mailbox: Mailbox, client: httpx.AsyncClient, database: Database
) -> None:
    rig = MailRig(database, mailbox.smtp_url)
    async with rig.running():
        await rig.until(await rig.add("ana@example.org"), "sent")
    (mail,) = (await client.get("/correo/api/messages", params={"to": "ana@example.org"})).json()
    assert mail["to"] == "ana@example.org"
    assert mail["subject"] == "Su nueva contraseña de SEACE"
    assert "Zorro-Lunar-4821" in mail["text"] and "Zorro-Lunar-4821" in mail["html"]
    assert mail["headers"]["Auto-Submitted"] == "auto-generated"
    assert not any(name.startswith("X-Mailbox") for name in mail["headers"])
    for view in ("", "?ver=texto", "?ver=cabeceras"):
        page = await client.get(f"/correo/{mail['id']}{view}")
        assert page.status_code == 200 and "Su nueva contraseña de SEACE" in page.text
    assert "Zorro-Lunar-4821" in (await client.get(f"/correo/{mail['id']}/html")).text


async def test_the_list_is_newest_first_and_searched_by_recipient(mailbox: Mailbox, client: httpx.AsyncClient) -> None:
    for address in ("ana@example.org", "eva@example.org", "Ana@otra.example"):
        await hand_in(mailbox, address)
    assert [mail["to"] for mail in (await client.get("/correo/api/messages")).json()] == [
        "Ana@otra.example",
        "eva@example.org",
        "ana@example.org",
    ]
    found = (await client.get("/correo", params={"para": " ANA@ "})).text
    assert "Ana@otra.example" in found and "ana@example.org" in found and "eva@example.org" not in found
    assert "No hay correos para" in (await client.get("/correo", params={"para": "nadie"})).text


async def test_the_list_answers_304_until_something_arrives(mailbox: Mailbox, client: httpx.AsyncClient) -> None:
    first = await client.get("/correo/lista")
    tag = {"If-None-Match": first.headers["etag"]}
    assert (await client.get("/correo/lista", headers=tag)).status_code == 304
    await hand_in(mailbox, "ana@example.org")
    second = await client.get("/correo/lista", headers=tag)
    assert second.status_code == 200 and "ana@example.org" in second.text


async def test_messages_survive_a_restart_and_only_the_last_are_kept(mailbox: Mailbox, tmp_path: Path) -> None:
    for n in range(7):
        await hand_in(mailbox, f"p{n}@example.org")
    again = Mailbox(tmp_path / "correo", kept=5)
    await again.start()
    await again.stop()
    assert [mail.to for mail in again.messages()] == [f"p{n}@example.org" for n in (6, 5, 4, 3, 2)]
    assert [mail.id for mail in again.messages()] == [7, 6, 5, 4, 3]
    assert len(list((tmp_path / "correo").iterdir())) == 5


async def test_the_files_are_for_their_owner_alone(mailbox: Mailbox, tmp_path: Path) -> None:
    await hand_in(mailbox, "ana@example.org")
    folder = tmp_path / "correo"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()] == [0o600]


async def test_a_mail_to_several_people_is_kept_for_each(mailbox: Mailbox) -> None:
    await hand_in(mailbox, "ana@example.org", "eva@example.org")
    assert sorted(mail.to for mail in mailbox.messages()) == ["ana@example.org", "eva@example.org"]


async def test_hostile_mail_is_shown_and_harmless(mailbox: Mailbox, client: httpx.AsyncClient) -> None:
    await hand_in(mailbox, "ana@example.org", message=HOSTILE)
    for path in ("/correo", "/correo/1", "/correo/1?ver=texto", "/correo/1?ver=cabeceras", "/correo/lista"):
        page = await client.get(path)
        assert page.status_code == 200
        assert "<script>alert" not in page.text
    policy = (await client.get("/correo/1/html")).headers["content-security-policy"]
    assert policy.startswith("sandbox ") and "allow-scripts" not in policy and "default-src 'none'" in policy


async def test_our_pages_allow_no_script_or_style_inside_them(mailbox: Mailbox, client: httpx.AsyncClient) -> None:
    await hand_in(mailbox, "ana@example.org")
    for path in ("/correo", "/correo/1"):
        page = await client.get(path)
        assert "unsafe" not in page.headers["content-security-policy"]
        assert " style=" not in page.text and "<style" not in page.text and " onclick" not in page.text
        assert page.headers["cache-control"] == "no-store"


async def test_a_mail_that_is_gone_is_said_so(client: httpx.AsyncClient) -> None:
    page = await client.get("/correo/99")
    assert page.status_code == 404 and "ya no está" in page.text
    assert (await client.get("/correo/99/html")).status_code == 404


async def test_deleting_needs_a_page_of_ours(mailbox: Mailbox, client: httpx.AsyncClient, tmp_path: Path) -> None:
    await hand_in(mailbox, "ana@example.org")
    for headers in ({}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
        assert (await client.post("/correo/borrar", headers=headers)).status_code == 403
    assert len(mailbox.messages()) == 1
    ours = {"Origin": str(client.base_url).rstrip("/")}
    assert (await client.post("/correo/borrar", headers=ours)).status_code == 303
    assert mailbox.messages() == [] and list((tmp_path / "correo").iterdir()) == []


@pytest.mark.parametrize(
    ("address", "host", "status"),
    [
        ("127.0.0.1", "127.0.0.1:8000", 200),
        ("127.0.0.1", "localhost:8000", 200),
        ("::1", "[::1]:8000", 200),
        ("::ffff:127.0.0.1", "localhost", 200),
        ("192.0.2.7", "127.0.0.1:8000", 403),
        ("127.0.0.1", "evil.example", 403),
        ("127.0.0.1", "127.0.0.1.evil.example", 403),
        ("127.0.0.1", "", 403),
        ("", "localhost", 403),
    ],
)
@pytest.mark.parametrize("path", ["/correo", "/correo/api/messages", "/correo/static/mailbox.css", "/correo/lista"])
async def test_only_this_machine_is_let_in(mailbox: Mailbox, path: str, address: str, host: str, status: int) -> None:
    app: Any = Starlette(routes=mailbox_routes(mailbox))
    transport = httpx.ASGITransport(app=app, client=(address, 1234))
    async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
        assert (await client.get(path, headers={"Host": host})).status_code == status
