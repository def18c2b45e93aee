"""How the plain parts of a screen look: each function draws one element at the pen and moves it down."""

from __future__ import annotations

from collections.abc import Sequence

from bot.guides.draw import model
from bot.guides.draw.metrics import width
from bot.guides.draw.pen import BODY, MARK_ROOM, SMALL, Pen, Style, text_height
from bot.guides.draw.scene import Box

GAP = 14.0
_PAD = 10.0
_FIELD = 32.0
_ASIDE = 3.0
_UNDER_LABEL = 7.0
_TICK = "M {x} {y} l 3.6 4 l 7 -8"


def heading(pen: Pen, item: model.Heading) -> None:
    """A title on the page."""
    style = Style(size=16, bold=True)
    lines = pen.lines(item.label.text, pen.room(item.label.mark), style)
    box = pen.write(lines, pen.left, pen.y, pen.room(item.label.mark), style)
    if item.label.mark:
        pen.mark(box, item.label.mark, aside=_ASIDE)
    pen.y = box.bottom + GAP


def paragraph(pen: Pen, item: model.Paragraph) -> None:
    """Text, or a small note."""
    style = Style(size=SMALL if item.small else BODY, ink="muted" if item.small else "text")
    lines = pen.lines(item.label.text, pen.room(item.label.mark), style)
    box = pen.write(lines, pen.left, pen.y, pen.room(item.label.mark), style)
    if item.label.mark:
        pen.mark(box, item.label.mark, aside=_ASIDE)
    pen.y = box.bottom + GAP - (2 if item.small else 0)


def field(pen: Pen, item: model.Field) -> None:
    """A label with its box below."""
    label_lines = _label(pen, item, pen.width)
    pen.y += text_height(len(label_lines), SMALL) + _UNDER_LABEL
    pen.y = _field_box(pen, item, pen.left, pen.y, pen.room(item.label.mark)) + GAP


def grid(pen: Pen, item: model.FieldGrid) -> None:
    """Fields two a line; the boxes of one line begin at one height."""
    column = (pen.width - 14) / 2
    for start in range(0, len(item.fields), 2):
        pair = item.fields[start : start + 2]
        style = Style(size=SMALL)
        texts = [pen.lines(_caption(entry), column, style) for entry in pair]
        labels = max(text_height(len(lines), SMALL) for lines in texts)
        bottoms = []
        for number, entry in enumerate(pair):
            x = pen.left + number * (column + 14)
            top = pen.y + labels - text_height(len(texts[number]), SMALL)
            _caption_box(pen, entry, texts[number], x, top, column)
            room = column - (MARK_ROOM if entry.label.mark else 0)
            bottoms.append(_field_box(pen, entry, x, pen.y + labels + _UNDER_LABEL, room))
        pen.y = max(bottoms) + GAP


def _caption(item: model.Field) -> str:
    return f"{item.label.text} *" if item.required else item.label.text


def _label(pen: Pen, item: model.Field, limit: float) -> Sequence[str]:
    lines = pen.lines(_caption(item), limit, Style(size=SMALL))
    _caption_box(pen, item, lines, pen.left, pen.y, limit)
    return lines


def _caption_box(pen: Pen, item: model.Field, texts: Sequence[str], x: float, top: float, limit: float) -> None:
    """A field's name; the asterisk of a required one has its own colour."""
    if item.required and texts and texts[-1].endswith("*"):
        body = texts[-1][:-1].rstrip()
        y = top + text_height(len(texts), SMALL) - text_height(1, SMALL)
        pen.write([*texts[:-1], body] if body else texts[:-1], x, top, limit, Style(size=SMALL))
        offset = width(body + " ", SMALL) if body else 0
        pen.write(["*"], x + offset, y, width("*", SMALL), Style(size=SMALL, ink="on-bad"))
        return
    pen.write(texts, x, top, limit, Style(size=SMALL))


def _field_box(pen: Pen, item: model.Field, x: float, top: float, room: float) -> float:
    """The box, its value and its sign; returns its bottom."""
    sign = 20.0 if item.kind in ("list", "date") else 0.0
    style = Style(on="field")
    secret = item.kind == "secret"
    lines = [] if secret else list(pen.lines(item.value, room - 2 * _PAD - sign, style))
    height = max(_FIELD, text_height(len(lines), BODY) + 17)
    box = Box(x, top, room, height)
    pen.shape(box, fill="field", stroke="edge", radius=4)
    if secret:
        for number in range(min(len(item.value), 10)):
            dot = Box(x + _PAD + number * 11, top + height / 2 - 3, 6, 6)
            pen.shape(dot, fill="text", radius=3)
    pen.write(lines, x + _PAD, top + (height - text_height(len(lines), BODY)) / 2, room - 2 * _PAD - sign, style)
    middle = top + height / 2
    if item.kind == "list":
        arrow = Box(box.right - 20, middle - 3, 10, 6)
        pen.shape(arrow, stroke="muted", path=f"M {arrow.x} {arrow.y} l 5 6 l 5 -6", line=1.8)
    elif item.kind == "date":
        _calendar(pen, box.right - 23, middle - 7)
    if item.label.mark:
        pen.mark(box, item.label.mark)
    return box.bottom


