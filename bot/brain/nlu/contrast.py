"""What a message says that it is *not* about: "no es la clave, es el usuario".

Only contrasts count, in which something else is put in the denied thing's place; "no recuerdo mi clave" denies nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.brain.nlu.normalise import words

DENIED = "¬"
"""Stands before each word of a denied part."""

_VERBS = (
    r"(?:es|era|son|quiero|kiero|quisiera|pregunto|busco|necesito|nesesito|voy|vengo|se trata|deseo|hablo"
    r"|me refiero|pido|olvide|perdi|estoy)"
)
_DENIED = re.compile(
    rf"(?:(?<=^)|(?<=[,.;:(] )|(?<=\bque ))(?:no,? )*\bno {_VERBS}\b[^,;:.]{{3,60}}(?=[,;:.]\s*\w+\s+\w+)"
    r"|(?<=[,(;] )(?:y |pero )?no (?:el|la|los|las|mi|de|del|al|un|una)\b[^,;:.)]{2,50}"
    r"|\bno\b[^,;:.]{3,60}(?=,? sino\b)"
)


def contrasted_words(folded: str) -> list[str]:
    """The words of a folded text, those of its denied parts with :data:`DENIED` before them."""
    if " no " not in f" {folded}":
        return words(folded)
    out: list[str] = []
    done = 0
    for match in _DENIED.finditer(folded):
        out += words(folded[done : match.start()])
        out += [DENIED + word for word in words(match.group()) if word[0] != "<"]
        done = match.end()
    return out + words(folded[done:])


def denied_parts(folded: str) -> Sequence[str]:
    """The denied parts of a folded text, for tests and curious readers."""
    return [match.group() for match in _DENIED.finditer(folded)]
