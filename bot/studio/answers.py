"""What changes of answers and guides do to the files. Pure apart from the workspace, which is in memory."""

from __future__ import annotations

from ruamel.yaml.error import YAMLError

from bot.studio import facts, places, yaml_text
from bot.studio.files import Workspace
from bot.studio.interfaces import Body, ChangeDoesNotFit
from bot.studio.merge import merge

ANSWERS = ("text", "guide", "person")


def set_answer(space: Workspace, body: Body) -> None:
    """What the bot does about an intent: a fixed answer, a guide, or a person. Its rule is written here."""
    name, answer = str(body["intent"]), body["answer"]
    kind = str(answer.get("kind"))
    if kind not in ANSWERS:
        raise ChangeDoesNotFit("answer_kind", kind=kind)
    for guide in places.guides_of(space, name):
        if guide not in (answer.get("guides") or ()) or kind != "guide":
            places.unlink_guide(space, guide, name)
    places.remove_rule(space, name)
    said = str(answer.get("text") or "").strip()
    if kind == "text" and not said:
        raise ChangeDoesNotFit("answer_empty")
    if said:
        facts.refuse_strange(space, f"utter_{name}", said)
        _put_response(space, f"utter_{name}", said)
    actions = {"text": [f"utter_{name}"], "guide": ["action_explain_topic"], "person": ["action_hand_over"]}[kind]
    if kind == "person" and said:
        actions = [f"utter_{name}", *actions]
    if kind == "guide":
        if not answer.get("guides"):
            raise ChangeDoesNotFit("answer_no_guide")
        for guide in answer["guides"]:
            places.link_guide(space, str(guide), name)
    rule = f"  - rule: answer to {name}\n    steps:\n      - intent: {name}\n"
    rule += "".join(f"      - action: {action}\n" for action in actions)
    text = space.read(places.OWN_RULES) or f"{places.VERSION}\nrules:\n"
    space.write(places.OWN_RULES, text + rule if text.endswith("rules:\n") else yaml_text.append_block(text, rule))


def _put_response(space: Workspace, name: str, said: str) -> None:
    path = places.response_file(space, name)
    if path is not None:
        space.write(path, yaml_text.set_scalar(space.read(path), ["responses", name, 0, "text"], said))
        return
    text = space.read(places.OWN_RESPONSES) or f"{places.VERSION}\nresponses:\n"
    text += "" if text.endswith("\n") else "\n"
    space.write(places.OWN_RESPONSES, f"{text}  {name}:\n    - text: {yaml_text.quoted(said)}\n")


def edit_response(space: Workspace, body: Body) -> None:
    """Words an answer otherwise; what others changed meanwhile is kept line by line."""
    name, index = str(body["name"]), int(body.get("index", 0))
    path = places.response_file(space, name)
    where: list[str | int] = ["responses", name, index, "text"]
    node = yaml_text.find(space.read(path), where) if path else None
    if path is None or node is None:
        raise ChangeDoesNotFit("response_gone", name=name)
    after = _merged(str(body["before"]), str(body["after"]), str(node.value))
    if not after.strip():
        raise ChangeDoesNotFit("answer_empty")
    facts.refuse_strange(space, name, after)
    space.write(path, yaml_text.set_scalar(space.read(path), where, after))


def edit_guide(space: Workspace, body: Body) -> None:
    """Changes a guide's file; what others changed meanwhile is kept line by line."""
    path = places.guide_path(str(body["guide"]))
    after = _merged(str(body["before"]), str(body["after"]), space.read(path))
    try:
        content = yaml_text.load(after)
    except YAMLError as error:
        raise ChangeDoesNotFit("guide_unreadable") from error
    if not isinstance(content, dict) or not isinstance(content.get("pasos"), list):
        raise ChangeDoesNotFit("guide_unreadable")
    space.write(path, after)


def _merged(before: str, mine: str, theirs: str) -> str:
    if before == theirs:
        return mine
    merged = merge(before, mine, theirs)
    if merged.conflicts:
        raise ChangeDoesNotFit("conflict", merged=merged, theirs=theirs)
    return merged.text()
