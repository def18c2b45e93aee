"""The worker on a real mail server: quick, encrypted, one connection for many mails."""

from __future__ import annotations

import os
import ssl
import stat
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.db.engine import Database
from bot.errors import SettingsError
from bot.mail.secrets import load_key
from tests.support.mail import QUICK, MailRig, logged
from tests.support.smtp import SmtpServer
from tests.support.waiting import eventually

SECRETS = (b"Zorro-Lunar-4821", b"Quispe", "Ñahui".encode(), "Su nueva contraseña".encode())


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """A certificate for 127.0.0.1 and its key."""
    folder = tmp_path_factory.mktemp("tls")
    cert, key = str(folder / "cert.pem"), str(folder / "key.pem")
    command = (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1"
    )
    subprocess.run([*command.split(), "-keyout", key, "-out", cert], check=True, capture_output=True)
    return cert, key


def files_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.glob("mail.db*"))


async def test_the_first_delivery_follows_the_wake_at_once(rig: MailRig, smtp_server: SmtpServer) -> None:
    async with rig.running(pace=replace(QUICK, poll=60)) as worker:
        await worker.counts()
        mail_id = await rig.add(wake=False)
        begun = time.monotonic()
        rig.outbox.wake()
        await rig.until(mail_id, "sent")
    # About 20 ms are usual; what this rules out is waiting for the next poll.
    assert time.monotonic() - begun < 5


async def test_many_mails_share_one_connection(rig: MailRig, smtp_server: SmtpServer) -> None:
    for n in range(10):
        await rig.add(f"p{n}@example.org", wake=False)
    async with rig.running():
        await smtp_server.wait_for(10)
    assert smtp_server.connections == 1


async def test_an_idle_connection_is_closed(rig: MailRig, smtp_server: SmtpServer) -> None:
    async with rig.running(pace=replace(QUICK, idle=0.01)):
        await rig.until(await rig.add(), "sent")

        async def closed() -> bool:
            return smtp_server.open_connections == 0

        await eventually(closed)


async def test_a_refused_mail_leaves_the_connection_usable(rig: MailRig, smtp_server: SmtpServer) -> None:
    smtp_server.reply("RCPT", "550 5.1.1 nobody")
    async with rig.running():
        await rig.until(await rig.add(), "failed")
        await rig.until(await rig.add("eva@example.org"), "sent")
    assert smtp_server.connections == 1


async def test_nothing_secret_is_readable_in_the_database_file(
    rig: MailRig, smtp_server: SmtpServer, tmp_path: Path
) -> None:
    mail_id = await rig.add(wake=False)
    waiting = (await rig.row(mail_id)).payload
    assert waiting and waiting[:200] in files_of(tmp_path)
    for secret in SECRETS:
        assert secret not in files_of(tmp_path)
    async with rig.running():
        row = await rig.until(mail_id, "sent")
    assert row.payload is None


async def test_the_log_names_no_person_and_no_secret(rig: MailRig, smtp_server: SmtpServer) -> None:
    with capture_logs() as logs:
        async with rig.running():
            await rig.add()
            await logged(logs, "mail_sent")
    assert not any(word in str(logs) for word in ("ana@", "Quispe", "Zorro", "001952"))


@pytest.mark.parametrize("implicit", [False, True])
async def test_the_line_is_encrypted_where_the_server_can(
    database: Database, certificate: tuple[str, str], implicit: bool
) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    trust = ssl.create_default_context(cafile=certificate[0])
    server = SmtpServer(username="venta nilla", password="p@ss:w/d", tls_context=context, implicit_tls=implicit)
    async with server:
        rig = MailRig(database, server.url.replace("venta nilla:p@ss:w/d", "venta%20nilla:p%40ss%3Aw%2Fd"))
        async with rig.running(tls_context=trust):
            await rig.until(await rig.add(), "sent")
    assert server.encrypted == [True]


@pytest.mark.parametrize("implicit", [False, True])
async def test_a_certificate_that_nobody_vouches_for_gets_no_mail(
    database: Database, certificate: tuple[str, str], implicit: bool
) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    async with SmtpServer(tls_context=context, implicit_tls=implicit) as server:
        rig = MailRig(database, server.url)
        with capture_logs() as logs:
            async with rig.running():
                await rig.add()
                await logged(logs, "mail_server_away")
    assert {line["reason"] for line in logs if line["event"] == "mail_server_away"} == {"tls"}
    assert server.messages == []


def test_the_key_is_made_once_and_kept_from_others(tmp_path: Path) -> None:
    home = tmp_path / "var"
    key = load_key(home)
    assert load_key(home) == key
    assert stat.S_IMODE(os.stat(home / "secret.key").st_mode) == 0o600
    assert [path.name for path in home.iterdir()] == ["secret.key"]


def test_a_broken_key_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_text("no key")
    with pytest.raises(SettingsError, match=r"secret\.key"):
        load_key(tmp_path)
