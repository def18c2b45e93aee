"""The sentences of the responses files, for the few places that speak without the brain."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from bot.errors import VentanillaError

Sentence = Callable[[str], str]
"""A response's name in, its words out."""


class SentencesInvalid(VentanillaError):
    """A responses file cannot be used, or lacks a sentence.

    Attributes:
        where: the file, or the response's name.
    """

    def __init__(self, where: str, problem: str) -> None:
        super().__init__(f"{where}: {problem}")
        self.where = where


class Sentences:
    """Responses by name: each with the text of its first variation.

    Args:
        texts: name to words.
    """

    def __init__(self, texts: dict[str, str]) -> None:
        self._texts = texts

    def __call__(self, name: str) -> str:
        """The words of a response.

        Raises:
            SentencesInvalid: no file has it.
        """
        try:
            return self._texts[name]
        except KeyError:
            raise SentencesInvalid(name, "no such response") from None


def load_sentences(*paths: Path) -> Sentences:
    """Reads Rasa ``responses:`` files, or every ``*.yml`` of a folder.

    Raises:
        SentencesInvalid: a file cannot be read, or names a response that another one has already.
    """
    texts: dict[str, str] = {}
    for path in paths:
        for file in sorted(path.glob("*.yml")) if path.is_dir() else [path]:
            for name, text in _read(file).items():
                if name in texts:
                    raise SentencesInvalid(str(file), f"{name} is in another file too")
                texts[name] = text
    return Sentences(texts)


def _read(file: Path) -> dict[str, str]:
    try:
        content = YAML(typ="safe").load(file.read_text("utf-8"))
        responses = content["responses"]
        return {name: str(variations[0].get("text", "")) for name, variations in responses.items()}
    except (OSError, UnicodeDecodeError, YAMLError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise SentencesInvalid(str(file), "not a responses file") from error
