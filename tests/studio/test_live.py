"""The running brain changes its model between two turns, and does not grow by it."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import weakref
from pathlib import Path

import pytest

from bot.brain import live
from bot.brain.interfaces import Turn, TurnResult
from bot.brain.live import LiveBrain
from bot.brain.models import ModelShelf
from bot.errors import ModelMissing
from bot.settings import ROOT
from tests.studio.rig import add_model

MOST_MEMORY = 50 * 1024 * 1024


class Slow:
    """Says which model it is, when it is told to."""

    def __init__(self, name: str) -> None:
        self.name, self.go_on = name, asyncio.Event()

    async def respond(self, turn: Turn) -> TurnResult:
        await self.go_on.wait()
        return TurnResult((), b"", self.name)

    async def parse(self, text: str) -> dict[str, str]:
        return {"text": text}


def turn(seq: int, text: str = "olvidé mi clave") -> Turn:
    return Turn("c", seq, text, "", "web", "", None)


def shelf_of(folder: Path, *names: str) -> ModelShelf:
    (folder / "models").mkdir()
    for name in names:
        (folder / "models" / f"{name}.tar.gz").write_bytes(b"x")
    shelf = ModelShelf(folder / "models")
    shelf.promote(names[0])
    return shelf


async def test_a_turn_ends_with_the_model_that_it_began_with(tmp_path: Path) -> None:
    made: list[Slow] = []
    shelf = shelf_of(tmp_path, "uno", "dos")
    brain = LiveBrain(shelf, lambda path: made.append(Slow(path.name[:3])) or made[-1])
    told: list[str] = []
    brain.on_change(lambda: told.append(brain.name))
    first = asyncio.create_task(brain.respond(turn(1)))
    await asyncio.sleep(0)
    await brain.switch("dos")
    second = asyncio.create_task(brain.respond(turn(2)))
    for one in made:
        one.go_on.set()
    assert [(await first).intent, (await second).intent] == ["uno", "dos"]
    assert told == ["dos"]


async def test_memory_is_given_back_when_the_last_turn_of_a_replaced_model_has_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[weakref.ref[Slow]] = []
    gone: list[bool] = []

    def load(path: Path) -> Slow:
        slow = Slow(path.name[:3])
        made.append(weakref.ref(slow))
        return slow

    brain = LiveBrain(shelf_of(tmp_path, "uno", "dos"), load)
    monkeypatch.setattr(live, "give_back", lambda: gone.append(made[0]() is None))
    turns = [asyncio.create_task(brain.respond(turn(seq))) for seq in (1, 2)]
    await asyncio.sleep(0)
    await brain.switch("dos")
    old = made[0]()
    assert old is not None
    old.go_on.set()
    del old
    await asyncio.gather(*turns)
    await brain.settled()
    assert gone == [True]


async def test_a_model_that_cannot_be_loaded_changes_nothing(tmp_path: Path) -> None:
    shelf = shelf_of(tmp_path, "uno", "dos")

    def load(path: Path) -> Slow:
        if path.name.startswith("dos"):
            raise ModelMissing("dos")
        return Slow("uno")

    brain = LiveBrain(shelf, load)
    with pytest.raises(ModelMissing):
        await brain.switch("dos")
    assert brain.name == "uno"


@pytest.mark.timeout(600)
def test_twenty_publishes_under_turns_lose_nothing_and_keep_no_memory(tmp_path: Path, model: Path) -> None:
    for name in ("uno", "dos"):
        add_model(tmp_path, model, name, name)
    # In a process of its own, as a service is: what earlier tests left behind would be counted too.
    command = [sys.executable, "-W", "ignore", "-m", "tests.studio.twenty_publishes", str(tmp_path / "models")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout.splitlines()[-1])
    print(found)
    assert found["intents"] == ["recuperar_contrasena"]
    assert found["grown"] <= MOST_MEMORY
