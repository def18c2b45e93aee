"""Typing mistakes are corrected toward our own words, and nothing else is touched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from bot.brain.nlu.slips import SAME_SOUND, cost
from bot.brain.nlu.spelling import sound
from bot.brain.nlu.typos import TypoFixer, _inflected

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


def words_of(letters: str, shortest: int, longest: int) -> st.SearchStrategy[str]:
    return st.text(letters, min_size=shortest, max_size=longest)


def known_and_asked(letters: str, shortest: int, longest: int) -> st.SearchStrategy[tuple[set[str], str]]:
    """So few letters that many words are neighbours of another."""
    word = words_of(letters, shortest, longest)
    return st.tuples(st.sets(word, min_size=10, max_size=60), word)


@given(known_and_asked("ab", 4, 5) | known_and_asked("bv", 4, 5) | known_and_asked("ab", 7, 9))
def test_the_words_found_near_another_are_those_of_a_search_through_all(case: tuple[set[str], str]) -> None:
    known, word = case
    allowed = 1 if len(word) < 8 else 2
    all_of_them = {other: OSA.distance(word, other) for other in known}
    expected = {
        other
        for other, distance in all_of_them.items()
        if 0 < distance <= allowed and (other[0] == word[0] or distance == 1) and not _inflected(word, other)
    }
    fixer = TypoFixer(dict.fromkeys(known, 5))
    near = fixer._near(word)
    assert {other for other, _price in near} - expected <= {fixer._sounds.get(sound(word))}
    assert expected <= {other for other, _price in near}
    for other, price in near:
        assert price == (
            SAME_SOUND
            if sound(other) == sound(word) and fixer._sounds[sound(word)] == other
            else cost(word, other, all_of_them[other])
        )


def test_the_enye_is_kept() -> None:
    assert FIXER.fix(["año"]) == ["año"]


def test_denied_words_stay_denied() -> None:
    assert FIXER.fix_contrasted(["¬usuairo", "clvae"]) == ["¬usuario", "clave"]


def test_words_seen_too_seldom_are_no_target() -> None:
    fixer = TypoFixer.learn([["usuario"], ["usuario"], ["usuario"], ["usuarjo"]])
    assert fixer.counts == {"usuario": 3}


COMPANY = TypoFixer.learn(
    [["no", "se", "como", "entrar"]] * 30
    + [["hablo", "por", "mi", "jefe"]] * 30
    + [["la", "hora", "de", "cierre"]] * 20
    + [["di", "hola", "senorita"]] * 20
    + [["nueva", "clave"]] * 200
    + [["nueva", "clabe"]] * 3
)


def test_the_words_beside_it_decide_what_was_meant() -> None:
    assert COMPANY.fix(["la", "hota", "de"])[1] == "hora"
    assert COMPANY.fix(["di", "hota", "senorita"])[1] == "hola"


def test_a_common_word_that_never_stands_there_is_a_mistake_for_the_one_that_does() -> None:
    assert COMPANY.fix(["no", "se", "cono", "entrar"])[2] == "como"
    assert COMPANY.fix(["un", "cono", "grande"])[1] == "cono"


def test_a_word_of_three_letters_is_corrected_only_beside_its_neighbours() -> None:
    assert COMPANY.fix(["mi", "jfe"])[1] == "jefe"
    assert COMPANY.fix(["el", "jfe", "dice"])[1] == "jfe"


def test_a_frequent_mistake_in_the_training_messages_is_no_word() -> None:
    assert "clabe" not in COMPANY.counts
    assert COMPANY.fix(["nueva", "clabe"]) == ["nueva", "clave"]
