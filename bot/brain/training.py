"""Trains a model, in a process of its own so that the service stays small and responsive.

Run as ``python -m bot.brain.training PROJECT NAME MODELS``; prints one JSON line as each stage begins, and one
with what was measured on the model.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from bot.brain.models import ModelCard, ModelShelf, fingerprint, marks
from bot.errors import VentanillaError

Progress = Callable[[str], None]
"""Told the name of each stage as it begins: ``reading``, ``understanding``, ``dialogue``, ``measuring``."""

LABELLED_FILES = ("tests/nlu/sample.jsonl", "tests/nlu/estudio.jsonl")
"""The evaluation set of a project: labelled messages that nothing is trained on."""


class TrainingFailed(VentanillaError):
    """Training ended without a model.

    Attributes:
        log: the file that says why.
    """

    def __init__(self, log: Path) -> None:
        super().__init__(f"training failed; see {log}")
        self.log = log


def train(
    project: Path,
    shelf: ModelShelf,
    log: Path,
    progress: Progress = lambda stage: None,
    *,
    author: str = "",
    reason: str = "",
) -> ModelCard:
    """Trains a model from the project's data and puts it on the shelf; does not promote it.

    Args:
        project: the folder with ``config.yml``, ``domain.yml`` and ``data/``.
        shelf: where the model goes.
        log: file for everything that training prints.
        progress: told each stage.
        author: who has it trained, for the model's card.
        reason: why, for the card.

    Raises:
        TrainingFailed: no model came out.
    """
    mark = fingerprint(project)
    began = datetime.now(timezone.utc)
    name = model_name(began, mark)
    log.parent.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    figures: Mapping[str, Any] = {}
    seconds = 0.0
    for line in _run_child(project, name, shelf.folder, log):
        figures = line.get("figures", figures)
        if stage := line.get("stage"):
            seconds = time.monotonic() - started
            progress(stage)
    if not shelf.path(name).is_file():
        raise TrainingFailed(log)
    messages, parent = count_messages(project), shelf.current() or ""
    at, seconds = began.isoformat(), round(seconds, 1)
    card = ModelCard(name, mark, at, seconds, messages, marks(project), figures, author, reason, parent)
    shelf.add(card)
    return card


def model_name(began: datetime, mark: str) -> str:
    """What a model is called: when it was begun, and the start of its fingerprint."""
    return f"{began:%Y%m%d-%H%M%S}-{mark[:8]}"


def count_messages(project: Path) -> int:
    """How many training messages a project has."""
    files = (project / "data" / "nlu").rglob("*.yml")
    return sum(line.startswith("    - ") for file in files for line in file.read_text(encoding="utf-8").splitlines())


def _run_child(project: Path, name: str, models: Path, log: Path) -> Iterator[dict[str, Any]]:
    command = [sys.executable, "-W", "ignore", "-m", "bot.brain.training", str(project), name, str(models)]
    root = str(Path(__file__).resolve().parents[2])
    environment = {
        **os.environ,
        "TQDM_DISABLE": "1",
        "RASA_CACHE_DIRECTORY": str(log.parent / "rasa-cache"),
        "PYTHONPATH": os.pathsep.join([root, *sys.path[:1]]),
    }
    with log.open("ab") as errors:
        child = subprocess.Popen(  # noqa: S603 - our own module
            command, cwd=project, stdout=subprocess.PIPE, stderr=errors, text=True, env=environment
        )
        assert child.stdout is not None
        for line in child.stdout:
            if line.startswith('{"ventanilla"'):
                yield json.loads(line)["ventanilla"]
            else:
                errors.write(line.encode())
        child.wait()


def _tell(**facts: object) -> None:
    print(json.dumps({"ventanilla": facts}), flush=True)


def main(project: str, name: str, models: str) -> None:
    """The child's whole job."""
    from bot.brain.rasa_bends import bend_rasa
    from bot.brain.training_bends import bend_training

    _tell(stage="reading")
    bend_rasa()
    bend_training()
    if not train_here(project, name, models, lambda stage: _tell(stage=stage)):
        raise SystemExit(1)
    # The last stage: training took until here.
    _tell(stage="measuring")
    _tell(figures=_measured(Path(project), Path(models) / f"{name}.tar.gz"))


def _measured(project: Path, model: Path) -> dict[str, Any]:
    """The model's accuracy on the project's evaluation set, and how many messages that has; nothing without one."""
    from bot.brain.nlu.evaluate import answer_all, measure
    from bot.brain.nlu.examples import read_examples
    from bot.brain.nlu.parse import Understanding

    files = [project / name for name in LABELLED_FILES]
    examples = [one for file in files if file.is_file() and file.stat().st_size for one in read_examples(file)]
    if not examples:
        return {}
    measures = measure(answer_all(Understanding(model), examples))
    return {"accuracy": measures["accuracy"], "labelled": measures["total"]}


def train_here(project: str, name: str, models: str, progress: Progress) -> bool:
    """Trains in this process, whose working directory is the project and which is bent already; says whether it did."""
    from rasa.engine.graph import GraphNode
    from rasa.model_training import train as rasa_train

    from bot.brain.loading_bends import bend_loading

    bend_loading()
    seen: set[str] = set()
    run_node = GraphNode.__call__

    def told(node: GraphNode, *inputs: object) -> object:
        stage = "dialogue" if "Policy" in node._node_name else "understanding"
        if node._fn_name == "train" and stage not in seen:
            seen.add(stage)
            progress(stage)
        return run_node(node, *inputs)

    GraphNode.__call__ = told
    files = {"domain": "domain.yml", "config": "config.yml", "data": ["data"]}
    result = rasa_train(
        files["domain"], files["config"], files["data"], output=models, fixed_model_name=name, force_training=True
    )
    return bool(result.code == 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
