"""A drawing that no guide holds yet, packed into an address: whoever writes a guide sees it as it will be shown."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from bot.errors import VentanillaError
from bot.guides.draw.alt import alt_text
from bot.guides.draw.describe import describe
from bot.guides.draw.layout import layout
from bot.guides.draw.model import Drawing
from bot.guides.draw.svg import render
from bot.guides.read import Reader

LONGEST = 6_000
"""Characters in an address; what stands between browser and service takes eight thousand."""

LARGEST = 64 * 1024


class NotADrawing(VentanillaError):
    """An address holds no drawing."""


@dataclass(frozen=True)
class Preview:
    """A drawing's address part and the words for those who do not see it."""

    packed: str
    alt: str


def preview(data: object) -> Preview | None:
    """What ``dibujo`` of a step shows, as far as it can be drawn already."""
    drawing = _read(data)
    if drawing is None:
        return None
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), default=str)
    packed = base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip("=")
    return Preview(packed, alt_text(drawing)) if len(packed) <= LONGEST else None


def svg_of(packed: str, theme: str) -> str:
    """The drawing that an address part holds.

    Raises:
        NotADrawing: it holds none.
    """
    try:
        raw = base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4))
        # Who makes an address may make one that unfolds to gigabytes.
        data = json.loads(zlib.decompressobj().decompress(raw, LARGEST))
    except (binascii.Error, zlib.error, ValueError) as error:
        raise NotADrawing("unreadable") from error
    drawing = _read(data)
    if drawing is None:
        raise NotADrawing("empty")
    return render(layout(drawing), alt_text(drawing), theme)


def _read(data: object) -> Drawing | None:
    return describe(Reader(""), data) if isinstance(data, Mapping) else None
