"""``ventanilla studio …``: what ``/estudio`` does, for whoever has a shell."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

from rich.console import Console
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from bot.app import build_core, build_studio
from bot.brain.models import ModelShelf
from bot.commands.accounts import CommandFailed
from bot.db.migrate import upgrade
from bot.desk.agent_store import AgentStore, DeskRole, Right
from bot.settings import load_settings
from bot.studio.interfaces import Person, StudioError
from bot.studio.service import Studio
from bot.studio.wording import Wording, percent

T = TypeVar("T")


class ShelfSwitch:
    """Stands for the running bot's model: a running service sees the shelf's change and takes the model up itself."""

    def __init__(self, shelf: ModelShelf) -> None:
        self._shelf, self._understanding = shelf, None

    @property
    def name(self) -> str:
        """The model in use, or empty."""
        return self._shelf.current() or ""

    async def switch(self, name: str) -> float:
        """Sees to it that the model can be loaded."""
        from bot.brain.nlu.parse import Understanding

        await asyncio.to_thread(Understanding, self._shelf.path(name))
        return 0.0

    async def parse(self, text: str) -> Mapping[str, Any]:
        """What the model in use understands of a text."""
        from bot.brain.nlu.parse import Understanding

        understanding: Any = self._understanding or Understanding(self._shelf.current_path())
        self._understanding = understanding
        parsed = understanding.parse(text)
        ranking = [{"name": name, "confidence": chance} for name, chance in parsed.ranking]
        return {"intent": {"name": parsed.intent, "confidence": parsed.confidence}, "intent_ranking": ranking}


@asynccontextmanager
async def _studio() -> AsyncIterator[Studio]:
    core = build_core(load_settings())
    await upgrade(core.database)
    studio = build_studio(core, ShelfSwitch(ModelShelf(core.settings.models)))
    try:
        yield studio
    finally:
        await studio.close()
        await core.database.close()


async def _person(email: str) -> Person:
    core = build_core(load_settings())
    try:
        await upgrade(core.database)
        proofs = await AgentStore(core.database).by_email(email)
    finally:
        await core.database.close()
    if proofs is None or not proofs.agent.enabled or not proofs.agent.may(Right.TEACH):
        raise CommandFailed(f"{email} is no trainer or administrator; see `ventanilla agents add --role trainer`")
    return Person(proofs.agent.email, proofs.agent.name, proofs.agent.role is DeskRole.ADMIN)


def _run(work: Callable[[Studio], Awaitable[T]]) -> T:
    async def run() -> T:
        async with _studio() as studio:
            try:
                return await work(studio)
            except StudioError as error:
                raise CommandFailed(Wording(studio.parts.words).error(error)) from error

    return asyncio.run(run())


def _print(words: str) -> None:
    Console().print(words, highlight=False, markup=False, soft_wrap=True)


def inbox(most: int) -> None:
    """Prints the inbox's groups."""

    async def work(studio: Studio) -> None:
        groups, totals = await studio.inbox()
        _print(f"{totals.get('unclear', 0)} / {totals.get('total', 0)}")
        for group in groups[:most]:
            guesses = ", ".join(f"{name} {percent(chance)}" for name, chance in group.guesses)
            _print(f"{group.key}  {group.times:4}  {guesses}")
            for item in group.items[:5]:
                _print(f"                        {item.text}")

    _run(work)


def label(key: str, email: str, intent: str) -> None:
    """Decides about a group.

    Raises:
        CommandFailed: there is no such group or intent, or the person may not.
    """

    async def work(studio: Studio) -> int:
        person = await _person(email)
        groups, _totals = await studio.inbox()
        found = [group for group in groups if group.key.startswith(key)]
        if len(found) != 1:
            raise CommandFailed(f"no single group begins with {key}; see `ventanilla studio inbox`")
        texts = {item.mark: item.text for item in found[0].items}
        return await studio.decide(person, "accept" if intent else "discard", texts, intent)

    _print(str(_run(work)))


def intents() -> None:
    """Prints every intent with its figures."""

    async def work(studio: Studio) -> None:
        _print(f"{'intent':40} {'answer':8} messages   right  month  confused with")
        for row in await studio.intents():
            right = f"{row.right}/{row.tested}" if row.tested else "-"
            confused = ", ".join(row.confused)
            _print(f"{row.name:40} {row.answer:8} {row.examples:8} {right:>7} {row.used:6}  {confused}".rstrip())

    _run(work)


