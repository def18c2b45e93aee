"""The procurement platforms that Ventanilla serves, and what their files in ``data/platforms`` say of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from enum import Enum
from pathlib import Path

from bot.errors import VentanillaError

WEEKDAYS = ("lunes", "martes", "miercoles", "jueves", "viernes", "sabado", "domingo")
"""As the files name them, Monday first."""


class Platform(str, Enum):
    """A platform's key in data files, slots, the accounts CSV and the command line."""

    SEACE = "seace"
    SOCE = "soce"
    SECOP2 = "secop2"


class Disclosure(str, Enum):
    """How an account's data are told to who asks: by mail alone, masked in the chat too, or whole on the screen."""

    MAIL = "mail"
    MASKED = "masked"
    SCREEN = "screen"


class CodeForm(str, Enum):
    """The shape of a user code or user name, by its word in the files."""

    DIGITS_DIGITS = "digitos_digitos"
    LETTERS_AND_DIGITS = "letras_y_digitos"
    AS_REGISTERED = "como_se_registro"


@dataclass(frozen=True)
class Source:
    """Where a fact was read: a manual's key in ``data/guides/manuales.yml`` (or ``ninguno``) and the place in it."""

    manual: str
    where: str


@dataclass(frozen=True)
class Contact:
    """One way to reach the institution; ``kind`` is ``telefono``, ``correo``, ``direccion`` or ``web``."""

    kind: str
    value: str
    note: str


@dataclass(frozen=True)
class Opening:
    """From when to when people answer on a weekday (Monday is 0), in the platform's own time zone."""

    weekday: int
    opens: time
    closes: time


def openings_on(day: str, spans: Iterable[Sequence[str]]) -> list[Opening]:
    """The openings of one day, from its name and spans such as ``["08:00", "12:00"]``.

    Raises:
        ValueError, TypeError: the day or an hour cannot be used.
    """
    openings = []
    for opens, closes in spans:
        opening = Opening(WEEKDAYS.index(day), time.fromisoformat(opens), time.fromisoformat(closes))
        if opening.opens >= opening.closes:
            raise ValueError(day)
        openings.append(opening)
    return openings


@dataclass(frozen=True)
class CodeFormat:
    """What a user code or user name looks like."""

    form: CodeForm
    min_length: int
    max_length: int
    example: str


@dataclass(frozen=True)
class PasswordPolicy:
    """What a password must be. ``rules`` are reasons of :class:`bot.accounts.interfaces.PasswordRejected`."""

    min_length: int
    max_length: int
    generated_length: int
    rules: frozenset[str]


@dataclass(frozen=True)
class PlatformFacts:
    """All that is known of a platform. ``sources`` tells, by the part of the file, where it was read."""

    platform: Platform
    name: str
    full_name: str
    institution: str
    acronym: str
    country: str
    time_zone: str
    holidays: str
    site: str
    sign_in: str
    mail_senders: tuple[str, ...]
    contacts: tuple[Contact, ...]
    hours: tuple[Opening, ...]
    code: CodeFormat
    password: PasswordPolicy
    expiry_months: int | None
    disclosure: Disclosure
    reset_reasons: Mapping[str, str]
    sources: Mapping[str, Source]


class PlatformFileError(VentanillaError):
    """A platform's file cannot be used.

    Attributes:
        file: its name.
        key: the part that is wrong, such as ``horario.lunes``.
        reason: ``falta_archivo``, ``yaml``, ``falta``, ``tipo``, ``valor`` or ``sobra``.
        sentence: all of it in the words of ``data/words/plataformas.yml``, for the support team.
    """

    def __init__(self, file: str, key: str, reason: str, sentence: str) -> None:
        super().__init__(sentence)
        self.file, self.key, self.reason, self.sentence = file, key, reason, sentence


def load_platforms(data: Path) -> Mapping[Platform, PlatformFacts]:
    """Reads ``platforms/<platform>.yml`` below the data folder for every platform.

    Raises:
        PlatformFileError: a file is missing or has a value that cannot be used.
    """
    # The reader is imported here because it builds on the classes above.
    from bot.platform_files import read_platform

    return {platform: read_platform(data, platform) for platform in Platform}
