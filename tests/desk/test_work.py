"""What agents do with cases: one winner, one voice, other teams see nothing."""

from __future__ import annotations

import asyncio
import uuid

import pytest

from bot.conversations.interfaces import Author, Owner
from bot.db.engine import Database
from bot.desk.agent_store import DeskRole
from bot.desk.brain import unwrap, wrap
from bot.desk.interfaces import CaseMoved, CaseState, CaseTaken, CaseUnknown, CloseReason, NotAllowed
from bot.platforms import Platform
from tests.contracts.web_chat.brains import EchoBrain
from tests.desk.rig import DeskRig, desk_rig
from tests.support.database import database_url, new_database

CLAIMS = 200


async def test_of_two_hundred_claims_at_once_one_wins_and_the_others_learn_who(database: Database) -> None:
    async with desk_rig(database) as rig:
        agents = [await rig.agent(f"Agente{number}") for number in range(10)]
        case = await rig.case()
        claims = [rig.work.claim(agents[number % 10], case.id) for number in range(CLAIMS)]
        results = await asyncio.gather(*claims, return_exceptions=True)
        refused = [each for each in results if isinstance(each, BaseException)]
        assert all(isinstance(each, CaseTaken) for each in refused), {type(each) for each in refused}
        winner = await rig.now_of(case)
        names = {agent.id: agent.name for agent in agents}
        assert winner.agent is not None
        assert {each.by for each in refused if isinstance(each, CaseTaken)} == {names[winner.agent]}
        # The winner's own further claims are no claims of others.
        assert len(results) - len(refused) == CLAIMS // 10
        assert len([text for text in await rig.told(case.conversation) if "Le atiende" in text]) == 1


async def test_an_agent_takes_over_answers_and_gives_back(rig: DeskRig) -> None:
    rosa = await rig.agent()
    case = await rig.case()
    await rig.work.claim(rosa, case.id)
    assert await rig.hub.owner(case.conversation) is Owner.HUMAN
    await rig.work.reply(rosa, case.id, "Buen día, ya lo reviso.")
    await rig.say(case.conversation, "gracias")
    await rig.desk.look_at(case.conversation)
    await rig.work.close(rosa, case.id, CloseReason.SOLVED)
    closed = await rig.now_of(case)
    assert (closed.state, closed.survey) == (CaseState.CLOSED, "asked")
    assert closed.answered_at is not None
    assert await rig.hub.owner(case.conversation) is Owner.BOT
    assert await rig.told(case.conversation, Author.AGENT) == ["Buen día, ya lo reviso."]
    async for message in rig.hub.follow(case.conversation):
        if message.author is Author.BOT and "[/repetir_paso]" in message.text:
            break


async def test_a_reply_sent_twice_is_said_once(rig: DeskRig) -> None:
    rosa = await rig.agent()
    case = await rig.case()
    await rig.work.claim(rosa, case.id)
    identity = str(uuid.uuid4())
    for _ in range(3):
        await rig.work.reply(rosa, case.id, "Una vez.", client_id=identity)
    assert await rig.told(case.conversation, Author.AGENT) == ["Una vez."]


async def test_an_answer_counts_for_what_came_just_before_it(rig: DeskRig) -> None:
    rosa = await rig.agent("Rosa")
    case = await rig.case()
    await rig.work.claim(rosa, case.id)
    await rig.say(case.conversation, "mi código es 001952_56989")
    await rig.work.reply(rosa, case.id, "Gracias, lo reviso")
    # What the desk takes in late was answered meanwhile: nobody is called for it.
    await rig.desk.look_at(case.conversation)
    assert (await rig.now_of(case)).person_at is None
    await rig.say(case.conversation, "¿y?")
    await rig.desk.look_at(case.conversation)
    assert (await rig.now_of(case)).person_at is not None


