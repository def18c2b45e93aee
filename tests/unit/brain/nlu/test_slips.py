"""Usual slips of the fingers cost less than others."""

from __future__ import annotations

import pytest

from bot.brain.nlu.slips import FIRST_LETTER, SECOND, UNUSUAL, USUAL, cost


@pytest.mark.parametrize("typed", ["calve", "clve", "claave", "clabe"])
def test_letters_swapped_lost_doubled_or_beside_are_usual(typed: str) -> None:
    assert cost(typed, "clave", 1) == USUAL


@pytest.mark.parametrize("typed", ["clase", "clarve"])
def test_another_letter_is_not(typed: str) -> None:
    assert cost(typed, "clave", 1) == UNUSUAL


def test_the_first_letter_and_a_second_mistake_cost_more() -> None:
    assert cost("xlave", "clave", 1) == USUAL + FIRST_LETTER
    assert cost("contrzaseñs", "contraseña", 2) == SECOND
