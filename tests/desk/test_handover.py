"""From the bot to a person and back: what is promised is true, and every end is told."""

from __future__ import annotations

import asyncio
import re
from datetime import datetime, timedelta, timezone
from itertools import product

import pytest

from bot.conversations.interfaces import Author, Owner
from bot.db.engine import Database
from bot.desk.interfaces import (
    CaseContext,
    CaseState,
    CaseUnknown,
    CloseReason,
    OfferKind,
    Reason,
    TooManyQuestions,
)
from bot.platforms import Platform
from tests.desk.rig import MONDAY, DeskRig, desk_rig

NIGHT = datetime(2026, 11, 24, 3, 0, tzinfo=timezone.utc)
HOLIDAY = datetime(2026, 12, 8, 15, 0, tzinfo=timezone.utc)


async def test_a_person_is_promised_only_when_somebody_is_there(rig: DeskRig) -> None:
    assert (await rig.desk.offer(Platform.SEACE)).kind is OfferKind.MAIL
    agent = await rig.agent("Rosa", "seace")
    assert (await rig.desk.offer(Platform.SEACE)).kind is OfferKind.LIVE
    assert (await rig.desk.offer(Platform.SOCE)).kind is OfferKind.MAIL
    rig.clock.forward(minutes=1)
    assert (await rig.desk.offer(Platform.SEACE)).kind is OfferKind.MAIL
    await rig.keep_seen(agent)
    assert (await rig.desk.offer(Platform.SEACE)).kind is OfferKind.LIVE


async def test_the_queue_silences_the_bot_and_is_told_with_number_and_range(rig: DeskRig) -> None:
    await rig.agent()
    case = await rig.case()
    assert await rig.hub.owner(case.conversation) is Owner.WAITING
    (told,) = await rig.told(case.conversation)
    assert case.number in told
    assert re.search(r"\d+ a \d+ minutos", told)
    before = await rig.told(case.conversation, Author.BOT)
    for text, payload in (("hola", None), ("/restart", None), (None, "/mesa_salir")):
        await rig.say(case.conversation, text, payload)
    await rig.hub.recover()
    assert await rig.told(case.conversation, Author.BOT) == before


async def test_nobody_there_is_a_case_by_mail_and_the_bot_goes_on(rig: DeskRig) -> None:
    case = await rig.case()
    assert case.state is CaseState.PENDING
    assert await rig.hub.owner(case.conversation) is Owner.BOT
    (told,) = await rig.told(case.conversation)
    assert case.number in told
    assert "mañana" in told or "hoy" in told
    assert "ana@example.org" not in told
    assert await rig.mails() == [("case_opened", "ana@example.org")]


async def test_the_same_message_opens_one_case(rig: DeskRig) -> None:
    await rig.agent()
    conversation = await rig.conversation()
    context = CaseContext(Platform.SEACE, key="one")
    opened = [await rig.desk.open_case(conversation, Reason.ASKED, context) for _ in range(3)]
    assert len({each.number for each in opened}) == 1
    assert len(await rig.told(conversation)) == 1


async def test_an_address_given_later_gets_the_number(rig: DeskRig) -> None:
    case = await rig.case(email="")
    assert await rig.mails() == []
    assert await rig.desk.set_email(case.conversation, "luis@example.org") == case.number
    assert await rig.mails() == [("case_opened", "luis@example.org")]
    status = await rig.desk.case_status(case.number, "LUIS@example.org ", "another")
    assert status.state is CaseState.PENDING


async def test_a_stranger_learns_nothing_of_a_case(rig: DeskRig) -> None:
    case = await rig.case()
    for number, email in ((case.number, "otro@example.org"), ("VEN-999999", "ana@example.org"), ("nada", "a@b.org")):
        with pytest.raises(CaseUnknown):
            await rig.desk.case_status(number, email, f"c{number}")


async def test_questions_about_a_case_are_limited(rig: DeskRig) -> None:
    case = await rig.case()
    with pytest.raises(TooManyQuestions):
        for attempt in range(7):
            try:
                await rig.desk.case_status(case.number, f"{attempt}@example.org", f"conversation {attempt}")
            except CaseUnknown:
                continue
    rig.clock.forward(minutes=16)
    assert (await rig.desk.case_status(case.number, "ana@example.org", "one more")).state is CaseState.PENDING


