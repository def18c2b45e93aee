"""Runs trials: a draft is checked, trained and compared in a process of its own while the service goes on answering."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import structlog

from bot.brain.models import ModelCard, fingerprint, marks
from bot.brain.training import count_messages, model_name
from bot.clock import Clock
from bot.studio.drafting import Drafting, DraftView
from bot.studio.files import CODE
from bot.studio.guards import as_facts
from bot.studio.interfaces import JobUnderWay, NothingToTrain, Person
from bot.studio.packing import packed
from bot.studio.parts import StudioParts

log = structlog.get_logger(__name__)

STAGES = ("starting", "lint", "validating", "reading", "understanding", "dialogue", "comparing", "talking")
ROOT = str(Path(__file__).resolve().parents[2])
LINE_LIMIT = 64 * 1024 * 1024
MONTH_DAYS = 30


class Trials:
    """Trials of the draft, one at a time."""

    def __init__(self, parts: StudioParts, drafting: Drafting) -> None:
        self._parts, self._store, self._drafting = parts, parts.store, drafting
        self._task: asyncio.Task[None] | None = None
        self._child: asyncio.subprocess.Process | None = None

    async def recover(self) -> None:
        """Notes that trials which a stop of the service broke off are over."""
        for trial in await self._store.trials():
            if trial["state"] == "running":
                await self._store.set_trial(trial["id"], state="stopped", ended_at=self._parts.clock())

    async def close(self) -> None:
        """Breaks off what is under way."""
        await self.stop()

    async def stop(self) -> None:
        """Breaks the trial under way off, if there is one."""
        if self._child and self._child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._child.terminate()
        if self._task:
            await asyncio.wait([self._task], timeout=10)

    async def latest(self) -> Mapping[str, Any] | None:
        """The newest trial of the draft under way."""
        draft = await self._store.draft(self._parts.clock())
        found = await self._store.trials(draft.id, 1)
        return found[0] if found else None

    async def start(self, person: Person, *, train: bool = True) -> int:
        """Begins a trial of the draft as it stands and returns its number.

        Raises:
            JobUnderWay: one is running.
            NothingToTrain: the draft is empty.
        """
        if self._task and not self._task.done():
            raise JobUnderWay("job_under_way")
        view = await self._drafting.view()
        if view.empty:
            raise NothingToTrain("nothing_to_train")
        trial = await self._store.begin_trial(view.draft.id, view.revision, person.email, self._parts.clock())
        await self._store.note(person.email, "trial", f"#{trial}", self._parts.clock())
        self._task = asyncio.create_task(self._run(trial, view, person, train))
        return trial

    async def wait(self) -> None:
        """Until the trial under way is over."""
        if self._task:
            await asyncio.wait([self._task])

    async def _run(self, trial: int, view: DraftView, person: Person, train: bool) -> None:
        began = self._parts.clock()
        state, result, name = "failed", {}, ""
        try:
            staged = await asyncio.to_thread(self._stage, trial, view)
            name = model_name(began, await asyncio.to_thread(fingerprint, staged))
            result = await self._work(trial, staged, name, view, train)
            state = "done" if result.get("trained") or not train else "failed"
            if result.get("trained"):
                await asyncio.to_thread(self._put_on_shelf, staged, name, result, person, began.isoformat())
        except Exception as error:  # whatever it is, the trial is over and says so
            log.error("trial_failed", error=type(error).__name__, trial=trial)
        if self._child and self._child.returncode in (-15, -9):
            state = "stopped"
        ended = self._parts.clock()
        facts = {"ended_at": ended, "seconds": round((ended - began).total_seconds(), 1)}
        await self._store.set_trial(
            trial, state=state, stage="", result=result, model=name if state == "done" and train else "", **facts
        )

    def _stage(self, trial: int, view: DraftView) -> Path:
        folder = self._parts.home / "ensayos"
        if folder.is_dir():
            for old in folder.iterdir():
                shutil.rmtree(old, ignore_errors=True)
        staged = folder / str(trial)
        view.replayed.space.copy_to(staged)
        return staged

    async def _work(self, trial: int, staged: Path, name: str, view: DraftView, train: bool) -> dict[str, Any]:
        since = past(self._parts.clock, MONTH_DAYS)
        written = await self._parts.review.written(since, self._parts.settings.compared)
        distinct = {one.text: one for one in reversed(written)}
        month = [
            {"text": one.text, "dialogue": dict(one.dialogue), "mark": self._mark(one.text, one.dialogue)}
            for one in distinct.values()
        ]
        base = await asyncio.to_thread(fingerprint, self._parts.project)
        mark = await asyncio.to_thread(fingerprint, staged)
        code = await asyncio.to_thread(_code_stamp)
        task = {
            "staged": str(staged),
            "project": str(self._parts.project),
            "name": name,
            "models": str(self._parts.shelf.folder),
            "live": str(self._parts.shelf.current_path()),
            "live_side": str(self._parts.home / "en-uso"),
            "live_mark": f"{self._parts.shelf.current()} {base} {code}",
            "new_mark": f"{name} {mark} {code}",
            "train": train,
            "lines": self._parts.settings.lines,
            "month": month,
        }
        result = await self._child_result(trial, task)
        for one in (result.get("compare") or {}).get("month", {}).get("changed", ()):
            one["text"] = self._parts.masked(month[one.pop("place")]["text"])
        result["remarks"] = [as_facts(remark) for remark in view.remarks]
        result["base"], result["mark"] = await asyncio.to_thread(fingerprint, self._parts.project), mark
        return result

    def _mark(self, text: str, dialogue: Mapping[str, Any]) -> str:
        return self._parts.hashed("studio-month", packed([text, dict(dialogue)]))

    async def _child_result(self, trial: int, task: Mapping[str, Any]) -> dict[str, Any]:
        root = ROOT
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join([root, *sys.path[:1]]),
            "RASA_CACHE_DIRECTORY": str(self._parts.home / "rasa-cache"),
            # The service keeps a core: numeric libraries would take every one.
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
        }
        log_file = self.log_file(trial)
        log_file.parent.mkdir(parents=True, exist_ok=True)
        with log_file.open("wb") as errors:
            self._child = await asyncio.create_subprocess_exec(
                *(sys.executable, "-W", "ignore", "-m", "bot.studio.trial"),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=errors,
                env=environment,
                cwd=root,
                limit=LINE_LIMIT,
            )
            assert self._child.stdin is not None and self._child.stdout is not None
            self._child.stdin.write(json.dumps(task).encode())
            await self._child.stdin.drain()
            self._child.stdin.close()
            result: dict[str, Any] = {}
            async for line in self._child.stdout:
                facts = _facts(line)
                if "stage" in facts:
                    await self._store.set_trial(trial, stage=facts["stage"])
                result = facts.get("result", result)
            await self._child.wait()
        return result

    def log_file(self, trial: int) -> Path:
        """Where a trial's process writes its log."""
        return self._parts.home / "registros" / f"ensayo-{trial}.log"

    def log_of(self, trial: int, lines: int = 60) -> Sequence[str]:
        """The last lines of a trial's log."""
        file = self.log_file(trial)
        return file.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:] if file.is_file() else []

    def _put_on_shelf(self, staged: Path, name: str, result: Mapping[str, Any], person: Person, began: str) -> None:
        compared = result.get("compare") or {}
        figures = {
            "accuracy": (compared.get("accuracy") or {}).get("new"),
            "labelled": compared.get("labelled"),
            "better": len(compared.get("better") or ()),
            "worse": len(compared.get("worse") or ()),
            "stories": (compared.get("stories") or {}).get("passed", {}).get("new"),
        }
        self._parts.shelf.add(
            ModelCard(
                name,
                fingerprint(staged),
                began,
                float(result["trained"]["seconds"]),
                count_messages(staged),
                marks(staged),
                figures,
                person.email,
                "",
                self._parts.shelf.current() or "",
            )
        )


def _code_stamp() -> int:
    """Changes when the program does: what it answers is not the model's doing alone."""
    files = (file for folder in CODE for file in (Path(ROOT) / folder).rglob("*.py"))
    return max(file.stat().st_mtime_ns for file in files)


def past(clock: Clock, days: int) -> Any:
    """The moment so many days ago."""
    from datetime import timedelta

    return clock() - timedelta(days=days)


def _facts(line: bytes) -> dict[str, Any]:
    if not line.startswith(b'{"studio"'):
        return {}
    facts: dict[str, Any] = json.loads(line)["studio"]
    return facts
