"""What the rest of the program may ask of the guides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.errors import VentanillaError
from bot.guides.model import Guide, Source
from bot.platforms import Platform


class GuideUnknown(VentanillaError):
    """There is no such guide, or no such step in it.

    Attributes:
        guide, step: what was asked for; ``step`` is empty when the guide itself is unknown.
    """

    def __init__(self, guide: str, step: str = "") -> None:
        super().__init__(f"no guide {guide}" + (f" with a step {step}" if step else ""))
        self.guide = guide
        self.step = step


@dataclass(frozen=True)
class FactAnswer:
    """An answer from a manual.

    Attributes:
        step: id of the guide's step where the fact is used, or empty.
        score: how well the question fits, 0 to 1.
        sure: it is this fact that is asked for, and neither the way to something nor a thing to be done; so it may be
            told whatever else the message seems to be.
    """

    guide: Guide
    fact: str
    text: str
    source: Source
    step: str
    score: float
    sure: bool = False


@dataclass(frozen=True)
class Place:
    """A step that a text points to, with the index of the step from 0."""

    guide: Guide
    index: int
    score: float


@dataclass(frozen=True)
class Image:
    """A picture's address and what it shows."""

    src: str
    alt: str

    def as_dict(self) -> dict[str, str]:
        """As a message carries it."""
        return {"src": self.src, "alt": self.alt}


@dataclass(frozen=True)
class Button:
    """Something that can be done next.

    Attributes:
        kind: the command it stands for: ``next``, ``finish`` (``next`` at the last step), ``back``, ``repeat``,
            ``other_wording``, ``trouble``, ``remaining``, ``all_steps``, ``stop``, ``resume``, ``jump``, ``start``,
            ``bot_can``, ``person``, ``mail``.
            Its title is the response ``utter_guide_button_<kind>``, unless ``title`` is given.
        value: what the command takes (a trouble's id, a step's number, a guide's id, a task), or empty.
        title: a title from the guide (a trouble's words, a step's title), or empty.
    """

    kind: str
    value: str = ""
    title: str = ""


@dataclass(frozen=True)
class StepView:
    """One step, ready to be shown as a card by any channel."""

    guide: str
    guide_title: str
    step: str
    title: str
    lines: Sequence[str]
    see: Sequence[str]
    number: int
    total: int
    source: str
    image: Image | None

    def as_card(self) -> dict[str, Any]:
        """As a message carries it."""
        return {
            "type": "step",
            "guide": self.guide,
            "guide_title": self.guide_title,
            "title": self.title,
            "number": self.number,
            "total": self.total,
            "lines": list(self.lines),
            "see": list(self.see),
            "source": self.source,
        }


@dataclass(frozen=True)
class Shown:
    """One message to be said.

    Attributes:
        response: its name in ``data/responses/guias.yml``.
        facts: what that sentence names.
        step: the step to show with it, or None.
        items: lines of a list (all steps, what to have at hand); numbered from the fact ``first`` on if there is one.
    """

    response: str
    facts: Mapping[str, str | int] = field(default_factory=dict)
    step: StepView | None = None
    items: Sequence[str] = ()
    buttons: Sequence[Button] = ()


