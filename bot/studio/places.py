"""Where what belongs to an intent stands in the project's files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from ruamel.yaml.nodes import MappingNode, SequenceNode

from bot.brain import training
from bot.studio import nlu_text, yaml_text
from bot.studio.files import Workspace
from bot.studio.interfaces import ChangeDoesNotFit

DOMAIN = "domain.yml"
INTENTS = "data/intents.yml"
NLU, RULES, RESPONSES, GUIDES = "data/nlu", "data/rules", "data/responses", "data/guides"
OWN = "estudio.yml"
"""What is taught in the studio goes into files of this name."""

OWN_NLU, OWN_RULES, OWN_RESPONSES = f"{NLU}/{OWN}", f"{RULES}/{OWN}", f"{RESPONSES}/{OWN}"
LABELLED_FILES = training.LABELLED_FILES
LABELLED = LABELLED_FILES[-1]
STORIES = "tests/conversations/historias"
OWN_STORIES = f"{STORIES}/estudio"
VERSION = 'version: "3.1"\n'
PLATFORMS = ("seace", "soce", "secop2")
# Asked at every change; to read the whole file as YAML takes a tenth of a second.
_INTENTS = re.compile(r"^intents:[^\n]*\n((?:[ #][^\n]*\n|\s*\n|- [^\n]*\n)*)", re.MULTILINE)
_ITEM = re.compile(r"^\s*- [\"']?(\w+)", re.MULTILINE)
_TITLE = re.compile(r"^titulo:[ ]*(\S[^\n]*)", re.MULTILINE)
_LEADS_TO = re.compile(r"^intencion:[^\n]*(?:\n\s+-[^\n]*)*", re.MULTILINE)


def intents(space: Workspace) -> list[str]:
    """The names of the domain's intents, in its order."""
    found = _INTENTS.search(space.read(DOMAIN))
    return _ITEM.findall(found[1]) if found else []


def messages(space: Workspace) -> dict[str, list[str]]:
    """Every training message by intent, in the order of files and lines."""
    found: dict[str, list[str]] = {}
    for path in space.list(NLU):
        for intent, text, _line in nlu_text.examples(space.read(path)):
            found.setdefault(intent, []).append(text)
    return found


def nlu_file(space: Workspace, intent: str) -> str:
    """The file with an intent's messages; the studio's own when there is none."""
    return next((path for path in space.list(NLU) if nlu_text.holds(space.read(path), intent)), OWN_NLU)


def nlu_file_with(space: Workspace, intent: str, text: str) -> str:
    """The file that has this message of an intent.

    Raises:
        ChangeDoesNotFit: none has it.
    """
    for path in space.list(NLU):
        content = space.read(path)
        if text in content and any(i == intent and t == text for i, t, _ in nlu_text.examples(content)):
            return path
    raise ChangeDoesNotFit("example_gone", intent=intent, text=text)


def response_file(space: Workspace, name: str) -> str | None:
    """The file with a response."""
    for path in space.list(RESPONSES):
        content = space.read(path)
        if f"{name}:" in content and yaml_text.find(content, ["responses", name]) is not None:
            return path
    return None


def responses(space: Workspace) -> dict[str, list[dict[str, object]]]:
    """Every response with its variations."""
    found: dict[str, list[dict[str, object]]] = {}
    for path in space.list(RESPONSES):
        found.update(responses_in(space.read(path)))
    return found


@lru_cache(maxsize=64)
def responses_in(text: str) -> Mapping[str, list[dict[str, object]]]:
    """The responses of a file's text. Nearly every page asks, and a change leaves most files as they were."""
    return (yaml_text.load(text) or {}).get("responses") or {}


@lru_cache(maxsize=8)
def titles_in(text: str) -> Mapping[str, Any]:
    """Titles, meanings and the offered ones of the text of ``data/intents.yml``."""
    content = yaml_text.load(text) or {}
    return {
        "titles": content.get("titles") or {},
        "meanings": content.get("meanings") or {},
        "offered": list(content.get("offered") or ()),
    }


