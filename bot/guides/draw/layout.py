"""From a drawing's description to a scene: the frame of the window, the menu bar, and the elements below each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bot.guides.draw import blocks, elements, model
from bot.guides.draw.metrics import width
from bot.guides.draw.pen import MARK_ROOM, SMALL, Pen, Style, text_height
from bot.guides.draw.scene import Box, Scene
from bot.guides.problems import words

WIDTH = 360.0
_EDGE = 8.0
_PAD = 18.0

_DRAW: Mapping[type[Any], Callable[[Pen, Any], None]] = {
    model.Heading: elements.heading,
    model.Paragraph: elements.paragraph,
    model.Field: elements.field,
    model.FieldGrid: elements.grid,
    model.Check: elements.check,
    model.Options: elements.options,
    model.Buttons: elements.buttons,
    model.Links: elements.links,
    model.Alert: elements.alert,
    model.Table: blocks.table,
    model.Tree: blocks.tree,
    model.Stages: blocks.stages,
    model.Card: blocks.card,
}


def layout(drawing: model.Drawing) -> Scene:
    """Places everything; the scene is as high as it needs to be."""
    scene = Scene(WIDTH)
    dialog = drawing.kind == "dialog"
    edge = _EDGE + (14 if dialog else 0)
    window = Box(edge, edge, WIDTH - 2 * edge, 0)
    pen = Pen(scene, window.x, window.right, window.y)
    _title(pen, drawing)
    if drawing.menu:
        _menu(pen, drawing)
    inner = Pen(scene, window.x + _PAD, window.right - _PAD, pen.y + 16)
    if drawing.kind == "mail":
        _mail_head(inner, drawing)
    for element in drawing.elements:
        _DRAW[type(element)](inner, element)
    bottom = inner.y + 6
    scene.height = round(bottom + edge)
    scene.shapes[:0] = _frame(Box(window.x, window.y, window.w, bottom - window.y), scene)
    return scene


def _frame(window: Box, scene: Scene) -> list[Any]:
    pen = Pen(Scene(WIDTH), 0, 0, 0)
    pen.shape(Box(0, 0, WIDTH, scene.height), fill="canvas", radius=10)
    pen.shape(window, fill="window", stroke="line", radius=8)
    return pen.scene.shapes


def _title(pen: Pen, drawing: model.Drawing) -> None:
    """The bar with the window's title; a browser's window has three dots, a mail an envelope."""
    style = Style(size=13, bold=True, on="bar")
    start = pen.left + (16 if drawing.kind == "dialog" else 54)
    lines = pen.lines(drawing.title, pen.right - 14 - start, style)
    tall = text_height(len(lines), 13) + 18
    bar = Box(pen.left, pen.y, pen.width, tall)
    # Round above, square below.
    pen.shape(bar, fill="bar", stroke="line", path=_tab(bar, 8))
    pen.write(lines, start, pen.y + 9, pen.right - 14 - start, style)
    middle = pen.y + tall / 2
    if drawing.kind == "window":
        for number in range(3):
            pen.shape(Box(pen.left + 13 + number * 11, middle - 3.5, 7, 7), fill="edge", radius=3.5)
    elif drawing.kind == "mail":
        _envelope(pen, pen.left + 18, middle - 8)
    pen.y += tall


def _tab(box: Box, radius: float) -> str:
    return (
        f"M {box.x} {box.bottom} v {-(box.h - radius)} a {radius} {radius} 0 0 1 {radius} {-radius} "
        f"h {box.w - 2 * radius} a {radius} {radius} 0 0 1 {radius} {radius} v {box.h - radius} z"
    )


def _envelope(pen: Pen, x: float, y: float) -> None:
    pen.shape(Box(x, y, 22, 16), fill="window", stroke="muted", radius=2, line=1.4)
    pen.shape(Box(x, y, 22, 10), stroke="muted", path=f"M {x + 1} {y + 2} l 10 8 l 10 -8", line=1.4)


def _menu(pen: Pen, drawing: model.Drawing) -> None:
    """The menu bar, in as many lines as it takes."""
    place = len(pen.scene.shapes)
    top = pen.y
    x, y = pen.left + 12, pen.y + 11
    height = text_height(1, SMALL)
    for label in drawing.menu:
        style = Style(size=SMALL, bold=bool(label.mark), on="menu")
        wide = width(label.text, SMALL, style.bold)
        if x > pen.left + 12 and x + wide + (MARK_ROOM if label.mark else 0) > pen.right - 10:
            x, y = pen.left + 12, y + height + 14
        ahead = 8 if label.mark and x > pen.left + 12 else 0
        box = pen.write([label.text], x + ahead, y, wide, style)
        if label.mark:
            pen.mark(box, label.mark, aside=2)
        x = box.right + (MARK_ROOM + 8 if label.mark else 16)
    pen.y = y + height + 11
    bar = Box(pen.left, top, pen.width, pen.y - top)
    pen.shape(bar, fill="menu", stroke="line")
    pen.scene.shapes.insert(place, pen.scene.shapes.pop())


def _mail_head(pen: Pen, drawing: model.Drawing) -> None:
    """Sender and subject."""
    names = words()["draw"]
    for name, value in ((names["from"], drawing.sender), (names["subject"], drawing.subject)):
        if not value:
            continue
        label = model.Label.read(value)
        start = pen.left + 62
        pen.write([name], pen.left, pen.y, 60, Style(size=SMALL, ink="muted"))
        style = Style(size=SMALL, bold=True)
        limit = pen.right - start - (MARK_ROOM if label.mark else 0)
        box = pen.write(pen.lines(label.text, limit, style), start, pen.y, limit, style)
        if label.mark:
            pen.mark(box, label.mark)
        pen.y = box.bottom + 9
    if drawing.sender or drawing.subject:
        pen.shape(Box(pen.left, pen.y, pen.width, 0), stroke="line", path=f"M {pen.left} {pen.y} h {pen.width}")
        pen.y += 14
