"""Counting features in parts gives what counting them at once gives."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.brain.nlu.features import count, joined

MESSAGES = st.lists(st.dictionaries(st.text("abc", min_size=1, max_size=2), st.integers(1, 5), min_size=1), max_size=8)


@given(MESSAGES, MESSAGES)
def test_joined_parts_are_what_counting_at_once_gives(
    first: list[dict[str, int]], second: list[dict[str, int]]
) -> None:
    names, counts = count([*first, *second])
    joined_names, joined_counts = joined([count(first), count(second)])
    assert joined_names == names
    assert joined_counts.shape == counts.shape
    for part in ("data", "indices", "indptr"):
        assert (getattr(joined_counts, part) == getattr(counts, part)).all()
