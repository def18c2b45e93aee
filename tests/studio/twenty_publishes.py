"""Changes a brain's model twenty times while it answers; prints what was answered and how much memory stayed.

Run as ``python -m tests.studio.twenty_publishes MODELS``, a folder with the models ``uno`` and ``dos``.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import statistics
import sys
import time
from pathlib import Path

import psutil

from bot.brain.interfaces import Turn
from bot.brain.live import LiveBrain
from bot.brain.models import ModelShelf
from tests.support.product import load_brain

PUBLISHES = 20


async def main(models: Path) -> dict[str, object]:
    """The figures: seconds, and bytes that the process has grown by."""
    shelf = ModelShelf(models)
    shelf.promote("uno")
    brain = LiveBrain(shelf, load_brain)
    process = psutil.Process(os.getpid())
    stop = asyncio.Event()
    waits: list[float] = []
    answers: list[str] = []

    async def turns() -> None:
        seq = 0
        while not stop.is_set():
            seq += 2
            began = time.perf_counter()
            answers.append((await brain.respond(Turn("c", seq, "olvidé mi clave", "", "web", "", None))).intent)
            waits.append(time.perf_counter() - began)
            await asyncio.sleep(0.05)

    for name in ("dos", "uno", "dos"):
        await brain.switch(name)
    await brain.settled()
    gc.collect()
    before = process.memory_info().rss
    talking = asyncio.create_task(turns())
    pauses = [await brain.switch("uno" if number % 2 else "dos") for number in range(PUBLISHES)]
    stop.set()
    await talking
    await brain.settled()
    gc.collect()
    return {
        "intents": sorted(set(answers)),
        "turns": len(waits),
        "grown": process.memory_info().rss - before,
        "pause_median": statistics.median(pauses),
        "pause_longest": max(pauses),
        "turn_longest": max(waits),
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main(Path(sys.argv[1])))))
