"""Letters without sense are told from words, be they unknown, foreign or mistyped."""

from __future__ import annotations

import pytest

from bot.brain.nlu.evidence import says_nothing


def nothing(text: str, known: str = "que clave") -> bool:
    return says_nothing(text.split(), known.split().__contains__)


@pytest.mark.parametrize("text", ["asdkjh qwpoeiu zxmnb", "lkjhg poiuy ?", "mnbvcx z que"])
def test_fingers_run_over_the_keyboard_say_nothing(text: str) -> None:
    assert nothing(text)


@pytest.mark.parametrize("text", ["hagamosle", "atrasito", "grasia", "guten asdkjh", "clave asdkjh", "wtf", "ño", "?"])
def test_a_word_a_likely_word_and_a_short_one_say_something(text: str) -> None:
    assert not nothing(text)


def test_a_datum_says_something() -> None:
    assert not nothing("<user_code> asdkjh")
