"""One trained model for all tests of the studio; everything else is a copy of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.studio.rig import Rig, copy_project


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
