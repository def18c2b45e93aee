"""Brings every feature's tables onto the one metadata."""

from __future__ import annotations

import importlib
from pathlib import Path

from sqlalchemy import MetaData

from bot.db.metadata import metadata

PACKAGE = Path(__file__).resolve().parent.parent


def load_tables() -> MetaData:
    """Imports every module named ``store`` or ``*_store`` below ``bot`` and returns the full metadata."""
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.stem == "store" or path.stem.endswith("_store"):
            parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
            importlib.import_module(".".join(parts))
    return metadata
