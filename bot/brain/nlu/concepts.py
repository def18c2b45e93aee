"""Words of like meaning under one name, so that what was learnt with one of them counts for the others."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from bot.brain.nlu.lexicon import read_package_yaml
from bot.brain.nlu.spelling import sound

ELSEWHERE = "otro"
_NEGATIONS = frozenset({"no", "ni", "sin", "nunca", "tampoco", "jamas"})
_MINE = frozenset({"mi", "mis", "mio", "mia", "yo", "me"})
_ASKING = frozenset({"como", "donde", "que", "cual", "quien", "cuando", "cuanto", "cuantos", "porque"})


@lru_cache(maxsize=1)
def _table() -> tuple[dict[str, str], dict[str, str]]:
    """Whole words and beginnings of words, by their sound, with their concepts."""
    loaded = read_package_yaml("concepts.yml")
    whole: dict[str, str] = {}
    beginnings: dict[str, str] = {}
    for concept, patterns in loaded["concepts"].items():
        for pattern in patterns:
            if pattern.endswith("*"):
                beginnings.setdefault(sound(pattern[:-1]), concept)
            else:
                whole.setdefault(sound(pattern), concept)
    for word in loaded["elsewhere"]:
        whole.setdefault(sound(word), ELSEWHERE)
    for group, concept in ((_NEGATIONS, "no"), (_MINE, "mi")):
        whole.update({sound(word): concept for word in group})
    whole.update({sound(word): "?" + word for word in _ASKING})
    return whole, beginnings


@lru_cache(maxsize=65536)
def concept_of(word: str) -> str:
    """The concept of a word, empty when it has none."""
    if word[0] == "<":
        return word
    whole, beginnings = _table()
    heard = sound(word)
    if heard in whole:
        return whole[heard]
    # The longest beginning that is known says most.
    return next((beginnings[heard[:end]] for end in range(len(heard), 0, -1) if heard[:end] in beginnings), "")


def concepts(words: Sequence[str]) -> list[str]:
    """The concepts of a message in the order of its words."""
    return [concept for concept in map(concept_of, words) if concept]
