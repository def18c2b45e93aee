"""Turns the studio's forms into changes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from bot.channels.answers import Refused
from bot.channels.studio_pages import lines_of
from bot.studio import places

Fields = Mapping[str, str]
LONGEST_NAME = 40


def name_from(title: str) -> str:
    """An internal name made of a title: lower case, no accents, words joined."""
    plain = unicodedata.normalize("NFD", title.lower())
    words = re.findall(r"[a-z]+", "".join(c for c in plain if not unicodedata.combining(c)))
    useful = [word for word in words if len(word) > 2] or words
    return "_".join(useful)[:LONGEST_NAME].rstrip("_")


def _answer(fields: Fields) -> dict[str, Any]:
    chosen = (fields.get(f"guia_{platform}", "").strip() for platform in places.PLATFORMS)
    guides = [one for one in chosen if one]
    return {"kind": fields.get("respuesta", ""), "text": _text(fields, "texto_respuesta"), "guides": guides}


def _text(fields: Fields, name: str) -> str:
    return fields.get(name, "").replace("\r\n", "\n").strip()


def _create(fields: Fields) -> dict[str, Any]:
    title = " ".join(fields.get("titulo", "").split())
    return {
        "name": fields.get("nombre", "").strip() or name_from(title),
        "title": title,
        "meaning": " ".join(fields.get("significado", "").split()),
        "examples": lines_of(fields, "frases"),
        "answer": _answer(fields),
        "tests": lines_of(fields, "pruebas"),
        "offered": fields.get("ofrecer", "") == "1",
    }


_FORMS: Mapping[str, Callable[[Fields], dict[str, Any]]] = {
    "create_intent": _create,
    "add_examples": lambda f: {"intent": f["intencion"], "texts": lines_of(f, "frases")},
    "remove_example": lambda f: {"intent": f["intencion"], "text": f["frase"]},
    "edit_example": lambda f: {"intent": f["intencion"], "before": f["frase"], "after": f["nueva"]},
    "move_example": lambda f: {"from": f["intencion"], "to": f["hacia"], "text": f["frase"]},
    "set_title": lambda f: {
        "intent": f["intencion"],
        "title": " ".join(f["titulo"].split()),
        "meaning": " ".join(f.get("significado", "").split()),
        "offered": f.get("ofrecer", "") == "1",
    },
    "set_answer": lambda f: {"intent": f["intencion"], "answer": _answer(f)},
    "rename_intent": lambda f: {"before": f["intencion"], "after": f["nombre"].strip()},
    "merge_intents": lambda f: {"from": f["intencion"], "into": f["hacia"]},
    "split_intent": lambda f: {
        **_create({**f, "frases": "", "ofrecer": "1"}),
        "from": f["intencion"],
        "texts": lines_of(f, "frases"),
    },
    "retire_intent": lambda f: {"name": f["intencion"]},
    "edit_response": lambda f: {
        "name": f["nombre"],
        "index": int(f.get("lugar", "0")),
        "before": f["antes"].replace("\r\n", "\n"),
        "after": _text(f, "despues"),
    },
    "edit_guide": lambda f: {
        "guide": f["guia"],
        "before": f["antes"].replace("\r\n", "\n"),
        "after": f["despues"].replace("\r\n", "\n").rstrip() + "\n",
    },
}


def body_of(kind: str, fields: Fields) -> dict[str, Any]:
    """The change that a form asks for.

    Raises:
        Refused: 422, it is no form of ours.
    """
    try:
        return _FORMS[kind](fields)
    except (KeyError, ValueError) as error:
        raise Refused(422, "bad_request") from error
