"""One service for each module of chat tests; the model is loaded once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
import pytest_asyncio

from bot.guides.service import LibraryGuides, load_guides
from bot.settings import ROOT
from tests.guides.talk import Talk
from tests.support.handed_facts import handed_facts  # noqa: F401
from tests.support.product import Product

if TYPE_CHECKING:
    from bot.brain.rasa_brain import RasaBrain


@pytest.fixture(scope="session")
def guides() -> LibraryGuides:
    """The guides as they are shipped."""
    return load_guides(ROOT / "data" / "guides")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def product(
    tmp_path_factory: pytest.TempPathFactory,
    template: Path,
    brain: RasaBrain,
) -> AsyncIterator[Product]:
    """A running service that lets one address talk as fast as it likes."""
    home = tmp_path_factory.mktemp("guides")
    async with Product(home, template, brain, VENTANILLA_RATE_LIMITS="off").running() as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def http(product: Product) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the service."""
    async with httpx.AsyncClient(base_url=product.url, timeout=30) as client:
        yield client


@pytest_asyncio.fixture(loop_scope="module")
async def talk(http: httpx.AsyncClient) -> Talk:
    """A new conversation."""
    return await Talk.begun(http)
