"""The sentences that the runner says to those who write stories, from ``data/studio/historias.yml``."""

from __future__ import annotations

from functools import cache
from typing import Any

from ruamel.yaml import YAML

from bot.settings import ROOT


@cache
def _all() -> dict[str, dict[str, str]]:
    content: dict[str, dict[str, str]] = YAML(typ="safe").load(
        (ROOT / "data" / "studio" / "historias.yml").read_text("utf-8")
    )
    return content


def sentence(group: str, name: str, **facts: Any) -> str:
    """One sentence with its facts filled in."""
    return _all()[group][name].format(**facts)
