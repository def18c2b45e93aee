"""The alternative text of a drawing, made from its description with the phrases of ``words.yml``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.guides.draw import model
from bot.guides.problems import words

Marked = tuple[int, str]
_MOST = 6


def alt_text(drawing: model.Drawing) -> str:
    """What the picture shows, what is marked with which number, and what else can be seen."""
    phrases = words()["alt"]
    told = list(_all(drawing))
    parts = [_opening(drawing)]
    if drawing.menu:
        names = ", ".join(f"«{label.text}»" for label in drawing.menu)
        parts.append(phrases["menu"].format(items=names))
    marked = sorted(((mark, what) for mark, what in told if mark), key=lambda pair: pair[0])
    parts += [phrases["marked"].format(mark=mark, what=what) for mark, what in marked]
    others = list(dict.fromkeys(what for mark, what in told if not mark))[:_MOST]
    if others:
        parts.append(phrases["also"].format(items=", ".join(others)))
    return " ".join(parts)


def _opening(drawing: model.Drawing) -> str:
    phrases = words()["alt"]
    if drawing.kind != "mail":
        return phrases[drawing.kind].format(title=drawing.title)
    subject = model.Label.read(drawing.subject or drawing.title).text
    key = "mail" if drawing.sender else "mail_no_sender"
    return phrases[key].format(subject=subject, sender=model.Label.read(drawing.sender).text)


def _all(drawing: model.Drawing) -> Iterator[Marked]:
    phrases = words()["alt"]
    for label in drawing.menu:
        if label.mark:
            yield label.mark, phrases["menu_item"].format(text=label.text)
    for raw, key in ((drawing.sender, "sender"), (drawing.subject, "subject")):
        label = model.Label.read(raw)
        if label.mark:
            yield label.mark, phrases[key].format(text=label.text)
    for element in drawing.elements:
        yield from _element(element)


def _element(element: model.Element) -> Iterator[Marked]:
    if isinstance(element, model.FieldGrid):
        for item in element.fields:
            yield _field(item)
    elif isinstance(element, model.Field):
        yield _field(element)
    elif isinstance(element, model.Table):
        yield from _table(element)
    elif isinstance(element, model.Tree):
        yield from _tree(element.items, "")
    elif isinstance(element, model.Card):
        for label, value in element.pairs:
            yield label.mark, words()["alt"]["card"].format(text=f"{label.text}: {value}")
    else:
        yield from _labels(element)


def _labels(element: model.Element) -> Iterator[Marked]:
    phrases = words()["alt"]
    keys: dict[type[object], str] = {
        model.Heading: "heading",
        model.Paragraph: "paragraph",
        model.Check: "check",
        model.Alert: "alert",
        model.Options: "option",
        model.Buttons: "button",
        model.Links: "link",
        model.Stages: "stages",
    }
    key = phrases[keys[type(element)]]
    if isinstance(element, (model.Heading, model.Paragraph, model.Check, model.Alert)):
        yield element.label.mark, key.format(text=element.label.text)
    elif isinstance(element, model.Stages):
        present = element.labels[min(element.current, len(element.labels)) - 1]
        yield present.mark, key.format(text=present.text)
    elif isinstance(element, (model.Options, model.Buttons, model.Links)):
        for label in element.labels:
            yield label.mark, key.format(text=label.text)


def _field(item: model.Field) -> Marked:
    phrases = words()["alt"]
    key = "field_value" if item.value and item.kind != "secret" else "field_list" if item.kind == "list" else "field"
    return item.label.mark, phrases[key].format(text=item.label.text, value=item.value)


def _table(item: model.Table) -> Iterator[Marked]:
    phrases = words()["alt"]
    columns = ", ".join(f"«{column.text}»" for column in item.columns)
    yield 0, phrases["table"].format(items=columns)
    for column in item.columns:
        if column.mark:
            yield column.mark, phrases["column"].format(text=column.text)
    for row in item.rows:
        for cell, column in zip(row, item.columns, strict=True):
            if cell.mark:
                yield cell.mark, phrases["cell"].format(text=cell.text, column=column.text)


def _tree(items: Sequence[model.TreeItem], parent: str) -> Iterator[Marked]:
    phrases = words()["alt"]
    for item in items:
        key = "tree_path" if parent else "tree"
        yield item.label.mark, phrases[key].format(text=item.label.text, parent=parent)
        yield from _tree(item.children, item.label.text)


def labels_of(drawing: model.Drawing) -> Sequence[str]:
    """Everything that a drawing names, for searching."""
    return tuple(what for _, what in _all(drawing))
