"""``rasa data validate`` for a draft, its complaints as facts that a sentence of ours can be filled with."""

from __future__ import annotations

import contextlib
import io
import logging
import re
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

COMPLAINTS: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        "rasa_intent_empty": re.compile(r"The intent '(?P<intent>.+)' is listed in the domain file, but is not found"),
        "rasa_intent_unlisted": re.compile(
            r"(?:labeled with intent|The intent|Found intent) '(?P<intent>[^']+)'.*(?:not listed in|not part of) "
        ),
        "rasa_example_twice": re.compile(
            r"The example '(?P<example>.+)' was found labeled .* labeled with: (?P<intents>.+)\.$"
        ),
        "rasa_answer_missing": re.compile(r"The action '(?P<answer>utter_\w+)' is used in"),
        "rasa_action_missing": re.compile(r"The (?:action|form) '(?P<action>.+?)' is used in"),
        "rasa_form_slot": re.compile(r"The form slot '(?P<slot>.+)' in form '(?P<form>.+)' is not present"),
        "rasa_form_mapping": re.compile(r"Slot '(?P<slot>.+?)' has a mapping condition for form '(?P<form>.+?)'"),
        "rasa_conflict": re.compile(r"(?:Story structure conflict|Contradicting rules or stories) (?P<names>.+)$"),
    }
)
"""What Rasa 3.6 complains of (``rasa/validator.py``), by the key of our sentence in ``data/studio/palabras.yml``."""

MOST = 400
"""Letters of what is passed on as Rasa said it."""

_QUOTED = re.compile(r"'([^']+)'")

HARMLESS = re.compile(r"is not used in any|auto-fill")
"""Intents and answers that only the program uses; and Rasa's news."""


def complaint(words: str) -> tuple[str, dict[str, Any]]:
    """The key of a sentence and its facts for what Rasa said; its own words where it is something new."""
    for key, pattern in COMPLAINTS.items():
        found = pattern.search(words)
        if found:
            facts: dict[str, Any] = found.groupdict()
            if "intents" in facts:
                facts["intents"] = facts["intents"].split(", ")
            if "names" in facts:
                facts["names"] = list(dict.fromkeys(_QUOTED.findall(facts["names"])))
            return key, facts
    return "rasa", {"words": words[:MOST]}


def validated() -> Iterator[dict[str, Any]]:
    """What Rasa finds wrong with the project in the working directory, in a process that is bent already.

    Training in this process is handed what was read here.
    """
    from rasa.shared.importers.importer import TrainingDataImporter

    importer = TrainingDataImporter.load_from_config("config.yml", "domain.yml", ["data"])
    TrainingDataImporter.load_from_config = lambda *_args, **_kwargs: importer
    heard: list[str] = []
    with _listening(heard):
        fine = _verify(importer)
    said = [(words, *complaint(words)) for words in heard if not HARMLESS.search(words)]
    # Rasa says some things twice, in other words.
    for words, key, facts in {(key, str(facts)): (words, key, facts) for words, key, facts in said}.values():
        yield {"kind": key, "stop": not fine or "not listed" in words, "facts": facts}
    if not fine and not said:
        yield {"kind": "rasa_unknown", "stop": True, "facts": {}}


def _verify(importer: Any) -> bool:
    from rasa.validator import Validator

    validator = Validator.from_importer(importer)
    fine = validator.verify_domain_validity() and validator.verify_nlu() and validator.verify_form_slots()
    fine = validator.verify_actions_in_stories_rules() and fine
    fine = validator.verify_forms_in_stories_rules() and fine
    fine = validator.verify_slot_mappings() and fine
    fine = validator.verify_story_structure(False) and fine
    validator.verify_utterances_in_stories(ignore_warnings=False)
    return bool(fine)


@contextlib.contextmanager
def _listening(heard: list[str]) -> Iterator[None]:
    """Hears the warnings, and what the validator writes to its log alone."""
    ear, voice = _Ear(heard), logging.getLogger("rasa.validator")
    usual = voice.level
    voice.addHandler(ear)
    voice.setLevel(logging.WARNING)
    try:
        with warnings.catch_warnings(record=True) as caught, contextlib.redirect_stderr(io.StringIO()):
            warnings.simplefilter("always", UserWarning)
            yield
    finally:
        voice.removeHandler(ear)
        voice.setLevel(usual)
    heard += [_plain(str(one.message)) for one in caught if issubclass(one.category, UserWarning)]


class _Ear(logging.Handler):
    def __init__(self, heard: list[str]) -> None:
        super().__init__(logging.WARNING)
        self._heard = heard

    def emit(self, record: logging.LogRecord) -> None:
        self._heard.append(_plain(record.getMessage()))


def refused(error: Exception) -> dict[str, Any]:
    """What Rasa did not accept while it read or trained."""
    key, facts = complaint(_plain(str(error)))
    return {"kind": key, "stop": True, "facts": facts}


def _plain(words: str) -> str:
    return " ".join(re.sub(r"\x1b\[[0-9;]*m", "", words).split())


def guides_and_rasa(staged: Path) -> Iterator[dict[str, Any]]:
    """What is wrong with a draft's guides, then with its files by Rasa's lights."""
    from bot.project_checks import guide_problems

    for words in guide_problems(staged):
        yield {"kind": "guide", "stop": True, "facts": {"words": words}}
    yield from validated()
