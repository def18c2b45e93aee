"""What people do in Telegram, and what they then see: the updates and screens of the Bot API's stand-in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

BOT = {"id": 123456789, "is_bot": True, "first_name": "Ventanilla", "username": "ventanilla_test_bot"}


@dataclass
class Shown:
    """A message on the person's screen."""

    id: int
    text: str
    html: str = ""
    photo: bool = False
    keyboard: list[list[dict[str, str]]] = field(default_factory=list)

    @property
    def titles(self) -> list[str]:
        """The buttons' titles."""
        return [button["text"] for row in self.keyboard for button in row]


class People:
    """Makes the updates that tell what people do.

    Attributes:
        screens: what the bot has sent, by chat.
    """

    def __init__(self) -> None:
        self.screens: dict[int, list[Shown]] = {}
        self._last_update, self._last_message = 0, 0

    def update(self, **content: Any) -> dict[str, Any]:
        """A new update."""
        self._last_update += 1
        return {"update_id": self._last_update, **content}

    def message(self, chat: int, *, kind: str = "private", **content: Any) -> dict[str, Any]:
        """A message of a person."""
        self._last_message += 1
        place: dict[str, Any] = {"id": chat, "type": kind}
        place |= {"first_name": "Rosa"} if kind == "private" else {"title": "Grupo"}
        sender = {"id": abs(chat), "is_bot": False, "first_name": "Rosa", "language_code": "es"}
        return {"message_id": self._last_message, "date": 1_700_000_000, "chat": place, "from": sender, **content}

    def text(self, chat: int, text: str) -> dict[str, Any]:
        """An update with a text."""
        return self.update(message=self.message(chat, text=text))

    def press(self, chat: int, title: str) -> dict[str, Any]:
        """An update that says that the newest button with this title was pressed."""
        for shown in reversed(self.screens[chat]):
            for button in (button for row in shown.keyboard for button in row):
                if button["text"] == title:
                    return self.pressed(chat, shown.id, button["callback_data"])
        raise AssertionError(f"no button {title!r}: {[shown.titles for shown in self.screens[chat]]}")

    def pressed(self, chat: int, message: int, data: str) -> dict[str, Any]:
        """An update that says that a button with this data was pressed."""
        written = {**self.message(chat, text="…"), "message_id": message, "from": BOT}
        sender = {"id": chat, "is_bot": False, "first_name": "Rosa"}
        query = {"id": f"q{self._last_update + 1}", "from": sender, "chat_instance": "1", "data": data}
        return self.update(callback_query={**query, "message": written})

    def member(self, chat: int, status: str, kind: str = "private") -> dict[str, Any]:
        """An update that says how the bot stands in a chat."""
        base = self.message(chat, kind=kind)
        old = "member" if status in ("kicked", "left") else "left"
        change = {
            "chat": base["chat"],
            "from": base["from"],
            "date": base["date"],
            "old_chat_member": _membership(old),
            "new_chat_member": _membership(status),
        }
        return self.update(my_chat_member=change)


def _membership(status: str) -> dict[str, Any]:
    found: dict[str, Any] = {"status": status, "user": BOT}
    return {**found, "until_date": 0} if status == "kicked" else found
