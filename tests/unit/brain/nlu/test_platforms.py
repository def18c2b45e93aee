"""The platform of a message: named, misspelled, by its institution, or implied by data."""

from __future__ import annotations

import pytest

from bot.brain.nlu.entities import extract
from bot.brain.nlu.platform_names import main_platform


def platform(text: str) -> str | None:
    return main_platform([one for one in extract(text).entities if one.kind == "platform"])


@pytest.mark.parametrize(
    "text",
    ["seace", "el SEACE", "siace", "cease", "zeace", "la OSCE", "S.E.A.C.E.", "seacee", "en el seacé", "003310_20087"],
)
def test_seace(text: str) -> None:
    assert platform(text) == "seace"


@pytest.mark.parametrize(
    "text",
    [
        "soce",
        "el sose",
        "SERCOP",
        "sercpo",
        "portal de compras públicas",
        "ushay",
        "incop",
        "ruc 1790012345001",
        "junto al RUC me pide otra cosa",
        "Sistema Oficial de Contratación",
    ],
)
def test_soce(text: str) -> None:
    assert platform(text) == "soce"


@pytest.mark.parametrize(
    "text",
    ["secop", "SECOP II", "secop dos", "sekop 2", "cecop", "el seco", "seco 2", "Colombia Compra Eficiente", "secopii"],
)
def test_secop2(text: str) -> None:
    assert platform(text) == "secop2"


@pytest.mark.parametrize(
    "text",
    [
        "ya son las once",
        "hace doce días",
        "el papel está seco",
        "mi socio",
        "la sede queda lejos",
        "eso se cae",
        "mi dni es 41236587",
        "nit 900123456-8",
        "RUC 20131312955",
        "soce.perez@example.org",
        "sea claro",
        "me conoce",
    ],
)
def test_words_that_are_near_by_accident_name_no_platform(text: str) -> None:
    assert platform(text) is None


def test_the_last_named_platform_is_meant() -> None:
    assert platform("no es del seace, es del secop") == "secop2"


def test_a_named_platform_counts_more_than_a_code() -> None:
    assert platform("mi código del soce es 003310_20087") == "soce"
