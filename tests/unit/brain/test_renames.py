"""Old names of intents in payloads and states."""

from __future__ import annotations

import json
import zlib

from bot.brain.renames import Renames

RENAMES = Renames({"tipos_usuario": "clases_usuario", "anexar": "documentos"})


def packed(content: object) -> bytes:
    return zlib.compress(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode())


def test_a_payload_means_the_present_intent_and_keeps_what_it_carries() -> None:
    assert RENAMES.payload("/tipos_usuario") == "/clases_usuario"
    assert RENAMES.payload('/anexar{"platform": "soce"}') == '/documentos{"platform": "soce"}'
    for other in ("", "/tipos_usuario_2", "/negar", "tipos_usuario", "/negar/anexar"):
        assert RENAMES.payload(other) == other


def test_a_state_that_was_kept_under_an_old_name_goes_on_under_the_present_one() -> None:
    payload = '/anexar{"a": 1}'
    state = packed({"slots": {"offer": "anexar", "said": "quiero anexar"}, "events": [{"u": "tipos_usuario"}]})
    changed = json.loads(zlib.decompress(RENAMES.state(state) or b""))
    assert changed == {
        "slots": {"offer": "documentos", "said": "quiero anexar"},
        "events": [{"u": "clases_usuario"}],
    }
    offered = packed({"slots": {"offers": ["/anexar", payload]}})
    assert json.loads(zlib.decompress(RENAMES.state(offered) or b""))["slots"]["offers"][0] == "/documentos"
    same = packed({"slots": {"email": "a@example.org"}})
    assert RENAMES.state(same) is same
    assert RENAMES.state(None) is None
    assert Renames({}).state(state) is state and Renames({}).payload("/anexar") == "/anexar"
