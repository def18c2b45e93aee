"""The intent model: linear, calibrated, deterministic. Knows nothing of Rasa."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

from bot.brain.nlu.arrays import Array
from bot.brain.nlu.calibration import Calibration, fit_calibration, fit_gates
from bot.brain.nlu.contrast import DENIED, contrasted_words
from bot.brain.nlu.dialogue import adjust
from bot.brain.nlu.evidence import says_nothing
from bot.brain.nlu.features import Vectoriser, ngrams
from bot.brain.nlu.prepared import Prepared, prepare
from bot.brain.nlu.side_by_side import side_by_side
from bot.brain.nlu.typos import TypoFixer

OUT_OF_SCOPE = "fuera_de_tema"
NO_STATE: Mapping[str, Any] = MappingProxyType({})
_TOLERANCE = 0.1


@dataclass(frozen=True)
class Options:
    """What the configuration file may set.

    Attributes:
        strength: the inverse of the regularisation.
        folds: how many parts the held-out measurements for the calibration use.
        seed: of everything that draws lots.
    """

    strength: float = 0.7
    folds: int = 4
    seed: int = 7


@dataclass(frozen=True)
class Verdict:
    """What the model thinks of a message.

    Attributes:
        intent: what the bot acts on; None when it is not sure enough.
        confidence: of the best intent.
        ranking: every intent with its calibrated probability, best first.
    """

    intent: str | None
    confidence: float
    ranking: Sequence[tuple[str, float]]


class IntentClassifier:
    """Trained with :meth:`train`; its answers depend on nothing but the message and the training data."""

    def __init__(
        self,
        intents: Sequence[str],
        typos: TypoFixer,
        vectoriser: Vectoriser,
        weights: Array,
        calibration: Calibration,
    ) -> None:
        self.intents = list(intents)
        self.typos = typos
        self._vectoriser = vectoriser
        self._weights = weights
        self._calibration = calibration

    @classmethod
    def train(cls, masked: Sequence[str], labels: Sequence[str], options: Options = Options()) -> IntentClassifier:
        """Learns from messages, their data replaced by placeholders, and their intents."""
        learnt = prepare(masked, labels, options.seed)
        own = learnt.counts[: len(labels)]
        twice = np.concatenate([learnt.gold, learnt.gold])
        # The whole is learnt first: it takes longest, and the parts for the calibration are learnt beside it.
        whole, held_out = _fit_and_hold_out(learnt, own, twice, options)
        calibration = fit_calibration(held_out, learnt.gold)
        calibration = fit_gates(calibration, held_out, learnt.gold, _index(learnt.intents, OUT_OF_SCOPE))
        vectoriser, _kept, weights = whole
        return cls(learnt.intents, learnt.typos, vectoriser, weights, calibration)

    def understand(self, masked: str, dialogue: Mapping[str, Any] = NO_STATE) -> Verdict:
        """What the bot is to take a masked message for in a state of the dialogue."""
        words = self._words(masked)
        if says_nothing([word.lstrip(DENIED) for word in words], self._vectoriser.knows):
            nobody_knows = np.zeros(len(self.intents), dtype=np.float32)
            return replace(self.decide(adjust(nobody_knows, self.intents, masked, dialogue)), intent=None)
        return self.decide(adjust(self._scores(words), self.intents, masked, dialogue))

    def scores(self, masked: str) -> Array:
        """The calibrated log-probability of each intent."""
        return self._scores(self._words(masked))

    def _words(self, masked: str) -> list[str]:
        """The words of a message, typing mistakes corrected."""
        return self.typos.fix_contrasted(contrasted_words(masked))

    def _scores(self, words: Sequence[str]) -> Array:
        columns, values = self._vectoriser.row(ngrams(words))
        raw = values @ self._weights[columns] + self._weights[-1]
        return self._calibration.log_probabilities(raw[np.newaxis])[0]

    def decide(self, scores: Array) -> Verdict:
        """The verdict for log-probabilities, those of :meth:`scores` or adjusted ones."""
        chances = np.exp(scores - scores.max())
        chances /= chances.sum()
        order = np.argsort(-chances, kind="stable")
        ranking = [(self.intents[index], float(chances[index])) for index in order]
        best = self._calibration.pick(chances, _index(self.intents, OUT_OF_SCOPE))
        intent = None if best is None else self.intents[best]
        confidence = ranking[0][1] if best is None else float(chances[best])
        return Verdict(intent, confidence, ranking)

    def save(self, folder: Path) -> None:
        """Writes the model as plain arrays and JSON; nothing in it is code."""
        facts = {
            "intents": self.intents,
            "features": self._vectoriser.names,
            "words": dict(self.typos.counts),
            "pairs": self.typos.company.pairs,
            "calibration": self._calibration.as_dict(),
        }
        (folder / "intents.json").write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")
        np.savez_compressed(
            folder / "intents.npz", weights=self._weights.astype(np.float16), rarity=self._vectoriser.rarity
        )

    @classmethod
    def load(cls, folder: Path) -> IntentClassifier:
        """Reads what :meth:`save` wrote."""
        facts = json.loads((folder / "intents.json").read_text(encoding="utf-8"))
        with np.load(folder / "intents.npz", allow_pickle=False) as arrays:
            weights, rarity = arrays["weights"].astype(np.float32), arrays["rarity"]
        return cls(
            facts["intents"],
            TypoFixer(facts["words"], pairs=facts["pairs"]),
            Vectoriser(facts["features"], rarity),
            weights,
            Calibration.from_dict(facts["calibration"]),
        )


def _index(intents: Sequence[str], name: str) -> int | None:
    return intents.index(name) if name in intents else None


def held_out_chances(masked: Sequence[str], labels: Sequence[str], options: Options) -> tuple[list[str], Array]:
    """The intents, and for each message their calibrated probabilities by a model that has not seen it."""
    learnt = prepare(masked, labels, options.seed)
    scores = _held_out_scores(learnt.names, learnt.counts[: len(labels)], learnt.gold, len(learnt.intents), options)
    return learnt.intents, np.exp(fit_calibration(scores, learnt.gold).log_probabilities(scores))


def _fit(
    names: Sequence[str], counts: csr_matrix, gold: Array, classes: int, options: Options
) -> tuple[Vectoriser, Array, Array]:
    """The features kept, their columns, and the weights: a row each, then the intercepts; a column for each class."""
    vectoriser, kept = Vectoriser.learn(names, counts)
    present = np.unique(gold)
    weights = np.zeros((len(kept) + 1, classes), dtype=np.float32)
    # A class without a message in this part must never win.
    weights[-1] = -2.0
    if len(present) == 1:
        weights[-1, present] = 2.0
        return vectoriser, kept, weights
    model = LinearSVC(C=options.strength, random_state=options.seed, tol=_TOLERANCE).fit(
        vectoriser.weigh(counts[:, kept]), gold
    )
    coefficients, intercepts = model.coef_, model.intercept_
    if len(present) == 2:
        coefficients, intercepts = np.vstack([-coefficients, coefficients]), np.concatenate([-intercepts, intercepts])
    weights[:-1, present] = coefficients.T
    weights[-1, present] = intercepts
    # Kept at the precision in which the model is saved, so that a loaded model answers exactly like a new one.
    return vectoriser, kept, weights.astype(np.float16).astype(np.float32)


def _fit_and_hold_out(
    learnt: Prepared, own: csr_matrix, twice: Array, options: Options
) -> tuple[tuple[Vectoriser, Array, Array], Array]:
    classes = len(learnt.intents)
    parts, jobs = _held_out_jobs(learnt.names, own, learnt.gold, classes, options)

    def whole() -> Any:
        return _fit(learnt.names, learnt.counts, twice, classes, options)

    first, *rest = side_by_side([whole, *jobs])
    return first, _gathered(parts, rest, len(learnt.gold), classes)


def _held_out_scores(names: Sequence[str], counts: csr_matrix, gold: Array, classes: int, options: Options) -> Array:
    """The score of each training message by a model that has not seen it."""
    parts, jobs = _held_out_jobs(names, counts, gold, classes, options)
    return _gathered(parts, side_by_side(jobs) if jobs else [], len(gold), classes)


def _held_out_jobs(
    names: Sequence[str], counts: csr_matrix, gold: Array, classes: int, options: Options
) -> tuple[list[tuple[Array, Array]], list[Callable[[], Array]]]:
    fewest = int(np.bincount(gold, minlength=classes).min())
    if fewest < 2 or classes < 2:
        return [], []
    folds = StratifiedKFold(min(options.folds, fewest), shuffle=True, random_state=options.seed)
    parts = list(folds.split(np.zeros(len(gold)), gold))

    def score(learn: Array, test: Array) -> Array:
        vectoriser, kept, weights = _fit(names, counts[learn], gold[learn], classes, options)
        scores: Array = vectoriser.weigh(counts[test][:, kept]) @ weights[:-1] + weights[-1]
        return scores

    return parts, [partial(score, learn, test) for learn, test in parts]


def _gathered(parts: Sequence[tuple[Array, Array]], scores: Sequence[Array], total: int, classes: int) -> Array:
    out = np.zeros((total, classes), dtype=np.float32)
    for (_learn, test), scored in zip(parts, scores, strict=True):
        out[test] = scored
    return out
