"""The desk's settings: terms, default hours, words of urgency and how moments are written."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from bot.desk.alerts import ALERTS
from bot.desk.attachments import FileTerms
from bot.errors import VentanillaError
from bot.platforms import WEEKDAYS, Opening, openings_on


class DeskSettingsInvalid(VentanillaError):
    """``data/desk/ajustes.yml`` cannot be used.

    Attributes:
        key: the part that is wrong.
    """

    def __init__(self, key: str) -> None:
        super().__init__(f"data/desk/ajustes.yml: {key} is missing or has a value that cannot be used")
        self.key = key


@dataclass(frozen=True)
class DeskPolicy:
    """The desk's terms; each is a line of ``plazos`` in ``data/desk/ajustes.yml``."""

    handling: timedelta = timedelta(minutes=8)
    shortest_wait: timedelta = timedelta(minutes=2)
    longest_wait: timedelta = timedelta(minutes=45)
    wait_margin: timedelta = timedelta(minutes=5)
    mail_term: timedelta = timedelta(hours=8)
    alert: timedelta = timedelta(seconds=60)
    alert_supervisor: timedelta = timedelta(seconds=120)
    agent_gone: timedelta = timedelta(seconds=90)
    agent_silent: timedelta = timedelta(minutes=10)
    unattended: timedelta = timedelta(minutes=3)
    reserved: timedelta = timedelta(minutes=2)
    person_silent: timedelta = timedelta(minutes=10)
    person_gone: timedelta = timedelta(minutes=20)
    presence: timedelta = timedelta(seconds=45)
    link: timedelta = timedelta(days=30)


FIELDS = {
    "minutos_por_caso": ("handling", "minutes"),
    "espera_minima": ("shortest_wait", "minutes"),
    "espera_maxima": ("longest_wait", "minutes"),
    "margen_espera": ("wait_margin", "minutes"),
    "horas_correo": ("mail_term", "hours"),
    "alerta_segundos": ("alert", "seconds"),
    "supervisor_segundos": ("alert_supervisor", "seconds"),
    "asesor_ausente_segundos": ("agent_gone", "seconds"),
    "asesor_callado_minutos": ("agent_silent", "minutes"),
    "sin_personal_segundos": ("unattended", "seconds"),
    "reserva_segundos": ("reserved", "seconds"),
    "persona_callada_minutos": ("person_silent", "minutes"),
    "persona_ausente_minutos": ("person_gone", "minutes"),
    "presencia_segundos": ("presence", "seconds"),
    "enlace_dias": ("link", "days"),
}


@dataclass(frozen=True)
class MomentWords:
    """How a moment is written for people."""

    days: Sequence[str]
    months: Sequence[str]
    moment: str
    today: str
    tomorrow: str
    clock: str

    def __call__(self, local: datetime, now: datetime) -> str:
        """``hoy a las 16:30``, ``mañana a las 09:00`` or ``martes 24 de noviembre a las 09:00``.

        Args:
            local: the moment on the reader's wall clock.
            now: the present on the same clock.
        """
        ahead = (local.date() - now.date()).days
        form = {0: self.today, 1: self.tomorrow}.get(ahead, self.moment)
        return form.format(
            day=self.days[local.weekday()],
            number=local.day,
            month=self.months[local.month - 1],
            time=local.strftime(self.clock),
        )


FILE_TEXTS = {"person": "persona", "desk": "mesa", "refused": "no_guardados"}
FILE_REASONS = {"kind": "tipo", "size": "tamano", "count": "cantidad"}


@dataclass(frozen=True)
class AlertWords:
    """What a Web Push says, and to whose servers one may be sent.

    Attributes:
        titles: by kind of event.
        body: with ``number`` and ``platform``.
        services: origins of the browsers' push services; ``*`` stands for any part.
    """

    titles: Mapping[str, str]
    body: str
    services: Sequence[str]


@dataclass(frozen=True)
class DeskSettings:
    """All of ``data/desk/ajustes.yml``."""

    policy: DeskPolicy
    hours: Sequence[Opening]
    general_name: str
    general_zone: str
    general_country: str
    urgent: Sequence[str]
    easy_passwords: Sequence[str]
    moments: MomentWords
    happenings: Mapping[str, str]
    reasons: Mapping[str, str]
    alerts: AlertWords
    files: FileTerms
    quoted: Sequence[re.Pattern[str]] = ()


