"""``make bench``: speed and size of the service. ``make bench BENCH=turns`` measures one part."""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.publishing import publishing
from bench.service import Chat, running_service
from bot.commands.training import ensure_model
from bot.settings import load_settings

CONVERSATION = (
    "hola",
    "olvidé mi contraseña",
    "es en el SEACE",
    "001952_56989",
    "gracias",
    "ana@muni.example.org",
    "¿cuántos caracteres lleva la clave?",
    "cancelar",
    "quiero saber si mi usuario del secop está activo",
    "cancelar",
)


def turns(table: Table) -> None:
    """Turns through HTTP: POST to the first message of the answer arriving by SSE."""
    ensure_model(load_settings())
    with running_service() as service:
        table.add_row("`ventanilla run` ready, with a model", f"{service.ready_after:.1f} s", "≤ 10 s")
        warm = Chat(service.base)
        for message in CONVERSATION:
            warm.turn(message)
        times = []
        for _ in range(15):
            chat = Chat(service.base)
            times += [chat.turn(message)[0] for message in CONVERSATION]
        table.add_row("median turn", f"{statistics.median(times):.1f} ms", "≤ 12 ms")
        table.add_row("p95 turn", f"{statistics.quantiles(times, n=20)[18]:.1f} ms", "≤ 30 ms")
        _long_conversation(Chat(service.base), table)
        table.add_row("resident memory after that", f"{service.memory():.0f} MB", "≤ 350 MB")


def _long_conversation(chat: Chat, table: Table) -> None:
    times = [chat.turn(CONVERSATION[number % len(CONVERSATION)])[0] for number in range(1000)]
    early, late = statistics.median(times[10:100]), statistics.median(times[900:1000])
    table.add_row("median of turns 10–100 of one conversation", f"{early:.1f} ms", "")
    table.add_row("median of turns 900–1,000", f"{late:.1f} ms", "")
    table.add_row("ratio", f"{late / early:.2f}", "≤ 1.3")


def bends(table: Table) -> None:
    """What a turn costs, in processor time of the service, without each of the bends of Rasa that concern it."""
    from bot.brain.rasa_bends import TURN_BENDS

    ensure_model(load_settings())
    whole = _cpu_of_a_turn()
    table.add_row("processor time of a turn", f"{whole:.1f} ms", "")
    for name in TURN_BENDS:
        more = _cpu_of_a_turn(f"from bot.brain.rasa_bends import TURN_BENDS; del TURN_BENDS[{name!r}]") - whole
        table.add_row(f"more without: {name}", f"{more:+.1f} ms", "")


def _cpu_of_a_turn(before: str = "") -> float:
    rounds = 10
    with running_service(before) as service:
        for _ in range(2):
            _whole_conversation(service.base)
        began = service.cpu()
        for _ in range(rounds):
            _whole_conversation(service.base)
        return (service.cpu() - began) * 1000 / (rounds * len(CONVERSATION))


def _whole_conversation(base: str) -> None:
    chat = Chat(base)
    for message in CONVERSATION:
        chat.turn(message)


def training(table: Table) -> None:
    """Training a model from data/, in its own process."""
    import tempfile

    from bot.brain.models import ModelShelf
    from bot.brain.training import train

    with tempfile.TemporaryDirectory() as folder:
        card = train(Path.cwd(), ModelShelf(Path(folder)), Path(folder) / "training.log")
    table.add_row(f"training, {card.messages} messages", f"{card.seconds:.1f} s", "≤ 60 s")


def nlu(table: Table) -> None:
    """One message through the pipeline of the model in use."""
    import asyncio
    import json

    from bot.brain.models import ModelShelf
    from bot.brain.rasa_brain import RasaBrain

    brain = RasaBrain(ModelShelf(Path("models")).current_path(), [])
    lines = Path("tests/nlu/sample.jsonl").read_text(encoding="utf-8").splitlines()
    texts = [json.loads(line)["text"] for line in lines]

    async def measure() -> list[float]:
        times = []
        for text in texts * 2:
            began = time.perf_counter()
            await brain.parse(text)
            times.append((time.perf_counter() - began) * 1000)
        return times

    times = asyncio.run(measure())
    table.add_row("one message through NLU, median", f"{statistics.median(times):.2f} ms", "≤ 3 ms")
    table.add_row("one message through NLU, p95", f"{statistics.quantiles(times, n=20)[18]:.2f} ms", "")


PARTS = {"training": training, "nlu": nlu, "turns": turns, "bends": bends, "publishing": publishing}


def main() -> None:
    """Runs the parts named on the command line, or all that have goals."""
    names = sys.argv[1:] or [name for name in PARTS if name != "bends"]
    table = Table("what", "measured", "goal", title="Ventanilla, " + " ".join(names))
    for name in names:
        PARTS[name](table)
    Console().print(table)


if __name__ == "__main__":
    main()
