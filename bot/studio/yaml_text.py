"""Edits single values in the text of a YAML file: what is not touched stays byte for byte.

ruamel.yaml says where a value stands; only those characters are replaced.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from bot.studio.interfaces import ChangeDoesNotFit

Path = Sequence[str | int]


def load(text: str) -> Any:
    """The file's content as plain values."""
    return YAML(typ="safe", pure=True).load(text)


def compose(text: str) -> Node | None:
    """The file's content with places."""
    root: Node | None = YAML(pure=True).compose(text)
    return root


def find(text: str, path: Path) -> Node | None:
    """The value at a path of keys and positions, or None."""
    node = compose(text)
    for step in path:
        node = _child(node, step)
        if node is None:
            return None
    return node


def _child(node: Node | None, step: str | int) -> Node | None:
    if isinstance(node, MappingNode):
        return next((value for key, value in node.value if key.value == str(step)), None)
    if isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.value):
        child: Node = node.value[step]
        return child
    return None


def quoted(text: str) -> str:
    """A text as a YAML scalar in double quotes, on one line."""
    return json.dumps(text, ensure_ascii=False)


def set_scalar(text: str, path: Path, value: str) -> str:
    """The file with another text at a path.

    Raises:
        ChangeDoesNotFit: there is no text there.
    """
    node = find(text, path)
    if not isinstance(node, ScalarNode):
        raise ChangeDoesNotFit("value_gone", where=".".join(map(str, path)))
    start, end = node.start_mark.index, node.end_mark.index
    # The end of a block scalar lies behind its line's end, which belongs to the file.
    tail = text[start:end]
    kept = tail[len(tail.rstrip("\r\n ")) :] if node.style in ("|", ">") else ""
    return text[:start] + quoted(value) + kept + text[end:]


def line_start(text: str, index: int) -> int:
    """Where the line of a place begins."""
    return text.rfind("\n", 0, index) + 1


def line_end(text: str, index: int) -> int:
    """Where the line of a place ends, its line break included."""
    at = text.find("\n", index)
    return len(text) if at < 0 else at + 1


def append_item(text: str, path: Path, value: str) -> str:
    """The file with one value more at the end of a list, in the list's own style.

    Raises:
        ChangeDoesNotFit: there is no list there.
    """
    node = find(text, path)
    if not isinstance(node, SequenceNode) or not node.value:
        raise ChangeDoesNotFit("value_gone", where=".".join(map(str, path)))
    last = node.value[-1]
    if node.flow_style:
        at = last.end_mark.index
        return f"{text[:at]}, {value}{text[at:]}"
    start = line_start(text, last.start_mark.index)
    indent = text[start : text.index("-", start)]
    at = line_end(text, last.start_mark.index)
    return _inserted(text, at, f"{indent}- {value}\n")


def remove_item(text: str, path: Path, value: str) -> str:
    """The file without a value of a list; unchanged when the list lacks it."""
    node = find(text, path)
    if not isinstance(node, SequenceNode):
        return text
    at = next((i for i, item in enumerate(node.value) if item.value == value), None)
    if at is None:
        return text
    item = node.value[at]
    if not node.flow_style:
        start = line_start(text, item.start_mark.index)
        return text[:start] + text[line_end(text, item.start_mark.index) :]
    if at + 1 < len(node.value):
        return text[: item.start_mark.index] + text[node.value[at + 1].start_mark.index :]
    before = node.value[at - 1].end_mark.index if at else item.start_mark.index
    return text[:before] + text[item.end_mark.index :]


def put_key(text: str, path: Path, key: str, value: str) -> str:
    """The file with a key of a mapping set to a text: replaced where it stands, else added at the mapping's end.

    Raises:
        ChangeDoesNotFit: there is no mapping there.
    """
    if find(text, [*path, key]) is not None:
        return set_scalar(text, [*path, key], value)
    node = find(text, path)
    if not isinstance(node, MappingNode) or not node.value:
        raise ChangeDoesNotFit("value_gone", where=".".join(map(str, path)))
    last_key, last_value = node.value[-1]
    start = line_start(text, last_key.start_mark.index)
    indent = text[start : last_key.start_mark.index]
    at = line_end(text, max(last_key.start_mark.index, last_value.end_mark.index - 1))
    return _inserted(text, at, f"{indent}{key}: {quoted(value)}\n")


def remove_key(text: str, path: Path, key: str) -> str:
    """The file without a key of a block mapping, its value included; unchanged when it is not there."""
    node = find(text, path)
    if not isinstance(node, MappingNode):
        return text
    for at, (name, value) in enumerate(node.value):
        if name.value != key:
            continue
        start = line_start(text, name.start_mark.index)
        end = line_end(text, max(name.start_mark.index, value.end_mark.index - 1))
        if at + 1 == len(node.value) and not isinstance(value, ScalarNode):
            end = line_end(text, max(name.start_mark.index, _last_mark(value) - 1))
        return text[:start] + text[end:]
    return text


def _last_mark(node: Node) -> int:
    # The end of a block collection is where the next token begins, behind comments that belong to the file.
    if isinstance(node, ScalarNode) or not node.value:
        return int(node.end_mark.index)
    last = node.value[-1]
    return _last_mark(last[1] if isinstance(last, tuple) else last)


def append_block(text: str, block: str) -> str:
    """The file with a block of lines at its end, one empty line between."""
    gap = "" if not text or text.endswith("\n\n") else "\n" if text.endswith("\n") else "\n\n"
    return text + gap + block


def _inserted(text: str, at: int, line: str) -> str:
    if at and not text[:at].endswith("\n"):
        line = "\n" + line.removesuffix("\n")
    return text[:at] + line + text[at:]
