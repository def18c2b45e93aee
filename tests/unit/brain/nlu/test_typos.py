"""Typing mistakes are corrected toward our own words, and nothing else is touched."""

from __future__ import annotations

import pytest

from bot.brain.nlu.typos import TypoFixer

FIXER = TypoFixer(
    {
        "poder": 60,
        "usuario": 200,
        "contraseña": 150,
        "recuperar": 90,
        "clave": 300,
        "ano": 5,
        "codigo": 50,
        "buscar": 40,
    }
)


@pytest.mark.parametrize(
    ("mistyped", "meant"),
    [("usuairo", "usuario"), ("contraceña", "contraseña"), ("recuprar", "recuperar"), ("clvae", "clave")],
)
def test_a_mistyped_word_becomes_the_known_one(mistyped: str, meant: str) -> None:
    assert FIXER.fix([mistyped]) == [meant]


@pytest.mark.parametrize("word", ["podes", "pudo", "buscarla", "madera", "claves", "llave", "sano"])
def test_another_word_is_not_taken_for_a_mistake(word: str) -> None:
    assert FIXER.fix([word]) == [word]


@pytest.mark.parametrize("datum", ["e_md_lloque2", "usuari0", "001952_56989", "<email>", "ana.usuari", "clav3"])
def test_codes_numbers_and_addresses_are_never_touched(datum: str) -> None:
    assert FIXER.fix([datum]) == [datum]


def test_the_enye_is_kept() -> None:
    assert FIXER.fix(["año"]) == ["año"]


def test_denied_words_stay_denied() -> None:
    assert FIXER.fix_contrasted(["¬usuairo", "clvae"]) == ["¬usuario", "clave"]


def test_words_seen_too_seldom_are_no_target() -> None:
    fixer = TypoFixer.learn([["usuario"], ["usuario"], ["usuario"], ["usuarjo"]])
    assert fixer.counts == {"usuario": 3}