@dataclass(frozen=True)
class Walk:
    """Where a person is in a guide. Plain values: :meth:`as_dict` fits into a slot and lives as long as that.

    Attributes:
        guide: the guide's id.
        index: the step's index from 0; the number of steps when all are done; -1 before the first.
        wording: 0 the first wording, 1 the other.
        tried: ids of the troubles of this step that were explained.
        history: ``step/trouble`` of everything that was tried in this guide, for the person who takes over.
        stopped: the person left the guide and may come back.
    """

    guide: str
    index: int = -1
    wording: int = 0
    tried: Sequence[str] = ()
    history: Sequence[str] = ()
    stopped: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Plain values for a slot or a database."""
        return {
            "guide": self.guide,
            "index": self.index,
            "wording": self.wording,
            "tried": list(self.tried),
            "history": list(self.history),
            "stopped": self.stopped,
        }

    @staticmethod
    def from_dict(data: Mapping[str, Any]) -> Walk:
        """The inverse of :meth:`as_dict`."""
        return Walk(
            guide=str(data["guide"]),
            index=int(data.get("index", -1)),
            wording=int(data.get("wording", 0)),
            tried=tuple(map(str, data.get("tried", ()))),
            history=tuple(map(str, data.get("history", ()))),
            stopped=bool(data.get("stopped", False)),
        )


@dataclass(frozen=True)
class Walked:
    """The new state and what to say. ``done``: the guide's end was reached; ``person``: offer to hand over."""

    walk: Walk
    shown: Sequence[Shown]
    done: bool = False
    person: bool = False


class GuideService(Protocol):
    """Guides, their walking, their facts and their pictures."""

    def all(self, platform: Platform | None = None) -> Sequence[Guide]:
        """Every guide (of one platform), in the order of lists."""

    def get(self, guide_id: str) -> Guide:
        """The guide ``platform/name``.

        Raises:
            GuideUnknown: there is none.
        """

    def find(self, intent: str, platform: Platform) -> Guide | None:
        """The guide that an intent asks for on a platform."""

    def platforms_for(self, intent: str) -> Sequence[Platform]:
        """The platforms that have a guide for an intent, so that only those are offered."""

    def answer(self, question: str, platform: Platform | None = None) -> FactAnswer | None:
        """The answer to a question about the content, or None when none is certain.

        A platform named in the question goes before ``platform``. Without either, an answer comes back only when
        the other platforms have none as good: see :meth:`platforms_that_answer`.
        """

    def platforms_that_answer(self, question: str) -> Sequence[Platform]:
        """The platforms that have an answer to the question, for a choice by buttons."""

    def asks_the_way(self, text: str) -> bool:
        """Whether a text asks to be shown how to do something, rather than for one fact."""

    def asks_for_a_guide(self, text: str) -> bool:
        """Whether a text asks for a guide by that name, or for steps."""

    def named(self, text: str, platform: Platform | None = None, *, limit: int = 3) -> Sequence[Place]:
        """The guides whose titles and words a text holds, best first, each at its first step."""

    def search(
        self, text: str, platform: Platform | None = None, *, within: str = "", limit: int = 3
    ) -> Sequence[Place]:
        """The steps that a text points to ("¿dónde está el botón Aumentar menú?"), best first."""

    def walk(self, walk: Walk, command: str, value: str = "") -> Walked:
        """One command of the person's in a guide.

        Args:
            command: ``start``, ``next``, ``back``, ``repeat``, ``other_wording``, ``jump`` (a step's number, its id,
                or words), ``remaining``, ``all_steps``, ``trouble`` (its id, words, or empty to choose), ``stop``,
                ``resume`` or ``here`` (the place in one line, after a word in between).

        Raises:
            GuideUnknown: the guide was taken away since the person began it.
        """

    def svg(self, guide_id: str, step_id: str) -> str:
        """The step's drawing, following the viewer's light or dark.

        Raises:
            GuideUnknown: no such guide or step, or the step has no drawing.
        """

    def png(self, guide_id: str, step_id: str) -> bytes:
        """The same as PNG, 720 pixels wide, light. Takes some tens of milliseconds the first time: call it in a thread.

        Raises:
            GuideUnknown: no such guide or step, or the step has no drawing.
        """

    def mail_facts(self, guide_id: str, public_url: str) -> Mapping[str, Any]:
        """What the mail template ``guide`` is given: ``title``, ``purpose``, ``platform``, ``at_hand``, ``link``,
        ``steps`` (``number``, ``title``, ``do``, ``see``, ``link``, ``image``, ``alt``) and ``sources``.

        Raises:
            GuideUnknown: no such guide.
        """
