"""Ventanilla stays an ordinary Rasa project: Rasa's own commands work on it from the root."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from bot.brain.models import ModelShelf
from bot.commands.training import ensure_model
from bot.settings import load_settings

ROOT = Path(__file__).parents[3]
RASA = str(Path(sys.executable).parent / "rasa")
LIMIT = 240.0
"""Seconds; TensorFlow's import alone takes a minute on a busy machine, twice."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running(command: list[str], environment: dict[str, str], log: Path) -> Iterator[None]:
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()


def wait_for(url: str, log: Path) -> None:
    until = time.monotonic() + LIMIT
    while time.monotonic() < until:
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(url, timeout=5).status_code == 200:
                return
        time.sleep(0.2)
    pytest.fail(log.read_text(errors="replace")[-3000:])


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {**os.environ, "VENTANILLA_HOME": str(tmp_path / "home"), "RASA_TELEMETRY_ENABLED": "false"}


def test_rasa_run_with_rasa_run_actions_holds_a_conversation(tmp_path: Path, environment: dict[str, str]) -> None:
    ensure_model(load_settings())
    model = ModelShelf(load_settings().models).current_path()
    actions, server = free_port(), free_port()
    endpoints = tmp_path / "endpoints.yml"
    endpoints.write_text(f"action_endpoint:\n  url: http://127.0.0.1:{actions}/webhook\n")
    logs = tmp_path / "actions.log", tmp_path / "server.log"
    serve = [RASA, "run", "-m", str(model), "--port", str(server), "--endpoints", str(endpoints)]
    with (
        running([RASA, "run", "actions", "--port", str(actions)], environment, logs[0]),
        running(serve, environment, logs[1]),
    ):
        wait_for(f"http://127.0.0.1:{actions}/health", logs[0])
        wait_for(f"http://127.0.0.1:{server}/", logs[1])
        answers = [
            httpx.post(
                f"http://127.0.0.1:{server}/webhooks/rest/webhook", json={"sender": "ana", "message": text}, timeout=180
            ).json()
            for text in ("olvidé la clave del seace", "001952_56989", "ana@muni.example.org")
        ]
    assert "001952_56989" in answers[0][0]["text"]
    assert "correo" in answers[1][0]["text"]
    assert [button["payload"] for button in answers[2][0]["buttons"]] == ["/afirmar", "/negar"]


def test_rasa_data_validate_finds_nothing_wrong(environment: dict[str, str]) -> None:
    done = subprocess.run(
        [RASA, "data", "validate"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=900
    )
    assert done.returncode == 0, done.stderr[-3000:]
    wrong = [line for line in done.stderr.splitlines() if "UserWarning" in line and "is not used in any" not in line]
    assert [line for line in wrong if "auto-fill" not in line] == []
