"""``ventanilla doctor``: what would keep the service from working, each with what to do."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from rich.console import Console

from bot.app import Core, build_core
from bot.brain.models import ModelShelf, fingerprint
from bot.db.migrate import upgrade
from bot.errors import VentanillaError
from bot.settings import Settings, load_settings
from bot.tasks.catalog import load_catalog

CONNECT_SECONDS = 5.0


class Ailment(VentanillaError):
    """Something is wrong, and what to do about it."""


Check = Callable[[Settings, Core], Awaitable[str]]


async def _database(_settings: Settings, core: Core) -> str:
    await core.database.check()
    await upgrade(core.database)
    return core.database.where


async def _mail(settings: Settings, _core: Core) -> str:
    if not settings.smtp_url:
        return "no server set: mails wait in the outbox (with --demo the local mailbox takes them)"
    parts = urlsplit(settings.smtp_url)
    port = parts.port or (465 if parts.scheme == "smtps" else 25)
    try:
        _reader, writer = await asyncio.wait_for(asyncio.open_connection(parts.hostname, port), CONNECT_SECONDS)
    except (OSError, asyncio.TimeoutError) as error:
        raise Ailment(f"{parts.hostname}:{port} does not answer; see VENTANILLA_SMTP_URL") from error
    writer.close()
    return f"{parts.hostname}:{port}"


async def _model(settings: Settings, _core: Core) -> str:
    shelf = ModelShelf(settings.models)
    name = shelf.current()
    if name is None:
        raise Ailment("no trained model; run `ventanilla train`")
    match = shelf.matching(fingerprint(settings.project))
    if match is None or match.name != name:
        return f"{name}, made from other data than those of today; `ventanilla train` makes a new one"
    return name


async def _data(settings: Settings, core: Core) -> str:
    catalog = load_catalog(settings.data / "tasks.yml")
    return f"{len(core.platforms)} platforms, {len(catalog.titles)} tasks"


async def _accounts(settings: Settings, _core: Core) -> str:
    return f"HTTP, {urlsplit(settings.account_api_url).hostname}" if settings.account_api_url else "SQL"


CHECKS: dict[str, Check] = {
    "database": _database,
    "accounts": _accounts,
    "mail": _mail,
    "model": _model,
    "data": _data,
}


def examine() -> int:
    """Prints a line for each check.

    Returns:
        0 when all is well, else 1.
    """
    settings = load_settings()
    return asyncio.run(_examine(settings, build_core(settings)))


async def _examine(settings: Settings, core: Core) -> int:
    console = Console(highlight=False)
    failed = 0
    for name, check in CHECKS.items():
        try:
            console.print(f"[green]ok[/]    {name:9} {await check(settings, core)}")
        except VentanillaError as error:
            failed = 1
            console.print(f"[red]wrong[/] {name:9} {error}")
    await core.database.close()
    return failed
