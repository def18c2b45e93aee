"""The studio as pages and command line use it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.brain.nlu.similar import comparable
from bot.conversations.interfaces import Message
from bot.stories.responses import Responses
from bot.studio import inbox, places
from bot.studio.drafting import Drafting
from bot.studio.files import Workspace
from bot.studio.inbox import Item
from bot.studio.interfaces import Person, StudioError
from bot.studio.parts import StudioParts, labelled
from bot.studio.publishing import Publishing
from bot.studio.reports import Report, report
from bot.studio.transcripts import file_name, story_of
from bot.studio.trials import Trials, past


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
    trials: Trials = field(init=False)
    publishing: Publishing = field(init=False)
    _warming: asyncio.Task[Any] | None = field(init=False, default=None)
    _measured: tuple[str, Mapping[str, tuple[int, int, Sequence[str]]]] | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.drafting = Drafting(self.parts)
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

    async def inbox(self) -> tuple[list[inbox.Group], Mapping[str, int]]:
        """The undecided messages in groups, and how many there are for each reason."""
        corpus = await self.parts.corpus()
        items, totals = await self._undecided(self.parts.masked)
        return await asyncio.to_thread(inbox.grouped, items, corpus.words, len(corpus.texts)), totals

    async def waiting(self) -> tuple[int, Mapping[str, int]]:
        """How many wordings wait for a decision, and how many messages there are for each reason."""
        items, totals = await self._undecided(lambda _text: "")
        return len(items), totals

    async def _undecided(self, mask: Callable[[str], str]) -> tuple[list[Item], Mapping[str, int]]:
        settings, parts = self.parts.settings, self.parts
        messages = await parts.review.written(past(parts.clock, settings.days), settings.most)
        # What is taught, in a form or long ago, needs no decision.
        draft = await parts.store.draft(parts.clock())
        changes = [one for one in await parts.store.changes(draft.id) if not one.undone]
        fresh = [text for one in changes for key in ("texts", "examples") for text in one.body.get(key, ())]
        taught = {*map(comparable, fresh), *(await parts.corpus()).plain}
        decided = await parts.store.decided(parts.clock())
        items = await asyncio.to_thread(inbox.collect, messages, settings.unsure, decided, parts.mark, mask, taught)
        return items, inbox.totals(messages, settings.unsure)

    async def decide(self, person: Person, decision: str, texts: Mapping[str, str], intent: str = "") -> int:
        """Remembers a decision about wordings; accepted ones join the draft.

        Args:
            texts: mark of each wording to its (masked, perhaps corrected) text.

        Raises:
            StudioError: the decision is none, or the intent is unknown.
        """
        if decision not in inbox.DECISIONS:
            raise StudioError("decision_unknown")
        now, store = self.parts.clock(), self.parts.store
        known = {mark for mark, one in (await store.decided(now)).items() if one[0] != "later"}
        fresh = {mark: text for mark, text in texts.items() if mark not in known}
        if not fresh:
            return 0
        if decision == "accept":
            if not all(text.strip() for text in fresh.values()):
                raise StudioError("example_empty")
            body = {"intent": intent, "texts": list(fresh.values()), "marks": list(fresh)}
            await self.drafting.add(person, "add_examples", body)
        taken = [await store.decide(mark, decision, intent, person.email, now) for mark in fresh]
        await store.note(person.email, f"inbox_{decision}", f"{len(fresh)} {intent}".strip(), now)
        return sum(taken)

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
        groups, _totals = await self.inbox()
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

    async def report(self) -> Report:
        """The figures of the last days."""
        settings = self.parts.settings
        since = past(self.parts.clock, settings.days)
        messages = await self.parts.review.written(since, 20_000)
        groups, _totals = await self.inbox()
        used = await self.parts.review.intents_used(since)
        names = places.intents(Workspace(self.parts.project))
        cards = self.parts.shelf.cards()
        return report(messages, used, groups, cards, names, self.parts.clock(), settings.days, settings.unsure)


def titles(space: Workspace) -> dict[str, Any]:
    """Titles, meanings and the offered ones of ``data/intents.yml``."""
    from bot.studio.yaml_text import load

    content = load(space.read(places.INTENTS)) or {}
    return {
        "titles": content.get("titles") or {},
        "meanings": content.get("meanings") or {},
        "offered": list(content.get("offered") or ()),
    }


def answer_kind(name: str, actions: Sequence[str]) -> str:
    """``text``, ``guide``, ``person`` or ``program``: what answers an intent."""
    if "action_hand_over" in actions:
        return "person"
    if "action_explain_topic" in actions:
        return "guide"
    return "text" if actions == [f"utter_{name}"] else "program"
