"""Settings: a wrong value stops the start with its name and what is expected."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import SettingsError
from bot.settings import load_settings

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
