"""A person talks with the bot in Telegram: every message once, in order, as Telegram can show it."""

from __future__ import annotations

import asyncio
import base64
import json

from bot.brain.interfaces import Reply
from bot.conversations.interfaces import Author, Owner
from tests.contracts.telegram.service import GREETING, SENTENCES, ScriptBrain, SlowBrain, replica
from tests.contracts.telegram.updates import ROSA
from tests.support.bot_api import BotApi, Fault

LONG_PAYLOAD = "/siguiente_paso" + json.dumps({"guide_command": "trouble", "guide_value": "niñez-" * 30})
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
CHOICE = [Reply("¿Cuál?", [{"title": "La larga", "payload": LONG_PAYLOAD}, {"title": "No", "payload": "/negar"}])]


async def test_a_message_is_greeted_and_answered(api: BotApi, any_url: str) -> None:
    async with replica(api, any_url, ScriptBrain()):
        await api.until(lambda: api.webhook)
        assert await api.push(api.text(ROSA, "no puedo entrar")) == 200
        await api.until(lambda: len(api.texts(ROSA)) == 2)
        assert api.texts(ROSA) == [GREETING, "eco: no puedo entrar"]


async def test_polling_needs_the_token_alone(api: BotApi, url: str) -> None:
    async with replica(api, url, ScriptBrain(), webhook=False) as running:
        assert running.channel.routes() == []
        api.queue(api.text(ROSA, "uno"), api.text(ROSA, "dos"))
        await api.until(lambda: len(api.texts(ROSA)) == 3)
        assert api.texts(ROSA) == [GREETING, "eco: uno", "eco: dos"]
        await api.until(lambda: not api.pending)


async def test_chats_are_conversations_of_their_own(api: BotApi, url: str) -> None:
    brain = ScriptBrain()
    async with replica(api, url, brain):
        await api.until(lambda: api.webhook)
        await asyncio.gather(*(api.push(api.text(chat, f"soy {chat}")) for chat in range(1, 13)))
        await api.until(lambda: all(len(api.texts(chat)) == 2 for chat in range(1, 13)))
        assert all(api.texts(chat)[1] == f"eco: soy {chat}" for chat in range(1, 13))
        assert len({turn.conversation for turn in brain.heard}) == 12


async def test_a_button_with_a_long_payload_is_pressed_answered_and_marked(api: BotApi, url: str) -> None:
    brain = ScriptBrain({"opciones": CHOICE})
    async with replica(api, url, brain):
        await api.until(lambda: api.webhook)
        await api.push(api.text(ROSA, "opciones"))
        await api.until(lambda: len(api.texts(ROSA)) == 2)
        press = api.press(ROSA, "La larga")
        await api.push(press)
        await api.until(lambda: len(api.texts(ROSA)) == 3)
        assert brain.heard[-1].payload == LONG_PAYLOAD
        await api.until(lambda: api.screens[ROSA][1].titles == ["✓ La larga"])
        assert api.answered[press["callback_query"]["id"]] == ""
        methods = [call.method for call in api.calls]
        assert methods.index("answerCallbackQuery") < methods.index("editMessageReplyMarkup")


async def test_a_double_tap_counts_once(api: BotApi, url: str) -> None:
    brain = ScriptBrain({"opciones": CHOICE})
    async with replica(api, url, brain):
        await api.until(lambda: api.webhook)
        await api.push(api.text(ROSA, "opciones"))
        await api.until(lambda: len(api.texts(ROSA)) == 2)
        taps = [api.press(ROSA, "No"), api.press(ROSA, "No")]
        for tap in taps:
            await api.push(tap)
        await api.until(lambda: len(api.answered) == 2)
        await api.push(api.text(ROSA, "fin"))
        await api.until(lambda: "eco: fin" in api.texts(ROSA))
        assert [turn.payload or turn.text for turn in brain.heard] == ["opciones", "/negar", "fin"]


async def test_a_button_that_nobody_wrote_is_told_to_be_old(api: BotApi, url: str) -> None:
    brain = ScriptBrain({"opciones": CHOICE})
    async with replica(api, url, brain):
        await api.until(lambda: api.webhook)
        await api.push(api.text(ROSA, "opciones"))
        await api.until(lambda: len(api.texts(ROSA)) == 2)
        shown = api.screens[ROSA][1]
        data = shown.keyboard[0][0]["callback_data"]
        for forged in ("", "-", "/negar", "00000000:3:0", data[:-1] + "7", data[:9] + "999:0", "ñ" * 32):
            press = api.pressed(ROSA, shown.id, forged)
            await api.push(press)
            await api.until(lambda p=press: p["callback_query"]["id"] in api.answered)
            told = api.answered[press["callback_query"]["id"]]
            assert told == ("" if forged in ("", "-") else SENTENCES("utter_telegram_old_button"))
        assert len(brain.heard) == 1


async def test_markup_in_a_text_is_shown_as_it_was_written(api: BotApi, url: str) -> None:
    nasty = '<b>no</b> & &amp; <script>alert("1")</script> 1 < 2 > 0 *x* _y_ [z](javascript:1) `w`'
    async with replica(api, url, ScriptBrain({"html": [Reply(nasty)]})):
        await api.until(lambda: api.webhook)
        await api.push(api.text(ROSA, "html"))
        await api.until(lambda: len(api.texts(ROSA)) == 2)
        assert api.texts(ROSA)[1] == nasty