def _calendar(pen: Pen, x: float, y: float) -> None:
    pen.shape(Box(x, y, 14, 14), stroke="muted", radius=2, line=1.4)
    pen.shape(Box(x, y + 4, 14, 1), stroke="muted", path=f"M {x} {y + 4.5} h 14", line=1.4)


def check(pen: Pen, item: model.Check) -> None:
    """A box to tick."""
    limit = pen.room(item.label.mark) - 26
    lines = pen.lines(item.label.text, limit, Style())
    text = pen.write(lines, pen.left + 26, pen.y + 2, limit, Style())
    box = Box(pen.left, pen.y, 18, 18)
    pen.shape(box, fill="primary" if item.checked else "field", stroke="edge", radius=3)
    if item.checked:
        tick = _TICK.format(x=box.x + 3.6, y=box.y + 9)
        pen.shape(box.grow(-3), stroke="on-primary", path=tick, line=2.2)
    whole = Box(pen.left, pen.y, text.right - pen.left, max(18.0, text.bottom - pen.y))
    if item.label.mark:
        pen.mark(whole, item.label.mark, aside=_ASIDE)
    pen.y = whole.bottom + GAP


def options(pen: Pen, item: model.Options) -> None:
    """Radio buttons, one a line."""
    for label in item.labels:
        limit = pen.room(label.mark) - 26
        text = pen.write(pen.lines(label.text, limit, Style()), pen.left + 26, pen.y + 2, limit, Style())
        circle = Box(pen.left, pen.y, 18, 18)
        pen.shape(circle, fill="field", stroke="edge", radius=9, line=1.4)
        if label.text == item.chosen:
            pen.shape(circle.grow(-4.5), fill="primary", radius=4.5)
        whole = Box(pen.left, pen.y, text.right - pen.left, max(18.0, text.bottom - pen.y))
        if label.mark:
            pen.mark(whole, label.mark, aside=_ASIDE)
        pen.y = whole.bottom + GAP


def buttons(pen: Pen, item: model.Buttons) -> None:
    """Buttons side by side as far as they fit; what is to be pressed is drawn strong, and so is a button alone."""
    marked = any(label.mark for label in item.labels)
    x, line_bottom = pen.left, pen.y
    for label in item.labels:
        strong = bool(label.mark) if marked else len(item.labels) == 1
        style = Style(bold=True, ink="on-primary" if strong else "text", on="primary" if strong else "second")
        limit = pen.room(label.mark) - 28
        lines = pen.lines(label.text, limit, style)
        wide = max((width(line, BODY, True) for line in lines), default=0) + 28
        tall = text_height(len(lines), BODY) + 18
        if x > pen.left and x + wide + (MARK_ROOM if label.mark else 0) > pen.right:
            x, pen.y = pen.left, line_bottom + GAP
        box = Box(x, pen.y, wide, tall)
        pen.shape(box, fill=style.on, stroke="" if strong else "edge", radius=6)
        pen.write(lines, x + 14, pen.y + 9, wide - 28, style, centre=True)
        if label.mark:
            pen.mark(box, label.mark)
        x = box.right + (MARK_ROOM + 6 if label.mark else 12)
        line_bottom = max(line_bottom, box.bottom)
    pen.y = line_bottom + GAP


def links(pen: Pen, item: model.Links) -> None:
    """Words that can be pressed, one a line."""
    style = Style(ink="link", underline=True)
    for label in item.labels:
        box = pen.write(
            pen.lines(label.text, pen.room(label.mark), style), pen.left, pen.y, pen.room(label.mark), style
        )
        if label.mark:
            pen.mark(box, label.mark, aside=_ASIDE)
        pen.y = box.bottom + GAP


def alert(pen: Pen, item: model.Alert) -> None:
    """A message of the platform, with a bar of its colour."""
    room = pen.room(item.label.mark)
    style = Style(ink=f"on-{item.kind}", on=item.kind)
    lines = pen.lines(item.label.text, room - 30, style)
    box = Box(pen.left, pen.y, room, text_height(len(lines), BODY) + 20)
    pen.shape(box, fill=item.kind, radius=5)
    pen.shape(Box(box.x, box.y, 5, box.h), fill=f"on-{item.kind}", radius=2.5)
    pen.write(lines, pen.left + 18, pen.y + 10, room - 30, style)
    if item.label.mark:
        pen.mark(box, item.label.mark)
    pen.y = box.bottom + GAP
