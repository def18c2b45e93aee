"""The studio's pure rules: merging, masking, grouping, comparing, telling a story."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path

import pytest

from bot.brain.nlu.similar import comparable
from bot.conversations.interfaces import Author, Message, ReviewedMessage
from bot.settings import ROOT
from bot.stories.reader import Reader
from bot.stories.responses import Responses
from bot.studio import inbox
from bot.studio.compare import Lines, Seen, Told, summary
from bot.studio.edits import add_story
from bot.studio.files import Workspace, write_all
from bot.studio.live_side import LiveSide
from bot.studio.masking import mask
from bot.studio.merge import merge
from bot.studio.neighbours import Nearest
from bot.studio.places import STORIES, messages, responses
from bot.studio.plain import Plain
from bot.studio.settings import load_studio_settings
from bot.studio.transcripts import story_of

NOW = datetime(2026, 5, 4, 15, 0, tzinfo=timezone.utc)
SETTINGS = load_studio_settings(ROOT / "data")


def masked(text: str) -> str:
    return mask(text, SETTINGS.replacements, SETTINGS.names, lambda token: len(token) < 12)


def test_what_is_made_comparable_from_a_table_is_what_the_pipeline_makes_of_it() -> None:
    plain = Plain()
    texts = [text for some in messages(Workspace(ROOT)).values() for text in some[::20]]
    odd = ["Ñandú", "n\u0303o", "ﬁrma «rara» ‑ ｏｋ", "HOLAAAA jajaja", "👍👍", "", "q tal\u200bpz", "К0та"]
    assert [plain(text) for text in texts + odd] == [comparable(text) for text in texts + odd]


def test_the_nearest_texts_are_found_and_other_numbers_are_other_texts() -> None:
    nearest = Nearest(["no me llega el correo", "no me llega el correeo", "paso 3 de la guía", "paso 4 de la guía"])
    assert [place for place, _like in nearest.near("no me llega el correo", 0.92)] == [0, 1]
    assert [place for place, _like in nearest.near("paso 3 de la guía", 0.92)] == [2]


def test_changes_of_two_people_in_different_lines_are_both_kept() -> None:
    base = "uno\ndos\ntres\ncuatro\n"
    merged = merge(base, base.replace("uno", "UNO"), base.replace("cuatro", "cuatro\ncinco"))
    assert merged.conflicts == 0
    assert merged.text() == "UNO\ndos\ntres\ncuatro\ncinco\n"


def test_changes_of_the_same_line_are_shown_and_settled_one_by_one() -> None:
    base = "uno\ndos\ntres\n"
    merged = merge(base, "UNO\ndos\nTRES\n", "one\ndos\nthree\n")
    assert merged.conflicts == 2
    assert merged.text([True, False]) == "UNO\ndos\nthree\n"
    assert merge(base, "x\n", "x\n").text() == "x\n"


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("mi correo es ana.rojas@municipio.gob.pe", "municipio"),
        ("llámeme al 0987654321", "0987654321"),
        ("mi cédula es 1712345678", "1712345678"),
        ("código 001952_56989", "001952"),
        ("me llamo Rosa Elena Quispe y no entro", "Quispe"),
        ("soy Luis, no me llega", "Luis"),
        ("nací el 12/03/1985", "1985"),
        ("cuenta 1234 5678 9012 del banco", "5678"),
        ("mi usuario es gongoragabriela", "gongoragabriela"),
    ],
)
def test_personal_data_are_replaced_by_made_up_ones(text: str, secret: str) -> None:
    assert secret not in masked(text)
    assert masked(masked(text)) == masked(text)


def test_what_holds_no_data_stays_as_it_was() -> None:
    for text in ("No recuerdo la clave del SEACE", "¿Cuánto demora en llegar? Ya van 3 horas", "quiero ver mi caso"):
        assert masked(text) == text


def message(text: str, intent: str, confidence: float, seq: int = 1, **more: object) -> ReviewedMessage:
    ranking = [(intent, confidence), ("saludar", 0.1)]
    return ReviewedMessage("c", seq, text, NOW, intent, confidence, ranking, **more)  # type: ignore[arg-type]


def test_the_inbox_holds_what_was_unclear_once_and_alike_together() -> None:
    messages = [
        message("cómo firmo con el token", "nlu_fallback", 0.3),
        message("como firmo con el token?", "nlu_fallback", 0.3, 2),
        message("el token de firma no sirve", "fuera_de_tema", 0.97, 3),
        message("olvidé la clave", "recuperar_contrasena", 0.99, 4),
        message("quiero una cosa", "nlu_fallback", 0.3, 5, chosen="estado_caso"),
        message("eso no me sirve", "cancelar", 0.9, 6, person=True),
    ]
    items = inbox.collect(messages, 0.6, {}, lambda plain: plain, lambda text: text)
    assert [item.text for item in items] == [
        "quiero una cosa",
        "eso no me sirve",
        "cómo firmo con el token",
        "el token de firma no sirve",
    ]
    assert items[2].times == 2
    common = {
        "con": 500,
        "el": 900,
        "de": 900,
        "no": 800,
        "quiero": 300,
        "una": 300,
        "eso": 200,
        "me": 500,
        "sirve": 150,
        "cosa": 120,
    }
    groups = inbox.grouped(items, common, 1000)
    assert {item.text for item in groups[0].items} == {"cómo firmo con el token", "el token de firma no sirve"}
    chosen = next(group for group in groups if group.items[0].chosen)
    assert chosen.suggestion == "estado_caso"
    taught = {comparable("el token de firma no sirve"), comparable("eso no me sirve")}
    left = inbox.collect(messages, 0.6, {}, lambda plain: plain, lambda text: text, taught)
    assert [item.text for item in left] == ["quiero una cosa", "eso no me sirve", "cómo firmo con el token"]
    decided = {items[0].mark}
    assert len(inbox.collect(messages, 0.6, decided, lambda plain: plain, lambda text: text)) == 3


def seen(expected: str, before: str, after: str, chance: float = 0.9) -> Seen:
    return Seen(f"{expected} {before} {after}", expected, before, after, chance, 0.9)


def test_each_message_that_gets_worse_counts_though_the_figure_barely_moves() -> None:
    right = [seen("a", "a", "a") for _ in range(300)]
    better = [seen("b", "a", "b") for _ in range(4)]
    worse = [seen("a", "a", "b"), seen("b", "b", "a")]
    facts = summary([*right, *better, *worse], [], [], ["a", "b"], Lines())
    assert facts["accuracy"]["new"] > facts["accuracy"]["live"]
    assert [one["kind"] for one in facts["red"]] == ["worse"]
    assert len(facts["worse"]) == 2 and len(facts["better"]) == 4


def test_a_story_that_breaks_and_sure_messages_that_move_are_red() -> None:
    month = [seen("", "a", "a") for _ in range(50)] + [seen("", "a", "b") for _ in range(3)]
    facts = summary([seen("a", "a", "a")], month, [Told("x", True, False, "?")], ["a", "b"], Lines())
    assert [one["kind"] for one in facts["red"]] == ["stories", "month"]
    retired = summary([seen("gone", "gone", "a")], [], [], ["a"], Lines())
    assert retired["labelled"] == 0 and retired["red"] == []
    missed = summary([seen("new", "a", "a")], [], [], ["a", "new"], Lines(), ["new"])
    assert [one["kind"] for one in missed["red"]] == ["missed"]


def said(seq: int, author: Author, text: str, payload: str = "", titles: tuple[str, ...] = ()) -> Message:
    buttons = [{"title": title, "payload": "/x"} for title in titles]
    return Message(seq, author, text, buttons, None, None, NOW, payload)


def test_a_conversation_becomes_a_story_without_personal_data() -> None:
    space = Workspace(ROOT)
    patterns = Responses(responses(space))
    thanks = str(responses(space)["utter_agradecer"][0]["text"])
    log = [
        said(1, Author.BOT, "Hola", titles=("Recuperar",)),
        said(2, Author.USER, "soy Rosa, mi correo es rosa@muni.gob.pe, gracias"),
        said(3, Author.BOT, thanks, titles=("Menú",)),
        said(4, Author.USER, "Menú", "/x"),
        said(5, Author.BOT, "Algo que no es nuestro"),
        said(6, Author.AGENT, "Le atiende una persona"),
        said(7, Author.USER, "esto ya no"),
    ]
    story = story_of(log, "La de Rosa", patterns, masked)
    assert "muni" not in story and "Rosa" not in story
    assert story.splitlines()[3:] == [
        '    - usuario: "soy Ana, mi correo es persona@example.org, gracias"',
        "    - bot: {respuesta: utter_agradecer}",
        '    - pulsa: "Menú"',
    ]


def test_the_live_models_side_is_asked_once_and_forgotten_with_the_model(tmp_path: Path) -> None:
    asked: list[list[int]] = []

    def ask(places: Sequence[int]) -> list[list[object]]:
        asked.append(list(places))
        return [["saludar", 0.9 - at / 10] for at in places]

    def side(of: str, marks: list[str]) -> list[object]:
        known = LiveSide(tmp_path, of)
        found = known.verdicts(marks, ask)
        assert known.names(lambda: ["saludar"]) == ["saludar"]
        known.keep()
        return list(found)

    assert side("uno", ["a", "b", "a"]) == [["saludar", 0.7], ["saludar", 0.8], ["saludar", 0.7]]
    assert side("uno", ["b", "c"]) == [["saludar", 0.8], ["saludar", 0.8]]
    assert asked == [[0, 1, 2], [1]]
    side("dos", ["b"])
    assert asked[-1] == [0] and len(list(tmp_path.iterdir())) == 1


def test_what_a_trial_found_of_its_model_is_known_once_that_one_is_live(tmp_path: Path) -> None:
    def nobody(_places: Sequence[int]) -> list[str]:
        raise AssertionError("it was asked again")

    live, new = LiveSide(tmp_path, "uno"), LiveSide(tmp_path, "dos")
    live.stories(["a"], lambda _places: [""])
    live.keep()
    new.stories(["a"], lambda _places: ["utter_x"])
    new.keep(beside="uno")
    assert LiveSide(tmp_path, "uno").stories(["a"], nobody) == [""]
    published = LiveSide(tmp_path, "dos")
    assert published.told(["b", "a"]) == [1]
    assert published.stories(["a"], nobody) == ["utter_x"]
    published.keep()
    assert len(list(tmp_path.iterdir())) == 1


def test_of_two_conversations_with_one_title_each_test_keeps_its_own(tmp_path: Path) -> None:
    folder = tmp_path / STORIES / "estudio"
    folder.mkdir(parents=True)
    shipped = "# de antes\n- historia: Llegó el correo  # así\n  camino: directo\n  pasos:\n    - usuario: hola\n"
    (folder / "antes.yml").write_text(shipped, encoding="utf-8")
    space = Workspace(tmp_path)
    for _ in range(2):
        text = '- historia: "Llegó el correo"\n  camino: directo\n  pasos:\n    - usuario: "gracias"\n'
        add_story(space, {"file": "llego_el_correo", "text": text})
    write_all(tmp_path, {path: after for path, (_before, after) in space.changed().items()})
    titles = [story.title for story in Reader(()).folder(tmp_path / STORIES)]
    assert titles == ["Llegó el correo", "Llegó el correo (2)", "Llegó el correo (3)"]
    assert (folder / "antes.yml").read_text("utf-8") == shipped
