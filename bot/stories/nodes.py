"""YAML as it is written: every scalar stays text («001952_56989» is no number), and every part knows its line."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from bot.stories.sentences import sentence


class StoryInvalid(Exception):
    """A story cannot be read. Its text names file and line and says, in Spanish, what is wrong."""

    def __init__(self, file: Path, line: int, problem: str) -> None:
        super().__init__(f"{file.name}:{line}: {problem}")
        self.line = line
        self.problem = problem


class Part:
    """One node of a file."""

    def __init__(self, file: Path, node: Node) -> None:
        self.file = file
        self._node = node
        self.line = int(node.start_mark.line) + 1

    def fail(self, name: str, **facts: object) -> StoryInvalid:
        """The error that names this place."""
        return StoryInvalid(self.file, self.line, sentence("lectura", name, **facts))

    @property
    def is_mapping(self) -> bool:
        """Whether it has keys."""
        return isinstance(self._node, MappingNode)

    @property
    def is_list(self) -> bool:
        """Whether it is a list."""
        return isinstance(self._node, SequenceNode)

    def text(self) -> str:
        """A text that is not empty."""
        if not isinstance(self._node, ScalarNode):
            raise self.fail("texto")
        if not str(self._node.value).strip():
            raise self.fail("texto_vacio")
        return str(self._node.value)

    def parts(self) -> list[Part]:
        """The items of a list."""
        assert isinstance(self._node, SequenceNode)
        return [Part(self.file, item) for item in self._node.value]

    def texts(self) -> tuple[str, ...]:
        """One text or a list of texts."""
        if self.is_mapping:
            raise self.fail("textos")
        return tuple(item.text() for item in self.parts()) if self.is_list else (self.text(),)

    def number(self) -> int:
        """A whole number, not negative."""
        value = self.text()
        if not value.isdecimal():
            raise self.fail("numero", valor=value)
        return int(value)

    def choice(self, choices: Collection[str]) -> str:
        """One of a few words."""
        value = self.text()
        if value not in choices:
            raise self.fail("opcion", posibles=", ".join(choices), valor=value)
        return value

    def yes(self) -> bool:
        """«sí» or «no»."""
        return self.choice(("sí", "no")) == "sí"

    def keys(self, allowed: Collection[str], required: Collection[str] = ()) -> dict[str, Part]:
        """The parts by key; a key that is not allowed, doubled or missing is an error."""
        if not isinstance(self._node, MappingNode):
            raise self.fail("mapa")
        found: dict[str, Part] = {}
        for key_node, value_node in self._node.value:
            key = Part(self.file, key_node)
            name = key.text()
            if name in found:
                raise key.fail("clave_repetida", clave=name)
            if name not in allowed:
                raise key.fail("clave_desconocida", clave=name, posibles=", ".join(allowed))
            found[name] = Part(self.file, value_node)
        for name in required:
            if name not in found:
                raise self.fail("falta", clave=name)
        return found


def read_file(file: Path) -> Part:
    """The top of a file.

    Raises:
        StoryInvalid: it is no YAML, or empty.
    """
    try:
        node = YAML(typ="safe", pure=True).compose(file.read_text("utf-8"))
    except YAMLError as error:
        mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
        detail = error.problem if isinstance(error, MarkedYAMLError) else ""
        line = int(mark.line) + 1 if mark else 1
        raise StoryInvalid(file, line, sentence("lectura", "yaml", detalle=detail)) from error
    if node is None:
        raise StoryInvalid(file, 1, sentence("lectura", "vacio"))
    return Part(file, node)
