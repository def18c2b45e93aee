"""The facts that an answer may use are those that the program hands over with it: none less, none more.

That the list is right is seen wherever bot or desk speak in a test: :mod:`tests.support.handed_facts`.
"""

from __future__ import annotations

import re

import pytest

from bot.settings import ROOT
from bot.studio import facts, places
from bot.studio.answers import edit_response, set_answer
from bot.studio.files import Workspace
from bot.studio.interfaces import ChangeDoesNotFit


def said(space: Workspace, name: str) -> str:
    return str(places.responses(space)[name][0]["text"])


def test_a_fact_that_an_edit_took_out_may_come_back_and_a_strange_one_may_not() -> None:
    space = Workspace(ROOT)
    name = "utter_recuperar_usuario_secop2_found_to"
    before = said(space, name)
    edit_response(space, {"name": name, "before": before, "after": "Ya le escribí."})
    # As it is after publishing: the file itself no longer names it.
    space._on_disk.update(space._texts)
    edit_response(space, {"name": name, "before": "Ya le escribí.", "after": "Ya le escribí a {email}: {shown}."})
    assert said(space, name) == "Ya le escribí a {email}: {shown}."
    for strange in ("{number}", "{nombre}", "{slot}"):
        with pytest.raises(ChangeDoesNotFit) as refused:
            edit_response(space, {"name": name, "before": said(space, name), "after": f"Hola {strange}"})
        assert refused.value.key == "answer_fact" and refused.value.facts["facts"] == ["{shown}", "{email}"]
    for answer in ({"kind": "text", "text": "Su caso es el {number}."}, {"kind": "person", "text": "{agent} va."}):
        with pytest.raises(ChangeDoesNotFit):
            set_answer(space, {"intent": "estado_caso", "answer": answer})


def test_every_fact_in_an_answer_is_listed_with_words_for_it() -> None:
    space = Workspace(ROOT)
    for name, variations in places.responses(space).items():
        known = facts.handed_over(space, name)
        used = {fact for one in variations for fact in re.findall(r"\{(\w+)\}", str(one.get("text") or ""))}
        assert used <= set(known) and all(known.values()), (name, used, known)
