"""How the studio works: ``data/studio/ajustes.yml`` and ``data/studio/palabras.yml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from bot.errors import VentanillaError
from bot.studio.guards import Limits


class StudioSettingsInvalid(VentanillaError):
    """The studio's settings file lacks something."""

    def __init__(self, where: str) -> None:
        super().__init__(f"data/studio/ajustes.yml: {where} is missing or wrong")


@dataclass(frozen=True)
class StudioSettings:
    """What the support team decides.

    Attributes:
        two_people: who proposes does not publish.
        limits: for examples.
        lines: the red lines, as arguments of :class:`bot.studio.compare.Lines`.
        days: how far back the inbox looks.
        unsure: the confidence below which a message comes to the inbox.
        most: messages that the inbox looks at.
        compared: messages of last month that two models are compared on.
        protected: intents that the program names.
        replacements: made-up data, by kind.
    """

    two_people: bool
    limits: Limits
    lines: Mapping[str, float]
    days: int
    unsure: float
    most: int
    compared: int
    protected: frozenset[str]
    replacements: Mapping[str, str]
    names: frozenset[str]


def load_studio_settings(data: Path) -> StudioSettings:
    """Reads the settings.

    Raises:
        StudioSettingsInvalid: something is missing or wrong.
    """
    content = YAML(typ="safe").load((data / "studio" / "ajustes.yml").read_text(encoding="utf-8"))
    try:
        examples, lines, inbox = content["ejemplos"], content["lineas_rojas"], content["bandeja"]
        limits = Limits(
            fewest=int(examples["minimo"]),
            enough=int(examples["recomendado"]),
            sure=float(examples["seguro"]),
            unlikely=float(examples["improbable"]),
            taken=float(examples["ajenas"]),
            specific=float(examples["propias"]),
        )
        return StudioSettings(
            two_people=str(content["dos_personas"]).lower() in ("si", "sí", "true"),
            limits=limits,
            lines={
                "worse": int(lines["empeoran"]),
                "accuracy": float(lines["aciertos"]),
                "month": float(lines["mes"]),
                "sure": float(lines["bien_entendido"]),
            },
            days=int(inbox["dias"]),
            unsure=float(inbox["dudosa"]),
            most=int(inbox["mensajes"]),
            compared=int(inbox["comparar"]),
            protected=frozenset(map(str, content["protegidas"])),
            replacements={str(key): str(value) for key, value in content["reemplazos"].items()},
            names=frozenset(map(str, content.get("nombres") or ())),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise StudioSettingsInvalid(str(error)) from error


def load_words(data: Path) -> Mapping[str, Any]:
    """The sentences of ``data/studio/palabras.yml``."""
    return dict(YAML(typ="safe").load((data / "studio" / "palabras.yml").read_text(encoding="utf-8")))
