"""Compares our pipeline with Rasa's own ones, by Rasa's own cross-validation, and prints a Markdown table.

    .venv/bin/python bench/nlu_compare.py                                  # two samples of our own messages
    .venv/bin/python bench/nlu_compare.py --set NAME=FILE [--set …]        # any Rasa NLU file, YAML or the old Markdown
    .venv/bin/python bench/nlu_compare.py --only ventanilla,logistic       # leave out what takes long (DIET)

A public Spanish IT help-desk set of 256 messages and 18 intents is ``data/nlu.md`` of
https://github.com/santteegt/glpi_chatbot (Apache 2.0).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WORDS = [
    {"name": "WhitespaceTokenizer"},
    {"name": "CountVectorsFeaturizer"},
    {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
]
PIPELINES = {
    "ventanilla": [{"name": "bot.brain.nlu.components.DataFinder"}, {"name": "bot.brain.nlu.components.IntentModel"}],
    "logistic": [*WORDS, {"name": "LogisticRegressionClassifier"}],
    "diet": [
        WORDS[0],
        {"name": "RegexFeaturizer"},
        {"name": "LexicalSyntacticFeaturizer"},
        *WORDS[1:],
        {"name": "DIETClassifier", "epochs": 100, "constrain_similarities": True},
    ],
}
TITLES = {
    "ventanilla": "Ventanilla (`config.yml`)",
    "logistic": "Rasa `LogisticRegressionClassifier`, as shipped",
    "diet": "Rasa `DIETClassifier`, pipeline of `rasa init`",
}
_MARKED = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})")


def read_set(file: Path) -> list[tuple[str, str]]:
    """Messages and intents of a Rasa NLU file, without the marks of entities."""
    sys.path.insert(0, str(ROOT))
    if file.suffix == ".md":
        intent, out = "", []
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.startswith("## "):
                intent = line[len("## intent:") :].strip() if line.startswith("## intent:") else ""
            elif line.startswith("- ") and intent:
                out.append((_MARKED.sub(r"\1", line[2:]).strip(), intent))
        return out
    from bot.brain.nlu.examples import read_training

    folder = file if file.is_dir() else file.parent
    found = [message for message in read_training(folder) if file.is_dir() or message.file == file]
    return [(_MARKED.sub(r"\1", message.text), message.intent) for message in found]


def sample_of_ours(intents: int, messages: int, seed: int = 1) -> list[tuple[str, str]]:
    """So many messages of so many of our own intents."""
    lots = random.Random(seed)  # noqa: S311 - not a secret
    by_intent: dict[str, list[str]] = {}
    for text, intent in read_set(ROOT / "data/nlu"):
        by_intent.setdefault(intent, []).append(text)
    return [
        (text, intent)
        for intent in lots.sample(sorted(by_intent), intents)
        for text in lots.sample(by_intent[intent], messages)
    ]


def write_rasa(pairs: list[tuple[str, str]], file: Path) -> None:
    """The messages as a Rasa YAML file."""
    by_intent: dict[str, list[str]] = {}
    for text, intent in pairs:
        by_intent.setdefault(intent.replace("/", "_"), []).append(text)
    lines = ['version: "3.1"', "nlu:"]
    for intent, texts in by_intent.items():
        lines += [f"- intent: {intent}", "  examples: |", *(f"    - {text}" for text in texts)]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def cross_validate(candidate: str, file: str, folds: int) -> None:
    """The child's job: Rasa's cross-validation of one pipeline, its result as a JSON line."""
    if candidate != "diet":
        from bot.brain.rasa_bends import bend_rasa

        bend_rasa()
    from rasa.nlu.test import cross_validate as rasa_cross_validate
    from rasa.shared.nlu.training_data.loading import load_data

    began = time.perf_counter()
    config = {
        "recipe": "default.v1",
        "language": "es",
        "assistant_id": "bench",
        "pipeline": PIPELINES[candidate],
        "policies": [],
    }
    results, _entities, _responses = asyncio.run(rasa_cross_validate(load_data(file), folds, config, None))
    scores = results.test
    out = {
        "accuracy": sum(scores["Accuracy"]) / folds,
        "f1": sum(scores["F1-score"]) / folds,
        "seconds": time.perf_counter() - began,
    }
    print("\n@" + json.dumps(out))


def run_child(candidate: str, file: Path, folds: int) -> dict[str, float]:
    command = [sys.executable, "-W", "ignore", __file__, "--child", candidate, str(file), "--folds", str(folds)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        sys.exit(f"{candidate}: {done.stderr[-2000:]}")
    found: dict[str, float] = json.loads(done.stdout.rsplit("\n@", 1)[1])
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", action="append", default=[], metavar="NAME=FILE")
    parser.add_argument("--only", default=",".join(PIPELINES))
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        sys.path.insert(0, str(ROOT))
        cross_validate(options.child[0], options.child[1], options.folds)
        return
    sets = {name: read_set(Path(file)) for name, _equals, file in (given.partition("=") for given in options.set)}
    if not sets:
        sets = {
            "ours, 18 intents, 14 messages each": sample_of_ours(18, 14),
            "ours, 40 intents, 60 each": sample_of_ours(40, 60),
        }
    candidates = options.only.split(",")
    print(
        "| set | messages | intents | pipeline | accuracy | F1 | seconds |\n| --- | --- | --- | --- | --- | --- | --- |"
    )
    with tempfile.TemporaryDirectory() as folder:
        for name, pairs in sets.items():
            file = Path(folder) / "nlu.yml"
            write_rasa(pairs, file)
            for candidate in candidates:
                found = run_child(candidate, file, options.folds)
                size = f"{len(pairs)} | {len({intent for _text, intent in pairs})}"
                score = f"{found['accuracy']:.3f} | {found['f1']:.3f} | {found['seconds']:.0f}"
                print(f"| {name} | {size} | {TITLES[candidate]} | {score} |", flush=True)


if __name__ == "__main__":
    main()