def rules(space: Workspace) -> dict[str, tuple[str, list[str]]]:
    """Intent to the file of its rule and the actions that it leads to."""
    found: dict[str, tuple[str, list[str]]] = {}
    for path in space.list(RULES):
        for rule in (yaml_text.load(space.read(path)) or {}).get("rules") or ():
            steps = rule.get("steps") or ()
            named = [str(step["intent"]) for step in steps if "intent" in step]
            actions = [str(step["action"]) for step in steps if "action" in step]
            for name in named:
                found[name] = (path, actions)
    return found


def remove_rule(space: Workspace, intent: str) -> None:
    """Takes the rule of an intent away, where there is one."""
    path, _actions = rules(space).get(intent, ("", []))
    if not path:
        return
    text = space.read(path)
    node = yaml_text.find(text, ["rules"])
    assert isinstance(node, SequenceNode)
    starts = [text.rfind("- ", 0, item.start_mark.index + 1) for item in node.value]
    starts = [yaml_text.line_start(text, start) for start in starts]
    for at, item in enumerate(node.value):
        if not _is_rule_of(item, intent):
            continue
        if len(node.value) == 1:
            space.write(path, "")
            return
        if at + 1 < len(starts):
            space.write(path, text[: starts[at]] + text[starts[at + 1] :])
        else:
            space.write(path, text[: starts[at]].rstrip("\n") + "\n")
        return


def _is_rule_of(item: object, intent: str) -> bool:
    if not isinstance(item, MappingNode):
        return False
    steps = next((value for key, value in item.value if key.value == "steps"), None)
    if not isinstance(steps, SequenceNode):
        return False
    return any(
        key.value == "intent" and value.value == intent
        for step in steps.value
        if isinstance(step, MappingNode)
        for key, value in step.value
    )


def guides_of(space: Workspace, intent: str) -> list[str]:
    """The guides that an intent leads to."""
    found = []
    for path in guide_files(space):
        leads = _LEADS_TO.search(space.read(path))
        if leads and re.search(rf"(?<!\w){intent}(?!\w)", leads[0].partition("#")[0]):
            found.append(guide_id(path))
    return found


def guide_files(space: Workspace) -> list[str]:
    """The paths of all guides."""
    return [path for path in space.list(GUIDES) if path.count("/") == 3]


def guide_titles(space: Workspace) -> list[tuple[str, str]]:
    """Every guide with its title, as a list to choose from."""
    named = []
    for path in guide_files(space):
        title = _TITLE.search(space.read(path))
        named.append((guide_id(path), title[1].strip("\"' ") if title else guide_id(path)))
    return sorted(named, key=lambda one: one[1])


def guide_id(path: str) -> str:
    """``soce/agregar-perfil`` of a guide's path."""
    return path.removeprefix(f"{GUIDES}/").removesuffix(".yml")


def guide_path(identity: str) -> str:
    """The path of a guide."""
    return f"{GUIDES}/{identity}.yml"


def link_guide(space: Workspace, identity: str, intent: str) -> None:
    """Has an intent lead to a guide.

    Raises:
        ChangeDoesNotFit: there is no such guide.
    """
    path = guide_path(identity)
    text = space.read(path)
    if not text:
        raise ChangeDoesNotFit("guide_gone", guide=identity)
    node = yaml_text.find(text, ["intencion"])
    if isinstance(node, SequenceNode):
        if intent not in [item.value for item in node.value]:
            text = yaml_text.append_item(text, ["intencion"], intent)
    elif node is not None:
        start, end = node.start_mark.index, node.end_mark.index
        text = f"{text[:start]}[{node.value}, {intent}]{text[end:]}"
    else:
        at = yaml_text.find(text, ["titulo"])
        assert at is not None
        end = yaml_text.line_end(text, at.end_mark.index - 1)
        text = f"{text[:end]}intencion: {intent}\n{text[end:]}"
    space.write(path, text)


def unlink_guide(space: Workspace, identity: str, intent: str) -> None:
    """Has an intent no longer lead to a guide."""
    path = guide_path(identity)
    text = space.read(path)
    node = yaml_text.find(text, ["intencion"])
    if isinstance(node, SequenceNode) and len(node.value) > 1:
        space.write(path, yaml_text.remove_item(text, ["intencion"], intent))
    elif node is not None:
        space.write(path, yaml_text.remove_key(text, [], "intencion"))
