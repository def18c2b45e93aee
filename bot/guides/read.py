"""Reads one YAML file key by key and notes every problem instead of stopping at the first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz, process
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from bot.guides.problems import Problem

_ID = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")


@dataclass
class Reader:
    """Where we are in which file, and what was found wrong so far."""

    file: str
    problems: list[Problem] = field(default_factory=list)
    step: str = ""
    where: str = "where"

    def at(self, step: str, where: str = "where_step") -> Reader:
        """A reader for one step or fact of the same file; it shares the list of problems."""
        return Reader(self.file, self.problems, step, where if step else "where")

    def problem(self, code: str, **facts: Any) -> None:
        """Notes a problem at this place."""
        self.problems.append(Problem(self.file, code, facts, self.step, self.where))

    def known(self, data: Mapping[str, Any], allowed: Iterable[str], prefix: str = "") -> None:
        """Notes every key that nobody reads, with the nearest that is known."""
        allowed = list(allowed)
        for key in data:
            if key in allowed:
                continue
            near = process.extractOne(str(key), allowed, scorer=fuzz.ratio, score_cutoff=70)
            if near:
                self.problem("unknown_key_near", key=f"{prefix}{key}", near=near[0])
            else:
                self.problem("unknown_key", key=f"{prefix}{key}")

    def text(self, data: Mapping[str, Any], key: str, *, required: bool = False, limit: int = 0) -> str:
        """A text; empty when it is missing."""
        if key not in data:
            if required:
                self.problem("missing", key=key)
            return ""
        value = data[key]
        if not isinstance(value, str):
            self.problem("want_text", key=key)
            return ""
        value = " ".join(value.split())
        if not value and required:
            self.problem("empty", key=key)
        if limit and len(value) > limit:
            self.problem("too_long", key=key, have=len(value), want=limit)
        return value

    def texts(self, data: Mapping[str, Any], key: str, *, required: bool = False, limit: int = 0) -> tuple[str, ...]:
        """A text or a list of texts."""
        value = data.get(key, "")
        if isinstance(value, str):
            text = self.text(data, key, required=required, limit=limit)
            return (text,) if text else ()
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.problem("want_texts", key=key)
            return ()
        found = tuple(" ".join(item.split()) for item in value)
        if required and not any(found):
            self.problem("empty", key=key)
        for item in found:
            if limit and len(item) > limit:
                self.problem("too_long", key=key, have=len(item), want=limit)
        return tuple(item for item in found if item)

    def mappings(self, data: Mapping[str, Any], key: str, *, required: bool = False) -> list[Mapping[str, Any]]:
        """A list of mappings."""
        value = data.get(key, "")
        if value == "":
            if required:
                self.problem("missing" if key not in data else "empty", key=key)
            return []
        if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
            self.problem("want_list", key=key)
            return []
        return list(value)

    def mapping(self, data: Mapping[str, Any], key: str, *, required: bool = False) -> Mapping[str, Any] | None:
        """A mapping, or None when it is missing."""
        if key not in data:
            if required:
                self.problem("missing", key=key)
            return None
        if not isinstance(data[key], Mapping):
            self.problem("want_mapping", key=key)
            return None
        found: Mapping[str, Any] = data[key]
        return found

    def number(self, data: Mapping[str, Any], key: str, default: int) -> int:
        """A whole number."""
        raw = str(data.get(key, default))
        if not raw.isascii() or not raw.isdigit():
            self.problem("want_number", key=key)
            return default
        return int(raw)

    def identifier(self, data: Mapping[str, Any], seen: set[str]) -> str:
        """The key ``id``: lower case, and only once among its like."""
        value = self.text(data, "id", required=True)
        if value and not _ID.match(value):
            self.problem("bad_id", value=value)
        if value in seen:
            self.problem("double_id", value=value)
        seen.add(value)
        return value


def is_name(value: str) -> bool:
    """Whether a text may be a guide's file name or an id."""
    return bool(_ID.match(value))


def read_yaml(path: Path, reader: Reader) -> Mapping[str, Any] | None:
    """The file's top mapping with every value as text, so that dates, codes and «no» stay what was written."""
    try:
        data = YAML(typ="base").load(path.read_text(encoding="utf-8"))
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        reader.problem("not_yaml", line=line)
        return None
    except (YAMLError, UnicodeDecodeError):
        reader.problem("not_yaml", line=1)
        return None
    if not isinstance(data, Mapping):
        reader.problem("not_mapping")
        return None
    return data
