"""A scene as SVG: with classes and a style sheet that follows the viewer's light or dark, or with one fixed palette."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from functools import lru_cache
from html import escape

from bot.guides.draw.palette import DARK, LIGHT
from bot.guides.draw.scene import Line, Mark, Scene, Shape

FAMILY = "'DejaVu Sans',Verdana,Geneva,'Noto Sans',sans-serif"
"""DejaVu and Verdana are as wide as the letters were measured; the others are narrower, so nothing overflows."""

Painter = Callable[[str, str], str]
"""Paints a role: ``("fill", "window")`` → the attribute for it."""


@lru_cache(maxsize=1)
def style_sheet() -> str:
    """The one style sheet of every drawing; being always the same, a content policy can name its hash."""
    return _rules(LIGHT) + "@media(prefers-color-scheme:dark){" + _rules(DARK) + "}"


@lru_cache(maxsize=1)
def style_hash() -> str:
    """The style sheet's source expression for ``Content-Security-Policy``."""
    digest = hashlib.sha256(style_sheet().encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def render(scene: Scene, alt: str, theme: str = "auto") -> str:
    """The picture's SVG text.

    Args:
        alt: the alternative text; it is the picture's title for screen readers.
        theme: ``auto``, ``light`` or ``dark``; the latter two hold no style sheet, for rasterisers and mail.
    """
    paint = _classes if theme == "auto" else _fixed(LIGHT if theme == "light" else DARK)
    style = f"<style>{style_sheet()}</style>" if theme == "auto" else ""
    body = [
        *(_shape(shape, paint) for shape in scene.shapes),
        *(_mark(mark, paint) for mark in scene.marks),
        *(_line(line, paint) for line in scene.lines),
    ]
    size = f'width="{scene.width:g}" height="{scene.height:g}" viewBox="0 0 {scene.width:g} {scene.height:g}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" lang="es" font-family="{FAMILY}">'
        f"<title>{escape(alt)}</title>{style}{''.join(body)}</svg>"
    )


def _rules(palette: Mapping[str, str]) -> str:
    return "".join(f".f-{role}{{fill:{colour}}}.s-{role}{{stroke:{colour}}}" for role, colour in palette.items())


def _classes(fill: str, stroke: str) -> str:
    names = [f"f-{fill}" if fill else "", f"s-{stroke}" if stroke else ""]
    nothing = "" if fill else ' fill="none"'
    return f'class="{" ".join(filter(None, names))}"{nothing}'


def _fixed(palette: Mapping[str, str]) -> Painter:
    def paint(fill: str, stroke: str) -> str:
        line = f' stroke="{palette[stroke]}"' if stroke else ""
        return f'fill="{palette[fill] if fill else "none"}"{line}'

    return paint


def _shape(shape: Shape, paint: Painter) -> str:
    look = paint(shape.fill, shape.stroke)
    line = f' stroke-width="{shape.stroke_width:g}"' if shape.stroke else ""
    if shape.path:
        return f'<path d="{_tidy(shape.path)}" {look}{line} stroke-linecap="round" stroke-linejoin="round"/>'
    box = shape.box
    corner = f' rx="{shape.radius:g}"' if shape.radius else ""
    return f'<rect x="{box.x:.5g}" y="{box.y:.5g}" width="{box.w:.5g}" height="{box.h:.5g}"{corner} {look}{line}/>'


def _tidy(path: str) -> str:
    """Numbers with one decimal."""
    parts = []
    for part in path.split():
        try:
            parts.append(f"{float(part):.5g}")
        except ValueError:
            parts.append(part)
    return " ".join(parts)


def _mark(mark: Mark, paint: Painter) -> str:
    ring, badge = mark.ring, mark.badge
    return (
        f'<rect x="{ring.x:.5g}" y="{ring.y:.5g}" width="{ring.w:.5g}" height="{ring.h:.5g}" rx="7" '
        f'{paint("", "mark")} stroke-width="2.6"/>'
        f'<circle cx="{badge.x + badge.w / 2:.5g}" cy="{badge.y + badge.h / 2:.5g}" r="{badge.w / 2:.5g}" '
        f'{paint("mark", "window")} stroke-width="1.5"/>'
    )


def _line(line: Line, paint: Painter) -> str:
    bold = ' font-weight="bold"' if line.bold else ""
    under = ' text-decoration="underline"' if line.underline else ""
    return (
        f'<text x="{line.x:.5g}" y="{line.y:.5g}" font-size="{line.size:g}"{bold}{under} {paint(line.ink, "")}>'
        f"{escape(line.text)}</text>"
    )
