"""The message that leaves: headers, forms, and nothing that a fact could smuggle in."""

from __future__ import annotations

import re
import ssl
from datetime import datetime, timezone
from email import message_from_bytes, policy
from email.utils import parsedate_to_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.mail.message import HEADERS, Letter, Sender, deliverable
from tests.support.mail import MailRig
from tests.support.smtp import SmtpServer

SENDER = Sender("Mesa de ayuda ñ <ayuda@example.org>")


def letter(**changes: str) -> Letter:
    facts = {"to": "ana@example.org", "subject": "Su contraseña", "text": "hola\n", "html": "<p>hola</p>\n", **changes}
    return Letter(
        headers=HEADERS,
        message_id=SENDER.message_id("0123"),
        written_at=datetime(2026, 4, 6, 10, 30, tzinfo=timezone.utc),
        **facts,
    )


async def test_the_headers_are_right(rig: MailRig, smtp_server: SmtpServer) -> None:
    async with rig.running():
        mail_id = await rig.add()
        received = await smtp_server.next_message()
        row = await rig.row(mail_id)
    message = received.message
    assert received.subject == "Su nueva contraseña de SEACE"
    assert message["From"].addresses[0].display_name == "Mesa de ayuda"
    assert message["From"].addresses[0].addr_spec == "ayuda@example.org"
    assert message["To"].addresses[0].addr_spec == "ana@example.org"
    assert message["Message-ID"] == row.message_id == f"<{mail_id}@example.org>"
    assert abs(parsedate_to_datetime(message["Date"]) - row.created_at).total_seconds() < 1
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["Content-Language"] == "es"
    assert message["MIME-Version"] == "1.0"
    assert message.get_content_type() == "multipart/alternative"
    parts = [(part.get_content_type(), part.get_content_charset()) for part in message.iter_parts()]
    assert parts == [("text/plain", "utf-8"), ("text/html", "utf-8")]
    assert "Ana Quispe Ñahui" in received.text and "Ana Quispe Ñahui" in received.html


def test_the_message_is_ascii_with_short_lines() -> None:
    raw = SENDER.write(letter(text="ñ" * 3000 + "\n.\n..\n", subject="ñ" * 140))
    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 78
    assert b"\n" not in raw.replace(b"\r\n", b"")
    parsed = message_from_bytes(raw, policy=policy.default)
    assert parsed["Subject"] == "ñ" * 140


def test_the_same_letter_makes_the_same_message() -> None:
    assert SENDER.write(letter()) == SENDER.write(letter())


@pytest.mark.parametrize("field", ["subject", "to"])
def test_a_line_break_in_a_header_never_makes_a_header(field: str) -> None:
    with pytest.raises(ValueError):
        SENDER.write(letter(**{field: "ana@example.org\r\nBcc: eva@example.org"}))


async def test_hostile_facts_add_no_header_and_no_recipient(rig: MailRig, smtp_server: SmtpServer) -> None:
    hostile = "Ana\r\nBcc: eva@example.org\r\n\r\n.\r\nQUIT"
    async with rig.running():
        await rig.add(full_name=hostile, platform_name=hostile, login=".\r\n.")
        received = await smtp_server.next_message()
    assert [mail.to for mail in smtp_server.messages] == ["ana@example.org"]
    assert "Bcc" not in received.message
    assert received.subject == "Su nueva contraseña de Ana Bcc: eva@example.org . QUIT"


@pytest.mark.parametrize(
    ("given_address", "taken"),
    [
        ("ana@example.org", "ana@example.org"),
        ("  ana@example.org ", "ana@example.org"),
        ("ana+seace@correo.peñas.example", "ana+seace@correo.xn--peas-hqa.example"),
        ("Ana <ana@example.org>", ""),
        ("ana@example.org, eva@example.org", ""),
        ("ana@example.org\nBcc: eva@example.org", ""),
        ("ana..b@example.org", ""),
        (".ana@example.org", ""),
        ("ana@", ""),
        ("@example.org", ""),
        ("ana@exa mple.org", ""),
        ("ana@-example-", ""),
        ("ñandu@example.org", ""),
        ("", ""),
    ],
)
def test_only_an_address_that_smtp_can_carry_is_taken(given_address: str, taken: str) -> None:
    assert deliverable(given_address) == taken


@given(st.text(max_size=80))
def test_no_text_taken_as_an_address_holds_a_control_character(text: str) -> None:
    assert not re.search(r"[\s<>,;]", deliverable(text))
    assert not re.search(r"[\s<>,;]", deliverable(text + "@example.org"))


def test_a_sender_without_an_address_is_refused() -> None:
    with pytest.raises(ValueError, match="address"):
        Sender("Mesa de ayuda")


def test_a_sender_without_a_name_gets_one() -> None:
    raw = Sender("ayuda@example.org").write(letter())
    assert message_from_bytes(raw, policy=policy.default)["From"] == "Ventanilla <ayuda@example.org>"


def test_tls_of_the_system_is_checked_by_default() -> None:
    from bot.mail.smtp_server import SmtpServer as Address

    assert Address.from_url("smtps://a%40b:c%3Ad@mail.example.org") == Address(
        "mail.example.org", 465, "a@b", "c:d", True
    )
    assert Address.from_url("smtp://mail.example.org").port == 25
    assert Address.from_url("smtp://u:p@mail.example.org").port == 587
    assert ssl.create_default_context().verify_mode == ssl.CERT_REQUIRED
