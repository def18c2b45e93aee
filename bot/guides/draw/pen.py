"""Puts text, shapes and marks into a scene, from the top down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.guides.draw.metrics import ASCENT, DESCENT, LEADING, width, wrap
from bot.guides.draw.scene import Box, Line, Mark, Scene, Shape

BODY = 14.0
SMALL = 12.5
"""Nothing is set smaller: at 320 pixels this is still 11 pixels high."""
MARK_ROOM = 29.0
"""What a marked element leaves free at its right, for the badge."""
RING = 4.0
BADGE = 10.5


@dataclass(frozen=True)
class Style:
    """How letters look."""

    size: float = BODY
    bold: bool = False
    ink: str = "text"
    on: str = "window"
    underline: bool = False


@dataclass
class Pen:
    """A column of the picture and the height that is reached in it."""

    scene: Scene
    left: float
    right: float
    y: float

    @property
    def width(self) -> float:
        return self.right - self.left

    def room(self, mark: int) -> float:
        """The width left for an element, with or without a mark."""
        return self.width - (MARK_ROOM if mark else 0)

    def lines(self, text: str, limit: float, style: Style) -> Sequence[str]:
        """The text in lines; words that must be torn are noted in the scene."""
        lines, broken = wrap(text, style.size, limit, style.bold)
        self.scene.broken += broken
        return lines

    def write(
        self, lines: Sequence[str], x: float, top: float, limit: float, style: Style, centre: bool = False
    ) -> Box:
        """Sets lines below ``top`` and returns the box that they fill."""
        step = style.size * LEADING
        inside = Box(x, top, limit, text_height(len(lines), style.size))
        for number, text in enumerate(lines):
            advance = width(text, style.size, style.bold)
            self.scene.lines.append(
                Line(
                    text=text,
                    x=x + max(0.0, (limit - advance) / 2) if centre else x,
                    y=top + style.size * ASCENT + number * step,
                    size=style.size,
                    advance=advance,
                    ink=style.ink,
                    on=style.on,
                    inside=inside,
                    bold=style.bold,
                    underline=style.underline,
                )
            )
        widest = max((width(text, style.size, style.bold) for text in lines), default=0)
        return Box(x, top, limit if centre else widest, inside.h)

    def shape(
        self, box: Box, fill: str = "", stroke: str = "", radius: float = 0, path: str = "", line: float = 1
    ) -> None:
        """Adds a rectangle or a path."""
        self.scene.shapes.append(Shape(box, fill, stroke, line, radius, path))

    def mark(
        self, box: Box, number: int, *, badge: tuple[float, float] | None = None, grow: float = RING, aside: float = 0
    ) -> None:
        """Draws the ring around a box (``aside`` more at its sides), and its badge at the ring's right edge or at a
        given centre."""
        around = box.grow(grow)
        ring = Box(around.x - aside, around.y, around.w + 2 * aside, around.h)
        x, y = badge or (ring.right + 8, ring.y + ring.h / 2)
        self.scene.marks.append(Mark(number, ring, Box(x - BADGE, y - BADGE, 2 * BADGE, 2 * BADGE)))
        text = str(number)
        advance = width(text, SMALL, True)
        inside = Box(x - 11, y - 11, 22, 22)
        x -= advance / 2
        self.scene.lines.append(Line(text, x, y + 4.5, SMALL, advance, "on-mark", "mark", inside, bold=True))


def text_height(count: int, size: float) -> float:
    """How high so many lines are, from the top of the first to the bottom of the last."""
    return size * (ASCENT + DESCENT) + (count - 1) * size * LEADING if count else 0.0
