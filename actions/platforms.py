"""Asks which platform is meant."""

from __future__ import annotations

import json
from collections.abc import Sequence

from rasa_sdk.executor import CollectingDispatcher

from bot.platforms import Platform

PLATFORM_TITLES = {Platform.SEACE: "SEACE", Platform.SOCE: "SOCE", Platform.SECOP2: "SECOP II"}


def ask_platform(dispatcher: CollectingDispatcher, platforms: Sequence[Platform]) -> None:
    """Asks which of these platforms is meant, with a button for each."""
    buttons = [
        {"title": PLATFORM_TITLES[platform], "payload": f"/dar_dato{json.dumps({'platform': platform.value})}"}
        for platform in platforms
    ]
    dispatcher.utter_message(response="utter_which_platform", buttons=buttons)
