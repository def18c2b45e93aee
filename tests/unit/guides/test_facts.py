"""The guides say what the manuals say: each line of tests/guides/hechos.yml names the manual's section."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ruamel.yaml import YAML

from bot.guides.model import Guide
from bot.guides.service import LibraryGuides

from .conftest import DATA

FILE = DATA.parents[1] / "tests" / "guides" / "hechos.yml"
FACTS: list[dict[str, Any]] = YAML(typ="safe", pure=True).load(FILE.read_text(encoding="utf-8"))


def text_of(guide: Guide) -> str:
    """Everything that a guide says."""
    parts = [guide.title, guide.purpose, guide.who, *guide.at_hand]
    for step in guide.steps:
        parts += [step.title, *step.do, *step.see, *step.other]
        for trouble in step.troubles:
            parts += [trouble.problem, *trouble.remedy]
    parts += [fact.answer for fact in guide.facts]
    return " ".join(parts)


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: f"{fact['guia']} ({fact['manual']})")
def test_a_guide_states_the_manuals_fact(guides: LibraryGuides, fact: dict[str, Any]) -> None:
    said = text_of(guides.get(fact["guia"])).lower()
    assert [part for part in fact["contiene"] if str(part).lower() not in said] == []


def test_every_guide_has_facts_in_the_list(guides: LibraryGuides) -> None:
    assert {guide.id for guide in guides.all()} - {fact["guia"] for fact in FACTS} == {"secop2/ingresar"}


def test_misread_numbers_of_the_scanned_manuals_are_nowhere(guides: LibraryGuides) -> None:
    """Manual 002 has «T45-56753», «018000-52-0808» and Saturday from 5:00; 003 has them right."""
    for guide in guides.all():
        text = text_of(guide)
        for misread in ("T45", "745-56", "52-0808", "745-8788", "745-67", "5:00 a"):
            assert misread not in text, (guide.id, misread)


def test_people_are_addressed_formally_and_in_spanish(guides: LibraryGuides) -> None:
    informal = re.compile(r"\b(tú|tienes|puedes|haz|escribe tu|tu contraseña|tus|contigo)\b", re.IGNORECASE)
    english = re.compile(r"\b(click|password|login|link|email|user|menu bar|button|chat bot)\b", re.IGNORECASE)
    for guide in guides.all():
        text = re.sub(r"\S*(\.gov\.co|\.gob)\S*", "", text_of(guide))
        assert not informal.search(text), (guide.id, informal.search(text))
        assert not english.search(text), (guide.id, english.search(text))


def test_every_step_and_fact_names_its_source(guides: LibraryGuides) -> None:
    for guide in guides.all():
        for source in guide.sources:
            assert source.manual
            assert source.where


def test_a_step_is_short(guides: LibraryGuides) -> None:
    for guide in guides.all():
        for step in guide.steps:
            assert len(" ".join(step.do)) <= 420, (guide.id, step.id)


def test_most_steps_have_a_picture(guides: LibraryGuides) -> None:
    steps = [step for guide in guides.all() for step in guide.steps]
    assert sum(step.drawing is not None for step in steps) / len(steps) > 0.8
