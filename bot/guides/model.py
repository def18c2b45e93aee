"""What a guide is. Plain values; nothing here reads a file or knows a channel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.guides.draw.model import Drawing
from bot.platforms import Platform


@dataclass(frozen=True)
class Source:
    """Where in which manual a statement rests.

    Attributes:
        manual: the manual's title.
        where: section, page or figure, in words.
    """

    manual: str
    where: str

    @property
    def cite(self) -> str:
        """Title and place in one line."""
        return f"«{self.manual}», {self.where}" if self.where else f"«{self.manual}»"


@dataclass(frozen=True)
class Trouble:
    """What may go wrong in a step, how people say it, and the remedy."""

    id: str
    problem: str
    words: Sequence[str]
    remedy: Sequence[str]
    source: Source


@dataclass(frozen=True)
class Step:
    """One thing to do.

    Attributes:
        do: what to do, one paragraph each.
        see: what should be seen then.
        other: the same in other words.
        words: names of things on this screen, for "where is the button …?".
    """

    id: str
    title: str
    do: Sequence[str]
    see: Sequence[str]
    other: Sequence[str]
    source: Source
    words: Sequence[str] = ()
    troubles: Sequence[Trouble] = ()
    drawing: Drawing | None = None

    def trouble(self, trouble_id: str) -> Trouble | None:
        """The trouble with this id."""
        return next((trouble for trouble in self.troubles if trouble.id == trouble_id), None)


@dataclass(frozen=True)
class Fact:
    """One statement of a manual that answers questions.

    Attributes:
        questions: forms in which people ask for it; at least one.
        words: further keywords that point to it.
        step: id of the guide's step where it is used, or empty.
    """

    id: str
    questions: Sequence[str]
    answer: str
    source: Source
    words: Sequence[str] = ()
    step: str = ""


@dataclass(frozen=True)
class Guide:
    """One procedure of one platform.

    Attributes:
        name: the file's base name; with the platform it is the guide's id.
        intents: the intents that ask for this guide on its platform.
        bot_can: the task of the bot that does the same thing for the person, or empty.
        related: ids of other guides.
        order: place in lists.
    """

    platform: Platform
    name: str
    title: str
    purpose: str
    who: str
    at_hand: Sequence[str]
    steps: Sequence[Step]
    intents: Sequence[str] = ()
    bot_can: str = ""
    words: Sequence[str] = ()
    facts: Sequence[Fact] = ()
    related: Sequence[str] = ()
    order: int = 100

    @property
    def id(self) -> str:
        """``platform/name``."""
        return f"{self.platform.value}/{self.name}"

    def index(self, step_id: str) -> int:
        """The step's index from 0, or -1."""
        return next((i for i, step in enumerate(self.steps) if step.id == step_id), -1)

    def step(self, step_id: str) -> Step | None:
        """The step with this id."""
        index = self.index(step_id)
        return self.steps[index] if index >= 0 else None

    @property
    def sources(self) -> Sequence[Source]:
        """Every place that the guide rests on, each once, in the order of use."""
        places = [step.source for step in self.steps]
        places += [trouble.source for step in self.steps for trouble in step.troubles]
        places += [fact.source for fact in self.facts]
        return tuple(dict.fromkeys(places))


@dataclass(frozen=True)
class Manual:
    """A platform's manual, as the guides cite it."""

    key: str
    title: str
    publisher: str
    edition: str


@dataclass(frozen=True)
class PlatformName:
    """How a platform is shown in lists, and the words by which a question names it or its country."""

    platform: Platform
    name: str
    about: str
    words: Sequence[str] = ()
    country: Sequence[str] = ()


@dataclass(frozen=True)
class Words:
    """What helps to recognise questions (``palabras.yml``).

    Attributes:
        small: words that say nothing.
        same: groups of words that mean the same.
        asking: words with which people ask.
        requesting: words with which a request or an answer begins.
        way: words with which people ask to be shown the way, not for one fact.
        wondering: phrases that only lead up to a question.
        telling: phrases with which people tell of their own trouble or wish.
        guide: what people call a guide.
    """

    small: Sequence[str] = ()
    same: Sequence[Sequence[str]] = ()
    asking: Sequence[str] = ()
    requesting: Sequence[str] = ()
    way: Sequence[str] = ()
    wondering: Sequence[str] = ()
    telling: Sequence[str] = ()
    guide: Sequence[str] = ()


@dataclass(frozen=True)
class Library:
    """All guides, in the order of their lists."""

    guides: Mapping[str, Guide]
    manuals: Mapping[str, Manual]
    platforms: Mapping[Platform, PlatformName]
    words: Words = field(default_factory=lambda: Words())

    def of(self, platform: Platform) -> Sequence[Guide]:
        """The guides of one platform."""
        return [guide for guide in self.guides.values() if guide.platform is platform]
