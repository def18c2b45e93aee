"""Data are found in free text; places and values are right."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from bot.brain.nlu.entities import KINDS, as_rasa, extract
from bot.brain.nlu.examples import read_training
from bot.brain.nlu.normalise import words
from bot.brain.nlu.typos import TypoFixer

ROOT = Path(__file__).parents[4]
CASES: list[dict[str, Any]] = YAML(typ="safe", pure=True).load((ROOT / "tests/nlu/entities.yml").read_text("utf-8"))


@pytest.fixture(scope="module")
def vocabulary() -> TypoFixer:
    return TypoFixer.learn([words(extract(message.text).masked) for message in read_training(ROOT / "data/nlu")])


def wanted(case: dict[str, Any]) -> list[tuple[str, str]]:
    pairs = [(kind, value) for kind, value in case.items() if kind in KINDS]
    return sorted((kind, one) for kind, value in pairs for one in (value if isinstance(value, list) else [value]))


def test_at_least_97_of_100_lines_are_understood_exactly(vocabulary: TypoFixer) -> None:
    wrong = []
    for case in CASES:
        found = extract(case["text"], vocabulary.is_word, case.get("asked")).entities
        if sorted((one.kind, one.value) for one in found if one.kind in KINDS) != wanted(case):
            wrong.append((case["text"], [(one.kind, one.value) for one in found]))
    share = 1 - len(wrong) / len(CASES)
    print(f"{100 * share:.1f} % of {len(CASES)} lines exact; wrong: {wrong}")
    assert len(CASES) >= 300
    assert share >= 0.97, wrong


def test_places_are_those_of_the_original_text() -> None:
    text = "Señor, ｍｉ  CÓDIGO es 001952 — 56989 y mi correo ANA@Example.org 👍"
    places = {one.kind: text[one.start : one.end] for one in extract(text).entities}
    assert places["user_code"] == "001952 — 56989"
    assert places["email"] == "ANA@Example.org"


def test_the_place_of_a_dictated_datum_is_all_of_it() -> None:
    text = "anote: cero cero uno nueve cinco dos guion bajo cinco seis nueve ocho nueve, gracias"
    (code,) = [one for one in extract(text).entities if one.kind == "user_code"]
    assert text[code.start : code.end] == "cero cero uno nueve cinco dos guion bajo cinco seis nueve ocho nueve"
    assert code.value == "001952_56989"


@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=0x2FFF), max_size=80))
def test_whatever_is_written_entities_lie_in_it_and_do_not_overlap(text: str) -> None:
    data = [one for one in extract(text).entities if one.kind in KINDS]
    assert all(0 <= one.start < one.end <= len(text) for one in data)
    assert all(left.end <= right.start for left, right in itertools.pairwise(data))


def test_the_classifier_sees_placeholders_and_not_the_data() -> None:
    masked = extract("mi correo es ana@example.org y mi dni 41236587").masked
    assert "<email>" in masked and "<id_document>" in masked
    assert "ana" not in masked and "41236587" not in masked


def test_an_entity_for_rasa_tells_where_it_comes_from_and_how_sure_it_is() -> None:
    (phone,) = [one for one in extract("cel 987654321").entities if one.kind == "phone"]
    entity = as_rasa(phone, "DataFinder")
    assert entity["extractor"] == "DataFinder"
    assert 0 < entity["confidence_entity"] <= 1
    assert entity["additional_info"] == {"country": "pe"}
