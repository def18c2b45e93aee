"""Scores into probabilities that mean what they say, and the two gates: out of scope, and not sure enough.

All of it is fitted on held-out scores: those of messages that the scoring model had not seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.optimize import minimize, minimize_scalar

from bot.brain.nlu.arrays import Array

MOST_TURNED_AWAY = 0.035
"""The share of held-out in-scope messages that the gates may turn away; the project's goal is 0.04."""

UNSURE_SHARE = 0.012
"""The part of that share left to "not sure enough"; the rest is left to "out of scope"."""


@dataclass(frozen=True)
class Calibration:
    """How scores become probabilities and a decision.

    Attributes:
        scale: what scores are multiplied with before the softmax.
        bias: added for each class.
        out_of_scope_above: the probability from which the out-of-scope class is chosen even when another is likelier.
        sure_from: below this probability the best intent is not acted on.
    """

    scale: float
    bias: tuple[float, ...]
    out_of_scope_above: float = 1.0
    sure_from: float = 0.0

    def log_probabilities(self, scores: Array) -> Array:
        """Calibrated log-probabilities, a row for each row of scores."""
        scaled = scores * self.scale + np.array(self.bias, dtype=np.float32)
        scaled = scaled - scaled.max(axis=1, keepdims=True)
        logs: Array = scaled - np.log(np.exp(scaled).sum(axis=1, keepdims=True))
        return logs

    def pick(self, chances: Array, out_of_scope: int | None) -> int | None:
        """The class to act on, or None when it is better to ask."""
        if out_of_scope is not None and chances[out_of_scope] >= self.out_of_scope_above:
            return out_of_scope
        best = int(chances.argmax())
        return best if chances[best] >= self.sure_from else None

    def as_dict(self) -> dict[str, Any]:
        """For the model file."""
        return {
            "scale": self.scale,
            "bias": list(self.bias),
            "out_of_scope_above": self.out_of_scope_above,
            "sure_from": self.sure_from,
        }

    @classmethod
    def from_dict(cls, facts: Mapping[str, Any]) -> Calibration:
        """From the model file."""
        return cls(facts["scale"], tuple(facts["bias"]), facts["out_of_scope_above"], facts["sure_from"])


def fit_calibration(scores: Array, gold: Array) -> Calibration:
    """Temperature and class biases of least held-out log loss, the biases held near zero."""
    classes = scores.shape[1]
    rows = np.arange(len(gold))

    def loss_of(scale: float, bias: Array) -> tuple[float, Array, float]:
        scaled = scores * scale + bias
        scaled -= scaled.max(axis=1, keepdims=True)
        chances = np.exp(scaled)
        total = chances.sum(axis=1, keepdims=True)
        chances /= total
        loss = float(-(scaled[rows, gold] - np.log(total[:, 0])).mean() + 0.002 * (bias**2).mean() * classes)
        error = chances
        error[rows, gold] -= 1
        return loss, error.mean(axis=0) + 0.004 * bias, float((error * scores).sum(axis=1).mean())

    def objective(values: Array) -> tuple[float, Array]:
        loss, to_bias, to_scale = loss_of(float(np.exp(values[0])), values[1:])
        return loss, np.concatenate([[to_scale * np.exp(values[0])], to_bias])

    start = minimize_scalar(
        lambda log: loss_of(float(np.exp(log)), np.zeros(classes))[0], bounds=(-2, 4), method="bounded"
    ).x
    best = minimize(
        objective, np.concatenate([[start], np.zeros(classes)]), jac=True, method="L-BFGS-B", options={"maxiter": 200}
    ).x
    return Calibration(float(np.exp(best[0])), tuple(float(value) for value in best[1:]))


def fit_gates(calibration: Calibration, scores: Array, gold: Array, out_of_scope: int | None) -> Calibration:
    """Chooses both thresholds so that at most :data:`MOST_TURNED_AWAY` of in-scope messages is turned away."""
    chances = np.exp(calibration.log_probabilities(scores))
    inside = chances if out_of_scope is None else chances[gold != out_of_scope]
    if out_of_scope is None or not len(inside):
        return calibration
    gate = float(np.quantile(inside[:, out_of_scope], 1 - (MOST_TURNED_AWAY - UNSURE_SHARE)))
    gate = min(max(gate, 0.2), 0.9)
    kept = inside[inside[:, out_of_scope] < gate]
    sure = float(np.quantile(kept.max(axis=1), UNSURE_SHARE)) if len(kept) else 0.0
    return replace(calibration, out_of_scope_above=gate, sure_from=min(sure, 0.4))
