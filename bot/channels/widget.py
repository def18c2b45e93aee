"""The files of the chat: the script that other sites embed, and what it and the page at ``/`` fetch.

They are put together once, at the start: there is no build step.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.channels.answers import Refused
from bot.channels.pages import WEB
from bot.channels.styles import chat_style
from bot.errors import VentanillaError

LAUNCHER_WORDS = ("title", "open", "loading", "unavailable", "unread", "unread_one")
"""What the script needs before it is opened; it carries them in every language."""

DEFAULT_LANGUAGE = "es"

_ENTRIES = ("page.js", "panel.js")
_JSON, _SCRIPT, _STYLE = "application/json", "text/javascript; charset=utf-8", "text/css; charset=utf-8"
_DARK = re.compile(r"@media \(prefers-color-scheme: dark\) \{\s*:root (\{[^}]*\})\s*\}")
_REM = re.compile(r"(?<![\w.])(-?[\d.]+)rem\b")
_COMMENT = re.compile(r"/\*.*?\*/\s*", re.DOTALL)
_PLACE = re.compile(r'"%(VERSION|WORDS|STYLE)%"')


class WordsInvalid(VentanillaError):
    """A file of words cannot be used.

    Attributes:
        where: the file.
    """

    def __init__(self, where: str, problem: str) -> None:
        super().__init__(f"{where}: {problem}")
        self.where = where


@dataclass(frozen=True)
class File:
    """One file, ready to be sent."""

    body: bytes
    kind: str
    packed: bytes = field(init=False, repr=False)
    etag: str = field(init=False)

    def __post_init__(self) -> None:
        """Compresses it once."""
        object.__setattr__(self, "packed", gzip.compress(self.body, 9, mtime=0))
        object.__setattr__(self, "etag", f'"{hashlib.sha256(self.body).hexdigest()[:20]}"')


class Widget:
    """Everything that a browser fetches to show the chat.

    Args:
        words: a folder with one YAML file of words for each language.
        web: the folder of scripts and styles.

    Raises:
        WordsInvalid: a file of words cannot be used, or lacks a name that another one has.

    Attributes:
        version: changes with any of the files; it is part of their addresses, so that browsers keep them.
        modules: the scripts that both entries import.
        words: by language and name.
    """

    def __init__(self, words: Path, web: Path = WEB) -> None:
        self.words = load_words(words)
        styles = {path.name: path.read_text("utf-8") for path in (web / "chat").glob("*.css")}
        styles |= {path.name: path.read_text("utf-8") for path in (web / "widget").glob("*.css")}
        base = (web / "shared" / "base.css").read_text("utf-8")
        chat = chat_style(web)
        shadowed = in_shadow(base + chat + styles["panel.css"])
        self._files = {
            **{path.name: File(path.read_bytes(), _SCRIPT) for path in sorted((web / "chat").glob("*.js"))},
            **{f"{language}.json": File(_json(words), _JSON) for language, words in self.words.items()},
            "chat.css": File(chat.encode(), _STYLE),
            "page.css": File(styles["page.css"].encode(), _STYLE),
            "panel.css": File(shadowed.encode(), _STYLE),
        }
        parts = "".join(name + file.etag for name, file in sorted(self._files.items()))
        self.version = hashlib.sha256(parts.encode()).hexdigest()[:12]
        self.modules = sorted(name for name in self._files if name.endswith(".js") and name not in _ENTRIES)
        launcher = (web / "widget" / "launcher.js").read_text("utf-8")
        self._launcher = File(self._filled(launcher, in_shadow(styles["launcher.css"])).encode(), _SCRIPT)

    def routes(self) -> list[BaseRoute]:
        """``/widget.js`` and ``/widget/{version}/{name}``."""
        return [Route("/widget.js", self.launcher), Route("/widget/{version}/{name}", self.file)]

    def sizes(self) -> Mapping[str, int]:
        """Bytes of each file as they are sent, the embedded script under ``widget.js``."""
        return {"widget.js": len(self._launcher.packed)} | {n: len(f.packed) for n, f in self._files.items()}

    async def launcher(self, request: Request) -> Response:
        """The script that a page embeds."""
        return _answer(request, self._launcher, "public, max-age=300")

    async def file(self, request: Request) -> Response:
        """What it fetches. Another version's file is answered with ours, which is not kept."""
        file = self._files.get(request.path_params["name"])
        if file is None:
            raise Refused(404, "not_found")
        current = request.path_params["version"] == self.version
        return _answer(request, file, "public, max-age=31536000, immutable" if current else "no-store")

    def _filled(self, source: str, style: str) -> str:
        words = {language: {name: all_[name] for name in LAUNCHER_WORDS} for language, all_ in self.words.items()}
        values = {"VERSION": self.version, "WORDS": words, "STYLE": _COMMENT.sub("", style)}
        return _PLACE.sub(lambda place: json.dumps(values[place[1]], ensure_ascii=False), source)


def load_words(folder: Path) -> dict[str, dict[str, str]]:
    """The words by language.

    Raises:
        WordsInvalid: a file cannot be read, or lacks a name that the first language has.
    """
    found = {path.stem: _read(path) for path in sorted(folder.glob("*.yml"))}
    if DEFAULT_LANGUAGE not in found:
        raise WordsInvalid(str(folder / f"{DEFAULT_LANGUAGE}.yml"), "there is no such file")
    expected = set(found[DEFAULT_LANGUAGE])
    for language, words in found.items():
        if different := expected ^ set(words):
            raise WordsInvalid(str(folder / f"{language}.yml"), f"more or fewer names: {', '.join(sorted(different))}")
    return found


def in_shadow(style: str) -> str:
    """A page's style for a shadow tree inside somebody else's page.

    Colours hang on the host, which may ask for the dark or the light ones. Lengths in ``rem`` would follow the root of
    that page, which many set to another size; they follow the reader's own font size instead. Media queries are left
    alone, because there ``rem`` is the reader's already.
    """

    def dark(block: re.Match[str]) -> str:
        media = f"@media (prefers-color-scheme: dark) {{ :host(:not([data-scheme=light])) {block[1]} }}"
        return f"{media}\n:host([data-scheme=dark]) {block[1]}"

    style = _DARK.sub(dark, style).replace(":root", ":host")
    lines = (line if line.lstrip().startswith("@media") else _lengths(line) for line in style.split("\n"))
    return "\n".join(lines)


def _lengths(line: str) -> str:
    return _REM.sub(lambda length: f"calc({length[1]} * var(--rem, 16px))", line)


def _read(path: Path) -> dict[str, str]:
    try:
        content = YAML(typ="safe").load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, YAMLError) as error:
        raise WordsInvalid(str(path), "not a YAML file") from error
    if not isinstance(content, dict) or not all(isinstance(word, str) for word in content.values()):
        raise WordsInvalid(str(path), "every name needs a text")
    return content


def _json(words: Mapping[str, str]) -> bytes:
    return json.dumps(words, ensure_ascii=False, separators=(",", ":")).encode()


def _answer(request: Request, file: File, cache: str) -> Response:
    headers = {
        "Cache-Control": cache,
        "ETag": file.etag,
        "Vary": "Accept-Encoding, Origin",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    if file.etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    body = file.body
    if "gzip" in request.headers.get("accept-encoding", ""):
        body, headers = file.packed, {**headers, "Content-Encoding": "gzip"}
    return Response(body, headers=headers, media_type=file.kind)
