"""One trained model for all tests of the studio; everything else is a copy of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.studio.rig import Rig, copy_project
from tests.support.product import ensure_trained, settings_for


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model made from the present data."""
    return ensure_trained(settings_for(tmp_path_factory.mktemp("training")))


@pytest.fixture
def project(tmp_path: Path, model: Path) -> Path:
    """A project that a test may change."""
    folder = tmp_path / "proyecto"
    folder.mkdir()
    return copy_project(folder, model)


@pytest.fixture
async def rig(project: Path, tmp_path: Path) -> AsyncIterator[Rig]:
    """The service on that project."""
    async with Rig(project, tmp_path / "casa").running() as rig:
        yield rig
