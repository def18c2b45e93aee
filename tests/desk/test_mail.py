"""Cases by mail, over real SMTP in both directions: answers find their case by a signed tag, each once."""

from __future__ import annotations

import asyncio
import re
import smtplib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import make_msgid
from pathlib import Path
from time import monotonic

import pytest
from sqlalchemy import select

from bot.conversations.files_store import files
from bot.conversations.interfaces import Author
from bot.desk.agent_store import DeskRole
from bot.desk.case_files import CaseFiles
from bot.desk.interfaces import CaseState, CloseReason
from bot.desk.mail_in import CaseMail
from bot.desk.mail_tags import MailTags, Side
from bot.mail.delivery import DeliveryWorker
from bot.mail.receiving import MailReceiver
from tests.desk.console import console
from tests.desk.rig import SETTINGS, DeskRig, desk_rig
from tests.support.database import new_database

TAGS = MailTags("casos@ayuda.example.org", b"the key of the tags")
PDF = b"%PDF-1.7 una constancia"
THEIR_DESK = "soporte@entidad.example.org"


@dataclass
class World:
    """Mail servers of the person and of an institution's help desk, in one; and the way back to us."""

    rig: DeskRig
    letters: list[EmailMessage] = field(default_factory=list)
    port: int = 0

    async def take(self, _sender: str, _recipients: Sequence[str], content: bytes) -> bool:
        message = message_from_bytes(content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.letters.append(message)
        return True

    async def to(self, address: str, count: int) -> list[EmailMessage]:
        """The letters to an address, as soon as there are so many."""
        deadline = monotonic() + 20
        while len(found := [each for each in self.letters if each["To"] == address]) < count:
            assert monotonic() < deadline, "the letter did not come"
            await asyncio.sleep(0.01)
        return found

    async def answer(self, letter: EmailMessage, text: str, **headers: str) -> EmailMessage:
        """Answers as a mail program does: to Reply-To, referring to the letter and to what it referred to."""
        reply = EmailMessage()
        reply["From"] = headers.pop("From", str(letter["To"]))
        reply["To"] = headers.pop("To", str(letter["Reply-To"]))
        reply["Subject"] = f"Re: {letter['Subject']}"
        reply["Message-ID"] = make_msgid(domain="example.org")
        reply["In-Reply-To"] = headers.pop("InReplyTo", str(letter["Message-ID"]))
        reply["References"] = headers.pop("References", f"{letter['References']} {letter['Message-ID']}")
        for name, value in headers.items():
            reply[name.replace("_", "-")] = value
        quoted = "\n".join(f"> {line}" for line in (letter.get_body(("plain",)) or letter).get_content().split("\n"))
        reply.set_content(f"{text}\n\nEl lunes 23 de noviembre, Mesa de ayuda escribió:\n\n{quoted}")
        await self.send(reply)
        return reply

    async def send(self, message: EmailMessage) -> None:
        """Hands a message to our server."""

        def deliver() -> None:
            with smtplib.SMTP("127.0.0.1", self.port, timeout=20) as smtp:
                smtp.send_message(message)

        await asyncio.to_thread(deliver)


def words(letter: EmailMessage) -> str:
    """A letter's plain text."""
    part = letter.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    url = f"sqlite+aiosqlite:///{tmp_path / 'desk.db'}"
    async with new_database(url) as database, desk_rig(database) as rig:
        world = World(rig)
        outside = MailReceiver("127.0.0.1", 0, world.take)
        await outside.start()
        rig.parts.tags, rig.parts.mail_to = TAGS, THEIR_DESK
        ours = MailReceiver(
            "127.0.0.1", 0, CaseMail(rig.parts, TAGS, CaseFiles(rig.parts, rig.key), SETTINGS.quoted).take
        )
        await ours.start()
        world.port = ours.port
        worker = DeliveryWorker(
            database, f"smtp://127.0.0.1:{outside.port}", "Mesa <ayuda@example.org>", rig.key, rig.clock
        )
        delivering = asyncio.create_task(worker.run())
        yield world
        worker.stop()
        await delivering
        await ours.stop()
        await outside.stop()


async def test_the_person_answers_by_mail_and_it_is_in_the_conversation_and_due_again(world: World) -> None:
    rig = world.rig
    case = await rig.case()
    rosa = await rig.agent()
    (opened,) = await world.to("ana@example.org", 1)
    assert case.state is CaseState.PENDING
    await world.answer(opened, "Adjunto lo que falta:\nmi RUC termina en 001.")
    assert await rig.told(case.conversation, Author.USER) == [
        "necesito ayuda",
        "Adjunto lo que falta:\nmi RUC termina en 001.",
    ]
    assert len(await rig.told(case.conversation, Author.BOT)) == 1  # The bot answers the chat, not the mail.
    await rig.work.claim(rosa, case.id)
    await rig.work.reply(rosa, case.id, "Ya quedó.")
    assert (await rig.now_of(case)).state is CaseState.ANSWERED
    (answer,) = [each for each in await world.to("ana@example.org", 2) if "Respuesta" in each["Subject"]]
    assert "Ya quedó." in words(answer) and "/caso/" in words(answer)
    # One thread: both letters refer to the same Message-ID.
    assert answer["References"] == opened["References"] == TAGS.thread(case.id, Side.PERSON)
    again = await world.answer(answer, "Aún no me deja.")
    assert (await rig.now_of(case)).state is CaseState.PENDING
    await world.send(again)
    assert (await rig.told(case.conversation, Author.USER)).count("Aún no me deja.") == 1


async def test_another_help_desk_gets_the_case_and_answers_to_the_person(world: World) -> None:
    rig = world.rig
    case = await rig.case()
    (out,) = await world.to(THEIR_DESK, 1)
    assert out["Subject"] == f"[{case.number}] SEACE: caso abierto"
    assert "ana@example.org" in words(out)
    await world.answer(out, "Su cuenta ya está activa.")
    assert await rig.told(case.conversation, Author.AGENT) == ["Su cuenta ya está activa."]
    (_opened, answer) = await world.to("ana@example.org", 2)
    assert "La mesa de ayuda respondió" in words(answer)
    # What the person then writes goes out again, in the same thread.
    await world.answer(answer, "Gracias, ya entré.")
    more = (await world.to(THEIR_DESK, 2))[1]
    assert "Gracias, ya entré." in words(more)
    assert more["References"] == out["References"]


async def test_where_the_tag_of_the_address_was_lost_the_thread_finds_the_case(world: World) -> None:
    case = await world.rig.case()
    (opened,) = await world.to("ana@example.org", 1)
    await world.answer(opened, "Por el hilo.", To="casos@ayuda.example.org")
    assert "Por el hilo." in await world.rig.told(case.conversation, Author.USER)


async def test_what_belongs_to_no_case_or_has_a_forged_tag_is_refused(world: World) -> None:
    case = await world.rig.case()
    (opened,) = await world.to("ana@example.org", 1)
    forged = MailTags("casos@ayuda.example.org", b"another key").reply_to(case.id, Side.DESK)
    for to in (forged, "casos@ayuda.example.org", f"casos+{case.id}d-aaaaaaaaaaaaaaaa@ayuda.example.org"):
        with pytest.raises(smtplib.SMTPDataError):
            await world.answer(opened, "x", To=to, References="<a@b.example>", InReplyTo="<c@d.example>")
    unknown = TAGS.reply_to(999_999, Side.PERSON)
    with pytest.raises(smtplib.SMTPDataError):
        await world.answer(opened, "x", To=unknown)
    assert await world.rig.told(case.conversation, Author.AGENT) == []


async def test_machines_are_not_listened_to(world: World) -> None:
    case = await world.rig.case()
    (opened,) = await world.to("ana@example.org", 1)
    await world.answer(opened, "Estoy de vacaciones.", Auto_Submitted="auto-replied")
    await world.answer(opened, "Lista.", Precedence="bulk")
    assert await world.rig.told(case.conversation, Author.USER) == ["necesito ayuda"]


async def test_an_html_answer_is_read_without_what_it_quotes_and_a_closed_case_opens_again(world: World) -> None:
    rig = world.rig
    await rig.agent()
    case = await rig.case()
    rosa = (await rig.agents.everybody())[0]
    await rig.work.claim(rosa, case.id)
    await rig.work.close(rosa, case.id, CloseReason.SOLVED)
    (closed,) = await world.to("ana@example.org", 1)
    reply = EmailMessage()
    reply["From"], reply["To"], reply["Message-ID"] = "ana@example.org", closed["Reply-To"], make_msgid()
    reply.set_content("<p>Volvió a <b>fallar</b>.</p><blockquote><p>Mesa escribió</p></blockquote>", subtype="html")
    await world.send(reply)
    assert "Volvió a fallar." in await rig.told(case.conversation, Author.USER)
    now = await rig.now_of(case)
    assert (now.state, now.closed_at) == (CaseState.PENDING, None)


def test_a_tag_survives_capitals_and_changes_with_case_side_and_key() -> None:
    address = TAGS.reply_to(7, Side.PERSON)
    assert TAGS.read(address.upper()) == (7, Side.PERSON)
    assert len({TAGS.tag(7, Side.PERSON), TAGS.tag(8, Side.PERSON), TAGS.tag(7, Side.DESK)}) == 3
    assert len(address.partition("@")[0]) <= 64
    assert TAGS.read(address.replace("+7p", "+7d")) is None


async def test_files_of_an_answer_are_kept_for_the_agent_and_the_rest_is_told(world: World) -> None:
    rig = world.rig
    case = await rig.case()
    (opened,) = await world.to("ana@example.org", 1)
    assert "adjunte PDF" in words(opened) and "5 MB" in words(opened)
    reply = EmailMessage()
    reply["From"], reply["To"], reply["Message-ID"] = "ana@example.org", opened["Reply-To"], make_msgid()
    reply.set_content("Adjunto mi constancia.")
    reply.add_attachment(PDF, maintype="application", subtype="pdf", filename="constancia 1032000101.pdf")
    reply.add_attachment(b"MZ", maintype="application", subtype="pdf", filename="programa.exe")
    await world.send(reply)
    await world.send(reply)
    said = await rig.told(case.conversation)
    assert [text for text in said if "constancia" in text] == [
        "Con su correo llegó a la mesa de ayuda: constancia xxx.pdf."
    ]
    refused = [text for text in said if "programa" in text]
    assert len(refused) == 1 and "programa.exe (tipo de archivo no admitido)" in refused[0]
    # The person may look at their mail alone.
    (_opened, told) = await world.to("ana@example.org", 2)
    assert "programa.exe" in " ".join(words(told).split())
    async with console(rig) as desk:
        rosa, luis = await desk.member("Rosa"), await desk.member("Luis", "soce")
        page = (await rosa.get(f"/mesa/casos/{case.id}")).text
        (link,) = re.findall(r'href="(/mesa/casos/\d+/archivos/\d+)"', page)
        file = await rosa.get(link)
        assert file.content == PDF
        assert file.headers["content-disposition"] == "attachment; filename*=UTF-8''constancia%20xxx.pdf"
        assert file.headers["content-type"] == "application/octet-stream"
        assert file.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in file.headers["content-security-policy"]
        assert (await luis.get(link)).status_code == 404
        other = await rig.case()
        assert (await rosa.get(link.replace(f"/casos/{case.id}/", f"/casos/{other.id}/"))).status_code == 404
        assert (await rosa.get(link + "9")).status_code == 404
        eva = await desk.member("Eva", role=DeskRole.SUPERVISOR)
        assert "Descargó un archivo" in (await eva.get("/mesa/auditoria")).text
    async with rig.database.reading() as connection:
        (row,) = await connection.execute(select(files))
    assert PDF not in row.content and "1032000101" not in str(row.name)
    # What the person takes back is gone here, too.
    await rig.hub.erase(case.conversation)
    assert await rig.hub.files(case.conversation) == []


async def test_files_alone_are_an_answer_and_those_of_another_desk_stay_with_the_team(world: World) -> None:
    rig = world.rig
    rosa = await rig.agent()
    case = await rig.case()
    await rig.work.claim(rosa, case.id)
    await rig.work.reply(rosa, case.id, "¿Me envía su constancia?")
    (out,) = (await world.to(THEIR_DESK, 1))[:1]
    reply = EmailMessage()
    reply["From"], reply["To"], reply["Message-ID"] = (
        "ana@example.org",
        TAGS.reply_to(case.id, Side.PERSON),
        make_msgid(),
    )
    reply.set_content("")
    reply.add_attachment(PDF, maintype="application", subtype="pdf", filename="a.pdf")
    await world.send(reply)
    assert (await rig.now_of(case)).person_at is not None
    assert len(await rig.hub.files(case.conversation)) == 1
    answer = EmailMessage()
    answer["From"], answer["To"], answer["Message-ID"] = THEIR_DESK, out["Reply-To"], make_msgid()
    answer.set_content("Va el formulario.")
    answer.add_attachment(PDF, maintype="application", subtype="pdf", filename="formulario.pdf")
    await world.send(answer)
    assert "Va el formulario." in await rig.told(case.conversation, Author.AGENT)
    assert any("adjuntó a su respuesta: formulario.pdf" in text for text in await rig.told(case.conversation))
    assert [file.name for file in await rig.hub.files(case.conversation)] == ["a.pdf", "formulario.pdf"]
