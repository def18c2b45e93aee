"""Groups, people who block the bot or say too much, and the channel as any other."""

from __future__ import annotations

import pytest

from bot.channels.interfaces import Channel, Incoming, Unreachable
from bot.channels.limits import RateLimits, Rule
from bot.conversations.interfaces import Author
from tests.contracts.telegram.service import SENTENCES, Replica, ScriptBrain, replica, until_nothing_waits
from tests.contracts.telegram.updates import ROSA
from tests.support.bot_api import BotApi


async def test_groups_are_declined_and_left(api: BotApi, url: str) -> None:
    brain = ScriptBrain()
    async with replica(api, url, brain):
        await api.until(lambda: api.webhook)
        await api.push(api.member(-100, "member", "group"))
        await api.push(api.update(message=api.message(-200, kind="supergroup", text="@bot ayuda")))
        await api.push(api.update(channel_post=api.message(-300, kind="channel", text="x")))
        await api.push(api.member(-300, "administrator", "channel"))
        await api.push(api.member(-100, "left", "group"))
        await api.until(lambda: sorted(api.left) == [-300, -200, -100])
        await api.push(api.text(ROSA, "fin"))
        await api.until(lambda: "eco: fin" in api.texts(ROSA))
        words = [SENTENCES("utter_telegram_private_only")]
        assert (api.texts(-100), api.texts(-200), api.texts(-300)) == (words, words, [])
        assert [turn.text for turn in brain.heard] == ["fin"]


async def test_who_blocks_the_bot_gets_nothing_and_who_returns_gets_what_was_missed(api: BotApi, url: str) -> None:
    brain = ScriptBrain()
    async with replica(api, url, brain) as running:
        await api.until(lambda: api.webhook)
        await api.push(api.text(ROSA, "hola"))
        await api.until(lambda: len(api.texts(ROSA)) == 2)
        await api.push(api.member(ROSA, "kicked"))
        api.blocked.add(ROSA)
        await until_nothing_waits(running.database)
        calls = len(api.called("sendMessage"))
        await running.hub.send(brain.heard[0].conversation, Author.AGENT, "¿Sigue ahí?")
        await api.push(api.text(ROSA + 1, "otra persona"))
        await api.until(lambda: len(api.texts(ROSA + 1)) == 2)
        assert len(api.called("sendMessage")) == calls + 2
        api.blocked.discard(ROSA)
        await api.push(api.member(ROSA, "member"))
        await api.until(lambda: api.texts(ROSA)[-1].endswith("¿Sigue ahí?"))
        assert len(api.texts(ROSA)) == 3


async def test_who_says_too_much_is_answered_later_and_loses_nothing(api: BotApi, url: str) -> None:
    brain = ScriptBrain()
    async with replica(api, url, brain, limits=FewMessages()):
        await api.until(lambda: api.webhook)
        for number in range(6):
            await api.push(api.text(ROSA, f"n{number}"))
        await api.until(lambda: len(api.texts(ROSA)) == 7)
        assert [turn.text for turn in brain.heard] == [f"n{number}" for number in range(6)]


class FewMessages(RateLimits):
    """Has every second request wait."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0

    async def wait(self, *asked: tuple[Rule, str]) -> int:
        self.asked += 1
        return self.asked % 2


async def test_the_channel_can_be_used_as_any_other(api: BotApi, url: str) -> None:
    async with replica(api, url, ScriptBrain()) as running:
        await api.until(lambda: api.webhook)
        channel: Channel = running.channel
        incoming = Incoming(str(ROSA), "5f0b6a3e-0000-4000-8000-000000000001", text="hola")
        assert await channel.receive(incoming) == await channel.receive(incoming) == 2
        await api.until(lambda: len(api.texts(ROSA)) == 2)
        assert channel.capabilities.buttons and channel.name == "telegram"
        with pytest.raises(Unreachable):
            await channel.deliver("999", (await running.hub.messages(await conversation(running), 0))[0])


async def conversation(running: Replica) -> str:
    chat = await running.channel._chats.get(ROSA)
    assert chat is not None
    return chat.conversation
