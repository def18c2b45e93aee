"""What is published becomes one commit each, where the project is a git repository; nobody waits for it."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from bot.studio.interfaces import Person

GIT_SECONDS = 20

Unkept = Callable[[Sequence[str], Person], Awaitable[None]]


class GitHistory:
    """Commits files in the background.

    Args:
        unkept: told of files that git did not take.
    """

    def __init__(self, project: Path, unkept: Unkept) -> None:
        self._project, self._unkept = project, unkept
        self._asides: set[asyncio.Task[None]] = set()

    def keep(self, paths: Sequence[str], message: str, person: Person) -> None:
        """Begins a commit of exactly these files; without git, nothing happens."""
        if not (self._project / ".git").exists() or not shutil.which("git") or not paths:
            return
        task = asyncio.create_task(self._commit(paths, message, person))
        self._asides.add(task)
        task.add_done_callback(self._asides.discard)

    async def close(self) -> None:
        """Waits for commits under way."""
        if self._asides:
            await asyncio.wait(self._asides, timeout=GIT_SECONDS)

    async def _commit(self, paths: Sequence[str], message: str, person: Person) -> None:
        if not await asyncio.to_thread(commit, self._project, paths, message, person):
            await self._unkept(paths, person)


def commit(project: Path, paths: Sequence[str], message: str, person: Person) -> bool:
    """One commit of exactly these files; says whether git took it."""
    environment = {
        **os.environ,
        "GIT_AUTHOR_NAME": person.name,
        "GIT_AUTHOR_EMAIL": person.email,
        "GIT_COMMITTER_NAME": person.name,
        "GIT_COMMITTER_EMAIL": person.email,
    }
    for arguments in (["add", "-A", "--", *paths], ["commit", "--quiet", "-m", message, "--", *paths]):
        try:
            done = subprocess.run(  # noqa: S603 - git, with paths that we wrote
                ["git", *arguments],  # noqa: S607
                cwd=project,
                env=environment,
                capture_output=True,
                timeout=GIT_SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            return False
        if done.returncode != 0:
            return False
    return True
