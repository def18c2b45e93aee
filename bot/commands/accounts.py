"""``ventanilla accounts …``."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from bot.accounts.csv_import import ImportCounts, csv_sentence, import_accounts
from bot.accounts.csv_import import show as show_account
from bot.accounts.csv_rows import CsvRejected
from bot.app import Core, build_core
from bot.db.migrate import upgrade
from bot.errors import VentanillaError
from bot.platforms import Platform
from bot.settings import load_settings


class CommandFailed(VentanillaError):
    """A command's one clear line for the operator."""


def import_file(path: Path) -> None:
    """Imports accounts from a CSV file.

    Raises:
        CommandFailed: a row is bad; nothing was imported.
    """
    settings = load_settings()
    core = build_core(settings)
    try:
        counts = asyncio.run(_import(core, path))
    except CsvRejected as error:
        raise CommandFailed(csv_sentence(error, settings.data)) from error
    Console().print(f"{counts.added} added, {counts.updated} updated", highlight=False)


async def _import(core: Core, path: Path) -> ImportCounts:
    try:
        await upgrade(core.database)
        with Progress(transient=True, console=Console(stderr=True)) as bar:
            task = bar.add_task("importing", total=None)
            return await import_accounts(
                core.database,
                path,
                core.clock(),
                progress=lambda done, total: bar.update(task, completed=done, total=total),
            )
    finally:
        await core.database.close()


def show(platform: str, login: str, as_json: bool) -> None:
    """Prints an account.

    Raises:
        CommandFailed: there is no such platform.
        AccountUnknown: there is no such account.
    """
    try:
        chosen = Platform(platform.lower())
    except ValueError:
        raise CommandFailed(f"no platform named {platform}: expected seace, soce or secop2") from None
    core = build_core(load_settings())
    facts = asyncio.run(_show(core, chosen, login))
    if as_json:
        print(json.dumps(facts, ensure_ascii=False))
        return
    for name, value in facts.items():
        Console().print(f"{name:22} {'' if value is None else value}", highlight=False, markup=False)


async def _show(core: Core, platform: Platform, login: str) -> dict[str, str | bool | None]:
    try:
        await upgrade(core.database)
        return await show_account(core.backend, core.platforms[platform], login, core.clock())
    finally:
        await core.database.close()
