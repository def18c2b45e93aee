"""How the larger parts of a screen look: tables, opened menus, the stages of a form, lists of data."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from bot.guides.draw import model
from bot.guides.draw.elements import GAP
from bot.guides.draw.metrics import longest_word, width
from bot.guides.draw.pen import BADGE, BODY, SMALL, Pen, Style, text_height
from bot.guides.draw.scene import Box

_CELL = 7.0
_BADGE_ROW = 2 * BADGE + 5


def table(pen: Pen, item: model.Table) -> None:
    """Columns as wide as their longest word needs, and the rest shared by what they hold.

    A table that is too wide for a phone is cut into bands of columns, one below the other.
    """
    least, most = _wants(item)
    for band in _bands(least, pen.width):
        part = model.Table([item.columns[n] for n in band], [[row[n] for n in band] for row in item.rows], item.links)
        _band(pen, part, _share([least[n] for n in band], [most[n] for n in band], pen.width))
        pen.y += 6
    pen.y += GAP - 6


def _band(pen: Pen, item: model.Table, widths: Sequence[float]) -> None:
    links = {number for number, column in enumerate(item.columns) if column.text in item.links}
    top = pen.y
    _row(pen, item.columns, widths, Style(size=SMALL, bold=True, on="head"), set(), "head")
    for row in item.rows:
        y = pen.y
        _row(pen, row, widths, Style(size=SMALL), links, "")
        pen.shape(Box(pen.left, y, pen.width, 0), stroke="line", path=f"M {pen.left} {y} h {pen.width}")
    pen.shape(Box(pen.left, top, pen.width, pen.y - top), stroke="line", radius=4)


def _wants(item: model.Table) -> tuple[list[float], list[float]]:
    """Each column's width without breaking a word, and without breaking a line."""
    least, most = [], []
    for number, column in enumerate(item.columns):
        cells = [row[number].text for row in item.rows]
        words = [longest_word(column.text, SMALL, True), *(longest_word(cell, SMALL) for cell in cells)]
        wholes = [width(column.text, SMALL, True), *(width(cell, SMALL) for cell in cells)]
        least.append(max([*words, 2 * BADGE]) + 2 * _CELL + 1)
        most.append(max([*wholes, 2 * BADGE]) + 2 * _CELL + 1)
    return least, most


def _bands(least: Sequence[float], total: float) -> Sequence[Sequence[int]]:
    """The columns of each band: as few bands as fit, with about as many columns in each."""
    for count in range(1, len(least)):
        size = ceil(len(least) / count)
        bands = [range(start, min(start + size, len(least))) for start in range(0, len(least), size)]
        if all(sum(least[n] for n in band) <= total for band in bands):
            return bands
    return [[number] for number in range(len(least))]


def _share(least: Sequence[float], most: Sequence[float], total: float) -> Sequence[float]:
    spare = total - sum(least)
    if spare <= 0:
        return [total * part / sum(least) for part in least]
    wish = [high - low + 1 for high, low in zip(most, least, strict=True)]
    return [low + spare * part / sum(wish) for low, part in zip(least, wish, strict=True)]


def _row(
    pen: Pen, cells: Sequence[model.Label], widths: Sequence[float], style: Style, links: set[int], fill: str
) -> None:
    texts = [pen.lines(cell.text, widths[n] - 2 * _CELL, style) for n, cell in enumerate(cells)]
    heights = [
        text_height(len(lines), SMALL) + 16 + (_BADGE_ROW if cell.mark else 0)
        for lines, cell in zip(texts, cells, strict=True)
    ]
    tall = max(heights)
    if fill:
        pen.shape(Box(pen.left, pen.y, pen.width, tall), fill=fill, radius=4)
    x = pen.left
    for number, cell in enumerate(cells):
        box = Box(x, pen.y, widths[number], tall)
        look = Style(style.size, style.bold, "link", style.on, True) if number in links else style
        pen.write(texts[number], x + _CELL, pen.y + 8, widths[number] - 2 * _CELL, look)
        if cell.mark:
            middle = pen.y + heights[number] - BADGE - 6
            pen.mark(box, cell.mark, badge=(x + _CELL + BADGE, middle), grow=-2)
        x += widths[number]
    pen.y += tall


