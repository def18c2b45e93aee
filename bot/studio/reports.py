"""What the reports show: coverage, accuracy over time, unknown topics, unused intents. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.brain.models import ModelCard
from bot.conversations.interfaces import ReviewedMessage
from bot.studio.inbox import FALLBACK, Group, reasons

DAY = "%Y-%m-%d"


@dataclass(frozen=True)
class Bar:
    """One bar of a chart: its name, its value from 0 to 1, and what is written at it."""

    name: str
    share: float
    label: str
    total: int = 0


@dataclass(frozen=True)
class Report:
    """Everything that the page shows."""

    total: int
    covered: float | None
    days: Sequence[Bar]
    models: Sequence[Bar]
    unknown: Sequence[Bar]
    unused: Sequence[str]
    used: Sequence[Bar]
    why: Mapping[str, int]


def report(
    messages: Sequence[ReviewedMessage],
    used: Mapping[str, int],
    groups: Sequence[Group],
    cards: Sequence[ModelCard],
    intents: Sequence[str],
    now: datetime,
    days: int,
    unsure: float,
    when: Callable[[datetime], datetime],
) -> Report:
    """The figures of the last days."""
    by_day: dict[str, list[bool]] = {}
    why: Counter[str] = Counter()
    for message in messages:
        given = reasons(message, unsure)
        why.update(given)
        by_day.setdefault(f"{when(message.at):{DAY}}", []).append(not given)
    dates = [f"{when(now) - timedelta(days=back):{DAY}}" for back in range(days - 1, -1, -1)]
    understood = [fine for hits in by_day.values() for fine in hits]
    most = max((group.times for group in groups), default=1)
    popular = Counter({name: count for name, count in used.items() if name != FALLBACK})
    top = max(popular.values(), default=1)
    return Report(
        total=len(messages),
        covered=sum(understood) / len(understood) if understood else None,
        days=[_day(date, by_day.get(date, [])) for date in dates],
        models=[_model(card) for card in cards if card.figures.get("accuracy") is not None][-20:],
        unknown=[Bar(group.items[0].text, group.times / most, str(group.times), group.times) for group in groups[:10]],
        unused=[name for name in intents if not used.get(name) and name != FALLBACK],
        used=[Bar(name, count / top, str(count), count) for name, count in popular.most_common(12)],
        why=dict(why),
    )


def _day(date: str, hits: Sequence[bool]) -> Bar:
    share = sum(hits) / len(hits) if hits else 0.0
    return Bar(date, share, f"{100 * share:.0f} %" if hits else "—", len(hits))


def _model(card: ModelCard) -> Bar:
    figure: Any = card.figures["accuracy"]
    return Bar(card.name, float(figure), f"{100 * float(figure):.1f} %".replace(".", ","))
