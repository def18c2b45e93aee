"""The intent model: deterministic, calibrated, small, and the same after it was saved."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest

from bot.brain.nlu.calibration import Calibration, fit_calibration, fit_gates
from bot.brain.nlu.classifier import IntentClassifier
from bot.brain.nlu.entities import extract
from tests.unit.brain.nlu.small import pairs


def trained() -> IntentClassifier:
    texts, labels = pairs()
    return IntentClassifier.train([extract(text).masked for text in texts], labels)


@pytest.fixture(scope="module")
def model() -> IntentClassifier:
    return trained()


ASKED = [
    "olvide la clave del seace",
    "cual es mi usuario",
    "001952_56989",
    "xq no me yega el correo",
    "quiero pizza",
    "",
]


def test_the_same_data_and_seed_give_the_same_predictions(model: IntentClassifier) -> None:
    other = trained()
    for text in ASKED:
        assert (model.scores(text) == other.scores(text)).all()


def test_a_loaded_model_answers_exactly_like_the_saved_one(model: IntentClassifier, tmp_path: Path) -> None:
    model.save(tmp_path)
    loaded = IntentClassifier.load(tmp_path)
    for text in ASKED:
        assert (model.scores(text) == loaded.scores(text)).all()
    assert not list(tmp_path.glob("*.pkl"))


def test_the_ranking_holds_every_intent_and_its_confidences_sum_to_one(model: IntentClassifier) -> None:
    # Cutting a ranking and normalising what is left would make the model look surer than it is.
    verdict = model.decide(model.scores("olvidé mi clave"))
    assert len(verdict.ranking) == len(set(pairs()[1]))
    assert sum(chance for _name, chance in verdict.ranking) == pytest.approx(1)
    assert [chance for _name, chance in verdict.ranking] == sorted((c for _n, c in verdict.ranking), reverse=True)


def test_training_runs_to_its_end() -> None:
    # Rasa's own LogisticRegressionClassifier stops after 100 rounds and only warns.
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        trained()


def test_a_message_without_any_known_word_is_answered_all_the_same(model: IntentClassifier) -> None:
    assert model.decide(model.scores("§§§")).ranking


def test_two_intents_and_intents_with_one_message_can_be_learnt() -> None:
    two = IntentClassifier.train(["si", "claro", "no", "nunca"], ["afirmar", "afirmar", "negar", "negar"])
    assert two.decide(two.scores("claro")).ranking[0][0] == "afirmar"
    lone = IntentClassifier.train(["si", "claro", "no"], ["afirmar", "afirmar", "negar"])
    assert lone.decide(lone.scores("no")).ranking[0][0] == "negar"
    single = IntentClassifier.train(["si", "claro"], ["afirmar", "afirmar"])
    assert single.decide(single.scores("si")).ranking == [("afirmar", pytest.approx(1))]


def test_calibration_undoes_a_boastful_scale() -> None:
    lots = np.random.default_rng(1)
    gold = lots.integers(0, 4, 4000)
    honest = lots.normal(size=(4000, 4))
    honest[np.arange(4000), gold] += 1.0
    calibration = fit_calibration((honest * 9).astype(np.float32), gold)
    chances = np.exp(calibration.log_probabilities(honest * 9))
    right = chances.argmax(axis=1) == gold
    assert abs(chances.max(axis=1).mean() - right.mean()) < 0.02


def test_the_gates_turn_away_no_more_than_was_agreed() -> None:
    lots = np.random.default_rng(2)
    gold = lots.integers(0, 4, 8000)
    scores = lots.normal(size=(8000, 4)).astype(np.float32)
    scores[np.arange(8000), gold] += 2.5
    gates = fit_gates(fit_calibration(scores, gold), scores, gold, out_of_scope=3)
    chances = np.exp(gates.log_probabilities(scores))
    picked = [gates.pick(row, 3) for row, right in zip(chances, gold, strict=True) if right != 3]
    above = [row[3] >= gates.out_of_scope_above for row, right in zip(chances, gold, strict=True) if right != 3]
    assert sum(above) / len(above) <= 0.04
    assert 0 < sum(one is None for one in picked) / len(picked) <= 0.02


def test_without_an_out_of_scope_intent_nothing_is_turned_away() -> None:
    gates = fit_gates(Calibration(1.0, (0.0, 0.0)), np.zeros((4, 2), dtype=np.float32), np.array([0, 1, 0, 1]), None)
    assert gates.pick(np.array([0.5, 0.5]), None) == 0
