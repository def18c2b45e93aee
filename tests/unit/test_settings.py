"""Settings: a wrong value stops the start with its name and what is expected."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from bot.errors import SettingsError
from bot.sandbox import Sandbox
from bot.settings import load_settings

if TYPE_CHECKING:
    from bot.brain.rasa_brain import RasaBrain

SECRET = "a-secret-of-twenty-four-or-more"


def test_webhooks_need_an_address_and_a_long_secret(tmp_path: Path) -> None:
    url = {"VENTANILLA_DESK_WEBHOOK_URL": "https://desk.example.org/hook"}
    settings = load_settings({**url, "VENTANILLA_DESK_WEBHOOK_SECRET": SECRET}, project=tmp_path)
    assert (settings.desk_webhook_url, settings.desk_webhook_secret) == ("https://desk.example.org/hook", SECRET)
    for wrong in (url, {**url, "VENTANILLA_DESK_WEBHOOK_SECRET": "short"}, {"VENTANILLA_DESK_WEBHOOK_SECRET": "short"}):
        with pytest.raises(SettingsError, match="VENTANILLA_DESK_WEBHOOK_SECRET"):
            load_settings(wrong, project=tmp_path)
    with pytest.raises(SettingsError, match="VENTANILLA_DESK_WEBHOOK_URL"):
        load_settings({"VENTANILLA_DESK_WEBHOOK_URL": "desk"}, project=tmp_path)


def test_values_that_are_given_stand_alone_and_the_operators_file_adds_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = ["DATABASE_URL=postgresql://db.example.org/live", "SMTP_URL=smtp://mail.example.org", "TELEGRAM_TOKEN=1:a"]
    (tmp_path / ".env").write_text("".join(f"VENTANILLA_{line}\n" for line in lines))
    monkeypatch.setenv("VENTANILLA_REDIS_URL", "redis://127.0.0.1")
    for name in ("DATABASE_URL", "SMTP_URL", "TELEGRAM_TOKEN"):
        monkeypatch.delenv(f"VENTANILLA_{name}", raising=False)
    live = load_settings(project=tmp_path)
    assert ("db.example.org" in live.database_url, live.smtp_url, live.telegram_token, live.redis_url) == (
        True,
        "smtp://mail.example.org",
        "1:a",
        "redis://127.0.0.1",
    )
    alone = load_settings({"VENTANILLA_HOME": str(tmp_path / "home")}, project=tmp_path)
    assert str(tmp_path / "home") in alone.database_url
    assert (alone.smtp_url, alone.telegram_token, alone.redis_url) == ("", "", "")


def test_a_sandbox_has_no_database_but_its_own(tmp_path: Path) -> None:
    brain, project = cast("RasaBrain", None), tmp_path / "proyecto"
    project.mkdir()
    (project / ".env").write_text("VENTANILLA_DATABASE_URL=postgresql://db.example.org/live\n")
    assert Sandbox(tmp_path, brain, project=project)
    with pytest.raises(SettingsError, match="VENTANILLA_DATABASE_URL"):
        Sandbox(tmp_path, brain, VENTANILLA_DATABASE_URL="postgresql://db.example.org/live")
    with pytest.raises(SettingsError, match="VENTANILLA_DATABASE_URL"):
        Sandbox(tmp_path, brain, VENTANILLA_DATABASE_URL=f"sqlite:///{tmp_path.parent}/ventanilla.db")
