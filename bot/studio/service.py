"""The studio as pages and command line use it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.conversations.interfaces import Message
from bot.stories.responses import Responses
from bot.studio import places
from bot.studio.drafting import Drafting
from bot.studio.files import Workspace
from bot.studio.interfaces import Person, StudioError
from bot.studio.labelling import Labelling
from bot.studio.names import Names, names_of
from bot.studio.parts import StudioParts, labelled
from bot.studio.publishing import Publishing
from bot.studio.reports import Report, report
from bot.studio.transcripts import file_name, story_of
from bot.studio.trials import Trials, past
from bot.studio.wording import Wording


@dataclass(frozen=True)
class IntentRow:
    """One line of the list of intents. ``right`` of ``tested`` evaluation messages are understood."""

    name: str
    title: str
    meaning: str
    examples: int
    tested: int
    right: int
    used: int
    confused: Sequence[str]
    answer: str
    protected: bool
    offered: bool


@dataclass(frozen=True)
class IntentPage:
    """Everything about one intent."""

    row: IntentRow
    examples: Sequence[str]
    fresh: frozenset[str]
    guides: Sequence[str]
    text: str
    actions: Sequence[str]
    suggestions: Sequence[str]


@dataclass
class Studio:
    """Everything that the studio does, over its parts."""

    parts: StudioParts
    drafting: Drafting = field(init=False)
    labelling: Labelling = field(init=False)
    trials: Trials = field(init=False)
    publishing: Publishing = field(init=False)
    _warming: asyncio.Task[Any] | None = field(init=False, default=None)
    _names: tuple[object, Names] | None = field(init=False, default=None)
    _measured: tuple[str, Mapping[str, tuple[int, int, Sequence[str]]]] | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.drafting = Drafting(self.parts)
        self.labelling = Labelling(self.parts, self.drafting)
        self.trials = Trials(self.parts, self.drafting)
        self.publishing = Publishing(self.parts, self.drafting, self.trials)

    async def start(self) -> None:
        """Notes what a stop broke off."""
        await self.trials.recover()

    async def close(self) -> None:
        """Ends a trial under way and what goes on beside."""
        if self._warming:
            await asyncio.wait([self._warming])
        await self.trials.close()
        await self.publishing.close()

    def warm(self) -> None:
        """Begins, in the background, to read the training messages: whoever opens a page will soon write one.

        A service whose studio nobody opens keeps no index of them.
        """
        if self._warming is None:
            self._warming = asyncio.create_task(self.parts.corpus())

    async def wording(self) -> Wording:
        """The sentences, with intents, answers and guides named as people know them."""
        _draft, changes, replayed = await self.drafting.replayed()
        if self._names is None or self._names[0] is not replayed:
            names = await asyncio.to_thread(names_of, replayed.space, self.parts.words, changes)
            self._names = (replayed, names)
        return Wording(self.parts.words, self._names[1])

    async def conversation(self, identity: str) -> Sequence[Message]:
        """A conversation with personal data replaced.

        Raises:
            StudioError: there is none to show.
        """
        messages = await self.parts.hub.messages(identity) if self.parts.hub else ()
        if not messages:
            raise StudioError("conversation_unknown")
        await self.parts.corpus()
        return messages

    async def test_from(self, person: Person, identity: str, title: str) -> str:
        """Makes a conversation test of a conversation, in the draft; returns its text."""
        messages = await self.conversation(identity)
        space = await self.drafting.space()
        text = story_of(messages, title, Responses(places.responses(space)), self.parts.masked)
        await self.drafting.add(person, "add_story", {"file": file_name(self.parts.masked(title)), "text": text})
        return text

    async def intents(self) -> list[IntentRow]:
        """Every intent as the draft has it."""
        space = await self.drafting.space()
        used = await self.parts.review.intents_used(past(self.parts.clock, self.parts.settings.days))
        return await self._rows(space, used)

    async def _rows(self, space: Workspace, used: Mapping[str, int]) -> list[IntentRow]:
        texts, rules = await asyncio.to_thread(lambda: (places.messages(space), places.rules(space)))
        about = await asyncio.to_thread(titles, space)
        measured = await self._measure(space)
        rows = []
        for name in places.intents(space):
            tested, right, confused = measured.get(name, (0, 0, ()))
            _path, actions = rules.get(name, ("", []))
            rows.append(
                IntentRow(
                    name,
                    about["titles"].get(name, ""),
                    about["meanings"].get(name, ""),
                    len(texts.get(name, ())),
                    tested,
                    right,
                    used.get(name, 0),
                    confused,
                    answer_kind(name, actions),
                    name in self.parts.settings.protected,
                    name in about["offered"],
                )
            )
        return rows

    async def _measure(self, space: Workspace) -> Mapping[str, tuple[int, int, Sequence[str]]]:
        """Tested, right and confused with, by intent, of the model in use."""
        name = self.parts.switch.name
        if self._measured and self._measured[0] == name:
            return self._measured[1]
        found: dict[str, list[Any]] = {}
        for one in labelled(Workspace(self.parts.project)):
            understood = (await self.parts.switch.parse(one["text"])).get("intent") or {}
            found.setdefault(str(one["intent"]), []).append(str(understood.get("name") or ""))
            await asyncio.sleep(0)
        measured = {
            intent: (len(got), sum(one == intent for one in got), sorted({one for one in got if one != intent}))
            for intent, got in found.items()
        }
        self._measured = (name, measured)
        return measured

    async def intent(self, name: str) -> IntentPage:
        """One intent as the draft has it.

        Raises:
            StudioError: there is none of this name.
        """
        space = await self.drafting.space()
        used = await self.parts.review.intents_used(past(self.parts.clock, self.parts.settings.days))
        row = next((row for row in await self._rows(space, used) if row.name == name), None)
        if row is None:
            raise StudioError("intent_gone", name=name)
        texts = (await asyncio.to_thread(places.messages, space)).get(name, [])
        before = set((await self.parts.corpus()).messages.get(name, ()))
        variations = (await asyncio.to_thread(places.responses, space)).get(f"utter_{name}") or [{}]
        groups, _totals = await self.labelling.groups()
        pool = [item.text for group in groups for item in group.items]
        suggestions = await self.drafting.similar(texts[-200:], [text for text in pool if text not in texts])
        return IntentPage(
            row,
            texts,
            frozenset(set(texts) - before),
            places.guides_of(space, name),
            str(variations[0].get("text") or ""),
            places.rules(space).get(name, ("", []))[1],
            suggestions,
        )

    async def report(self, when: Callable[[datetime], datetime] = lambda moment: moment) -> Report:
        """The figures of the last days; ``when`` tells on which day a moment was for who reads."""
        settings = self.parts.settings
        since = past(self.parts.clock, settings.days)
        messages = await self.parts.review.written(since, 20_000)
        groups, _totals = await self.labelling.groups()
        used = await self.parts.review.intents_used(since)
        names = places.intents(Workspace(self.parts.project))
        cards = self.parts.shelf.cards()
        return report(messages, used, groups, cards, names, self.parts.clock(), settings.days, settings.unsure, when)


def titles(space: Workspace) -> Mapping[str, Any]:
    """Titles, meanings and the offered ones of ``data/intents.yml``."""
    return places.titles_in(space.read(places.INTENTS))


def answer_kind(name: str, actions: Sequence[str]) -> str:
    """``text``, ``guide``, ``person`` or ``program``: what answers an intent."""
    if "action_hand_over" in actions:
        return "person"
    if "action_explain_topic" in actions:
        return "guide"
    return "text" if actions == [f"utter_{name}"] else "program"
