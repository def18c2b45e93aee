"""A PostgreSQL cluster of our own, thrown away after the test session.

In a test or a fixture: ``url = await postgres_server.new_database()``.
"""

from __future__ import annotations

import glob
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest


class PostgresServer:
    """A running cluster. ``admin_url`` leads to its first database."""

    def __init__(self, binaries: Path, folder: Path, owner: str | None) -> None:
        self.binaries, self.folder, self.owner = binaries, folder, owner
        self.port = _free_port()
        self._numbers = count(1)

    def start(self) -> None:
        """Makes the cluster and waits until it answers."""
        data = str(self.folder / "data")
        self._run("initdb", "-D", data, "-U", "ventanilla", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        # Nothing here has to survive a power cut, so nothing waits for the disk.
        options = (
            f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c fsync=off "
            "-c synchronous_commit=off -c full_page_writes=off"
        )
        self._run("pg_ctl", "-D", data, "-o", options, "-l", str(self.folder / "log"), "-w", "-t", "60", "start")

    def stop(self) -> None:
        """Stops it at once and removes its files."""
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    async def new_database(self) -> str:
        """Makes an empty database.

        Returns:
            Its URL, for :class:`bot.db.engine.Database`.
        """
        import asyncpg

        name = f"test_{next(self._numbers)}"
        connection = await asyncpg.connect(
            host="127.0.0.1", port=self.port, user="ventanilla", database="postgres", timeout=30
        )
        try:
            await connection.execute(f"CREATE DATABASE {name}")
        finally:
            await connection.close()
        return f"postgresql+asyncpg://ventanilla@127.0.0.1:{self.port}/{name}"

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [str(self.binaries / program), *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self.folder,
            user=self.owner,
        )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def find_binaries() -> Path | None:
    """The newest PostgreSQL server on this machine, or None."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"))
    program = found[-1] if found else shutil.which("initdb")
    return Path(program).parent if program else None


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A running cluster; skips where there are no server binaries."""
    binaries = find_binaries()
    if binaries is None:
        pytest.skip("no PostgreSQL server binaries on this machine")
    folder = Path(tempfile.mkdtemp(prefix="vpg"))
    owner = None
    if os.geteuid() == 0:
        # The server refuses to run as root; the distribution's package made this user.
        owner = "postgres"
        shutil.chown(folder, owner)
    server = PostgresServer(binaries, folder, owner)
    server.start()
    yield server
    server.stop()
