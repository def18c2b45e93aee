"""``ventanilla nlu …``."""

from __future__ import annotations

import json
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from bot.brain.models import ModelShelf
from bot.settings import load_settings


def parse(text: str) -> None:
    """Prints what the model in use understands, as JSON.

    Raises:
        ModelMissing: there is no model.
    """
    from bot.brain.nlu.parse import Understanding

    understanding = Understanding(ModelShelf(load_settings().models).current_path())
    print(json.dumps(understanding.parse(text).as_dict(), ensure_ascii=False, indent=1))


def evaluate(file: Path, as_json: bool, confusion: Path | None) -> None:
    """Measures the model in use on labelled messages and prints the figures.

    Raises:
        ModelMissing: there is no model.
        BadExamples: a line of the file cannot be used.
    """
    from bot.brain.nlu.evaluate import answer_all, draw_confusions, measure, report
    from bot.brain.nlu.examples import read_examples
    from bot.brain.nlu.parse import Understanding

    shelf = ModelShelf(load_settings().models)
    examples = read_examples(file)
    with Progress(transient=True, console=Console(stderr=True)) as bar:
        task = bar.add_task("understanding", total=len(examples))
        understanding = Understanding(shelf.current_path())
        answers = answer_all(understanding, examples, lambda done: bar.update(task, completed=done))
    measures = measure(answers)
    words = (
        json.dumps(measures, ensure_ascii=False, indent=1)
        if as_json
        else report(answers, measures, shelf.current() or "")
    )
    print(words)
    if confusion:
        draw_confusions(answers, confusion)


def lint(quick: bool) -> int:
    """Prints what should be put right in the training messages.

    Args:
        quick: leave out the cross-validation.

    Returns:
        0 when nothing must be put right, else 1.
    """
    from bot.brain.nlu.examples import read_training
    from bot.brain.nlu.lint import lint as find_problems
    from bot.brain.nlu.lint import report

    settings = load_settings()
    folder = settings.data / "nlu"
    with Console(stderr=True).status("reading") as status:
        sample = settings.project / "tests" / "nlu" / "sample.jsonl"
        problems = find_problems(folder, sample, quick, lambda check: status.update(f"checking: {check}"))
    messages = read_training(folder)
    print(report(problems, len(messages), len({message.intent for message in messages})))
    return 1 if any(problem.error for problem in problems) else 0
