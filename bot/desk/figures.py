"""Figures for supervisors, from the cases of a time. Pure."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from bot.conversations.interfaces import Asked
from bot.desk.calendar import Calendar
from bot.desk.figures_store import CaseFact
from bot.desk.model import case_number

LONGEST_BY_DAY = 31
"""Days up to which a chart has a place for each; longer ones have one for each week."""

MOST_TOPICS = 12
SMALL, LABEL = 330, 55
WIDTH, HEIGHT, LEFT, RIGHT, BOTTOM = 640, 200, 34, 12, 24


@dataclass(frozen=True)
class Figures:
    """What the page shows; times are medians in minutes, None without cases."""

    opened: int
    waiting: int
    handled: int
    by_mail: int
    unattended: int
    first_answer: float | None
    resolution: float | None
    satisfaction: float | None
    rated: int
    by_team: Sequence[tuple[str, int]]
    by_topic: Sequence[tuple[str, int]]
    by_reason: Sequence[tuple[str, int]]
    by_day: Sequence[tuple[str, int]]


@dataclass(frozen=True)
class Share:
    """Of so many conversations, how many the bot ended by itself."""

    name: str
    total: int
    contained: int

    @property
    def percent(self) -> int:
        """Contained ones of a hundred."""
        return round(100 * self.contained / self.total) if self.total else 0


@dataclass(frozen=True)
class Containment:
    """How far the bot gets without a person."""

    overall: Share
    by_platform: Sequence[Share]
    by_topic: Sequence[Share]


def containment(
    asked: Sequence[Asked], handed_over: frozenset[str], platforms: Collection[str], topics: Collection[str]
) -> Containment:
    """By platform and by what was wanted. A conversation counts for each of its topics.

    Args:
        platforms: those that are looked at; conversations of others do not count.
        topics: the intents that are wishes.
    """
    here = [each for each in asked if each.platform in platforms and each.intents]
    by_platform: dict[str, list[bool]] = {}
    by_topic: dict[str, list[bool]] = {}
    for each in here:
        kept = each.conversation not in handed_over
        by_platform.setdefault(each.platform, []).append(kept)
        for topic in each.intents & set(topics):
            by_topic.setdefault(topic, []).append(kept)
    everything = [each.conversation not in handed_over for each in here]
    return Containment(Share("", len(everything), sum(everything)), _shares(by_platform), _shares(by_topic))


def reasons_over_time(
    cases: Sequence[CaseFact], calendar: Calendar, since: datetime, until: datetime
) -> tuple[list[str], list[tuple[str, list[int]]]]:
    """Days (weeks, in a long time) and, for each reason, how many cases in each; the most frequent reason first."""
    first, last = calendar.local(since).date(), calendar.local(until - timedelta(seconds=1)).date()
    step = 1 if (last - first).days <= LONGEST_BY_DAY else 7
    names = [(first + timedelta(days=n)).strftime("%d/%m") for n in range(0, (last - first).days + 1, step)]
    counts = {reason: [0] * len(names) for reason, _ in _most(Counter(case.reason for case in cases))}
    for case in cases:
        place = (calendar.local(case.opened_at).date() - first).days // step
        if case.reason in counts and 0 <= place < len(names):
            counts[case.reason][place] += 1
    return names, list(counts.items())


def _shares(kept: Mapping[str, Sequence[bool]]) -> list[Share]:
    shares = [Share(name, len(each), sum(each)) for name, each in kept.items()]
    return sorted(shares, key=lambda each: (-each.total, each.name))[:MOST_TOPICS]


def count(cases: Sequence[CaseFact], calendar: Calendar, since: datetime, until: datetime) -> Figures:
    """The figures of some cases; days without any are zeros."""
    days = Counter(calendar.local(case.opened_at).date() for case in cases)
    first, last = calendar.local(since).date(), calendar.local(until - timedelta(seconds=1)).date()
    span = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    rated = [case.rating for case in cases if case.rating is not None]
    return Figures(
        opened=len(cases),
        waiting=sum(case.state == "waiting" for case in cases),
        handled=sum(case.answered_at is not None for case in cases),
        by_mail=sum(not case.live or case.state in ("pending", "answered") for case in cases),
        unattended=sum(case.live and case.claimed_at is None and case.state != "waiting" for case in cases),
        first_answer=_median([(case.opened_at, case.answered_at) for case in cases]),
        resolution=_median([(case.opened_at, case.closed_at) for case in cases if case.answered_at]),
        satisfaction=round(sum(rated) / len(rated), 1) if rated else None,
        rated=len(rated),
        by_team=_most(Counter(case.team for case in cases)),
        by_topic=_most(Counter(case.topic for case in cases)),
        by_reason=_most(Counter(case.reason for case in cases)),
        by_day=[(day.strftime("%d/%m"), days[day]) for day in span],
    )


def bars(values: Sequence[tuple[str, int]], top: int = 0, width: int = WIDTH) -> Mapping[str, object]:
    """A bar chart's geometry, which the template draws: ``bars`` with ``x, y, width, height, label, value``.

    Args:
        top: the value of the whole height; the greatest one by itself.
        width: of the drawing, whose letters keep their size.
    """
    top = top or max([value for _, value in values] or [0]) or 1
    room = (width - LEFT - RIGHT) / max(1, len(values))
    every = max(1, -(-len(values) * LABEL // width))
    drawn = [
        {
            "x": round(LEFT + number * room + room * 0.15, 1),
            "y": round((HEIGHT - BOTTOM) * (1 - value / top), 1),
            "width": round(room * 0.7, 1),
            "height": round((HEIGHT - BOTTOM) * value / top, 1),
            "middle": round(LEFT + number * room + room / 2, 1),
            "label": label if number % every == 0 else "",
            "name": label,
            "value": value,
        }
        for number, (label, value) in enumerate(values)
    ]
    return {"width": width, "height": HEIGHT, "base": HEIGHT - BOTTOM, "left": LEFT, "top": top, "bars": drawn}


def reason_charts(names: Sequence[str], counts: Sequence[tuple[str, Sequence[int]]]) -> list[tuple[str, object]]:
    """A chart for each reason, all of one scale."""
    top = max((max(each, default=0) for _, each in counts), default=0)
    return [(reason, bars(list(zip(names, each, strict=True)), top, SMALL)) for reason, each in counts]


def containment_csv(found: Containment) -> str:
    """One line for the whole, each platform and each topic."""
    rows: list[tuple[object, ...]] = [("by", "name", "conversations", "contained", "percent")]
    for kind, shares in (("all", [found.overall]), ("platform", found.by_platform), ("topic", found.by_topic)):
        rows += [(kind, each.name, each.total, each.contained, each.percent) for each in shares]
    return _csv(rows)


def reasons_csv(names: Sequence[str], counts: Sequence[tuple[str, Sequence[int]]]) -> str:
    """One line for each day or week, one column for each reason."""
    rows = [(name, *(each[place] for _, each in counts)) for place, name in enumerate(names)]
    return _csv([("from", *(reason for reason, _ in counts)), *rows])


def _csv(rows: Sequence[Sequence[object]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()


def as_csv(cases: Sequence[CaseFact], calendar: Calendar) -> str:
    """One line a case, without anything personal."""
    out = io.StringIO()
    writer = csv.writer(out)
    names = ("case", "team", "topic", "reason", "state", "live", "opened_at", "claimed_at", "answered_at", "closed_at")
    writer.writerow((*names, "close_reason", "rating"))
    for case in cases:
        moments = (case.opened_at, case.claimed_at, case.answered_at, case.closed_at)
        written = [calendar.local(each).isoformat(timespec="seconds") if each else "" for each in moments]
        line = (case_number(case.id), case.team, case.topic, case.reason, case.state, int(case.live))
        writer.writerow((*line, *written, case.close_reason, "" if case.rating is None else case.rating))
    return out.getvalue()


def _median(spans: Sequence[tuple[datetime, datetime | None]]) -> float | None:
    minutes = [(end - start).total_seconds() / 60 for start, end in spans if end is not None]
    return round(median(minutes), 1) if minutes else None


def _most(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda each: (-each[1], each[0]))[:12]