async def test_only_who_has_the_case_speaks_in_it(rig: DeskRig) -> None:
    rosa, luis = await rig.agent(), await rig.agent("Luis")
    case = await rig.case()
    with pytest.raises(CaseMoved):
        await rig.work.reply(rosa, case.id, "todavía no")
    await rig.work.claim(rosa, case.id)
    with pytest.raises(CaseTaken) as taken:
        await rig.work.reply(luis, case.id, "yo también")
    assert taken.value.by == "Rosa"
    await rig.work.close(rosa, case.id, CloseReason.SOLVED)
    with pytest.raises(CaseMoved):
        await rig.work.reply(rosa, case.id, "una cosa más")
    assert await rig.told(case.conversation, Author.AGENT) == []


async def test_other_teams_and_trainers_see_nothing(rig: DeskRig) -> None:
    await rig.agent()
    strangers = [
        await rig.agent("Otra", "soce"),
        await rig.agent("Jefa", "soce", "secop2", role=DeskRole.SUPERVISOR),
        await rig.agent("Instructora", "seace", role=DeskRole.TRAINER),
    ]
    case = await rig.case()
    for stranger in strangers:
        for attempt in (
            rig.work.case(stranger, case.id),
            rig.work.claim(stranger, case.id),
            rig.work.reply(stranger, case.id, "x"),
            rig.work.note(stranger, case.id, "x"),
            rig.work.close(stranger, case.id, CloseReason.SOLVED),
            rig.work.noted(stranger, case.id, "data_revealed"),
        ):
            with pytest.raises(CaseUnknown):
                await attempt
    admin = await rig.agent("Admin", role=DeskRole.ADMIN)
    assert (await rig.work.case(admin, case.id)).id == case.id


async def test_a_case_is_kept_for_the_colleague_and_then_for_the_team(rig: DeskRig) -> None:
    rosa, luis, ines = await rig.agent(), await rig.agent("Luis"), await rig.agent("Ines")
    case = await rig.case()
    await rig.work.claim(rosa, case.id)
    await rig.work.transfer_to_agent(rosa, case.id, luis.id)
    assert await rig.hub.owner(case.conversation) is Owner.WAITING
    assert "otra persona" in (await rig.told(case.conversation))[-1]
    with pytest.raises(CaseTaken) as kept:
        await rig.work.claim(ines, case.id)
    assert kept.value.by == "Luis"
    await rig.pass_time(2.5, rosa, luis, ines)
    await rig.work.claim(ines, case.id)
    absent = await rig.agent("Ausente", seen=False)
    with pytest.raises(NotAllowed):
        await rig.work.transfer_to_agent(ines, case.id, absent.id)


async def test_a_team_without_anybody_gets_the_case_by_mail(rig: DeskRig) -> None:
    rosa = await rig.agent("Rosa", "seace", "soce")
    case = await rig.case()
    await rig.work.claim(rosa, case.id)
    await rig.work.transfer_to_team(rosa, case.id, "secop2")
    moved = await rig.now_of(case)
    assert (moved.team, moved.state) == ("secop2", CaseState.PENDING)
    assert await rig.hub.owner(case.conversation) is Owner.BOT
    assert case.number in (await rig.told(case.conversation))[-1]


async def test_an_agent_who_is_gone_loses_the_case_to_the_queue_and_the_person_learns_it(rig: DeskRig) -> None:
    rosa, luis = await rig.agent(), await rig.agent("Luis")
    case = await rig.case()
    await rig.work.claim(rosa, case.id)
    await rig.work.reply(rosa, case.id, "ya vuelvo")
    await rig.pass_time(2, luis)
    back = await rig.now_of(case)
    assert (back.state, back.agent, back.front) == (CaseState.WAITING, None, True)
    assert "perdió la conexión" in (await rig.told(case.conversation))[-1]
    await rig.pass_time(30)
    assert (await rig.now_of(case)).state is CaseState.PENDING