def tree(pen: Pen, item: model.Tree) -> None:
    """An opened menu: a panel with one line an entry, its children set in."""
    top = pen.y
    pen.y += 8
    place = len(pen.scene.shapes)
    inner = Pen(pen.scene, pen.left + 12, pen.right - 10, pen.y)
    _branch(inner, item.items)
    box = Box(pen.left, top, pen.width, inner.y - top)
    pen.shape(box, fill="menu", stroke="line", radius=5)
    # The panel lies under its entries.
    pen.scene.shapes.insert(place, pen.scene.shapes.pop())
    pen.y = box.bottom + GAP


def _branch(pen: Pen, items: Sequence[model.TreeItem]) -> None:
    for entry in items:
        style = Style(bold=bool(entry.label.mark), on="menu")
        limit = pen.room(entry.label.mark) - 16
        lines = pen.lines(entry.label.text, limit, style)
        text = pen.write(lines, pen.left + 16, pen.y + 3, limit, style)
        middle = pen.y + 3 + text_height(1, BODY) / 2
        arrow = Box(pen.left, middle - 4, 8, 8)
        if entry.children:
            pen.shape(arrow, stroke="muted", path=f"M {arrow.x} {arrow.y + 1.5} l 4 5 l 4 -5", line=1.8)
        else:
            pen.shape(Box(arrow.x + 2, middle - 2, 4, 4), fill="muted", radius=2)
        if entry.label.mark:
            pen.mark(Box(pen.left, text.y, text.right - pen.left, text.h), entry.label.mark, aside=2)
        pen.y = text.bottom + 15
        inner = Pen(pen.scene, pen.left + 20, pen.right, pen.y)
        _branch(inner, entry.children)
        pen.y = inner.y


def stages(pen: Pen, item: model.Stages) -> None:
    """The parts of a form in a row: those done with a tick, the present one filled."""
    count = max(1, len(item.labels))
    column = pen.width / count
    top = pen.y
    bottoms = [top]
    y = top + 9
    if count > 1:
        start = pen.left + column / 2
        pen.shape(Box(start, y, column * (count - 1), 0), stroke="line", path=f"M {start} {y} h {column * (count - 1)}")
    for number, label in enumerate(item.labels, 1):
        centre = pen.left + column * (number - 0.5)
        dot = Box(centre - 9, top, 18, 18)
        reached = number <= item.current
        pen.shape(dot, fill="primary" if reached else "window", stroke="edge", radius=9)
        if number < item.current:
            pen.shape(dot.grow(-4), stroke="on-primary", path=f"M {centre - 5} {y} l 3.6 4 l 7 -8", line=2)
        style = Style(size=SMALL, bold=number == item.current, ink="text" if reached else "muted")
        lines = pen.lines(label.text, column - 8, style)
        box = pen.write(lines, pen.left + column * (number - 1) + 4, top + 24, column - 8, style, centre=True)
        bottoms.append(box.bottom)
    pen.y = max(bottoms) + GAP


def card(pen: Pen, item: model.Card) -> None:
    """Names and values, one pair a line."""
    top = pen.y
    place = len(pen.scene.shapes)
    pen.y += 10
    names = min(pen.width * 0.46, max((width(label.text, SMALL) for label, _ in item.pairs), default=0) + 14)
    for label, value in item.pairs:
        name_style, value_style = Style(size=SMALL, ink="muted", on="menu"), Style(size=SMALL, bold=True, on="menu")
        room = pen.room(label.mark) - names - 24
        name = pen.write(pen.lines(label.text, names - 6, name_style), pen.left + 12, pen.y, names - 6, name_style)
        told = pen.write(pen.lines(value, room, value_style), pen.left + 12 + names, pen.y, room, value_style)
        if label.mark:
            pen.mark(Box(name.x, pen.y, told.right - name.x, max(name.h, told.h)), label.mark)
        pen.y += max(name.h, told.h) + 9
    box = Box(pen.left, top, pen.width, pen.y - top + 1)
    pen.shape(box, fill="menu", stroke="line", radius=5)
    pen.scene.shapes.insert(place, pen.scene.shapes.pop())
    pen.y = box.bottom + GAP
