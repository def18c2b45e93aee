"""Every guide is walked in the chat: to its end, backwards, and through each trouble, by its buttons."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from bot.guides.load import load_library
from bot.guides.model import Guide
from bot.guides.service import LibraryGuides
from bot.platforms import Platform
from bot.settings import ROOT
from tests.guides.state import walk_of
from tests.guides.talk import (
    BACK,
    BOT_CAN,
    CASE,
    FINISH,
    GO_ON,
    MAIL,
    NEXT,
    OTHER,
    PERSON,
    PHONES,
    REPEAT,
    TROUBLE,
    Talk,
)
from tests.support.product import Product

pytestmark = pytest.mark.asyncio(loop_scope="module")

LIBRARY = load_library(ROOT / "data" / "guides").guides
ALL = sorted(LIBRARY)
NAMES = {Platform.SEACE: "SEACE", Platform.SOCE: "SOCE", Platform.SECOP2: "SECOP II"}


async def open_guide(talk: Talk, guide: Guide) -> Talk:
    """Asks for a guide by its name, as somebody would who saw it in the list."""
    await talk.say(NAMES[guide.platform])
    await talk.say(f"muéstreme la guía «{guide.title}»")
    if not talk.card:
        await talk.press(guide.title)
    assert (talk.card["guide"], talk.card["number"]) == (guide.id, 1)
    return talk


@pytest.mark.parametrize("guide_id", ALL)
async def test_a_guide_is_walked_to_its_end_and_back(
    talk: Talk, http: httpx.AsyncClient, guides: LibraryGuides, guide_id: str
) -> None:
    guide = guides.get(guide_id)
    await open_guide(talk, guide)
    last = len(guide.steps)
    for number, step in enumerate(guide.steps, 1):
        _is_shown(talk, guide, number)
        assert (BOT_CAN in talk.titles) is bool(guide.bot_can and number == 1)
        assert (talk.image is not None) is (step.drawing is not None)
        if talk.image:
            await _is_a_picture(http, talk.image)
        await talk.press(FINISH if number == last else NEXT)
    assert talk.said.startswith(f"Esos eran todos los pasos de «{guide.title}»")
    assert {BACK, MAIL} <= set(talk.titles)
    for number in range(last, 0, -1):
        await talk.press(BACK)
        _is_shown(talk, guide, number)
    assert BACK not in talk.titles
    await talk.say("paso anterior")
    assert talk.said.startswith("Este es el primer paso")


@pytest.mark.parametrize("guide_id", ALL)
async def test_each_trouble_of_each_step_leads_to_its_remedy_then_to_a_person_and_to_other_words(
    talk: Talk, product: Product, guides: LibraryGuides, guide_id: str
) -> None:
    guide = guides.get(guide_id)
    await open_guide(talk, guide)
    for number, step in enumerate(guide.steps, 1):
        for trouble in step.troubles:
            await talk.press(TROUBLE)
            assert PERSON in talk.titles
            await talk.press(trouble.problem)
            assert all(line in talk.said for line in trouble.remedy)
        await talk.press(TROUBLE)
        # Who is there was looked up, and that is offered.
        assert talk.titles == [CASE, GO_ON, PHONES, OTHER, REPEAT]
        walk = await walk_of(product, talk)
        assert (walk["guide"], walk["index"]) == (guide.id, number - 1)
        assert [tried.partition("/")[2] for tried in walk["history"] if tried.startswith(f"{step.id}/")][
            : len(step.troubles)
        ] == [trouble.id for trouble in step.troubles]
        await talk.press(OTHER)
        assert talk.card["lines"] == list(step.other)
        assert OTHER not in talk.titles
        if number < len(guide.steps):
            await talk.press(NEXT)


@pytest.mark.parametrize("guide_id", [guide_id for guide_id, guide in LIBRARY.items() if guide.bot_can])
async def test_where_the_bot_can_do_it_that_comes_first(talk: Talk, guides: LibraryGuides, guide_id: str) -> None:
    await open_guide(talk, guides.get(guide_id))
    assert BOT_CAN in talk.latest[0]["text"]
    assert talk.titles[0] == BOT_CAN
    await talk.press(BOT_CAN)
    assert not talk.card


def _is_shown(talk: Talk, guide: Guide, number: int) -> None:
    """The step's card, and the same in the text for who cannot draw it."""
    step, card = guide.steps[number - 1], talk.card
    expected: dict[str, Any] = {
        "type": "step",
        "lead": talk.card["lead"],
        "guide": guide.id,
        "guide_title": guide.title,
        "title": step.title,
        "number": number,
        "total": len(guide.steps),
        "lines": list(step.do),
        "see": list(step.see),
        "see_label": "Debe ver esto:" if step.see else "",
        "source": step.source.cite,
    }
    assert card == expected
    assert all(line in talk.said for line in (*step.do, *step.see, step.source.cite))


async def _is_a_picture(http: httpx.AsyncClient, image: dict[str, str]) -> None:
    assert image["alt"]
    svg = await http.get(image["src"])
    png = await http.get(image["src"].replace(".svg", ".png"))
    assert (svg.status_code, svg.headers["content-type"].split(";")[0]) == (200, "image/svg+xml")
    assert (png.status_code, png.content[:8]) == (200, b"\x89PNG\r\n\x1a\n")
