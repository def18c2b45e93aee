"""The draft under way: what several people change, kept change by change."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.brain.nlu.similar import comparable
from bot.studio import places
from bot.studio.changes import Replayed, Unfit, replay, try_change
from bot.studio.files import Workspace, diff_lines, stamp
from bot.studio.guards import added, inspect
from bot.studio.interfaces import Body, Change, ChangeDoesNotFit, Draft, Person, StudioError, Warned
from bot.studio.neighbours import alike
from bot.studio.nlu_text import example_text
from bot.studio.parts import StudioParts


@dataclass(frozen=True)
class DraftView:
    """The draft as it stands.

    Attributes:
        revision: number of its newest row.
        files: path to the lines of its comparison.
        remarks: on what it adds.
    """

    draft: Draft
    revision: int
    changes: Sequence[Change]
    replayed: Replayed
    files: Mapping[str, Sequence[tuple[str, str]]]
    remarks: Sequence[Warned]

    @property
    def empty(self) -> bool:
        """Whether it changes nothing."""
        return not any(not change.undone for change in self.changes)

    @property
    def stops(self) -> Sequence[Warned]:
        """The remarks that hold it back."""
        return [remark for remark in self.remarks if remark.stop]


class Drafting:
    """Changes and the files that they make."""

    def __init__(self, parts: StudioParts) -> None:
        self._parts, self._store = parts, parts.store
        self._known: tuple[object, DraftView] | None = None
        self._replayed: tuple[object, Replayed] | None = None
        self._lock: asyncio.Lock | None = None

    async def replayed(self) -> tuple[Draft, Sequence[Change], Replayed]:
        """The draft, its changes, and the project's files with them."""
        draft = await self._store.draft(self._parts.clock())
        changes = await self._store.changes(draft.id)
        key = await self._key(draft)
        if self._replayed is None or self._replayed[0] != key:
            self._replayed = (key, await asyncio.to_thread(replay, self._parts.project, changes))
        return draft, changes, self._replayed[1]

    async def _key(self, draft: Draft) -> object:
        revision = await self._store.revision(draft.id)
        return draft.id, revision, await asyncio.to_thread(stamp, self._parts.project)

    async def space(self) -> Workspace:
        """The project's files with the draft's changes."""
        return (await self.replayed())[2].space

    async def view(self) -> DraftView:
        """The draft with its comparison and all remarks."""
        draft, changes, replayed = await self.replayed()
        revision = await self._store.revision(draft.id)
        corpus = await self._parts.corpus()
        key = (draft, revision, id(corpus), self._parts.switch.name, id(replayed))
        if self._known and self._known[0] == key:
            return self._known[1]
        space = replayed.space
        files = {path: list(diff_lines(before, after)) for path, (before, after) in space.changed().items()}
        remarks: list[Warned] = []
        if any(path.startswith(f"{places.NLU}/") for path in files):
            after = await asyncio.to_thread(places.messages, space)
            texts = [text for _, text in added(corpus.messages, after)]
            opinions = await self._parts.opinions(texts[:400])
            remarks = await asyncio.to_thread(inspect, corpus, after, opinions, self._parts.settings.limits)
        remarks += [Warned("unfit", True, _unfit(one)) for one in replayed.unfit]
        view = DraftView(draft, revision, changes, replayed, files, remarks)
        self._known = (key, view)
        return view

    async def add(self, person: Person, kind: str, body: Body) -> int:
        """Appends a change.

        Raises:
            ChangeDoesNotFit: it cannot be applied to the draft as it stands; nothing was kept.
        """
        self._lock = self._lock or asyncio.Lock()
        async with self._lock:
            draft, _changes, replayed = await self.replayed()
            clean = self._clean(kind, body)
            space = replayed.space.copy()
            await asyncio.to_thread(try_change, space, kind, clean, self._parts.settings.protected)
            number = await self._store.add_change(draft.id, kind, clean, person.email, self._parts.clock())
            # One change more on what is there is what a replay of all would give.
            self._replayed = (await self._key(draft), Replayed(space, replayed.unfit))
        await self._store.note(person.email, kind, f"#{number}", self._parts.clock())
        return number

    async def undo(self, person: Person, change: int) -> None:
        """Takes a change back; the row stays, and so does this.

        Raises:
            StudioError: it is not one of this draft's, or was taken back before.
        """
        draft = await self._store.draft(self._parts.clock())
        known = {one.id: one for one in await self._store.changes(draft.id)}
        if change not in known or known[change].undone:
            raise StudioError("change_unknown")
        await self._store.add_change(draft.id, "undo", {}, person.email, self._parts.clock(), undoes=change)
        marks = known[change].body.get("marks", ())
        await self._parts.decisions.undo(marks, person.email, self._parts.clock())
        await self._store.note(person.email, "undo", f"#{change}", self._parts.clock())

    async def discard(self, person: Person) -> None:
        """Takes every change back."""
        draft = await self._store.draft(self._parts.clock())
        for change in await self._store.changes(draft.id):
            if not change.undone:
                await self._parts.decisions.undo(change.body.get("marks", ()), person.email, self._parts.clock())
        await self._store.set_draft(draft.id, state="discarded")
        await self._store.note(person.email, "discard", f"{draft.id}", self._parts.clock())

    async def warn(self, intent: str, texts: Sequence[str]) -> list[Warned]:
        """Remarks on messages that somebody is writing for an intent, before they are saved."""
        remarks: list[Warned] = []
        clean = []
        for text in texts:
            try:
                clean.append(example_text(text))
            except ChangeDoesNotFit as why:
                if why.key != "example_empty":
                    remarks.append(Warned(why.key, True, {}, text, intent))
        corpus = await self._parts.corpus()
        space = await self.space()
        after = await asyncio.to_thread(places.messages, space)
        mine = list(after.get(intent, ()))
        fresh = [text for text in clean if text not in mine]
        after[intent] = [*mine, *fresh]
        opinions = await self._parts.opinions(fresh[:60])
        found = await asyncio.to_thread(inspect, corpus, after, opinions, self._parts.settings.limits)
        written = set(clean)
        return remarks + [one for one in found if one.intent == intent and (not one.text or one.text in written)]

    async def similar(self, texts: Sequence[str], pool: Sequence[str], most: int = 8) -> list[str]:
        """Wordings of the pool that are like the texts, for more variety; never invented."""
        corpus = await self._parts.corpus()
        plain, others = [comparable(text) for text in texts], [comparable(text) for text in pool]
        found = await asyncio.to_thread(alike, plain, others, corpus.words, len(corpus.texts))
        return [pool[at] for at in found[:most]]

    def _clean(self, kind: str, body: Body) -> dict[str, Any]:
        """The change without personal data; what is masked here never reaches a file."""
        clean = dict(body)
        for key in ("texts", "examples", "tests"):
            if key in clean and kind != "split_intent":
                clean[key] = [self._parts.masked(str(text)) for text in clean[key] if str(text).strip()]
        if kind == "edit_example":
            clean["after"] = self._parts.masked(str(clean["after"]))
        return clean


def _unfit(one: Unfit) -> dict[str, Any]:
    change, why = one.change, one.why
    named = {"change": change.kind, "body": _plain(change.body), "who": change.author}
    return {**named, "why": why.key, "facts": _plain(why.facts)}


def _plain(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in facts.items() if isinstance(value, (str, int, float))}
