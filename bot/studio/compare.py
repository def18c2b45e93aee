"""What a new model makes of messages that the live one answered: what got better, what got worse. Pure.

Adding one intent breaks a few messages of several other intents while the overall figure barely moves; so every message
counts by itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

OUT_OF_SCOPE = "fuera_de_tema"
FALLBACK = "nlu_fallback"


@dataclass(frozen=True)
class Seen:
    """One message, as the live and as the new model understand it. ``expected`` is empty where nobody labelled it."""

    text: str
    expected: str
    before: str
    after: str
    before_chance: float
    after_chance: float

    @property
    def better(self) -> bool:
        """The new model is right where the live one was not."""
        return bool(self.expected) and self.after == self.expected != self.before

    @property
    def worse(self) -> bool:
        """The live model was right where the new one is not."""
        return bool(self.expected) and self.before == self.expected != self.after


@dataclass(frozen=True)
class Told:
    """One conversation test: whether it passed, with the live and with the new model, and where it went wrong."""

    title: str
    before: bool
    after: bool
    problem: str = ""


@dataclass(frozen=True)
class Lines:
    """The red lines, from ``data/studio/ajustes.yml``.

    Attributes:
        worse: evaluation messages that may get worse.
        accuracy: by how much the share of right ones may fall.
        month: the share of last month's surely understood messages that may change.
        sure: from when on a message counts as surely understood.
    """

    worse: int = 1
    accuracy: float = 0.005
    month: float = 0.01
    sure: float = 0.8


def summary(
    labelled: Sequence[Seen],
    month: Sequence[Seen],
    stories: Sequence[Told],
    intents: Sequence[str],
    lines: Lines,
    taught: Sequence[str] = (),
) -> dict[str, Any]:
    """Figures, every changed message, and the red lines that are crossed.

    Args:
        intents: those that the new model knows: messages labelled with a retired one are left out.
        taught: those of them that the live one does not know.
    """
    known = set(intents)
    fair = [one for one in labelled if one.expected in known]
    right = {"live": _share([one.before == one.expected for one in fair])}
    right["new"] = _share([one.after == one.expected for one in fair])
    better, worse = [one for one in fair if one.better], [one for one in fair if one.worse]
    moved = [one for one in month if one.before != one.after]
    surely = [one for one in month if one.before_chance >= lines.sure and one.before not in (OUT_OF_SCOPE, FALLBACK)]
    lost = [one for one in surely if one.before != one.after and one.before in known]
    broken = [one for one in stories if one.before and not one.after]
    facts: dict[str, Any] = {
        "accuracy": right,
        "labelled": len(fair),
        "better": [asdict(one) for one in better],
        "worse": [asdict(one) for one in worse],
        "missed": [asdict(one) for one in fair if one.expected in taught and one.after != one.expected],
        "changed": [asdict(one) for one in fair if one.before != one.after and not (one.better or one.worse)],
        "month": {"total": len(month), "changed": [asdict(one) for one in moved], "lost": len(lost)},
        "stories": {
            "total": len(stories),
            "passed": {"live": sum(one.before for one in stories), "new": sum(one.after for one in stories)},
            "worse": [asdict(one) for one in broken],
            "better": [asdict(one) for one in stories if one.after and not one.before],
        },
        "by_intent": _by_intent(fair),
    }
    facts["red"] = list(_red(facts, len(surely), len(lost), lines))
    return facts


def _red(facts: Mapping[str, Any], surely: int, lost: int, lines: Lines) -> list[dict[str, Any]]:
    red: list[dict[str, Any]] = []
    worse, before, after = facts["worse"], facts["accuracy"]["live"], facts["accuracy"]["new"]
    if len(worse) > lines.worse:
        hit = Counter(one["expected"] for one in worse)
        red.append({"kind": "worse", "count": len(worse), "least": lines.worse, "intents": sorted(hit)})
    if before is not None and after is not None and before - after > lines.accuracy:
        red.append({"kind": "accuracy", "live": before, "new": after})
    missed = Counter(one["expected"] for one in facts["missed"])
    tests = {one["intent"]: one["total"] for one in facts["by_intent"]}
    for intent, count in missed.items():
        if count > tests[intent] / 2:
            red.append({"kind": "missed", "intent": intent, "count": count, "total": tests[intent]})
    if facts["stories"]["worse"]:
        red.append({"kind": "stories", "count": len(facts["stories"]["worse"])})
    if surely and lost > max(1.0, lines.month * surely):
        red.append({"kind": "month", "count": lost, "total": surely})
    return red


def _share(hits: Sequence[bool]) -> float | None:
    return sum(hits) / len(hits) if hits else None


def _by_intent(fair: Sequence[Seen]) -> list[dict[str, Any]]:
    found = []
    for intent in sorted({one.expected for one in fair}):
        own = [one for one in fair if one.expected == intent]
        wrong = Counter(one.after for one in own if one.after != intent)
        found.append(
            {
                "intent": intent,
                "total": len(own),
                "live": sum(one.before == intent for one in own),
                "new": sum(one.after == intent for one in own),
                "confused": [name for name, _ in wrong.most_common(2)],
            }
        )
    return found
