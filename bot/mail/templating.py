"""Turns a kind of mail and its facts into subject, text and HTML."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateNotFound, select_autoescape

from bot.mail.interfaces import UnknownMailKind

TEMPLATES = Path(__file__).resolve().parent / "templates"
KIND = re.compile(r"[a-z][a-z0-9_]*\Z")
LONGEST_SUBJECT = 150

MULTILINE_FACTS = frozenset({"text"})
"""Facts whose line breaks mean something (what was said in a conversation); in all others they are blanks."""


@dataclass(frozen=True)
class RenderedMail:
    """What a person will read."""

    subject: str
    text: str
    html: str


class MailTemplates:
    """The templates of every kind of mail; each is read when it is first needed.

    Args:
        folder: where ``<kind>.txt`` and ``<kind>.html`` are.
    """

    def __init__(self, folder: Path = TEMPLATES) -> None:
        self._folder = folder
        # The plain text form is no HTML and must not be escaped; select_autoescape tells them apart by name.
        self._environment = Environment(
            loader=FileSystemLoader(folder),
            autoescape=select_autoescape(enabled_extensions=("html",), default=False),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters["web_address"] = _web_address

    def kinds(self) -> list[str]:
        """Every kind there is."""
        return sorted(path.stem for path in self._folder.glob("*.txt") if not path.stem.startswith(("base", "_")))

    def render(self, kind: str, facts: Mapping[str, Any]) -> RenderedMail:
        """Writes one mail.

        Args:
            facts: values for the templates. Control characters are dropped, and line breaks too where one line is due,
                so that a name can neither forge a line of the mail nor a header.

        Raises:
            UnknownMailKind: there is no such template.
            jinja2.UndefinedError: a fact is missing.
        """
        if not KIND.match(kind) or kind == "base":
            raise UnknownMailKind(kind)
        try:
            text, html = (self._environment.get_template(f"{kind}.{form}") for form in ("txt", "html"))
        except TemplateNotFound as error:
            raise UnknownMailKind(kind) from error
        clean = {name: _clean(value, name) for name, value in facts.items()}
        subject = "".join(text.blocks["subject"](text.new_context(dict(clean))))
        clean["subject"] = _one_line(subject)[:LONGEST_SUBJECT]
        return RenderedMail(
            subject=clean["subject"],
            text=re.sub(r"\n{3,}", "\n\n", text.render(clean)).strip() + "\n",
            html=html.render(clean).strip() + "\n",
        )


def _clean(value: Any, name: str) -> Any:
    if isinstance(value, str):
        return _visible(value) if name in MULTILINE_FACTS else _one_line(value)
    if isinstance(value, Mapping):
        return {key: _clean(item, str(key)) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_clean(item, name) for item in value]
    return value


def _one_line(value: str) -> str:
    return " ".join(_visible(value).split())


def _visible(value: str) -> str:
    """Without control characters, and without the ones that turn the reading direction around."""
    value = value.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in value if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Cs"))


def _web_address(value: str) -> str:
    """Lets a link through only when it opens a page, whatever the autoescaping of its characters."""
    if urlsplit(value).scheme not in ("http", "https"):
        raise ValueError("a link in a mail must begin with http:// or https://")
    return value
