"""Figures for supervisors, from the cases of a time. Pure."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from bot.desk.calendar import Calendar
from bot.desk.figures_store import CaseFact
from bot.desk.model import case_number

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


def bars(values: Sequence[tuple[str, int]]) -> Mapping[str, object]:
    """A bar chart's geometry, which the template draws: ``bars`` with ``x, y, width, height, label, value``."""
    top = max([value for _, value in values] or [0]) or 1
    room = (WIDTH - LEFT - RIGHT) / max(1, len(values))
    every = max(1, len(values) // 10)
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
    return {"width": WIDTH, "height": HEIGHT, "base": HEIGHT - BOTTOM, "left": LEFT, "top": top, "bars": drawn}


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
