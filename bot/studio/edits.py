"""What each kind of change does to the files. Pure apart from the workspace, which is in memory."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from bot.studio import nlu_text, places, renames, yaml_text
from bot.studio.answers import edit_guide, edit_response, set_answer
from bot.studio.files import Workspace
from bot.studio.interfaces import Body, ChangeDoesNotFit
from bot.studio.story_titles import with_own_titles

NAME = re.compile(r"[a-z][a-z_]{2,39}")
OUT_OF_SCOPE = "fuera_de_tema"


def add_examples(space: Workspace, body: Body) -> None:
    """Adds messages to an intent; those that it has already are passed over."""
    intent = _known(space, str(body["intent"]))
    if not body["texts"]:
        raise ChangeDoesNotFit("example_empty")
    path = places.nlu_file(space, intent)
    text = space.read(path)
    have = {message for name, message, _ in nlu_text.examples(text) if name == intent}
    asked = dict.fromkeys(map(nlu_text.example_text, body["texts"]))
    space.write(path, nlu_text.add(text, intent, *(message for message in asked if message not in have)))


def remove_example(space: Workspace, body: Body) -> None:
    """Takes a message away."""
    intent, message = str(body["intent"]), str(body["text"])
    path = places.nlu_file_with(space, intent, message)
    space.write(path, nlu_text.remove(space.read(path), intent, message))


def edit_example(space: Workspace, body: Body) -> None:
    """Words a message otherwise."""
    intent, before = str(body["intent"]), str(body["before"])
    path = places.nlu_file_with(space, intent, before)
    after = nlu_text.example_text(str(body["after"]))
    space.write(path, nlu_text.replace(space.read(path), intent, before, after))


def move_example(space: Workspace, body: Body) -> None:
    """Gives a message to another intent."""
    _known(space, str(body["to"]))
    remove_example(space, {"intent": body["from"], "text": body["text"]})
    add_examples(space, {"intent": body["to"], "texts": [body["text"]]})


def create_intent(space: Workspace, body: Body) -> None:
    """A new intent with all that it needs: messages, a title, an answer, a rule, a test."""
    name = str(body["name"])
    if not NAME.fullmatch(name):
        raise ChangeDoesNotFit("intent_name", name=name)
    known = places.intents(space)
    if name in known:
        raise ChangeDoesNotFit("intent_exists", name=name)
    renames.forget(space, name)
    space.write(places.DOMAIN, _into_domain(space.read(places.DOMAIN), name))
    set_title(space, {"intent": name, **body})
    set_answer(space, {"intent": name, "answer": body["answer"]})
    if body.get("examples"):
        add_examples(space, {"intent": name, "texts": body["examples"]})
    if body.get("tests"):
        _add_tests(space, name, body)


def _into_domain(text: str, name: str) -> str:
    # Before the name that Rasa itself gives, which stays the last.
    node = yaml_text.find(text, ["intents"])
    assert node is not None
    last = next((item for item in node.value if item.value == "nlu_fallback"), None)
    if last is None:
        return yaml_text.append_item(text, ["intents"], name)
    start = yaml_text.line_start(text, last.start_mark.index)
    return f"{text[:start]}{text[start : text.index('-', start)]}- {name}\n{text[start:]}"


def set_title(space: Workspace, body: Body) -> None:
    """How an intent is named to people, what it means, and whether it is offered on buttons."""
    name, text = str(body["intent"]), space.read(places.INTENTS)
    if body.get("title"):
        text = yaml_text.put_key(text, ["titles"], name, str(body["title"]))
    if body.get("meaning") == "" and yaml_text.find(text, ["meanings", name]) is not None:
        text = _without_heading(yaml_text.remove_key(text, ["meanings"], name))
    elif body.get("meaning"):
        if yaml_text.find(text, ["meanings"]) is None:
            text = text + ("" if text.endswith("\n") else "\n") + "meanings:\n"
            text += f"  {name}: {yaml_text.quoted(str(body['meaning']))}\n"
        else:
            text = yaml_text.put_key(text, ["meanings"], name, str(body["meaning"]))
    listed = yaml_text.find(text, ["offered"])
    if body.get("offered", True) and listed is not None and name not in [item.value for item in listed.value]:
        text = yaml_text.append_item(text, ["offered"], name)
    elif not body.get("offered", True):
        text = yaml_text.remove_item(text, ["offered"], name)
    space.write(places.INTENTS, text)


def _add_tests(space: Workspace, name: str, body: Body) -> None:
    labelled = space.read(places.LABELLED)
    steps, kind = "", str(body["answer"]["kind"])
    expected = f"{{respuesta: utter_{name}}}" if kind == "text" else "{no_respuesta: utter_fuera_de_tema}"
    for number, test in enumerate(map(nlu_text.example_text, body["tests"]), 1):
        labelled += json.dumps({"text": test, "intent": name, "platform": None}, ensure_ascii=False) + "\n"
        title = yaml_text.quoted(f"{body.get('title') or name} ({number})")
        steps += f"- historia: {title}\n  camino: directo\n  pasos:\n"
        steps += f"    - usuario: {yaml_text.quoted(test)}\n    - bot: {expected}\n\n"
    space.write(places.LABELLED, labelled)
    space.write(f"{places.OWN_STORIES}/{name}.yml", with_own_titles(space, steps.rstrip("\n") + "\n"))


def rename_intent(space: Workspace, body: Body) -> None:
    """Gives an intent another name, wherever it is named."""
    before, after = _known(space, str(body["before"])), str(body["after"])
    if not NAME.fullmatch(after):
        raise ChangeDoesNotFit("intent_name", name=after)
    if after in places.intents(space):
        raise ChangeDoesNotFit("intent_exists", name=after)
    _substitute(space, [places.DOMAIN], rf"(?m)^(  - ){before}(?=\s*(?:#.*)?$)", rf"\g<1>{after}")
    for path in space.list(places.NLU):
        if before in space.read(path):
            space.write(path, nlu_text.rename(space.read(path), before, after))
    own = rf"(?<![\w/]){before}(?!\w)|(?<=utter_){before}(?=_(?:{'|'.join(places.PLATFORMS)})\b|\b)"
    _substitute(space, space.list(places.RULES), own, after)
    _substitute(space, [places.INTENTS], rf"(?<!\w){before}(?!\w)(?=[,\]:])", after)
    answers = rf"(?<=utter_){before}(?=_(?:{'|'.join(places.PLATFORMS)})\b|\b(?!_))"
    _substitute(space, space.list(places.RESPONSES), answers, after)
    _point_buttons(space, before, after)
    _substitute(space, places.guide_files(space), rf"(?m)(?<=^intencion: )(.*)(?<!\w){before}(?!\w)", rf"\g<1>{after}")
    _substitute(space, places.LABELLED_FILES, rf'(?<="intent": "){before}(?=")', after)
    _substitute(space, space.list(places.STORIES), rf"(?<=utter_){before}(?!\w)", after)
    renames.remember(space, before, after)
    if body.get("title"):
        set_title(space, {"intent": after, "title": body["title"], "offered": after in _offered(space)})


def merge_intents(space: Workspace, body: Body) -> None:
    """Gives all messages of an intent to another one, and takes the first away."""
    source, into = _known(space, str(body["from"])), _known(space, str(body["into"]))
    texts = places.messages(space).get(source, [])
    _forget(space, source)
    if texts:
        add_examples(space, {"intent": into, "texts": texts})
    _substitute(space, places.LABELLED_FILES, rf'(?<="intent": "){source}(?=")', into)
    _point_buttons(space, source, into)
    renames.remember(space, source, into)


def split_intent(space: Workspace, body: Body) -> None:
    """Makes a new intent of some messages of another."""
    source = _known(space, str(body["from"]))
    for text in body["texts"]:
        remove_example(space, {"intent": source, "text": text})
    create_intent(space, {**body, "examples": [*body["texts"], *(body.get("examples") or ())]})


def retire_intent(space: Workspace, body: Body) -> None:
    """Takes an intent away, its messages included."""
    name = _known(space, str(body["name"]))
    _forget(space, name)
    renames.forget(space, name, meant=True)


def _without_heading(text: str) -> str:
    # A heading with nothing under it would be read as no mapping at all.
    return re.sub(r"(?m)^meanings:\s*(?=^\S|\Z)", "", text)


def _forget(space: Workspace, name: str) -> None:
    for path in space.list(places.NLU):
        if nlu_text.holds(space.read(path), name):
            text = nlu_text.drop(space.read(path), name)
            space.write(path, text if any(True for _ in nlu_text.examples(text)) else "")
    for guide in places.guides_of(space, name):
        places.unlink_guide(space, guide, name)
    places.remove_rule(space, name)
    space.write(places.DOMAIN, yaml_text.remove_item(space.read(places.DOMAIN), ["intents"], name))
    text = yaml_text.remove_item(space.read(places.INTENTS), ["offered"], name)
    for part in ("titles", "meanings"):
        text = yaml_text.remove_key(text, [part], name)
    space.write(places.INTENTS, _without_heading(text))
    story = f"{places.OWN_STORIES}/{name}.yml"
    if space.read(story):
        space.write(story, "")


def _point_buttons(space: Workspace, before: str, after: str) -> None:
    _substitute(space, space.list(places.RESPONSES), rf"(payload: [\"']?/){before}(?!\w)", rf"\g<1>{after}")


def add_story(space: Workspace, body: Body) -> None:
    """Adds a conversation test."""
    path = f"{places.OWN_STORIES}/{body['file']}.yml"
    text, added = space.read(path), with_own_titles(space, str(body["text"]))
    space.write(path, yaml_text.append_block(text, added) if text else added)


def _known(space: Workspace, intent: str) -> str:
    if intent not in places.intents(space):
        raise ChangeDoesNotFit("intent_gone", name=intent)
    return intent


def _offered(space: Workspace) -> list[str]:
    node = yaml_text.find(space.read(places.INTENTS), ["offered"])
    return [str(item.value) for item in node.value] if node is not None else []


def _substitute(space: Workspace, paths: Iterable[str], pattern: str, by: str) -> None:
    for path in paths:
        text = space.read(path)
        changed = re.sub(pattern, by, text)
        if changed != text:
            space.write(path, changed)


KINDS: Mapping[str, Any] = {
    each.__name__: each
    for each in (
        *(add_examples, remove_example, edit_example, move_example),
        *(create_intent, set_title, set_answer, rename_intent, merge_intents, split_intent, retire_intent),
        *(edit_response, edit_guide, add_story),
    )
}
"""Every kind of change, by its name in the log."""
