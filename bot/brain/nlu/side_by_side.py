"""Runs work on two cores. Processes, not threads: the solver's random numbers are one for a whole process, and the same
data must always make the same model."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

T = TypeVar("T")

CORES = 2
_work: list[Callable[[int], Any]] = []


def side_by_side(jobs: Sequence[Callable[[], T]]) -> list[T]:
    """What each job returns, in their order; on a machine with one core one after the other."""
    if (os.cpu_count() or 1) < CORES or "fork" not in multiprocessing.get_all_start_methods():
        return [job() for job in jobs]
    # Forked children have the jobs' data already; only results are sent.
    _work.append(lambda number: jobs[number]())
    try:
        with multiprocessing.get_context("fork").Pool(min(CORES, len(jobs))) as pool:
            return pool.map(_run, range(len(jobs)), chunksize=1)
    finally:
        _work.pop()


def _run(number: int) -> Any:
    return _work[-1](number)
