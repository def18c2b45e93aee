"""Reads the folder of guides into a :class:`Library`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.guides.draw.describe import describe
from bot.guides.model import Fact, Guide, Library, Manual, PlatformName, Source, Step, Trouble, Words
from bot.guides.problems import GuidesInvalid, Problem
from bot.guides.read import Reader, is_name, read_yaml
from bot.platforms import Platform

COMMON = "manuales.yml"
WORDS = "palabras.yml"
# Top-level keys that would make Rasa's importer take a guide for training data.
RASA_KEYS = ("nlu", "responses", "stories", "rules")

_GUIDE_KEYS = (
    "titulo",
    "para_que",
    "quien",
    "tenga_a_mano",
    "intencion",
    "el_bot_puede",
    "palabras",
    "orden",
    "pasos",
    "datos",
    "relacionadas",
)
_STEP_KEYS = ["id", "titulo", "haga", "vera", "de_otra_forma", "palabras", "si_falla", "dibujo", "fuente"]
_TROUBLE_KEYS = ["id", "problema", "palabras", "solucion", "fuente"]
_PLAIN_LISTS = ("sin_importancia", "asi_se_pregunta", "asi_se_pide")
_PHRASE_LISTS = (
    "asi_se_pide_el_camino",
    "asi_se_entra_en_una_pregunta",
    "asi_se_cuenta_lo_propio",
    "asi_se_llama_una_guia",
)
_FACT_KEYS = ["id", "preguntas", "palabras", "respuesta", "fuente", "paso"]
_NO_SOURCE = Source("", "")
# A step is one message on a phone: longer texts are two steps.
_TEXT_LIMIT = 420
_TITLE_LIMIT = 70


def load_library(folder: Path) -> Library:
    """Every guide of the folder.

    Raises:
        GuidesInvalid: something in it must be corrected first.
    """
    library, problems = read_library(folder)
    if problems:
        raise GuidesInvalid(problems)
    return library


def read_library(folder: Path) -> tuple[Library, list[Problem]]:
    """What can be read of the folder, and what is wrong with it, for the checker."""
    problems: list[Problem] = []
    manuals, platforms = _common(folder, problems)
    words = _words(folder, problems)
    guides: dict[str, Guide] = {}
    for path in sorted(folder.glob("*/*.yml")):
        reader = Reader(path.relative_to(folder).as_posix(), problems)
        guide = _file(path, reader, manuals)
        if guide is not None:
            guides[guide.id] = guide
    if not guides and not problems:
        problems.append(Problem(folder.name, "no_guides" if folder.is_dir() else "no_folder"))
    order = list(Platform)
    ordered = sorted(guides.values(), key=lambda guide: (order.index(guide.platform), guide.order, guide.title))
    return Library({guide.id: guide for guide in ordered}, manuals, platforms, words), problems


def _common(folder: Path, problems: list[Problem]) -> tuple[dict[str, Manual], dict[Platform, PlatformName]]:
    reader = Reader(COMMON, problems)
    path = folder / COMMON
    if not path.is_file():
        return {}, {}
    data = read_yaml(path, reader) or {}
    manuals = {}
    for key, entry in (reader.mapping(data, "manuales", required=True) or {}).items():
        inside = reader.at(key)
        if isinstance(entry, Mapping):
            title, publisher, edition = (
                inside.text(entry, name, required=True) for name in ("titulo", "de", "edicion")
            )
            manuals[key] = Manual(key, title, publisher, edition)
    platforms = {}
    for platform in Platform:
        entry = (reader.mapping(data, "plataformas", required=True) or {}).get(platform.value)
        if isinstance(entry, Mapping):
            inside = reader.at(platform.value)
            name, about = (inside.text(entry, key, required=True) for key in ("nombre", "de"))
            words, country = inside.texts(entry, "palabras"), inside.texts(entry, "pais")
            platforms[platform] = PlatformName(platform, name, about, words, country)
    return manuals, platforms


def _words(folder: Path, problems: list[Problem]) -> Words:
    path = folder / WORDS
    if not path.is_file():
        return Words()
    reader = Reader(WORDS, problems)
    data = read_yaml(path, reader) or {}
    reader.known(data, (*_PLAIN_LISTS, *_PHRASE_LISTS, "lo_mismo"))
    small, asking, requesting = (tuple(reader.text(data, key).split()) for key in _PLAIN_LISTS)
    way, wondering, telling, guide = (tuple(reader.texts(data, key)) for key in _PHRASE_LISTS)
    same = data.get("lo_mismo")
    groups = tuple(tuple(map(str, group)) for group in same) if isinstance(same, list) else ()
    return Words(small, groups, asking, requesting, way, wondering, telling, guide)


def _file(path: Path, reader: Reader, manuals: Mapping[str, Manual]) -> Guide | None:
    allowed = [platform.value for platform in Platform]
    if path.parent.name not in allowed:
        reader.problem("bad_platform", allowed=", ".join(allowed))
        return None
    if not is_name(path.stem):
        reader.problem("bad_name")
    data = read_yaml(path, reader)
    return None if data is None else _guide(reader, data, Platform(path.parent.name), path.stem, manuals)


def _guide(
    reader: Reader, data: Mapping[str, Any], platform: Platform, name: str, manuals: Mapping[str, Manual]
) -> Guide:
    for key in RASA_KEYS:
        if key in data:
            reader.problem("rasa_key", key=key)
    reader.known(data, (*_GUIDE_KEYS, *RASA_KEYS))
    seen: set[str] = set()
    steps = tuple(_step(reader, item, seen, manuals) for item in reader.mappings(data, "pasos", required=True))
    seen_facts: set[str] = set()
    facts = tuple(_fact(reader, item, seen_facts, seen, manuals) for item in reader.mappings(data, "datos"))
    return Guide(
        platform=platform,
        name=name,
        title=reader.text(data, "titulo", required=True, limit=_TITLE_LIMIT),
        purpose=reader.text(data, "para_que", required=True, limit=_TEXT_LIMIT),
        who=reader.text(data, "quien", required=True, limit=_TEXT_LIMIT),
        at_hand=reader.texts(data, "tenga_a_mano", required=True),
        steps=steps,
        intents=reader.texts(data, "intencion"),
        bot_can=reader.text(data, "el_bot_puede"),
        words=reader.texts(data, "palabras"),
        facts=facts,
        related=reader.texts(data, "relacionadas"),
        order=reader.number(data, "orden", 100),
    )


def _step(reader: Reader, item: Mapping[str, Any], seen: set[str], manuals: Mapping[str, Manual]) -> Step:
    reader = reader.at(str(item.get("id", "")))
    step_id = reader.identifier(item, seen)
    reader.known(item, _STEP_KEYS)
    source = _source(reader, item, manuals)
    troubles: set[str] = set()
    drawing = reader.mapping(item, "dibujo")
    return Step(
        id=step_id,
        title=reader.text(item, "titulo", required=True, limit=_TITLE_LIMIT),
        do=reader.texts(item, "haga", required=True, limit=_TEXT_LIMIT),
        see=reader.texts(item, "vera", required=True, limit=_TEXT_LIMIT),
        other=reader.texts(item, "de_otra_forma", required=True, limit=_TEXT_LIMIT),
        source=source,
        words=reader.texts(item, "palabras"),
        troubles=tuple(
            _trouble(reader, entry, troubles, source, manuals) for entry in reader.mappings(item, "si_falla")
        ),
        drawing=None if drawing is None else describe(reader, drawing),
    )


def _trouble(
    reader: Reader, item: Mapping[str, Any], seen: set[str], default: Source, manuals: Mapping[str, Manual]
) -> Trouble:
    reader.known(item, _TROUBLE_KEYS, "si_falla.")
    return Trouble(
        id=reader.identifier(item, seen),
        problem=reader.text(item, "problema", required=True, limit=_TITLE_LIMIT),
        words=reader.texts(item, "palabras"),
        remedy=reader.texts(item, "solucion", required=True, limit=_TEXT_LIMIT),
        source=_source(reader, item, manuals) if "fuente" in item else default,
    )


def _fact(
    reader: Reader, item: Mapping[str, Any], seen: set[str], steps: set[str], manuals: Mapping[str, Manual]
) -> Fact:
    reader = reader.at(str(item.get("id", "")), "where_fact")
    reader.known(item, _FACT_KEYS)
    step = reader.text(item, "paso")
    if step and step not in steps:
        reader.problem("unknown_step", value=step)
    return Fact(
        id=reader.identifier(item, seen),
        questions=reader.texts(item, "preguntas", required=True),
        answer=reader.text(item, "respuesta", required=True, limit=_TEXT_LIMIT),
        source=_source(reader, item, manuals),
        words=reader.texts(item, "palabras"),
        step=step,
    )


def _source(reader: Reader, item: Mapping[str, Any], manuals: Mapping[str, Manual]) -> Source:
    """``fuente`` is ``{manual: key, donde: section, page or figure}``."""
    data = reader.mapping(item, "fuente", required=True)
    if data is None:
        return _NO_SOURCE
    reader.known(data, ("manual", "donde"), "fuente.")
    key = reader.text(data, "manual", required=True)
    where = reader.text(data, "donde", required=True)
    if key and key not in manuals:
        reader.problem("unknown_manual", value=key, allowed=", ".join(manuals))
        return _NO_SOURCE
    return Source(manuals[key].title if key else "", where)