async def test_a_long_text_comes_in_parts_cut_at_sentences(api: BotApi, url: str) -> None:
    text = " ".join(f"Esta es la frase número {n} con un emoji 🙂." for n in range(300))
    reply = Reply(text, [{"title": "Sigo", "payload": "/siguiente_paso"}])
    async with replica(api, url, ScriptBrain({"largo": [reply]})):
        await api.until(lambda: api.webhook)
        await api.push(api.text(ROSA, "largo"))
        await api.until(lambda: api.screens.get(ROSA) and api.screens[ROSA][-1].titles == ["Sigo"])
        parts = api.texts(ROSA)[1:]
        assert len(parts) > 2
        assert " ".join(parts) == text
        assert all(part.endswith(".") for part in parts)
        assert [shown.titles for shown in api.screens[ROSA][1:-1]] == [[]] * (len(parts) - 1)


async def test_a_step_is_a_picture_with_caption_and_alternative_text_uploaded_once(api: BotApi, url: str) -> None:
    card = {"type": "step", "title": "Entre", "number": 2, "total": 5, "lines": ["Pulse <Acceder>"], "source": "Manual"}
    step = Reply("Pulse <Acceder>", (), {"src": "/guias/seace/x/1.svg", "alt": "La portada"}, card)
    asked: list[str] = []

    async def pictures(source: str) -> bytes:
        asked.append(source)
        return PNG

    async with replica(api, url, ScriptBrain({"paso": [step]}), pictures=pictures):
        await api.until(lambda: api.webhook)
        await api.push(api.text(ROSA, "paso"))
        await api.push(api.text(ROSA, "paso"))
        await api.until(lambda: len(api.texts(ROSA)) == 3)
        first, second = api.screens[ROSA][1:]
        assert first.photo and second.photo
        assert first.text == "Entre\nPulse <Acceder>\nPaso 2 de 5\nFuente: Manual\nImagen: La portada"
        assert first.html.startswith("<b>Entre</b>\nPulse &lt;Acceder&gt;")
        assert asked == ["/guias/seace/x/1.svg"]


async def test_a_picture_that_cannot_be_had_or_is_refused_leaves_the_text(api: BotApi, url: str) -> None:
    reply = Reply("Mire aquí.", (), {"src": "/guias/x.svg", "alt": "Un botón"})
    bare = Reply("", (), {"src": "/otra.png", "alt": "Otra cosa"})

    async def pictures(source: str) -> bytes | None:
        if source == "/otra.png":
            raise RuntimeError("broken")
        return b"GIF89a"

    async with replica(api, url, ScriptBrain({"foto": [reply, bare]}), pictures=pictures):
        await api.until(lambda: api.webhook)
        await api.push(api.text(ROSA, "foto"))
        await api.until(lambda: len(api.texts(ROSA)) == 3)
        assert api.texts(ROSA)[1:] == ["Mire aquí.\nImagen: Un botón", "Imagen: Otra cosa"]
        assert not any(shown.photo for shown in api.screens[ROSA])


async def test_buttons_without_a_text_get_one(api: BotApi, url: str) -> None:
    replies = [Reply("", [{"title": "", "payload": "/x"}]), Reply("")]
    async with replica(api, url, ScriptBrain({"nada": replies})):
        await api.until(lambda: api.webhook)
        await api.push(api.text(ROSA, "nada"))
        await api.push(api.text(ROSA, "fin"))
        await api.until(lambda: "eco: fin" in api.texts(ROSA))
        assert api.texts(ROSA)[1:] == ["Elija una opción:", "eco: fin"]
        assert api.screens[ROSA][1].titles == ["…"]


async def test_typing_is_shown_while_the_bot_thinks_and_not_for_a_person(api: BotApi, url: str) -> None:
    brain = SlowBrain()
    async with replica(api, url, brain) as running:
        await api.until(lambda: api.webhook)
        await api.push(api.text(ROSA, "piense"))
        await api.until(lambda: len(api.called("sendChatAction")) >= 2)
        brain.go_on.set()
        await api.until(lambda: len(api.texts(ROSA)) == 2)
        await running.hub.set_owner(brain.heard[0].conversation, Owner.HUMAN)
        before = len(api.called("sendChatAction"))
        await api.push(api.text(ROSA, "¿hay alguien?"))
        message = await running.hub.send(brain.heard[0].conversation, Author.AGENT, "Buenas, soy Marta.")
        await api.until(lambda: len(api.texts(ROSA)) == 3)
        assert message.author is Author.AGENT
        assert api.screens[ROSA][-1].html == "<b>Mesa de ayuda</b>\nBuenas, soy Marta."
        assert len(api.called("sendChatAction")) == before


async def test_who_writes_after_the_end_is_answered_again(api: BotApi, url: str) -> None:
    brain = ScriptBrain()
    async with replica(api, url, brain) as running:
        await api.until(lambda: api.webhook)
        await api.push(api.text(ROSA, "uno"))
        await api.until(lambda: len(api.texts(ROSA)) == 2)
        await running.hub.set_owner(brain.heard[0].conversation, Owner.CLOSED)
        await api.push(api.text(ROSA, "dos"))
        await api.until(lambda: "eco: dos" in api.texts(ROSA))


async def test_a_message_that_telegram_refuses_holds_up_nothing(api: BotApi, url: str) -> None:
    async with replica(api, url, ScriptBrain({"mal": [Reply("imposible"), Reply("posible")]})):
        await api.until(lambda: api.webhook)
        await api.push(api.text(ROSA, "hola"))
        await api.until(lambda: len(api.texts(ROSA)) == 2)
        # Once with markup and once without.
        api.faults.append(Fault("sendMessage", 400, times=2))
        await api.push(api.text(ROSA, "mal"))
        await api.until(lambda: "posible" in api.texts(ROSA))
        assert "imposible" not in api.texts(ROSA)
