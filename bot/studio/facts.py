"""Which facts the program hands over with an answer: ``data/studio/datos.yml`` lists them. Pure.

What an answer says at present does not tell: an edit may have taken a fact out that is handed over all the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any

from bot.studio import places, yaml_text
from bot.studio.files import Workspace
from bot.studio.interfaces import ChangeDoesNotFit

LIST = "data/studio/datos.yml"
_FACT = re.compile(r"\{(\w+)\}")


def handed_over(space: Workspace, response: str) -> dict[str, str]:
    """The facts that an answer may use, each with what it is."""
    content = _read(space.read(LIST))
    named = [
        name for pattern, names in content["respuestas"].items() if fnmatchcase(response, pattern) for name in names
    ]
    # An institution's own answer, which the list does not know, has what its file was delivered with.
    if not named:
        named = _FACT.findall(_delivered(space, response))
    return {name: str(content["datos"].get(name, "")) for name in dict.fromkeys(named)}


def refuse_strange(space: Workspace, response: str, said: str) -> None:
    """Sees to it that an answer names no fact that nobody hands over: the bot would say «None», or nothing at all.

    Raises:
        ChangeDoesNotFit: it does; the answer's own facts are among the error's.
    """
    known = handed_over(space, response)
    strange = sorted(set(_FACT.findall(said)) - set(known))
    if strange:
        listed = [f"{{{name}}}" for name in known]
        raise ChangeDoesNotFit("answer_fact", name=strange[0], facts=listed, count=len(listed))


def _delivered(space: Workspace, response: str) -> str:
    for path in space.list(places.RESPONSES):
        variations = places.responses_in(space.original(path) or "").get(response)
        if variations:
            return " ".join(str(one.get("text") or "") for one in variations)
    return ""


@lru_cache(maxsize=4)
def _read(text: str) -> Mapping[str, Any]:
    content = yaml_text.load(text) or {}
    return {"datos": content.get("datos") or {}, "respuestas": content.get("respuestas") or {}}
