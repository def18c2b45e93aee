"""Titles of conversation tests, of which no two may be alike: each is found by its own. Pure."""

from __future__ import annotations

import re

import yaml

from bot.studio import places, yaml_text
from bot.studio.files import Workspace

_TITLE = re.compile(r"^(\s*-\s+historia:[ \t]*)(\S[^\n]*?)[ \t]*$", re.MULTILINE)


def with_own_titles(space: Workspace, text: str) -> str:
    """New stories as they may be added to a project: a title that another has already is numbered."""
    taken = {title for path in space.list(places.STORIES) for title in _titles(space.read(path))}

    def own(found: re.Match[str]) -> str:
        title = _plain(found[2])
        wanted, number = title, 2
        while title in taken:
            title, number = f"{wanted} ({number})", number + 1
        taken.add(title)
        return found[0] if title == wanted else found[1] + yaml_text.quoted(title)

    return _TITLE.sub(own, text)


def _titles(text: str) -> list[str]:
    return [_plain(found[2]) for found in _TITLE.finditer(text)]


def _plain(scalar: str) -> str:
    """The text of a YAML scalar; as it stands where it is none that can be read alone."""
    try:
        return str(yaml.safe_load(scalar))
    except yaml.YAMLError:
        return scalar
