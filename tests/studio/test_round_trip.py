"""Edits change what they are about and not one byte more."""

from __future__ import annotations

import copy
import difflib
import random
from functools import cache
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.brain.nlu.examples import read_training
from bot.settings import ROOT
from bot.studio import nlu_text, places, renames, yaml_text
from bot.studio.edits import KINDS
from bot.studio.files import Workspace, write_all

WORDS = [
    "clave",
    "correo",
    "usuario",
    "acceso",
    "entidad",
    "proveedor",
    "«firma»",
    "¿cuándo?",
    "año:",
    "#1",
    "-",
    "'no'",
    '"sí"',
    "100%",
    "ñandú",
    "|",
]
CHEAP = ("add", "remove", "edit", "move")
# Those that touch many files take long, and come once in a while.
EDITS = (*(CHEAP * 6), "title", "response", "create", "guide")
texts = st.lists(st.sampled_from(WORDS), min_size=2, max_size=9).map(" ".join)


@cache
def on_disk() -> Workspace:
    space = Workspace(ROOT)
    for folder in (places.NLU, places.RULES, places.RESPONSES, places.GUIDES):
        for path in space.list(folder):
            space.read(path)
    for path in (places.DOMAIN, places.INTENTS, *places.LABELLED_FILES):
        space.read(path)
    return space


@cache
def known_messages() -> dict[str, list[str]]:
    return places.messages(on_disk())


@cache
def known_responses() -> list[tuple[str, str]]:
    found = places.responses(on_disk())
    return [(name, str(each[0]["text"])) for name, each in found.items() if each and each[0].get("text")]


def fresh() -> Workspace:
    space = Workspace(ROOT)
    space._texts, space._on_disk = dict(on_disk()._texts), dict(on_disk()._on_disk)
    return space


def changed_lines(before: str, after: str) -> tuple[list[str], list[str]]:
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    while old and new and old[0] == new[0]:
        del old[0], new[0]
    while old and new and old[-1] == new[-1]:
        del old[-1], new[-1]
    gone: list[str] = []
    come: list[str] = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            gone += old[a:b]
            come += new[c:d]
    return gone, come


def random_edit(kind: str, text: str, dice: random.Random) -> tuple[str, dict[str, object], list[str]]:
    """Kind, body, and what every line that it may touch holds."""
    messages = known_messages()
    intent, other = dice.sample(sorted(messages), 2)
    one = dice.choice(messages[intent])
    if kind == "add":
        return "add_examples", {"intent": intent, "texts": [text]}, [text]
    if kind == "remove":
        return "remove_example", {"intent": intent, "text": one}, [one]
    if kind == "edit":
        return "edit_example", {"intent": intent, "before": one, "after": text}, [one, text]
    if kind == "move":
        return "move_example", {"from": intent, "to": other, "text": one}, [one]
    if kind == "title":
        return "set_title", {"intent": intent, "title": text, "offered": True}, [intent]
    if kind == "response":
        name, said = dice.choice(known_responses())
        parts = [part for part in said.splitlines() if part.strip()]
        return (
            "edit_response",
            {"name": name, "before": said, "after": text},
            [*parts, yaml_text.quoted(text), "text: |"],
        )
    guide = dice.choice(places.guide_files(on_disk()))
    answer = (
        {"kind": "guide", "guides": [places.guide_id(guide)]} if kind == "guide" else {"kind": "text", "text": text}
    )
    body = {"name": "asunto_nuevo", "title": text, "meaning": text, "examples": [text], "answer": answer}
    return "create_intent", body, ["asunto_nuevo", "meanings:"]


@settings(max_examples=1000, deadline=None)
@given(kind=st.sampled_from(EDITS), text=texts, seed=st.integers(0, 2**32))
def test_a_thousand_random_edits_keep_every_untouched_byte(kind: str, text: str, seed: int) -> None:
    change, body, tokens = random_edit(kind, text, random.Random(seed))
    space = fresh()
    KINDS[change](space, body)
    for path, (before, after) in space.changed().items():
        if path.endswith(f"/{places.OWN}") or not before:
            continue
        gone, come = changed_lines(before, after)
        assert len(gone) <= 12 and len(come) <= 4, path
        for line in come:
            assert any(token in line for token in tokens), (path, line)
        for line in gone:
            about = any(token in line for token in tokens)
            # A list on one line grows by a name: the rest of the line is as it was.
            own = line.rstrip("\n").rstrip("]").split("[")[-1].removeprefix("intencion: ")
            grown = any(own in new for new in come)
            assert about or grown, (path, line)


