"""``ventanilla studio …``: what ``/estudio`` does, for whoever has a shell."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from bot.commands.accounts import CommandFailed
from bot.commands.studio_session import person_of, run, show
from bot.studio.service import Studio
from bot.studio.wording import Wording, percent


def intents() -> None:
    """Prints every intent with its figures."""

    async def work(studio: Studio) -> None:
        wording = await studio.wording()
        show(f"{'intent':40} {'title':42} {'answer':8} messages   right  month  confused with")
        for row in await studio.intents():
            right = f"{row.right}/{row.tested}" if row.tested else "-"
            confused = ", ".join(map(wording.intent, row.confused))
            title = wording.intent(row.name)
            show(
                f"{row.name:40} {title:42} {row.answer:8} {row.examples:8} {right:>7} {row.used:6}  {confused}".rstrip()
            )

    run(work)


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
        person = await person_of(email)
        try:
            return await studio.drafting.add(person, kind, body)
        except KeyError as error:
            raise CommandFailed(f"{file}: {error.args[0]} is missing") from error

    show(f"#{run(work)}")


def draft() -> None:
    """Prints the draft."""

    async def work(studio: Studio) -> None:
        view, wording = await studio.drafting.view(), await studio.wording()
        show(f"{view.draft.id}: {wording.of('estados', view.draft.state)}")
        for one in view.changes:
            if not one.undone:
                show(f"#{one.id}  {wording.change(one)}  ({one.author})")
        for remark in view.remarks:
            about = wording.about(remark)
            show(f"{'!!' if remark.stop else ' !'}  {f'«{about}»: ' if about else ''}{wording.remark(remark)}")
        for path, lines in view.files.items():
            show(f"{path}: +{sum(mark == '+' for mark, _ in lines)} -{sum(mark == '-' for mark, _ in lines)}")

    run(work)


def undo(number: int, email: str) -> None:
    """Takes a change back."""

    async def work(studio: Studio) -> None:
        await studio.drafting.undo(await person_of(email), number)

    run(work)


def trial(email: str) -> int:
    """Checks, trains and compares the draft, shows progress, and prints what came of it.

    Returns:
        0 when no red line is crossed, else 1.
    """

    async def work(studio: Studio) -> int:
        wording = await studio.wording()
        number = await studio.trials.start(await person_of(email))
        over = asyncio.create_task(studio.trials.wait())
        with Console(stderr=True).status(wording.of("etapas", "starting")) as status:
            while not over.done():
                await asyncio.wait([over], timeout=1)
                found = await studio.trials.latest()
                if found and found["stage"]:
                    status.update(wording.of("etapas", str(found["stage"])))
        latest = await studio.trials.latest()
        if latest is None or latest["state"] != "done":
            # What stopped it comes first: the log is for what nobody foresaw.
            for one in (latest or {}).get("result", {}).get("check", ()):
                if one["stop"]:
                    show(f"!!  {wording.remark(one)}")
            raise CommandFailed(f"the trial did not end; see {studio.trials.log_file(number)}")
        compared = latest["result"]["compare"]
        show(f"{latest['model']}  {percent(compared['accuracy']['live'])} -> {percent(compared['accuracy']['new'])}")
        for part in ("worse", "better", "missed", "changed"):
            for one in compared[part]:
                expected = wording.intent(one["expected"])
                show(f"{part:8} «{one['text']}» {_moved(wording, one)} ({expected})")
        for one in compared["month"]["changed"]:
            show(f"{'month':8} «{one['text']}» {_moved(wording, one)}")
        red = await studio.publishing.red_lines()
        for line in red:
            show(f"!!  {wording.red(line)}")
        return 1 if red else 0

    return run(work)


def propose(email: str) -> None:
    """Asks a second person to publish."""

    async def work(studio: Studio) -> None:
        await studio.publishing.propose(await person_of(email))

    run(work)


def publish(email: str, reason: str) -> None:
    """Puts the draft live."""

    async def work(studio: Studio) -> str:
        return (await studio.publishing.publish(await person_of(email), reason)).model

    show(run(work))


def roll_back(email: str, reason: str) -> None:
    """Goes back to model and data before."""

    async def work(studio: Studio) -> str:
        return (await studio.publishing.roll_back(await person_of(email), reason)).model

    show(run(work))


def report() -> None:
    """Prints the figures of the last days."""

    async def work(studio: Studio) -> None:
        found, wording = await studio.report(), await studio.wording()
        show(f"{found.total}  {percent(found.covered)}")
        for bar in found.models:
            show(f"{bar.name}  {bar.label}")
        for bar in found.unknown:
            show(f"{bar.total:5}  {bar.name}")
        show(", ".join(map(wording.intent, found.unused)))

    run(work)


def _moved(wording: Wording, one: Mapping[str, Any]) -> str:
    return f"{wording.intent(one['before'])} -> {wording.intent(one['after'])}"
