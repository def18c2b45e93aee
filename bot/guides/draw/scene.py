"""A laid-out drawing: shapes and lines of text with a place and a role, and what is checked of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from bot.guides.draw.metrics import ASCENT, DESCENT
from bot.guides.draw.palette import contrast


@dataclass(frozen=True)
class Box:
    """A rectangle: left, top, width, height."""

    x: float
    y: float
    w: float
    h: float

    @property
    def right(self) -> float:
        return self.x + self.w

    @property
    def bottom(self) -> float:
        return self.y + self.h

    def grow(self, by: float) -> Box:
        """The box with a margin around it (inside it when negative)."""
        return Box(self.x - by, self.y - by, self.w + 2 * by, self.h + 2 * by)

    def holds(self, other: Box, slack: float = 0.6) -> bool:
        """Whether the other box lies within this one."""
        return (
            other.x >= self.x - slack
            and other.y >= self.y - slack
            and other.right <= self.right + slack
            and other.bottom <= self.bottom + slack
        )

    def meets(self, other: Box, slack: float = 0.4) -> bool:
        """Whether the two share more than an edge."""
        return (
            self.x < other.right - slack
            and other.x < self.right - slack
            and self.y < other.bottom - slack
            and other.y < self.bottom - slack
        )


@dataclass(frozen=True)
class Shape:
    """A rectangle with rounded corners, or a path with the box it fills."""

    box: Box
    fill: str = ""
    stroke: str = ""
    stroke_width: float = 1
    radius: float = 0
    path: str = ""


@dataclass(frozen=True)
class Line:
    """One line of text.

    Attributes:
        y: its baseline.
        ink, on: roles of the letters and of the ground under them.
        inside: the box that it must not leave.
    """

    text: str
    x: float
    y: float
    size: float
    advance: float
    ink: str
    on: str
    inside: Box
    bold: bool = False
    underline: bool = False

    @property
    def box(self) -> Box:
        """The ground that the letters cover."""
        return Box(self.x, self.y - self.size * ASCENT, self.advance, self.size * (ASCENT + DESCENT))


@dataclass(frozen=True)
class Mark:
    """The ring around the thing to press, and its numbered badge."""

    number: int
    ring: Box
    badge: Box


@dataclass
class Scene:
    """Everything to be painted, in order: shapes, then marks, then lines."""

    width: float
    height: float = 0
    shapes: list[Shape] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    @property
    def bounds(self) -> Box:
        return Box(0, 0, self.width, self.height)


def faults(scene: Scene, palettes: Sequence[dict[str, str]] = ()) -> Iterator[str]:
    """What is wrong with a scene, for tests and the checker: text outside its box, overlaps, too little contrast."""
    for line in scene.lines:
        if not line.inside.holds(line.box):
            yield f"overflow: {line.text!r} leaves its box"
        if not scene.bounds.holds(line.box):
            yield f"overflow: {line.text!r} leaves the picture"
        for palette in palettes:
            if contrast(palette[line.ink], palette[line.on]) < 4.5:
                yield f"contrast: {line.ink} on {line.on} for {line.text!r}"
    for one, other in combinations(scene.lines, 2):
        if one.box.meets(other.box):
            yield f"overlap: {one.text!r} and {other.text!r}"
    for mark in scene.marks:
        yield from _mark_faults(scene, mark)


def _mark_faults(scene: Scene, mark: Mark) -> Iterator[str]:
    if not scene.bounds.holds(mark.ring) or not scene.bounds.holds(mark.badge):
        yield f"overflow: mark {mark.number} leaves the picture"
    for line in scene.lines:
        own = mark.badge.holds(line.box, slack=3) and line.text == str(mark.number)
        if mark.badge.meets(line.box) and not own:
            yield f"overlap: badge {mark.number} and {line.text!r}"
        crosses = mark.ring.meets(line.box) and not mark.ring.holds(line.box)
        if crosses and not own and line.text != str(mark.number):
            yield f"overlap: ring {mark.number} cuts {line.text!r}"
    for other in scene.marks:
        if other is not mark and (mark.badge.meets(other.badge) or mark.ring.meets(other.ring)):
            yield f"overlap: marks {mark.number} and {other.number}"