def test_after_many_edits_each_file_still_says_the_same_to_rasa(tmp_path: Path) -> None:
    dice, space = random.Random(3), fresh()
    expected = copy.deepcopy(known_messages())
    for number in range(120):
        intent = dice.choice(sorted(expected))
        one = dice.choice(expected[intent])
        text = f"{dice.choice(WORDS)} {dice.choice(WORDS)} número {number}: así"
        act = dice.choice(["add", "remove", "edit"])
        if act == "add":
            KINDS["add_examples"](space, {"intent": intent, "texts": [text]})
            expected[intent].append(text)
        elif act == "remove":
            KINDS["remove_example"](space, {"intent": intent, "text": one})
            expected[intent].remove(one)
        else:
            KINDS["edit_example"](space, {"intent": intent, "before": one, "after": text})
            expected[intent][expected[intent].index(one)] = text
    write_all(tmp_path, {path: space.read(path) for path in space.list(places.NLU)})
    found: dict[str, list[str]] = {}
    for message in read_training(tmp_path / places.NLU):
        found.setdefault(message.intent, []).append(message.text)
    assert {name: sorted(each) for name, each in found.items()} == {
        name: sorted(each) for name, each in expected.items()
    }


def test_comments_line_ends_and_odd_spacing_stay() -> None:
    odd = (
        'version: "3.1"  # de siempre\r\n\r\nnlu:\r\n# saludos\r\n- intent: saludar   # hola\r\n  examples: |\r\n'
        "    - hola\r\n    - buenas   \r\n\r\n- intent: negar\r\n  examples: |\r\n    - no"
    )
    assert nlu_text.remove(nlu_text.add(odd, "saludar", "qué tal"), "saludar", "qué tal") == odd
    edited = nlu_text.replace(odd, "saludar", "hola", "holi")
    assert edited == odd.replace("- hola\r\n", "- holi\r\n")
    assert nlu_text.add(odd, "negar", "para nada") == f"{odd}\r\n    - para nada\r\n"


def test_renaming_and_taking_away_leave_no_trace_of_the_name_but_that_it_was_one() -> None:
    space = fresh()
    KINDS["rename_intent"](space, {"before": "anexar_documentos", "after": "subir_documentos"})
    assert "anexar_documentos" not in places.intents(space)
    assert places.guides_of(space, "subir_documentos") == places.guides_of(on_disk(), "anexar_documentos") != []
    assert places.rules(space)["subir_documentos"][1] == ["action_explain_topic"]
    assert len(places.messages(space)["subir_documentos"]) == len(known_messages()["anexar_documentos"])
    KINDS["merge_intents"](space, {"from": "subir_documentos", "into": "documentos_requeridos"})
    renamed = {"anexar_documentos": "documentos_requeridos", "subir_documentos": "documentos_requeridos"}
    assert renames.formerly(space) == renamed
    for path in space.changed():
        if "historias" not in path and path != places.INTENTS:
            names = {"subir_documentos", "anexar_documentos"}
            assert not names & set(space.read(path).replace(":", " ").replace(",", " ").replace('"', " ").split()), path
    both = len(known_messages()["anexar_documentos"]) + len(known_messages()["documentos_requeridos"])
    assert len(places.messages(space)["documentos_requeridos"]) == both
    KINDS["retire_intent"](space, {"name": "documentos_requeridos"})
    assert "documentos_requeridos" not in places.messages(space)
    assert "documentos_requeridos" not in places.rules(space)
    assert renames.formerly(space) == {} and renames.SECTION not in space.read(places.INTENTS)


def test_a_name_that_is_used_again_is_no_old_one_and_buttons_follow_the_intent() -> None:
    space = fresh()
    path = places.OWN_RESPONSES
    payloads = ("payload: /tipos_usuario", 'payload: \'/tipos_usuario{{"platform": "soce"}}\'')
    button = "\n".join(f"        - title: a\n          {payload}" for payload in payloads)
    text = f"{places.VERSION}\nresponses:\n  utter_x:\n    - text: x\n      buttons:\n{button}\n"
    space.write(path, text)
    before = space.read(places.INTENTS)
    KINDS["rename_intent"](space, {"before": "tipos_usuario", "after": "clases_usuario"})
    assert space.read(path) == text.replace("/tipos_usuario", "/clases_usuario")
    KINDS["rename_intent"](space, {"before": "clases_usuario", "after": "tipos_usuario"})
    assert renames.formerly(space) == {"clases_usuario": "tipos_usuario"}
    assert space.read(path) == text
    answer = {"kind": "text", "text": "Hay dos."}
    KINDS["create_intent"](space, {"name": "clases_usuario", "title": "Clases", "answer": answer, "offered": False})
    assert renames.formerly(space) == {}
    assert space.read(places.INTENTS).splitlines()[: len(before.splitlines()) - 3] == before.splitlines()[:-3]
