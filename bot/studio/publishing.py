"""Puts a trained draft live, and takes it back."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import structlog

from bot.brain.models import NothingToRollBackTo, fingerprint
from bot.errors import VentanillaError
from bot.studio.drafting import Drafting
from bot.studio.files import write_all
from bot.studio.git_history import GitHistory
from bot.studio.interfaces import NotAllowedHere, Person, RedLines, StaleTrial, StudioError
from bot.studio.merge import merge
from bot.studio.parts import StudioParts
from bot.studio.trials import Trials

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Published:
    """What came of a publishing or a roll-back.

    Attributes:
        pause: seconds in which nothing could be answered.
        kept: files that somebody changed meanwhile, and which a roll-back therefore left as they are in part.
    """

    model: str
    pause: float
    kept: Sequence[str] = ()


class Publishing:
    """Proposes, publishes and rolls back."""

    def __init__(self, parts: StudioParts, drafting: Drafting, trials: Trials) -> None:
        self._parts, self._store, self._drafting, self._trials = parts, parts.store, drafting, trials
        self._lock: asyncio.Lock | None = None
        self._history = GitHistory(parts.project, self._unkept)

    async def two_people(self) -> bool:
        """Whether who proposes may not publish."""
        chosen = await self._store.option("two_people")
        return self._parts.settings.two_people if chosen is None else chosen == "1"

    async def set_two_people(self, person: Person, needed: bool) -> None:
        """Switches the second pair of eyes on or off.

        Raises:
            NotAllowedHere: the person is no administrator.
        """
        if not person.admin:
            raise NotAllowedHere("admin_only")
        await self._store.set_option("two_people", "1" if needed else "0", person.email, self._parts.clock())
        await self._store.note(person.email, "two_people", "1" if needed else "0", self._parts.clock())

    async def red_lines(self) -> list[Mapping[str, Any]]:
        """What speaks against the draft's newest trial.

        Raises:
            StaleTrial: there is none of the draft as it stands.
        """
        _trial, result = await self._fresh_trial()
        compared = result.get("compare") or {}
        stops = [one for one in [*(result.get("remarks") or ()), *(result.get("check") or ())] if one["stop"]]
        return [*compared.get("red", ()), *({"kind": "check", "remark": one} for one in stops)]

    async def propose(self, person: Person) -> None:
        """Asks a second person to publish the draft.

        Raises:
            StaleTrial: it was not tried as it stands.
        """
        await self._fresh_trial()
        draft = await self._store.draft(self._parts.clock())
        facts = {"state": "proposed", "proposed_by": person.email, "proposed_at": self._parts.clock()}
        await self._store.set_draft(draft.id, **facts)
        await self._store.note(person.email, "propose", f"{draft.id}", self._parts.clock())

    async def publish(self, person: Person, reason: str = "") -> Published:
        """Puts the draft live: files, model and the running bot.

        Raises:
            NotAllowedHere: a second person is needed, or it was not proposed.
            StaleTrial: it was not tried as it stands, or the project's data changed meanwhile.
            RedLines: it crosses red lines, and the person may not take them or gave no reason.
        """
        self._lock = self._lock or asyncio.Lock()
        async with self._lock:
            draft = await self._store.draft(self._parts.clock())
            if await self.two_people():
                if draft.state != "proposed":
                    raise NotAllowedHere("not_proposed")
                if draft.proposed_by == person.email:
                    raise NotAllowedHere("same_person")
            red = await self.red_lines()
            if red and not (person.admin and reason.strip()):
                raise RedLines("red_reason" if person.admin else "red_lines", count=len(red))
            trial, result = await self._fresh_trial()
            name = str(trial["model"])
            _draft, changes, replayed = await self._drafting.replayed()
            changed = replayed.space.changed()
            if fingerprint(self._parts.project) != result["base"] or replayed.unfit:
                raise StaleTrial("base_moved")
            pause = await self._put_live(name, changed)
            now = self._parts.clock()
            facts = {"state": "published", "published_by": person.email, "published_at": now}
            await self._store.set_draft(draft.id, **facts, model=name, reason=reason.strip())
            await self._store.note(person.email, "publish", f"{draft.id} {name} {reason.strip()}".strip(), now)
            authors = sorted({change.author for change in changes if not change.undone})
            self._sign(name, authors, reason.strip())
            titles = [change.kind for change in changes if not change.undone]
            self._history.keep(sorted(changed), self._message("publish", name, titles, reason), person)
        return Published(name, pause)

    async def roll_back(self, person: Person, reason: str = "", *, seen: str = "") -> Published:
        """Goes back to the model and the data that were live before.

        Args:
            seen: the model that the person wants to leave; without it, whichever is in use.

        Raises:
            StudioError: there is nothing to go back to, or somebody left that model before.
        """
        self._lock = self._lock or asyncio.Lock()
        async with self._lock:
            current = self._parts.shelf.current() or ""
            if seen and seen != current:
                raise StudioError("left_before")
            record = self._record(current)
            try:
                name = self._parts.shelf.roll_back()
            except NothingToRollBackTo as nothing:
                raise StudioError("nothing_before") from nothing
            texts, kept = self._undone(record.get("files", {}))
            write_all(self._parts.project, texts)
            try:
                pause = await self._parts.switch.switch(name)
            except (VentanillaError, OSError):
                self._parts.shelf.promote(current)
                write_all(self._parts.project, {path: pair[1] for path, pair in record.get("files", {}).items()})
                raise
            await self._store.note(
                person.email, "roll_back", f"{current} → {name} {reason}".strip(), self._parts.clock()
            )
            self._history.keep(sorted(texts), self._message("roll_back", name, [], reason), person)
        return Published(name, pause, kept)

    async def recoverable(self) -> bool:
        """Whether what was published last was rolled back: it is not the model in use."""
        drafts = [draft for draft in await self._store.drafts() if draft.state == "published"]
        return bool(drafts) and drafts[0].model != self._parts.shelf.current()

    async def recover(self, person: Person) -> int:
        """Brings the changes of the draft that was published last into the one under way; says how many fitted."""
        if not await self.recoverable():
            raise StudioError("nothing_before")
        drafts = [draft for draft in await self._store.drafts() if draft.state == "published"]
        fitted = 0
        for change in await self._store.changes(drafts[0].id):
            if change.undone:
                continue
            try:
                await self._drafting.add(replace(person, email=change.author), change.kind, change.body)
                fitted += 1
            except StudioError:
                continue
        return fitted

    async def close(self) -> None:
        """Waits for what goes on beside."""
        await self._history.close()

    async def _fresh_trial(self) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        trial = await self._trials.latest()
        draft = await self._store.draft(self._parts.clock())
        if trial is None or trial["state"] != "done" or not trial["model"]:
            raise StaleTrial("not_tried")
        if trial["revision"] != await self._store.revision(draft.id):
            raise StaleTrial("changed_since")
        return trial, trial["result"]

    async def _put_live(self, name: str, changed: Mapping[str, tuple[str, str]]) -> float:
        shelf, project = self._parts.shelf, self._parts.project
        before = shelf.current()
        self._write_record(name, changed)
        write_all(project, {path: after for path, (_before, after) in changed.items()})
        # Noted first: whoever watches for a change of model must not change it back.
        shelf.promote(name)
        try:
            pause = await self._parts.switch.switch(name)
        except (VentanillaError, OSError):
            shelf.roll_back()
            write_all(project, {path: was for path, (was, _after) in changed.items()})
            raise
        log.info("published", model=name, before=before, files=len(changed))
        return pause

    def _record_file(self, name: str) -> Path:
        return self._parts.shelf.folder / f"{name}.changes.json"

    def _record(self, name: str) -> Mapping[str, Any]:
        file = self._record_file(name)
        return dict(json.loads(file.read_text(encoding="utf-8"))) if file.is_file() else {}

    def _write_record(self, name: str, changed: Mapping[str, tuple[str, str]]) -> None:
        write_all(
            self._parts.shelf.folder,
            {f"{name}.changes.json": json.dumps({"files": changed}, ensure_ascii=False, indent=1)},
        )

    def _undone(self, files: Mapping[str, Sequence[str]]) -> tuple[dict[str, str], list[str]]:
        """The files as they were before a publishing; what somebody changed since is kept."""
        texts, kept = {}, []
        for path, (before, after) in files.items():
            file = self._parts.project / path
            present = file.read_bytes().decode("utf-8") if file.is_file() else ""
            if present == after:
                texts[path] = before
                continue
            merged = merge(after, before, present)
            if merged.conflicts:
                kept.append(path)
            texts[path] = merged.text()
        return texts, kept

    def _sign(self, name: str, authors: Sequence[str], reason: str) -> None:
        card = self._parts.shelf.card(name)
        self._parts.shelf.add(replace(card, author=", ".join(authors) or card.author, reason=reason))

    def _message(self, action: str, name: str, kinds: Sequence[str], reason: str) -> str:
        words = self._parts.words
        listed = ", ".join(words["kinds"].get(kind, kind) for kind in dict.fromkeys(kinds))
        return str(words["commit"][action].format(model=name, changes=listed or "—", reason=reason.strip() or "—"))

    async def _unkept(self, paths: Sequence[str], person: Person) -> None:
        await self._store.note(person.email, "commit_failed", " ".join(paths)[:500], self._parts.clock())
