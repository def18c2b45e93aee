"""The inbox at work: what waits, what is decided about it, what was set aside, and taking a decision back."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.brain.nlu.similar import comparable
from bot.studio import inbox
from bot.studio.drafting import Drafting
from bot.studio.inbox import Item
from bot.studio.interfaces import Person, StudioError
from bot.studio.parts import StudioParts
from bot.studio.trials import past

PERSONAL, ACCEPT = "personal", "accept"


@dataclass(frozen=True)
class Aside:
    """What somebody set aside with one press.

    Attributes:
        texts: mark to masked words; without the words where they may not be shown.
    """

    decision: str
    author: str
    at: datetime
    texts: Mapping[str, str]

    @property
    def key(self) -> str:
        """Stands for it on the command line."""
        return min(self.texts)[:8]

    @property
    def marks(self) -> str:
        """Its marks as the form sends them back."""
        return json.dumps(dict.fromkeys(self.texts, ""))

    @property
    def shown(self) -> bool:
        """Whether the words may be read here."""
        return self.decision != PERSONAL


class Labelling:
    """Decisions about the messages of the inbox."""

    def __init__(self, parts: StudioParts, drafting: Drafting) -> None:
        self._parts, self._drafting = parts, drafting

    async def groups(self) -> tuple[list[inbox.Group], Mapping[str, int]]:
        """The undecided messages in groups, and how many there are for each reason."""
        corpus = await self._parts.corpus()
        items, totals = await self._undecided(self._parts.masked)
        return await asyncio.to_thread(inbox.grouped, items, corpus.words, len(corpus.texts)), totals

    async def waiting(self) -> tuple[int, Mapping[str, int]]:
        """How many wordings wait for a decision, and how many messages there are for each reason."""
        items, totals = await self._undecided(lambda _text: "")
        return len(items), totals

    async def _undecided(self, mask: Callable[[str], str]) -> tuple[list[Item], Mapping[str, int]]:
        settings, parts = self._parts.settings, self._parts
        messages = await parts.review.written(past(parts.clock, settings.days), settings.most)
        # What is taught, in a form or long ago, needs no decision.
        draft = await parts.store.draft(parts.clock())
        changes = [one for one in await parts.store.changes(draft.id) if not one.undone]
        fresh = [text for one in changes for key in ("texts", "examples") for text in one.body.get(key, ())]
        taught = {*map(comparable, fresh), *(await parts.corpus()).plain}
        decided = await parts.decisions.decided(parts.clock())
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
        now, store, decisions = self._parts.clock(), self._parts.store, self._parts.decisions
        known = {mark for mark, one in (await decisions.decided(now)).items() if one.decision != "later"}
        fresh = {mark: text for mark, text in texts.items() if mark not in known}
        if not fresh:
            return 0
        if decision == ACCEPT:
            if not all(text.strip() for text in fresh.values()):
                raise StudioError("example_empty")
            body = {"intent": intent, "texts": list(fresh.values()), "marks": list(fresh)}
            await self._drafting.add(person, "add_examples", body)
        taken = [await decisions.decide(mark, decision, intent, person.email, now) for mark in fresh]
        await store.note(person.email, f"inbox_{decision}", f"{len(fresh)} {intent}".strip(), now)
        return sum(taken)

    async def take_back(self, person: Person, decision: str, marks: Sequence[str]) -> int:
        """Has wordings be asked about again, where this decision still holds; says of how many it did.

        Messages that were accepted leave the draft with the press that brought them in.
        """
        now, decisions = self._parts.clock(), self._parts.decisions
        holding = await decisions.decided(now)
        held = [mark for mark in dict.fromkeys(marks) if mark in holding and holding[mark].decision == decision]
        if not held:
            return 0
        if decision == ACCEPT:
            return await self._take_out(person, held)
        count = await decisions.undo(held, person.email, now)
        await self._parts.store.note(person.email, "inbox_undo", f"{count} {decision}", now)
        return count

    async def _take_out(self, person: Person, marks: Sequence[str]) -> int:
        draft = await self._parts.store.draft(self._parts.clock())
        changes = await self._parts.store.changes(draft.id)
        theirs = [one for one in changes if not one.undone and set(marks) & set(one.body.get("marks", ()))]
        for change in theirs:
            await self._drafting.undo(person, change.id)
        return len(marks) if theirs else 0

    async def aside(self) -> list[Aside]:
        """What was set aside of the last month's messages and could come back, newest first."""
        settings, parts = self._parts.settings, self._parts
        await parts.corpus()
        messages = await parts.review.written(past(parts.clock, settings.days), settings.most)
        decided = await parts.decisions.decided(parts.clock())
        kept = {mark: one for mark, one in decided.items() if one.decision != ACCEPT}
        items = await asyncio.to_thread(inbox.collect, messages, settings.unsure, (), parts.mark, str)
        found: dict[tuple[datetime, str, str], dict[str, str]] = {}
        for item in items:
            one = kept.get(item.mark)
            if one is not None:
                text = "" if one.decision == PERSONAL else parts.masked(item.text)
                found.setdefault((one.at, one.author, one.decision), {})[item.mark] = text
        return [
            Aside(decision, author, at, found[at, author, decision]) for at, author, decision in sorted(found)[::-1]
        ]
