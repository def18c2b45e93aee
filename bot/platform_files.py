"""Reads the files in ``data/platforms``, and says in plain words what is wrong in one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from bot.platforms import (
    WEEKDAYS,
    CodeForm,
    CodeFormat,
    Contact,
    Disclosure,
    Opening,
    PasswordPolicy,
    Platform,
    PlatformFacts,
    PlatformFileError,
    Source,
    openings_on,
)

CONTACT_KINDS = ("telefono", "correo", "direccion", "web")
PASSWORD_RULES = ("upper", "lower", "letter", "digit", "special", "common")
SECTIONS = ("identidad", "lugar", "sitio", "correo", "codigo", "contrasena", "caducidad", "divulgacion")
LISTS = ("contactos", "horario", "motivos")
KINDS = {str: "text", int: "integer", list: "list", dict: "group"}
"""What a value had to be, as a key of ``tipos`` in the words."""


def read_platform(data: Path, platform: Platform) -> PlatformFacts:
    """One platform's file as facts.

    Raises:
        PlatformFileError: the file is missing, is not YAML, or a value in it cannot be used.
    """
    return _Reader(data, data / "platforms" / f"{platform.value}.yml").facts(platform)


class _Reader:
    """One file, read key by key so that an error can name the key."""

    def __init__(self, data: Path, path: Path) -> None:
        self._words = data / "words" / "plataformas.yml"
        self._file = f"{path.parent.name}/{path.name}"
        if not path.is_file():
            raise self._error("", "falta_archivo")
        try:
            self._content = YAML(typ="safe").load(path.read_text("utf-8"))
        except (YAMLError, UnicodeDecodeError) as error:
            mark = getattr(error, "problem_mark", None)
            raise self._error("", "yaml", str(mark.line + 1) if mark else "1") from error
        if not isinstance(self._content, dict):
            raise self._error("plataforma", "falta")

    def facts(self, platform: Platform) -> PlatformFacts:
        known = {"plataforma", *SECTIONS, *LISTS, *(f"fuente_{name}" for name in LISTS)}
        for key in self._content:
            if key not in known:
                raise self._error(str(key), "sobra")
        self._one_of("plataforma", (platform.value,))
        months = self._section("caducidad").get("meses")
        return PlatformFacts(
            platform=platform,
            name=self._text("identidad.nombre"),
            full_name=self._text("identidad.nombre_completo"),
            institution=self._text("identidad.institucion"),
            acronym=self._text("identidad.siglas"),
            country=self._text("identidad.pais"),
            time_zone=self._time_zone("lugar.zona_horaria"),
            holidays=self._text("lugar.feriados"),
            site=self._text("sitio.web"),
            sign_in=self._text("sitio.ingreso"),
            mail_senders=tuple(self._get("correo.remitentes", list)),
            contacts=self._contacts(),
            hours=self._hours(),
            code=self._code(),
            password=self._password(),
            expiry_months=None if months is None else self._number("caducidad.meses"),
            disclosure=Disclosure(self._one_of("divulgacion.politica", [each.value for each in Disclosure])),
            reset_reasons={str(k): str(v) for k, v in (self._content.get("motivos") or {}).items()},
            sources=self._sources(),
        )

    def _code(self) -> CodeFormat:
        return CodeFormat(
            CodeForm(self._one_of("codigo.forma", [each.value for each in CodeForm])),
            self._number("codigo.minimo"),
            self._number("codigo.maximo"),
            self._text("codigo.ejemplo"),
        )

    def _password(self) -> PasswordPolicy:
        rules = self._get("contrasena.reglas", list)
        for rule in rules:
            if rule not in PASSWORD_RULES:
                raise self._error("contrasena.reglas", "valor", ", ".join(PASSWORD_RULES))
        return PasswordPolicy(
            self._number("contrasena.minimo"),
            self._number("contrasena.maximo"),
            self._number("contrasena.largo_generada"),
            frozenset(rules),
        )

    def _contacts(self) -> tuple[Contact, ...]:
        contacts = []
        for number, entry in enumerate(self._get("contactos", list), start=1):
            key = f"contactos[{number}]"
            if not isinstance(entry, dict):
                raise self._error(key, "tipo", "group")
            if entry.get("tipo") not in CONTACT_KINDS:
                raise self._error(f"{key}.tipo", "valor", ", ".join(CONTACT_KINDS))
            if not isinstance(entry.get("valor"), str):
                raise self._error(f"{key}.valor", "tipo", "quoted")
            contacts.append(Contact(entry["tipo"], entry["valor"], str(entry.get("nota", ""))))
        return tuple(contacts)

    def _hours(self) -> tuple[Opening, ...]:
        openings: list[Opening] = []
        for day, spans in self._get("horario", dict).items():
            key = f"horario.{day}"
            if day not in WEEKDAYS:
                raise self._error(key, "valor", ", ".join(WEEKDAYS))
            try:
                openings += openings_on(day, spans)
            except (TypeError, ValueError) as error:
                raise self._error(key, "tipo", "hours") from error
        return tuple(sorted(openings, key=lambda opening: (opening.weekday, opening.opens)))

    def _sources(self) -> Mapping[str, Source]:
        keys = {name: f"{name}.fuente" for name in SECTIONS}
        keys |= {name: f"fuente_{name}" for name in LISTS if name in self._content}
        return {name: Source(self._text(f"{key}.manual"), self._text(f"{key}.donde")) for name, key in keys.items()}

    def _section(self, name: str) -> dict[str, Any]:
        return dict(self._get(name, dict))

    def _get(self, key: str, kind: type) -> Any:
        value: Any = self._content
        for part in key.split("."):
            if not isinstance(value, dict) or part not in value:
                raise self._error(key, "falta")
            value = value[part]
        if not isinstance(value, kind) or isinstance(value, bool):
            raise self._error(key, "tipo", KINDS[kind])
        return value

    def _text(self, key: str) -> str:
        value = str(self._get(key, str)).strip()
        if not value:
            raise self._error(key, "falta")
        return value

    def _number(self, key: str) -> int:
        value = int(self._get(key, int))
        if value < 1:
            raise self._error(key, "tipo", "positive")
        return value

    def _one_of(self, key: str, allowed: list[str] | tuple[str, ...]) -> str:
        value = self._text(key)
        if value not in allowed:
            raise self._error(key, "valor", ", ".join(allowed))
        return value

    def _time_zone(self, key: str) -> str:
        value = self._text(key)
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:
            raise self._error(key, "tipo", "zone") from error
        return value

    def _error(self, key: str, reason: str, detail: str = "") -> PlatformFileError:
        words = YAML(typ="safe").load(self._words.read_text("utf-8"))
        detail = words["tipos"][detail] if reason == "tipo" else detail
        sentence = words["errores"][reason].format(file=self._file, key=key, detail=detail)
        return PlatformFileError(self._file, key, reason, sentence)
