"""The sentences that the runner says to those who write stories, from ``mensajes.yml``."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML


@cache
def _all() -> dict[str, dict[str, str]]:
    content: dict[str, dict[str, str]] = YAML(typ="safe").load(
        (Path(__file__).with_name("mensajes.yml")).read_text("utf-8")
    )
    return content


def sentence(group: str, name: str, **facts: Any) -> str:
    """One sentence with its facts filled in."""
    return _all()[group][name].format(**facts)
