"""The words of ``lexicon.yml``, read once when they are first asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from ruamel.yaml import YAML


@dataclass(frozen=True)
class Lexicon:
    """Tables of the normaliser and of the extractors; see the remarks in ``lexicon.yml``."""

    sms: Mapping[str, str]
    emoji: Mapping[str, str]
    homoglyphs: Mapping[str, str]
    units: Mapping[str, int]
    teens: Mapping[str, int]
    tens: Mapping[str, int]
    hundreds: Mapping[str, int]
    months: Mapping[str, int]
    leads: Mapping[str, Sequence[str]]


def read_package_yaml(name: str) -> dict[str, Any]:
    """One of this package's YAML files, by YAML 1.2 (where ``no`` and ``si`` are words)."""
    source = resources.files("bot.brain.nlu").joinpath(name).read_text(encoding="utf-8")
    loaded: dict[str, Any] = YAML(typ="safe", pure=True).load(source)
    return loaded


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The words of ``lexicon.yml``."""
    return Lexicon(**read_package_yaml("lexicon.yml"))


@lru_cache(maxsize=1)
def common_words() -> frozenset[str]:
    """Common Spanish words, folded; see the head of ``common_words.txt`` for where they come from."""
    source = resources.files("bot.brain.nlu").joinpath("common_words.txt").read_text(encoding="utf-8")
    return frozenset(line for line in source.splitlines() if line and line[0] != "#")
