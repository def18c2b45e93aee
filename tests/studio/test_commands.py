"""The studio by command line: the same rules for who has a shell."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.app import build_core
from bot.cli import app
from bot.db.migrate import upgrade
from bot.desk.agent_store import DeskRole
from bot.desk.agents import Agents
from bot.settings import load_settings
from tests.studio.rig import TRAINER

NEW = """
name: firmar_documento
title: Firmar con certificado
examples: [cómo firmo con el token, el firmador no abre]
answer: {kind: text, text: Conecte su token.}
"""


async def add_people() -> None:
    core = build_core(load_settings())
    await upgrade(core.database)
    agents = Agents(core.database, core.key, core.hashed, core.clock)
    await agents.invitations.invite(TRAINER.email, DeskRole.TRAINER, name=TRAINER.name)
    await agents.invitations.invite("rosa@example.org", DeskRole.AGENT, name="Rosa")
    await core.database.close()


def test_a_draft_is_made_looked_at_and_taken_back(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VENTANILLA_PROJECT", str(project))
    monkeypatch.setenv("VENTANILLA_HOME", str(tmp_path / "casa"))
    (tmp_path / "casa").mkdir()
    asyncio.run(add_people())
    (tmp_path / "nueva.yml").write_text(NEW, encoding="utf-8")

    def run(*arguments: str) -> tuple[str, str]:
        done = CliRunner().invoke(app, ["studio", *arguments])
        return done.output, type(done.exception).__name__ + str(done.exception or "")

    made = ("change", "create_intent", str(tmp_path / "nueva.yml"), "--as")
    assert "no trainer or administrator" in run(*made, "rosa@example.org")[1]
    assert run(*made, TRAINER.email)[0].strip() == "#1"
    assert "Ya hay una intención" in run(*made, TRAINER.email)[1]
    shown = run("draft")[0]
    assert "intención nueva: Firmar con certificado" in shown and "«Firmar con certificado»: Frases" in shown
    assert "Frases que tiene: 2. Hacen falta al menos 8." in shown
    assert "data/nlu/estudio.yml: +7 -0" in shown
    assert "Primero ensaye" in run("propose", "--as", TRAINER.email)[1]
    assert "firmar_documento" in run("intents")[0]
    run("undo", "1", "--as", TRAINER.email)
    assert "firmar_documento" not in run("draft")[0]
    assert run("inbox")[0].strip() == "0 / 0"
    assert run("aside")[0] == "" and "nothing single" in run("restore", "x", "--as", TRAINER.email)[1]
    assert not (project / "data/nlu/estudio.yml").exists()
