"""Edits training messages in the text of a file: what is not touched stays byte for byte.

The files are YAML of one shape: a list of groups, each an ``intent`` with ``examples`` in a literal block. A line
editor over that shape changes one line where a YAML writer would write the file anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.studio.interfaces import ChangeDoesNotFit

_INTENT = re.compile(r"^(?P<indent>\s*)-\s+intent:\s*(?P<quote>[\"']?)(?P<name>[\w/]+)(?P=quote)\s*(#.*)?$")
_EXAMPLES = re.compile(r"^(?P<indent>\s+)examples:\s*\|[+-]?\s*(#.*)?$")
_LINE = re.compile(r"^(?P<indent>\s+)-\s(?P<text>.*\S)\s*$")
HEADER = 'version: "3.1"\n\nnlu:\n'


@dataclass(frozen=True)
class Block:
    """The lines of one group: where its name stands, and where its examples begin and end (the last not included)."""

    intent: str
    name_line: int
    first: int
    end: int
    indent: str


def example_text(text: str) -> str:
    """A message as it may stand in a file: one line, no surrounding blanks.

    Raises:
        ChangeDoesNotFit: it is empty, or holds marks that Rasa would read as an annotation.
    """
    plain = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    if not plain:
        raise ChangeDoesNotFit("example_empty")
    if set("[]{}") & set(plain):
        raise ChangeDoesNotFit("example_brackets", text=plain)
    return plain


def split(text: str) -> list[str]:
    """Lines with their ends, of the kinds that YAML knows in our files."""
    return re.findall(r"[^\n]*\n|[^\n]+$", text)


def blocks(lines: list[str]) -> Iterator[Block]:
    """Every group of a file."""
    starts = [(at, found) for at, line in enumerate(lines) if (found := _INTENT.match(line.rstrip("\r\n")))]
    for number, (at, found) in enumerate(starts):
        stop = starts[number + 1][0] if number + 1 < len(starts) else len(lines)
        for head in range(at + 1, stop):
            if _EXAMPLES.match(lines[head].rstrip("\r\n")):
                yield _block(lines, found["name"], at, head + 1, stop)
                break


def _block(lines: list[str], intent: str, name_line: int, first: int, stop: int) -> Block:
    end, indent = first, ""
    for at in range(first, stop):
        found = _LINE.match(lines[at].rstrip("\r\n"))
        if found and (not indent or found["indent"] == indent):
            indent, end = indent or found["indent"], at + 1
        elif lines[at].strip():
            break
    return Block(intent, name_line, first, end, indent or "    ")


def examples(text: str) -> Iterator[tuple[str, str, int]]:
    """Intent, message and line number (from 1) of every example of a file."""
    lines = split(text)
    for block in blocks(lines):
        for at in range(block.first, block.end):
            found = _LINE.match(lines[at].rstrip("\r\n"))
            if found:
                yield block.intent, found["text"], at + 1


def holds(text: str, intent: str) -> bool:
    """Whether the file has a group of this intent."""
    return any(block.intent == intent for block in blocks(split(text)))


def add(text: str, intent: str, *messages: str) -> str:
    """The file with messages more at the end of the intent's first group, or in a new group at its end."""
    if not messages:
        return text
    lines = split(text or HEADER)
    found = next((block for block in blocks(lines) if block.intent == intent), None)
    newline = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    if lines and not lines[-1].endswith("\n") and (found is None or found.end == len(lines)):
        # The last line gets the end that it lacked; there is no other way to write behind it.
        lines[-1] += newline
    if found is None:
        gap = [newline] if any(True for _ in blocks(lines)) else []
        head = [f"- intent: {intent}{newline}", f"  examples: |{newline}"]
        return "".join([*lines, *gap, *head, *(f"    - {message}{newline}" for message in messages)])
    lines[found.end : found.end] = [f"{found.indent}- {message}{newline}" for message in messages]
    return "".join(lines)


def remove(text: str, intent: str, message: str) -> str:
    """The file without this message; an intent's last message takes its group along.

    Raises:
        ChangeDoesNotFit: the intent has no such message here.
    """
    lines = split(text)
    block, at = _find(lines, intent, message)
    if block.end - block.first == 1:
        return "".join(lines[: block.name_line] + lines[block.end :])
    del lines[at]
    return "".join(lines)


def replace(text: str, intent: str, before: str, after: str) -> str:
    """The file with a message worded otherwise, on the same line.

    Raises:
        ChangeDoesNotFit: the intent has no such message here.
    """
    lines = split(text)
    block, at = _find(lines, intent, before)
    ending = lines[at][len(lines[at].rstrip("\r\n")) :]
    lines[at] = f"{block.indent}- {after}{ending}"
    return "".join(lines)


def rename(text: str, before: str, after: str) -> str:
    """The file with every group of an intent under another name."""
    lines = split(text)
    for block in list(blocks(lines)):
        if block.intent == before:
            line = lines[block.name_line]
            head, _, tail = line.partition("intent:")
            lines[block.name_line] = f"{head}intent:{tail.replace(before, after, 1)}"
    return "".join(lines)


def drop(text: str, intent: str) -> str:
    """The file without the groups of an intent."""
    lines = split(text)
    for block in reversed(list(blocks(lines))):
        if block.intent == intent:
            del lines[block.name_line : block.end]
    return "".join(lines)


def _find(lines: list[str], intent: str, message: str) -> tuple[Block, int]:
    for block in blocks(lines):
        if block.intent != intent:
            continue
        for at in range(block.first, block.end):
            found = _LINE.match(lines[at].rstrip("\r\n"))
            if found and found["text"] == message:
                return block, at
    raise ChangeDoesNotFit("example_gone", intent=intent, text=message)
