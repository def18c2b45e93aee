"""Spanish words by their sound, so that "contraceña", "contrasenia" and "kontraseña" meet."""

from __future__ import annotations

import re
from functools import lru_cache

_RULES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), new)
    for pattern, new in (
        (r"v", "b"),
        (r"w", "u"),
        (r"z", "s"),
        (r"c(?=[ei])", "s"),
        (r"qu?(?=[ei])", "k"),
        (r"(?<!c)h|^h", ""),
        (r"ch", "\x01"),
        (r"[cq]", "k"),
        (r"\x01", "ch"),
        (r"ll", "y"),
        (r"g(?=[ei])", "j"),
        (r"gu(?=[ei])", "g"),
        (r"x", "s"),
        (r"ni(?=[ao])", "ñ"),
        (r"m(?=[bp])", "n"),
        (r"([^\W\d_])\1", r"\1"),
    )
)


@lru_cache(maxsize=65536)
def sound(word: str) -> str:
    """The word as it is heard (seseo, yeísmo, silent h), in a made-up but stable spelling.

    Args:
        word: folded; placeholders such as ``<email>`` come back as they are.
    """
    if word[0] == "<":
        return word
    heard = word
    for pattern, new in _RULES:
        heard = pattern.sub(new, heard)
    return heard or word
