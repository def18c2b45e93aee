"""Several wishes in one message."""

from __future__ import annotations

import pytest

from bot.tasks.wishes import clauses, in_order, platform_in, without_data

CONNECTORS = ["y", "además", "también", "aparte", "después"]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("olvidé mi clave y quiero saber si está activo", ["olvidé mi clave", "quiero saber si está activo"]),
        ("no me llega el correo. ¿A qué hora atienden?", ["no me llega el correo", "A qué hora atienden"]),
        ("mi código es 1_2 y mi correo ana@example.org", ["mi código es 1_2", "mi correo ana@example.org"]),
        ("mi correo es ana@example.org", []),
        ("olvidé mi clave", []),
        ("hola y gracias", []),
        ("", []),
    ],
)
def test_a_message_is_cut_where_wishes_are_joined(text: str, parts: list[str]) -> None:
    # A part of two words («mi correo …») is a datum, not a wish.
    assert clauses(text, CONNECTORS) == (parts if all(len(part.split()) > 2 for part in parts) else [])


def test_wishes_keep_their_order_and_are_not_repeated() -> None:
    found = [("saludar", 0.9), ("b", 0.9), ("a", 0.9), ("b", 0.9), ("c", 0.3)]
    assert in_order(found, frozenset("abc"), 0.6) == ["b", "a"]


def test_each_clause_has_the_platform_that_it_names() -> None:
    text = "olvidé la clave del seace y quiero mi usuario del secop ii y un saludo"
    named = [
        {"entity": "platform", "value": "seace", "start": text.index("seace"), "end": 25},
        {"entity": "platform", "value": "secop2", "start": text.index("secop"), "end": 58},
    ]
    parts = ["olvidé la clave del seace", "quiero mi usuario del secop ii", "un saludo"]
    assert [platform_in(part, text, named) for part in parts] == ["seace", "secop2", None]


def test_a_message_is_left_without_its_data_but_with_its_platform() -> None:
    text = "clave del SOCE, RUC 1760567890001, correo a@example.org"
    data = [
        {"entity": "platform", "start": 10, "end": 14},
        {"entity": "ruc", "start": 20, "end": 33},
        {"entity": "email", "start": 42, "end": 55},
    ]
    assert without_data(text, data) == "clave del SOCE, RUC , correo"
    assert without_data(text, data[:1]) == ""
    assert without_data('/dar_dato{"email": "a@example.org"}', data[1:]) == ""
