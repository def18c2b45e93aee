"""What of an update is stored until it has been dealt with: nothing that is not needed, and never a password. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

HELD_PASSWORD = "ventanilla_held_password"  # noqa: S105 - a name, no password
"""Marks an update whose text was taken out because it carried a password."""

_TEXTS = ("text", "caption")
_NOT_NEEDED = (
    "reply_to_message",
    "external_reply",
    "quote",
    "pinned_message",
    "reply_markup",
    "link_preview_options",
)
_QUOTING = ("callback_query",)
_BLANK: dict[str, dict[str, Any]] = {
    "contact": {"phone_number": "0", "first_name": "…"},
    "location": {"latitude": 0.0, "longitude": 0.0},
}
"""That one was sent is answered; whose number or which place it is, is nobody's business."""


def guarded(update: dict[str, Any], carries_password: Callable[[str], bool]) -> dict[str, Any]:
    """A copy of a raw update without quoted messages, and without the text where it carries a password."""
    kept: dict[str, Any] = {}
    secret = False
    for key, value in update.items():
        kept[key] = value
        if isinstance(value, dict):
            kept[key], found = _guard_message(value, carries_password)
            secret = secret or found
            if key in _QUOTING and isinstance(value.get("message"), dict):
                kept[key]["message"] = {k: v for k, v in value["message"].items() if k not in (*_NOT_NEEDED, *_TEXTS)}
    return {**kept, HELD_PASSWORD: True} if secret else kept


def chat_of(update: dict[str, Any]) -> int:
    """The chat that an update belongs to, so that a chat's updates are dealt with one after the other; 0 for none."""
    for value in update.values():
        if not isinstance(value, dict):
            continue
        message = value.get("message")
        for holder in (value.get("chat"), message.get("chat") if isinstance(message, dict) else None):
            if isinstance(holder, dict) and isinstance(holder.get("id"), int):
                return int(holder["id"])
        sender = value.get("from") or value.get("user")
        if isinstance(sender, dict) and isinstance(sender.get("id"), int):
            return int(sender["id"])
    return 0


def _guard_message(message: dict[str, Any], carries_password: Callable[[str], bool]) -> tuple[dict[str, Any], bool]:
    kept = {key: _BLANK.get(key, value) for key, value in message.items() if key not in _NOT_NEEDED}
    secret = False
    for key in _TEXTS:
        text = kept.get(key)
        if isinstance(text, str) and carries_password(text):
            secret = True
            kept[key] = "…"
            # The entities' places would no longer be in the text, and a link may hold it too.
            kept.pop("entities", None)
            kept.pop("caption_entities", None)
    return kept, secret
