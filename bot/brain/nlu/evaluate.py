"""How well a model understands labelled messages: what the running bot would act on, fallback included."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from bot.brain.nlu.examples import Example, report_words
from bot.brain.nlu.parse import FALLBACK, Parsed, Understanding

OUT_OF_SCOPE = "fuera_de_tema"
BINS = 10
WORST = 10


@dataclass(frozen=True)
class Answer:
    """A labelled message and what was understood of it."""

    example: Example
    parsed: Parsed

    @property
    def right(self) -> bool:
        """Whether the bot would act on the right intent."""
        return self.parsed.intent == self.example.intent

    @property
    def in_scope(self) -> bool:
        """Whether the message is the help desk's business."""
        return self.example.intent != OUT_OF_SCOPE

    @property
    def turned_away(self) -> bool:
        """Whether the bot would not act on it."""
        return self.parsed.intent in (OUT_OF_SCOPE, FALLBACK)


def answer_all(
    understanding: Understanding, examples: Sequence[Example], progress: Callable[[int], None] = lambda done: None
) -> list[Answer]:
    """Asks the model about each message; ``progress`` is told how many are done."""
    answers = []
    for done, example in enumerate(examples, 1):
        answers.append(Answer(example, understanding.parse(example.text, example.dialogue or None)))
        progress(done)
    return answers


def measure(answers: Sequence[Answer]) -> dict[str, Any]:
    """The measures of ``ventanilla nlu evaluate --json``; shares are 0 to 1, None when there is nothing to measure."""
    inside = [answer for answer in answers if answer.in_scope]
    outside = [answer for answer in answers if not answer.in_scope]
    by_intent = _by_intent(answers)
    return {
        "total": len(answers),
        "accuracy": _share(answer.right for answer in answers),
        "in_scope_accuracy": _share(answer.right for answer in inside),
        "top3_accuracy": _share(
            answer.example.intent in [name for name, _chance in answer.parsed.ranking[:3]] for answer in answers
        ),
        "macro_f1": _mean([facts["f1"] for facts in by_intent.values() if facts["support"]]),
        "platform_accuracy": _share(answer.parsed.platform == answer.example.platform for answer in answers),
        "oos_recall": _share(answer.right for answer in outside),
        "false_rejection_rate": _share(answer.turned_away for answer in inside),
        "fallback_rate": _share(answer.parsed.intent == FALLBACK for answer in answers),
        "ece": calibration_error(answers),
        "by_intent": by_intent,
        "by_tag": _by_tag(answers),
        "confusions": _confusions(answers),
    }


