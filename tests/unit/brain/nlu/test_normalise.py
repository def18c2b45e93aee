"""Messages are made comparable without losing what they say, nor where it stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.brain.nlu.noise import with_typos, without_accents
from bot.brain.nlu.normalise import fold, words
from bot.brain.nlu.spelling import sound
from bot.brain.nlu.spoken import write_out


def said(text: str) -> str:
    return " ".join(words(fold(text).text))


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("CONTRASEÑA", "contraseña"),
        ("Olvidé", "olvide"),
        ("man\u0303ana", "mañana"),
        ("ｃｌａｖｅ", "clave"),
        ("𝐜𝐥𝐚𝐯𝐞", "clave"),
        ("сlаvе", "clave"),
        ("cla\u200bve", "clave"),
        ("ﬁn", "fin"),
        ("a—b", "a-b"),
        ("«clave»", '"clave"'),
    ],
)
def test_letters_are_folded(written: str, plain: str) -> None:
    assert fold(written).text == plain


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("xq no m deja entrar", "por que no me deja entrar"),
        ("dnd toy", "donde estoy"),
        ("tb kiero mi pass", "tambien quiero mi clave"),
        ("holaaaaa", "hola"),
        ("jajajaja", "jaja"),
        ("jsjsjsjs", "jaja"),
        ("👍", "vale"),
        ("🦄 clave", "clave"),
        ("¿¿cuál???", "cual ?"),
        ("no sé nada", "no se nada"),
        ("leer", "leer"),
        ("acceso al correo", "acceso al correo"),
    ],
)
def test_telephone_spelling_becomes_words(written: str, plain: str) -> None:
    assert said(written) == plain


def test_the_enye_is_another_letter_than_the_n() -> None:
    assert said("año") != said("ano")
    assert without_accents("Año y ÑANDÚ") == "Año y ÑANDU"


@given(st.text(max_size=60))
def test_every_place_of_a_folded_text_lies_in_the_original(text: str) -> None:
    folded = fold(text)
    assert len(folded.text) == len(folded.starts) == len(folded.ends)
    assert all(0 <= start < end <= len(text) for start, end in zip(folded.starts, folded.ends, strict=True))
    assert list(folded.starts) == sorted(folded.starts)


@given(st.text(max_size=60))
def test_no_text_is_too_strange_for_the_normaliser(text: str) -> None:
    words(write_out(fold(text)).text)


@pytest.mark.parametrize(
    ("dictated", "figures"),
    [
        ("cero cero uno guion bajo cinco seis", "001_56"),
        ("doble cero siete", "007"),
        ("mil novecientos ochenta y cinco", "1985"),
        ("dos mil uno", "2001"),
        ("tres diez cuatro cincuenta y seis", "310456"),
        ("nueve, ocho, siete", "987"),
        ("0 9 9 1 2 3", "099123"),
        ("quiero dos usuarios", "quiero dos usuarios"),
        ("un usuario de una entidad", "un usuario de una entidad"),
    ],
)
def test_dictated_numbers_are_written_out(dictated: str, figures: str) -> None:
    assert write_out(fold(dictated)).text == figures


@pytest.mark.parametrize(("one", "other"), [("contraceña", "contraseña"), ("aser", "hacer"), ("yave", "llave")])
def test_words_that_sound_alike_are_spelled_alike(one: str, other: str) -> None:
    assert sound(one) == sound(other)


def test_the_same_seed_makes_the_same_typing_mistakes() -> None:
    text = "necesito recuperar la contraseña del sistema"
    assert with_typos(text, 3) == with_typos(text, 3) != text
