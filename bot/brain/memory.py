"""What a model leaves in memory when another takes its place, given back to the system.

A model is some 22 MB in large arrays. By itself glibc would keep them: it learns from the first large piece that is
freed to take such pieces from its heap, and the free end of a heap that a thread has of its own is not trimmed. After
twenty models a process would hold 12 MB more, or 45, as luck would have it.
"""

from __future__ import annotations

import ctypes
import gc

LARGE = 1024 * 1024
"""Bytes from which a piece of memory is the system's again as soon as it is freed."""

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
"""The names of the two values in ``malloc.h`` of glibc, see ``mallopt(3)``."""


def before_models() -> None:
    """To be called once, before any model is loaded; where there is no glibc, only the collector is told.

    The garbage collector leaves alone what is there by then: a look at all of that stops every turn for a quarter of a
    second, each time a model was changed.
    """
    set_option = getattr(ctypes.CDLL(None), "mallopt", None)
    if set_option is not None:
        set_option(_M_MMAP_THRESHOLD, LARGE)
        set_option(_M_TRIM_THRESHOLD, LARGE)
    if not gc.get_freeze_count():
        gc.collect()
        gc.freeze()


def give_back() -> None:
    """Lets go of what the loading of a model left, and of a model that nothing uses any more.

    Rasa's graph holds itself in circles, which would stay until the next full round of the collector.
    """
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
