"""Long texts are cut where a reader pauses, lose nothing, and fit as Telegram counts."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram.splitting import MAX_TEXT, split, utf16_length

TEXTS = st.text(st.sampled_from("aáñ .,\n🙂👩\u200d🔧e\u0301«»!?"), max_size=400)


def bare(text: str) -> str:
    return re.sub(r"\s+", "", text)


@given(TEXTS, st.integers(8, 60))
def test_every_part_fits_and_nothing_but_white_space_is_lost(text: str, limit: int) -> None:
    parts = split(text, limit)
    assert all(0 < utf16_length(part) <= limit for part in parts)
    assert bare("".join(parts)) == bare(text)


@pytest.mark.parametrize(
    ("text", "limit", "parts"),
    [
        ("", 10, []),
        ("  \n ", 10, []),
        ("hola", 4, ["hola"]),
        ("Primero esto. Luego aquello.", 16, ["Primero esto.", "Luego aquello."]),
        ("«Primero esto.» Luego aquello.", 17, ["«Primero esto.»", "Luego aquello."]),
        ("Un párrafo corto.\n\nOtro párrafo. Y más.", 30, ["Un párrafo corto.", "Otro párrafo. Y más."]),
        ("una, dos, tres cuatro", 14, ["una, dos,", "tres cuatro"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
        ("🙂🙂🙂", 4, ["🙂🙂", "🙂"]),
    ],
)
def test_the_best_pause_near_the_limit_is_taken(text: str, limit: int, parts: list[str]) -> None:
    assert split(text, limit) == parts


def test_an_emoji_of_several_characters_is_not_parted() -> None:
    family = "👩\u200d🔧"
    assert all(not part.endswith("\u200d") for part in split(family * 8, 12))


def test_a_hundred_thousand_characters_are_cut_quickly() -> None:
    assert len(split("palabra " * 12_500)) == -(-100_000 // MAX_TEXT)