def load_desk_settings(data: Path) -> DeskSettings:
    """Reads the settings below the data folder.

    Raises:
        DeskSettingsInvalid: a part is missing or cannot be used.
    """
    try:
        content = YAML(typ="safe").load((data / "desk" / "ajustes.yml").read_text("utf-8"))
    except (OSError, UnicodeDecodeError, YAMLError) as error:
        raise DeskSettingsInvalid("archivo") from error
    general, words, alerts = _part(content, "general"), _part(content, "fechas"), _part(content, "avisos")
    try:
        return DeskSettings(
            policy=_policy(_part(content, "plazos")),
            hours=read_hours(_part(content, "horario")),
            general_name=str(general["nombre"]),
            general_zone=str(general["zona_horaria"]),
            general_country=str(general["feriados"] or ""),
            urgent=tuple(str(each) for each in content["urgencia"]),
            easy_passwords=tuple(str(each) for each in content["contrasenas_faciles"]),
            moments=MomentWords(
                words["dias"], words["meses"], words["momento"], words["hoy"], words["manana"], words["hora"]
            ),
            happenings={str(key): str(value) for key, value in _part(content, "salida").items()},
            reasons={str(key): str(value) for key, value in _part(content, "motivos").items()},
            alerts=AlertWords(
                {kind: str(alerts["titulos"][kind]) for kind in ALERTS},
                str(alerts["texto"]),
                tuple(str(each) for each in alerts["servicios"]),
            ),
            files=_files(_part(content, "adjuntos")),
            quoted=tuple(re.compile(str(each), re.IGNORECASE) for each in content.get("citas") or ()),
        )
    except (KeyError, TypeError) as error:
        raise DeskSettingsInvalid(str(error)) from error
    except re.error as error:
        raise DeskSettingsInvalid("citas") from error


def read_hours(days: Mapping[str, Any]) -> Sequence[Opening]:
    """Openings from ``{"lunes": [["08:00", "12:00"]]}``.

    Raises:
        DeskSettingsInvalid: a day or an hour cannot be used.
    """
    openings: list[Opening] = []
    for day, spans in days.items():
        try:
            openings += openings_on(day, spans)
        except (TypeError, ValueError) as error:
            raise DeskSettingsInvalid(f"horario.{day}") from error
    return tuple(sorted(openings, key=lambda each: (each.weekday, each.opens)))


def write_hours(hours: Sequence[Opening]) -> dict[str, list[list[str]]]:
    """The inverse of :func:`read_hours`."""
    days: dict[str, list[list[str]]] = {}
    for each in hours:
        span = [each.opens.strftime("%H:%M"), each.closes.strftime("%H:%M")]
        days.setdefault(WEEKDAYS[each.weekday], []).append(span)
    return days


def _files(terms: Mapping[str, Any]) -> FileTerms:
    for key in ("megas", "archivos"):
        if isinstance(terms[key], bool) or not isinstance(terms[key], int) or terms[key] <= 0:
            raise DeskSettingsInvalid(f"adjuntos.{key}")
    texts, reasons = terms["textos"], terms["motivos"]
    return FileTerms(
        largest=terms["megas"] * 1024 * 1024,
        most=terms["archivos"],
        nameless=str(terms["sin_nombre"]),
        texts={name: str(texts[key]) for name, key in FILE_TEXTS.items()},
        reasons={name: str(reasons[key]) for name, key in FILE_REASONS.items()},
    )


def _part(content: Any, key: str) -> dict[str, Any]:
    if not isinstance(content, dict) or not isinstance(content.get(key), dict):
        raise DeskSettingsInvalid(key)
    return dict(content[key])


def _policy(terms: Mapping[str, Any]) -> DeskPolicy:
    values = {}
    for key, value in terms.items():
        if key not in FIELDS or isinstance(value, bool) or not isinstance(value, (int, float)) or value <= 0:
            raise DeskSettingsInvalid(f"plazos.{key}")
        name, unit = FIELDS[key]
        values[name] = timedelta(**{unit: value})
    return DeskPolicy(**values)