def change(kind: str, file: Path, email: str) -> None:
    """Adds a change to the draft.

    Raises:
        CommandFailed: the file cannot be used, the change does not fit, or the person may not.
    """
    try:
        body = YAML(typ="safe").load(file.read_text(encoding="utf-8"))
    except (OSError, YAMLError) as error:
        raise CommandFailed(f"{file} cannot be read: {type(error).__name__}") from error
    if not isinstance(body, dict):
        raise CommandFailed(f"{file}: expected a mapping")

    async def work(studio: Studio) -> int:
        person = await _person(email)
        try:
            return await studio.drafting.add(person, kind, body)
        except KeyError as error:
            raise CommandFailed(f"{file}: {error.args[0]} is missing") from error

    _print(f"#{_run(work)}")


def draft() -> None:
    """Prints the draft."""

    async def work(studio: Studio) -> None:
        view, wording = await studio.drafting.view(), Wording(studio.parts.words)
        _print(f"{view.draft.id}: {wording.of('estados', view.draft.state)}")
        for one in view.changes:
            if not one.undone:
                _print(f"#{one.id}  {wording.change(one)}  ({one.author})")
        for remark in view.remarks:
            about = remark.text or remark.intent
            _print(f"{'!!' if remark.stop else ' !'}  «{about}»: {wording.remark(remark)}")
        for path, lines in view.files.items():
            _print(f"{path}: +{sum(mark == '+' for mark, _ in lines)} -{sum(mark == '-' for mark, _ in lines)}")

    _run(work)


def undo(number: int, email: str) -> None:
    """Takes a change back."""

    async def work(studio: Studio) -> None:
        await studio.drafting.undo(await _person(email), number)

    _run(work)


def trial(email: str) -> int:
    """Checks, trains and compares the draft, shows progress, and prints what came of it.

    Returns:
        0 when no red line is crossed, else 1.
    """

    async def work(studio: Studio) -> int:
        wording = Wording(studio.parts.words)
        number = await studio.trials.start(await _person(email))
        over = asyncio.create_task(studio.trials.wait())
        with Console(stderr=True).status(wording.of("etapas", "starting")) as status:
            while not over.done():
                await asyncio.wait([over], timeout=1)
                found = await studio.trials.latest()
                if found and found["stage"]:
                    status.update(wording.of("etapas", str(found["stage"])))
        latest = await studio.trials.latest()
        if latest is None or latest["state"] != "done":
            raise CommandFailed(f"the trial did not end; see {studio.trials.log_file(number)}")
        compared = latest["result"]["compare"]
        _print(f"{latest['model']}  {percent(compared['accuracy']['live'])} -> {percent(compared['accuracy']['new'])}")
        for part in ("worse", "better", "missed", "changed"):
            for one in compared[part]:
                _print(f"{part:8} «{one['text']}» {one['before']} -> {one['after']} ({one['expected']})")
        for one in compared["month"]["changed"]:
            _print(f"{'month':8} «{one['text']}» {one['before']} -> {one['after']}")
        red = await studio.publishing.red_lines()
        for line in red:
            _print(f"!!  {wording.red(line)}")
        return 1 if red else 0

    return _run(work)


def propose(email: str) -> None:
    """Asks a second person to publish."""

    async def work(studio: Studio) -> None:
        await studio.publishing.propose(await _person(email))

    _run(work)


def publish(email: str, reason: str) -> None:
    """Puts the draft live."""

    async def work(studio: Studio) -> str:
        return (await studio.publishing.publish(await _person(email), reason)).model

    _print(_run(work))


def roll_back(email: str, reason: str) -> None:
    """Goes back to model and data before."""

    async def work(studio: Studio) -> str:
        return (await studio.publishing.roll_back(await _person(email), reason)).model

    _print(_run(work))


def report() -> None:
    """Prints the figures of the last days."""

    async def work(studio: Studio) -> None:
        found = await studio.report()
        _print(f"{found.total}  {percent(found.covered)}")
        for bar in found.models:
            _print(f"{bar.name}  {bar.label}")
        for bar in found.unknown:
            _print(f"{bar.total:5}  {bar.name}")
        _print(", ".join(found.unused))

    _run(work)
