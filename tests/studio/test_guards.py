"""Thirty bad edits are stopped and thirty good ones are not, before anything is trained."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.brain.nlu.parse import Understanding
from bot.settings import ROOT
from bot.studio import places
from bot.studio.edits import KINDS
from bot.studio.files import Workspace
from bot.studio.guards import Corpus, added, inspect
from bot.studio.interfaces import Warned
from bot.studio.parts import labelled_texts
from tests.studio.edits import as_changes, planted

STOPPED, STOPPED_WRONGLY = 29, 1


@pytest.fixture(scope="module")
def judge(model: Path) -> Any:
    """What the studio says of an edit."""
    understanding, ground = Understanding(model), Workspace(ROOT)
    corpus = Corpus(places.messages(ground), labelled_texts(ground))

    def remarks(edit: Any) -> list[Warned]:
        space = Workspace(ROOT)
        for kind, body in as_changes(edit):
            if kind == "edit_response":
                body["before"] = places.responses(space)[body["name"]][0]["text"]
            KINDS[kind](space, body)
        after = places.messages(space)
        opinions = {text: understanding.parse(text).ranking for _, text in added(corpus.messages, after)}
        return inspect(corpus, after, opinions)

    return remarks


def test_bad_edits_are_stopped_and_good_ones_are_not(judge: Any) -> None:
    bad, good = planted("malas"), planted("buenas")
    assert (len(bad), len(good)) == (30, 30)
    passed = [edit for edit in bad if not any(one.stop for one in judge(edit))]
    held = [(edit, [one for one in judge(edit) if one.stop]) for edit in good]
    held = [(edit, why) for edit, why in held if why]
    print(f"stopped {30 - len(passed)} of 30 bad ones and {len(held)} of 30 good ones")
    assert len(bad) - len(passed) >= STOPPED, passed
    assert len(held) <= STOPPED_WRONGLY, held


@pytest.mark.parametrize(
    ("intent", "text", "kind"),
    [
        ("correo_no_llega", "no me llega nada a ana.rojas@municipio.gob.pe", "personal"),
        ("canales_atencion", "llámeme al 0987654321 después de las cinco de la tarde", "personal"),
        ("hablar_con_agente", "YA ME CANSE DE ESCRIBIRLE A UNA MAQUINA, comuniqueme con un ser humano", "in_sample"),
    ],
)
def test_personal_data_and_evaluation_messages_are_stopped(judge: Any, intent: str, text: str, kind: str) -> None:
    found = judge({"clase": "frases", "intencion": intent, "frases": [text]})
    assert kind in [one.kind for one in found if one.stop]
