"""What an operator decides about Telegram, and the channel's times."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from bot.errors import SettingsError

_TOKEN = re.compile(r"\d{3,20}:[A-Za-z0-9_-]{20,100}")


@dataclass(frozen=True)
class TelegramSettings:
    """What an operator decides about Telegram.

    Attributes:
        token: the bot's, from @BotFather.
        api_url: another Bot API server; empty for Telegram's own.
        public_url: the service's address. With ``https://`` Telegram sends the updates to it, else they are fetched.
    """

    token: str
    api_url: str = ""
    public_url: str = ""

    def __post_init__(self) -> None:
        if not _TOKEN.fullmatch(self.token):
            raise SettingsError("VENTANILLA_TELEGRAM_TOKEN", "a bot's token such as 123456789:AAF… from @BotFather")

    @property
    def by_webhook(self) -> bool:
        """Whether Telegram can reach the service."""
        return self.public_url.startswith("https://")


@dataclass(frozen=True)
class Patience:
    """The delivery's times, in seconds.

    Attributes:
        lease: how long another replica waits before it takes over the chats of one that is silent.
        idle: how long a chat is followed after its last sign of life; later messages are found by looking.
        look: how often chats that nobody follows are looked at, ``look_at`` of them at once.
        rest: how soon the same such chat is looked at again, at the earliest.
        retry: the first wait after an error; doubled each time up to ``longest``.
        typing_after: an answer that takes longer is announced by "typing".
        typing_every: Telegram shows it for five seconds.
        typing_for: then the bot has failed, or a person has taken over.
    """

    lease: float = 12.0
    idle: float = 1800.0
    look: float = 2.0
    look_at: int = 100
    rest: float = 20.0
    retry: float = 0.5
    longest: float = 60.0
    typing_after: float = 0.7
    typing_every: float = 4.5
    typing_for: float = 60.0


@dataclass(frozen=True)
class Tempo:
    """The channel's times, in seconds, and rates; a test has no time to wait.

    Attributes:
        intake_lease, intake_poll, intake_wait: of the queue of updates.
        overall, a_chat: messages a second.
        poll_timeout: how long a request for updates stays open.
        connect_wait: between two tries to reach Telegram at the start; doubled up to a minute.
    """

    delivery: Patience = field(default_factory=Patience)
    intake_lease: float = 12.0
    intake_poll: float = 1.0
    intake_wait: float = 0.5
    overall: float = 30.0
    a_chat: float = 1.0
    poll_timeout: int = 25
    connect_wait: float = 1.0
