"""Starts the real service for a measurement, and talks to it as the widget does."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Service:
    """A running service.

    Attributes:
        ready_after: seconds from the start of the process to ``/readyz`` saying 200.
    """

    base: str
    process: subprocess.Popen[bytes]
    ready_after: float

    def cpu(self) -> float:
        """Processor time that it has used, in seconds."""
        used = psutil.Process(self.process.pid).cpu_times()
        return float(used.user + used.system)

    def memory(self) -> float:
        """Resident memory of the service and its children, in MB."""
        processes = [psutil.Process(self.process.pid), *psutil.Process(self.process.pid).children(recursive=True)]
        return sum(process.memory_info().rss for process in processes) / 1e6


@contextlib.contextmanager
def running_service(before: str = "", project: Path | None = None, home: Path | None = None) -> Iterator[Service]:
    """The service with demo accounts, without rate limits, in an empty home unless one is named.

    Args:
        before: Python to run in its process first, to measure it with something changed.
        project: another Rasa project than this one.
    """
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        home = home or Path(folder)
        home.mkdir(exist_ok=True)
        environment = {**os.environ, "VENTANILLA_HOME": str(home), "VENTANILLA_RATE_LIMITS": "off"}
        if project:
            environment["VENTANILLA_PROJECT"] = str(project)
        program = f"{before}\nfrom bot.cli import main\nmain()"
        command = [sys.executable, "-W", "ignore", "-c", program, "run", "--demo", "--port", str(port)]
        started = time.monotonic()
        with open(home / "service.log", "wb") as log:
            process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)  # noqa: S603 - our own command
        base = f"http://127.0.0.1:{port}"
        try:
            while True:
                if process.poll() is not None:
                    raise SystemExit((home / "service.log").read_text())
                with contextlib.suppress(httpx.HTTPError):
                    if httpx.get(f"{base}/readyz", timeout=2).status_code == 200:
                        break
                time.sleep(0.05)
            yield Service(base, process, time.monotonic() - started)
        finally:
            process.terminate()
            process.wait(20)


@dataclass
class Chat:
    """One conversation: posts messages and follows the log by SSE, as the widget does."""

    base: str
    client: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=30))
    seen: list[tuple[float, dict[str, object]]] = field(default_factory=list)
    arrived: threading.Condition = field(default_factory=threading.Condition)
    following: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        opened = self.client.post(f"{self.base}/chat/api/conversations").json()
        self.headers = {"Authorization": f"Bearer {opened['token']}"}
        threading.Thread(target=self._follow, daemon=True).start()
        # A person types into a page that is open already.
        self.following.wait(20)

    def _follow(self) -> None:
        events = f"{self.base}/chat/api/events"
        with (
            contextlib.suppress(httpx.HTTPError),
            httpx.stream("GET", events, headers=self.headers, timeout=httpx.Timeout(60, read=None)) as stream,
        ):
            self.following.set()
            for line in stream.iter_lines():
                if line.startswith("data:"):
                    with self.arrived:
                        self.seen.append((time.perf_counter(), json.loads(line[5:])))
                        self.arrived.notify_all()

    def turn(self, message: str) -> tuple[float, list[dict[str, object]]]:
        """Sends a text, or a payload when it begins with a slash; waits for the answer.

        Returns:
            Milliseconds from the send to the first message of the answer, and the answer.
        """
        key = "payload" if message.startswith("/") else "text"
        body = {"id": str(uuid.uuid4()), key: message}
        with self.arrived:
            # What came before is not looked through again: a long conversation would measure this client.
            self.seen.clear()
        began = time.perf_counter()
        answer = self.client.post(f"{self.base}/chat/api/messages", json=body, headers=self.headers)
        answer.raise_for_status()
        seq = answer.json()["seq"]
        with self.arrived:
            self.arrived.wait_for(lambda: any(e["seq"] > seq and e["from"] == "bot" for _, e in self.seen), 20)
            replies = [(at, e) for at, e in self.seen if int(str(e["seq"])) > seq and e["from"] == "bot"]
        return (replies[0][0] - began) * 1000, [e for _, e in replies]
