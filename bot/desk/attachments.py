"""Files that came by mail: which may be kept, and under what name. Pure.

What a file is is told by its content, not by its name alone; what could run a program of its own is not kept.
"""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage

from bot.privacy import mask_email

LONGEST_NAME = 80
LOGO = 15 * 1024
"""Smaller pictures inside a text are its signature's."""
SEALS = frozenset({"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"})
_EMAIL = re.compile(r"[^\s@<>]+@[^\s@<>]+\.\w+")
_DIGITS = re.compile(r"\d(?:[ .\-]?\d){5,}")
"""Numbers of documents, accounts and telephones."""
_LETTERS = frozenset(" ._-()+áéíóúüñÁÉÍÓÚÜÑ")
MASK = "xxx"
"""Stands for numbers; stars cannot be part of every system's names."""


@dataclass(frozen=True)
class FileTerms:
    """What is kept; ``adjuntos`` in ``data/desk/ajustes.yml``.

    Attributes:
        largest: bytes of one file.
        most: files of one mail.
        nameless: what a file without a name is called.
        texts: sentences: ``person``, ``desk`` and ``refused``.
        reasons: why one was refused: ``kind``, ``size`` and ``count``.
    """

    largest: int
    most: int
    nameless: str
    texts: Mapping[str, str]
    reasons: Mapping[str, str]

    @property
    def megabytes(self) -> int:
        """The largest size as people read it."""
        return self.largest // (1024 * 1024)


@dataclass(frozen=True)
class Arrived:
    """A file that may be kept, or why not."""

    name: str
    content: bytes
    refused: str = ""


def arrived(message: EmailMessage, terms: FileTerms) -> Sequence[Arrived]:
    """Every file of a mail, those that are kept and those that are not."""
    found: list[Arrived] = []
    for part in _files(message):
        name = clean_name(part.get_filename() or "", terms.nameless)
        content = b"" if part.is_multipart() else bytes(part.get_payload(decode=True) or b"")
        kept = sum(not each.refused for each in found)
        why = "count" if kept >= terms.most else "size" if len(content) > terms.largest else ""
        why = why or ("" if is_plain(name, content) else "kind")
        found.append(Arrived(name, b"" if why else content, why))
    return found


def is_plain(name: str, content: bytes) -> bool:
    """Whether a file is a document or a picture without programs, and what its name says."""
    check = KINDS.get(name.rpartition(".")[2].lower())
    try:
        return bool(content) and check is not None and check(content)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, KeyError, OSError, ValueError):
        return False


def clean_name(name: str, nameless: str) -> str:
    """A name that can be shown and saved anywhere, with numbers of persons and addresses masked."""
    plain = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    plain = _EMAIL.sub(lambda found: mask_email(found.group()), plain)
    stem, dot, kind = _DIGITS.sub(MASK, plain).rpartition(".")
    stem, kind = (stem, kind) if dot else (kind, "")
    kept = "".join(char if char in _LETTERS or (char.isascii() and char.isalnum()) else "_" for char in stem)
    kept = kept.strip(" ._")[:LONGEST_NAME] or nameless
    ending = "".join(char for char in kind if char.isascii() and char.isalnum())[:8]
    return f"{kept}.{ending}" if ending else kept


def _files(message: EmailMessage) -> Iterator[EmailMessage]:
    for part in message.iter_parts():
        assert isinstance(part, EmailMessage)
        kind, ordered = part.get_content_type(), part.get_content_disposition()
        if kind in SEALS:
            continue
        if part.is_multipart() and not kind.startswith("message/"):
            yield from _files(part)
        elif ordered == "attachment" or part.get_filename() or kind.startswith("message/"):
            inside = part.get("Content-ID") is not None and ordered != "attachment"
            if not (inside and len(part.get_payload(decode=True) or b"") < LOGO):
                yield part


def _begins(*marks: bytes) -> Callable[[bytes], bool]:
    return lambda content: content.startswith(marks)


def _is_text(content: bytes) -> bool:
    return b"\0" not in content and content.lstrip()[:1] != b"<"


def _is_office(folder: str) -> Callable[[bytes], bool]:
    """Office Open XML (ECMA-376) without macros and without embedded programs."""

    def check(content: bytes) -> bool:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = [name.lower() for name in archive.namelist()]
        programs = any("vbaproject" in name or "activex" in name or name.endswith((".bin", ".exe")) for name in names)
        return "[content_types].xml" in names and any(name.startswith(folder) for name in names) and not programs

    return check


def _is_open_document(content: bytes) -> bool:
    """OpenDocument (ISO 26300) without macros."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        with archive.open("mimetype") as file:
            kind = file.read(100)
    programs = any(name.startswith(("Basic/", "Scripts/", "Object")) for name in names)
    return kind.startswith(b"application/vnd.oasis.opendocument.") and not programs


KINDS: Mapping[str, Callable[[bytes], bool]] = {
    "pdf": lambda content: b"%PDF-" in content[:1024],
    "png": _begins(b"\x89PNG\r\n\x1a\n"),
    "jpg": _begins(b"\xff\xd8\xff"),
    "jpeg": _begins(b"\xff\xd8\xff"),
    "gif": _begins(b"GIF87a", b"GIF89a"),
    "webp": lambda content: content[:4] == b"RIFF" and content[8:12] == b"WEBP",
    "docx": _is_office("word/"),
    "xlsx": _is_office("xl/"),
    "pptx": _is_office("ppt/"),
    "odt": _is_open_document,
    "ods": _is_open_document,
    "txt": _is_text,
}
"""What is kept, by the ending of its name, with the check of its content."""
