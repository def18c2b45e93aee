"""What a message says it is not about is told apart from what it is about."""

from __future__ import annotations

import pytest

from bot.brain.nlu.contrast import contrasted_words, denied_parts


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("no es la clave, es el usuario", ["no es la clave"]),
        ("no quiero crear otro usuario, quiero saber cual tengo", ["no quiero crear otro usuario"]),
        ("mi problema es la clave, no el navegador", ["no el navegador"]),
        ("no pregunto por el formato sino por el estado", ["no pregunto por el formato"]),
        ("no recuerdo mi clave, ayuda por favor", []),
        ("no me llega el correo", []),
        ("no", []),
    ],
)
def test_only_contrasts_deny(text: str, denied: list[str]) -> None:
    assert [part.strip() for part in denied_parts(text)] == denied


def test_denied_words_are_marked_in_their_place() -> None:
    assert contrasted_words("no es la clave, es el usuario") == ["¬no", "¬es", "¬la", "¬clave", "es", "el", "usuario"]
