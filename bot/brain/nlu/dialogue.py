"""The state of the dialogue as a prior: in a form a bare datum is an answer, in a guide "listo" asks for the next step.

A prior is added to the log-probabilities, so it decides what is open and leaves what is clear: "quiero hablar con
una persona" stays that in the middle of a form. The longer a message, the less the prior weighs, since a long
message speaks for itself. Without a state nothing changes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from bot.brain.nlu.arrays import Array

IN_FORM: Mapping[str, float] = {
    "dar_dato": 2.5,
    "afirmar": 0.7,
    "negar": 0.7,
    "cancelar": 0.3,
    "siguiente_paso": -0.7,
    "paso_anterior": -1.5,
    "repetir_paso": -0.7,
    "agradecer": -1.5,
    "despedirse": -1.0,
    "expresar_frustracion": -1.5,
    "fuera_de_tema": -1.0,
}
"""Who is asked for a datum mostly answers, if vaguely («el de siempre»): what is no answer must be clear as such."""
YES_OR_NO: Mapping[str, float] = {
    "afirmar": 2.0,
    "negar": 2.0,
    "siguiente_paso": -1.5,
    "agradecer": -0.7,
    "despedirse": -0.7,
    "saludar": -0.7,
}
IN_GUIDE: Mapping[str, float] = {
    "siguiente_paso": 1.5,
    "paso_anterior": 1.0,
    "repetir_paso": 1.0,
    "paso_no_funciona": 1.2,
    "afirmar": 0.0,
    "dar_dato": -0.5,
    "cancelar": 0.3,
}
NOTHING_UNDER_WAY: Mapping[str, float] = {
    "paso_no_funciona": -0.7,
    "siguiente_paso": -0.3,
    "paso_anterior": -0.3,
    "repetir_paso": -0.2,
}
_QUESTIONS_OF_YES_OR_NO = ("confirm", "conditions_accepted", "offer")
_PLACEHOLDER = re.compile(r"<\w+>")
_WEIGHT_OF_LENGTH = 6.0


def prior_of(dialogue: Mapping[str, Any]) -> dict[str, float]:
    """The log-prior of each intent in a state: ``active_loop``, ``requested_slot``, ``guide``, ``offer``."""
    prior: dict[str, float] = {}
    parts: list[Mapping[str, float]] = []
    requested = dialogue.get("requested_slot")
    if dialogue.get("guide"):
        parts.append(IN_GUIDE)
    if requested in _QUESTIONS_OF_YES_OR_NO or dialogue.get("offer"):
        parts.append(YES_OR_NO)
    elif dialogue.get("active_loop") or requested:
        parts.append(IN_FORM)
    if not parts and dialogue:
        parts.append(NOTHING_UNDER_WAY)
    for part in parts:
        for intent, weight in part.items():
            prior[intent] = prior.get(intent, 0.0) + weight
    return prior


def adjust(scores: Array, intents: Sequence[str], masked: str, dialogue: Mapping[str, Any]) -> Array:
    """Log-probabilities with the prior of the dialogue's state added (not normalised)."""
    prior = prior_of(dialogue)
    if not prior:
        return scores
    length = len(_PLACEHOLDER.sub("", masked).split())
    weight = min(1.0, _WEIGHT_OF_LENGTH / max(length, 1))
    shift = np.array([prior.get(intent, 0.0) for intent in intents], dtype=scores.dtype)
    return scores + weight * shift
