"""What intents were called before: buttons that people have on their screens go on working under the old name. Pure."""

from __future__ import annotations

from bot.studio import places, yaml_text
from bot.studio.files import Workspace

SECTION = "formerly"
HEAD = """# What intents were called before: buttons that people still see carry the old name.
"""


def remember(space: Workspace, before: str, after: str) -> None:
    """Has an old name mean another intent from now on, and so every name that meant the old one."""
    known = formerly(space)
    text = _without(space.read(places.INTENTS), [after, before])
    moved = [old for old, now in known.items() if now == before and old != after]
    for old in [*moved, before]:
        text = _put(text, old, after)
    space.write(places.INTENTS, text)


def forget(space: Workspace, name: str, *, meant: bool = False) -> None:
    """A name is no old one any more; with ``meant`` neither are those that meant it."""
    gone = [old for old, now in formerly(space).items() if old == name or (meant and now == name)]
    if gone:
        space.write(places.INTENTS, _without(space.read(places.INTENTS), gone))


def formerly(space: Workspace) -> dict[str, str]:
    """Old names and what they mean now."""
    node = yaml_text.find(space.read(places.INTENTS), [SECTION])
    return {str(key.value): str(value.value) for key, value in node.value} if node is not None else {}


def _put(text: str, old: str, now: str) -> str:
    if yaml_text.find(text, [SECTION]) is None:
        text += "" if text.endswith("\n") else "\n"
        return f"{text}{HEAD}{SECTION}:\n  {old}: {yaml_text.quoted(now)}\n"
    return yaml_text.put_key(text, [SECTION], old, now)


def _without(text: str, names: list[str]) -> str:
    for name in names:
        if yaml_text.find(text, [SECTION, name]) is not None:
            text = yaml_text.remove_key(text, [SECTION], name)
    # A section with nothing in it is none.
    return text.replace(f"{HEAD}{SECTION}:\n", "") if text.endswith(f"{HEAD}{SECTION}:\n") else text