async def test_an_unanswered_message_alerts_the_agent_and_then_the_supervisor(rig: DeskRig) -> None:
    rosa = await rig.agent()
    case = await rig.case()
    await rig.work.claim(rosa, case.id)
    await rig.work.reply(rosa, case.id, "dígame")
    await rig.say(case.conversation, "no puedo entrar")
    await rig.pass_time(2.5, rosa, step=0.25)
    kinds = [event.kind for event in await rig.parts.cases.events_of(case.id)]
    assert kinds.count("alert_agent") == 1
    assert kinds.count("alert_supervisor") == 1
    assert kinds.index("alert_agent") < kinds.index("alert_supervisor")


async def test_a_silent_person_is_asked_and_then_the_case_is_closed(rig: DeskRig) -> None:
    rosa = await rig.agent()
    case = await rig.case()
    await rig.work.claim(rosa, case.id)
    await rig.work.reply(rosa, case.id, "¿me da su código?")
    await rig.pass_time(21, rosa)
    ended = await rig.now_of(case)
    assert (ended.state, ended.close_reason) == (CaseState.CLOSED, CloseReason.IDLE.value)
    told = await rig.told(case.conversation)
    assert [text for text in told if "¿Sigue ahí?" in text]
    assert [text for text in told if "no hubo respuesta" in text]


async def test_an_answer_by_mail_reaches_the_chat_and_the_mailbox(rig: DeskRig) -> None:
    case = await rig.case()
    rosa = await rig.agent()
    await rig.work.claim(rosa, case.id)
    await rig.work.reply(rosa, case.id, "Su usuario ya está activo.")
    assert (await rig.now_of(case)).state is CaseState.ANSWERED
    assert await rig.hub.owner(case.conversation) is Owner.BOT
    assert [kind for kind, _ in await rig.mails()] == ["case_opened", "case_answer"]
    assert await rig.told(case.conversation, Author.AGENT) == ["Su usuario ya está activo."]


async def test_how_it_went_is_asked_once_and_kept(tmp_path) -> None:  # type: ignore[no-untyped-def]
    async with new_database(database_url(tmp_path)) as database:
        inner = EchoBrain()
        async with desk_rig(database, inner) as rig:
            rosa = await rig.agent()
            case = await rig.case()
            await rig.work.claim(rosa, case.id)
            await rig.work.reply(rosa, case.id, "listo")
            await rig.work.close(rosa, case.id, CloseReason.SOLVED)
            async for message in rig.hub.follow(case.conversation):
                if message.author is Author.BOT and message.text.startswith("¿Cómo le fue"):
                    break
            turns = len(inner.turns)
            for text, payload in (
                (None, "/mesa_nota_5"),
                (None, "/mesa_nota_1"),
                (None, "/mesa_comentario"),
                ("muy amable", None),
                ("otra cosa", None),
            ):
                seq = await rig.say(case.conversation, text, payload)
                async for message in rig.hub.follow(case.conversation, seq):
                    if message.author is Author.BOT:
                        break
            rated = await rig.now_of(case)
            assert (rated.rating, rated.comment, rated.survey) == (5, "muy amable", "done")
            said = [turn.text or turn.payload for turn in inner.turns[turns:]]
            assert said == ["otra cosa"]


def test_what_is_expected_travels_with_the_state() -> None:
    for inner in (None, b"", b"state", b"\x00mesa", b"a\x00b"):
        assert unwrap(wrap("comment", inner)) == ("comment", inner or None)
    assert unwrap(b"never wrapped") == ("", b"never wrapped")
    assert unwrap(None) == ("", None)


async def test_notes_are_not_told_to_the_person(rig: DeskRig) -> None:
    rosa = await rig.agent()
    case = await rig.case(platform=Platform.SEACE)
    before = len(await rig.log(case.conversation))
    await rig.work.note(rosa, case.id, "ya llamó ayer")
    assert len(await rig.log(case.conversation)) == before
    assert [note.text for note in await rig.parts.cases.notes_of(case.id)] == ["ya llamó ayer"]
