"""Every story of ``historias/`` comes true on the whole service. How to write one: docs/pruebas-de-conversacion.md."""

from __future__ import annotations

import unicodedata
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from bot.settings import ROOT
from bot.stories.player import Player
from bot.stories.reader import Reader
from bot.stories.responses import Responses
from bot.stories.sentences import sentence
from bot.stories.story import Story
from bot.tasks.responses import load_names
from tests.support.product import Product

if TYPE_CHECKING:
    from bot.brain.rasa_brain import RasaBrain

FOLDER = Path(__file__).with_name("historias")
STORIES = Reader(load_names(ROOT / "data" / "responses")).folder(FOLDER)


def parameters() -> list[object]:
    """The stories, each under the name of its file and its title; a pending one must fail."""
    return [
        pytest.param(
            story,
            id=_id(story),
            marks=[pytest.mark.xfail(reason=story.pending, strict=True)] if story.pending else [],
        )
        for story in STORIES
    ]


def _id(story: Story) -> str:
    """Folder, file and title; pytest shows only ASCII as it is."""
    name = unicodedata.normalize("NFD", f"{story.file.parent.name}/{story.file.stem}: {story.title}")
    return name.encode("ascii", "ignore").decode()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def service(tmp_path_factory: pytest.TempPathFactory, template: Path, brain: RasaBrain) -> AsyncIterator[Product]:
    """One running service for all stories, each of which finds it as if nothing had happened."""
    async with Product(tmp_path_factory.mktemp("historias"), template, brain).running() as running:
        yield running


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("story", parameters())
async def test_story(story: Story, service: Product, responses: Responses) -> None:
    await service.begin_anew()
    with capture_logs() as logs:
        await Player(service, responses).play(story)
    failures = sorted({str(line["event"]) for line in logs if line["log_level"] in ("error", "critical")})
    assert not failures, sentence("fallo", "registro", sucesos=", ".join(failures))