def _share(hits: Iterable[bool]) -> float | None:
    return _mean([float(hit) for hit in hits])


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def calibration_error(answers: Sequence[Answer]) -> float | None:
    """Expected calibration error of the likeliest intent over ten equal bins (Naeini et al., 2015)."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for answer in answers:
        if answer.parsed.ranking:
            name, chance = answer.parsed.ranking[0]
            bins.setdefault(min(int(chance * BINS), BINS - 1), []).append((chance, name == answer.example.intent))
    total = sum(len(members) for members in bins.values())
    if not total:
        return None
    gaps = (abs(sum(chance - right for chance, right in members)) for members in bins.values())
    return sum(gaps) / total


def _by_intent(answers: Sequence[Answer]) -> dict[str, dict[str, Any]]:
    gold = Counter(answer.example.intent for answer in answers)
    chosen = Counter(answer.parsed.intent for answer in answers)
    right = Counter(answer.example.intent for answer in answers if answer.right)
    out = {}
    for intent in sorted(gold | chosen):
        if intent == FALLBACK:
            continue
        precision = right[intent] / chosen[intent] if chosen[intent] else 0.0
        recall = right[intent] / gold[intent] if gold[intent] else 0.0
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        out[intent] = {"precision": precision, "recall": recall, "f1": f1, "support": gold[intent]}
    return out


def _by_tag(answers: Sequence[Answer]) -> dict[str, dict[str, Any]]:
    tags = sorted({tag for answer in answers for tag in answer.example.tags})
    groups = {tag: [answer for answer in answers if tag in answer.example.tags] for tag in tags}
    return {
        tag: {"accuracy": _share(answer.right for answer in group), "support": len(group)}
        for tag, group in groups.items()
    }


def _confusions(answers: Sequence[Answer]) -> list[dict[str, Any]]:
    pairs = Counter((answer.example.intent, answer.parsed.intent) for answer in answers if not answer.right)
    ordered = sorted(pairs.items(), key=lambda item: (-item[1], item[0]))
    return [{"gold": gold, "predicted": predicted, "count": count} for (gold, predicted), count in ordered]


def report(answers: Sequence[Answer], measures: Mapping[str, Any], model: str) -> str:
    """The measures for people who do not program, in Spanish."""
    words = report_words()
    titles, lines = words["titles"], words["lines"]
    out = [titles["measured"].format(total=len(answers), model=model), ""]
    headline = (
        "accuracy",
        "in_scope_accuracy",
        "top3_accuracy",
        "macro_f1",
        "platform_accuracy",
        "oos_recall",
        "false_rejection_rate",
        "ece",
    )
    out += [f"  {titles[key]}: {_percent(measures[key])}" for key in headline]
    if measures["by_tag"]:
        out += ["", titles["by_tag"]]
        out += [
            "  " + lines["by_tag"].format(name=tag, share=_percent(facts["accuracy"]), support=facts["support"])
            for tag, facts in sorted(measures["by_tag"].items(), key=lambda item: -item[1]["support"])
        ]
    out += ["", titles["by_intent"]]
    ordered = sorted(measures["by_intent"].items(), key=lambda item: (item[1]["f1"], item[0]))
    out += [
        "  "
        + lines["by_intent"].format(
            name=name,
            recall=_percent(facts["recall"]),
            precision=_percent(facts["precision"]),
            support=facts["support"],
        )
        for name, facts in ordered
        if facts["support"]
    ]
    out += ["", titles["confusions"], *_confusion_lines(measures), "", titles["worst"], *_worst_lines(answers)]
    return "\n".join(out)


def _confusion_lines(measures: Mapping[str, Any]) -> list[str]:
    lines = report_words()["lines"]
    pairs = measures["confusions"][:WORST]
    return [
        "  " + lines["confusion"].format(count=pair["count"], gold=pair["gold"], predicted=_name(pair["predicted"]))
        for pair in pairs
    ] or ["  " + lines["nothing"]]


def _worst_lines(answers: Sequence[Answer]) -> list[str]:
    """The mistakes the model was surest of: they do most harm, and show wrong labels."""
    lines = report_words()["lines"]
    wrong = sorted((answer for answer in answers if not answer.right), key=lambda answer: -answer.parsed.confidence)
    wrong.sort(key=lambda answer: answer.parsed.intent == FALLBACK)
    return [
        f"{number:3}. "
        + lines["worst"].format(
            text=answer.example.text,
            gold=answer.example.intent,
            predicted=_name(answer.parsed.intent),
            confidence=_percent(answer.parsed.confidence),
        )
        for number, answer in enumerate(wrong[:WORST], 1)
    ] or ["  " + lines["nothing"]]


def _name(intent: str) -> str:
    return report_words()["lines"]["fallback"] if intent == FALLBACK else intent


def _percent(share: float | None) -> str:
    return "—" if share is None else f"{100 * share:.1f} %".replace(".", ",")


def draw_confusions(answers: Sequence[Answer], file: Path) -> None:
    """Writes the confusion matrix as a PNG."""
    import numpy as np

    # Imported by name: it is slow, has no types, and only this picture needs it.
    import_module("matplotlib").use("Agg")
    pyplot: Any = import_module("matplotlib.pyplot")

    names = sorted({answer.example.intent for answer in answers} | {answer.parsed.intent for answer in answers})
    counts = np.zeros((len(names), len(names)))
    for answer in answers:
        counts[names.index(answer.example.intent), names.index(answer.parsed.intent)] += 1
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    side = 3 + 0.28 * len(names)
    figure, axes = pyplot.subplots(figsize=(side, side))
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    labels = [_name(name) for name in names]
    axes.set_xticks(range(len(names)), labels, rotation=90, fontsize=7)
    axes.set_yticks(range(len(names)), labels, fontsize=7)
    for row, column in zip(*np.nonzero(counts), strict=True):
        dark = shares[row, column] > 0.5
        axes.text(
            column,
            row,
            int(counts[row, column]),
            ha="center",
            va="center",
            fontsize=6,
            color="white" if dark else "black",
        )
    axes.set_title(report_words()["png"]["title"])
    figure.tight_layout()
    figure.savefig(file, dpi=120)
    pyplot.close(figure)
