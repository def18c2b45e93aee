"""``ventanilla agents``: an invitation that works, and one clear line where it cannot."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path


def ventanilla(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "VENTANILLA_HOME": str(home), "COLUMNS": "200"}
    command = [sys.executable, "-m", "bot.cli", *words]
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120)


def test_an_agent_is_invited_listed_and_refused_when_something_is_wrong(tmp_path: Path) -> None:
    done = ventanilla(tmp_path, "agents", "add", "Ana@example.org", "--role", "supervisor", "--team", "seace")
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"http://127\.0\.0\.1:8000/mesa/invitacion/[\w-]{32}\n", done.stdout)
    renewed = ventanilla(tmp_path, "agents", "renew", "ana@example.org")
    assert renewed.stdout.startswith("http://127.0.0.1:8000/mesa/invitacion/") and renewed.stdout != done.stdout
    unknown = ventanilla(tmp_path, "agents", "renew", "nobody@example.org")
    assert (unknown.returncode, unknown.stdout, unknown.stderr.count("\n")) == (1, "", 1)
    listed = ventanilla(tmp_path, "agents", "list")
    assert listed.stdout.split() == ["ana@example.org", "supervisor", "seace", "invited"]
    for words in (["nobody"], ["b@example.org", "--role", "king"], ["b@example.org", "--team", "x"]):
        failed = ventanilla(tmp_path, "agents", "add", *words)
        assert (failed.returncode, failed.stdout, failed.stderr.count("\n")) == (1, "", 1)