async def test_leaving_the_queue_brings_the_bot_back_where_it_was(rig: DeskRig) -> None:
    await rig.agent()
    case = await rig.case()
    await rig.say(case.conversation, payload="/mesa_salir")
    await rig.desk.look_at(case.conversation)
    left = await rig.now_of(case)
    assert (left.state, left.close_reason) == (CaseState.CLOSED, CloseReason.LEFT.value)
    assert await rig.hub.owner(case.conversation) is Owner.BOT
    assert "Salió de la fila" in (await rig.told(case.conversation))[-1]
    async for message in rig.hub.follow(case.conversation):
        if "[/repetir_paso]" in message.text:
            break


async def test_whoever_asks_again_while_somebody_is_there_is_put_into_the_queue(rig: DeskRig) -> None:
    case = await rig.case()
    await rig.agent()
    opened = await rig.desk.open_case(case.conversation, Reason.ASKED, CaseContext(Platform.SEACE, key="again"))
    assert (opened.number, opened.kind) == (case.number, OfferKind.LIVE)
    assert await rig.hub.owner(case.conversation) is Owner.WAITING


async def test_two_openings_at_once_are_one_case(database: Database) -> None:
    async with desk_rig(database) as rig:
        await rig.agent()
        conversation = await rig.conversation()
        opened = await asyncio.gather(
            *(
                rig.desk.open_case(conversation, Reason.ASKED, CaseContext(Platform.SEACE, key=str(number)))
                for number in range(8)
            )
        )
        assert len({each.number for each in opened}) == 1
        assert len(await rig.told(conversation)) == 1


SITUATIONS = list(product(("open", "night", "holiday"), ("nobody", "there", "leaves"), ("silent", "writes", "leaves")))


@pytest.mark.parametrize(("hours", "duty", "person"), SITUATIONS)
async def test_no_case_is_left_alone_and_every_end_is_told(rig: DeskRig, hours: str, duty: str, person: str) -> None:
    """Nobody takes the case: it ends by mail or closed, the person is told, and the bot is back."""
    rig.clock.now = {"open": MONDAY, "night": NIGHT, "holiday": HOLIDAY}[hours]
    agent = await rig.agent() if duty != "nobody" else None
    case = await rig.case(email="" if person == "writes" else "ana@example.org")
    present = [agent] if agent and duty == "there" else []
    await rig.pass_time(3, *present)
    if person == "writes" and case.live:
        await rig.say(case.conversation, "¿sigue alguien ahí?")
    if person == "leaves" and (await rig.now_of(case)).state is CaseState.WAITING:
        await rig.say(case.conversation, payload="/mesa_salir")
    await rig.pass_time(60, *present, step=1)
    ended = await rig.now_of(case)
    assert ended.state in (CaseState.PENDING, CaseState.CLOSED)
    assert await rig.hub.owner(case.conversation) is Owner.BOT
    told = await rig.told(case.conversation)
    assert case.number in told[-1]
    if hours != "open" or duty == "nobody":
        assert not case.live
        assert len(told) == 1
    else:
        assert len(told) == 2
    if ended.state is CaseState.PENDING:
        assert ended.due_at is not None
        assert ended.due_at > rig.clock() - timedelta(hours=2)
        assert bool(await rig.mails()) == bool(ended.email)


TAKEN = list(product(("answers", "silent", "gone"), ("alone", "colleague"), ("silent", "writes"), ("day", "evening")))


@pytest.mark.parametrize(("agent", "others", "person", "hour"), TAKEN)
async def test_a_case_that_was_taken_has_an_end_too(
    rig: DeskRig, agent: str, others: str, person: str, hour: str
) -> None:
    """Whatever agent and person then do or leave undone, the case ends by mail or closed, and the person is told."""
    rosa = await rig.agent()
    colleague = [await rig.agent("Luis")] if others == "colleague" else []
    case = await rig.case()
    await rig.work.claim(rosa, case.id)
    if agent == "answers":
        await rig.work.reply(rosa, case.id, "¿En qué le ayudo?")
    if hour == "evening":
        # The desk closes behind the agent's back.
        rig.clock.forward(hours=8)
        await rig.keep_seen(rosa, *colleague)
    there = [*colleague, *([] if agent == "gone" else [rosa])]
    await rig.pass_time(4, *there, step=1)
    if person == "writes":
        await rig.say(case.conversation, "¿sigue ahí?")
    await rig.pass_time(90, *there, step=1.4)
    ended = await rig.now_of(case)
    assert ended.state in (CaseState.PENDING, CaseState.CLOSED)
    assert await rig.hub.owner(case.conversation) is Owner.BOT
    assert case.number in (await rig.told(case.conversation))[-1]
    if ended.state is CaseState.PENDING:
        assert ended.due_at is not None
        assert ended.due_at > ended.opened_at
