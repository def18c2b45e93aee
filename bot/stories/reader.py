"""Reads stories from YAML, and says in plain Spanish what is wrong with one."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from datetime import timedelta
from pathlib import Path

from bot.stories import story as kinds
from bot.stories.nodes import Part, StoryInvalid, read_file
from bot.stories.sentences import sentence

HEADER = ("historia", "camino", "pendiente", "nota", "pasos")
BUMPY = "con tropiezos"
WAYS = ("directo", BUMPY)
ANSWER = (
    "respuesta",
    "no_respuesta",
    "contiene",
    "no_contiene",
    "botones",
    "sin_botones",
    "mensajes",
    "guarda",
    "igual_que",
)
MAIL = ("para", "cantidad", "asunto", "contiene", "no_contiene")
PLATFORMS = ("seace", "soce", "secop2")
STATES = {"activa": "active", "inactiva": "inactive", "bloqueada": "blocked"}
OPENED = ("sirve", "no sirve")
SET = ("cambiada", "rechazada", "no sirve")
FIRST = ("usuario", "pulsa", "boton_falso", "nueva_conversacion", "pasa", "reinicio")
MOST_TEXT = 20_000
_TIME = re.compile(r"(\d+) (minuto|hora|día|semana)s?")
_UNITS = {"minuto": "minutes", "hora": "hours", "día": "days", "semana": "weeks"}


class Reader:
    """Reads stories.

    Args:
        responses: names of all responses; a story that names another one is refused.
    """

    def __init__(self, responses: Collection[str]) -> None:
        self._responses = responses
        self._steps: dict[str, Callable[[Part], kinds.Step]] = {
            "usuario": self._say,
            "pulsa": self._press,
            "boton_falso": lambda part: kinds.Forge(part.line, part.text()),
            "rechazo": lambda part: kinds.Refused(part.line, self._response(part)),
            "bot": self._answer,
            "correo": self._mails,
            "enlace": self._link,
            "cuenta": self._account,
            "pasa": self._wait,
            "nueva_conversacion": lambda part: kinds.NewConversation(part.line, part.text()),
            "vuelve_a": lambda part: kinds.BackTo(part.line, part.text()),
            "reinicio": self._restart,
        }

    def folder(self, folder: Path) -> list[kinds.Story]:
        """Every story below a folder.

        Raises:
            StoryInvalid: the first thing that is wrong.
        """
        stories: list[kinds.Story] = []
        for file in sorted(folder.rglob("*.yml")):
            stories += self.file(file, stories)
        return stories

    def file(self, file: Path, known: Iterable[kinds.Story] = ()) -> list[kinds.Story]:
        """The stories of one file: a list of them.

        Raises:
            StoryInvalid: the first thing that is wrong; also a title that ``known`` or the file has already.
        """
        top = read_file(file)
        if not top.is_list:
            raise top.fail("lista_de_historias")
        titles = {each.title: each for each in known}
        stories = []
        for part in top.parts():
            story = self._story(part)
            if story.title in titles:
                other = titles[story.title]
                raise part.fail("titulo_repetido", valor=story.title, otro=f"{other.file.name}:{other.line}")
            titles[story.title] = story
            stories.append(story)
        return stories

    def _story(self, part: Part) -> kinds.Story:
        keys = part.keys(HEADER, required=("historia", "camino", "pasos"))
        if not keys["pasos"].is_list:
            raise keys["pasos"].fail("lista_de_pasos")
        steps = []
        for number, item in enumerate(keys["pasos"].parts()):
            named = item.keys(tuple(self._steps))
            if len(named) != 1:
                raise item.fail("un_paso", cuantas=len(named))
            [(name, value)] = named.items()
            if number == 0 and name not in FIRST:
                raise item.fail("primero_usuario", clave=name)
            steps.append(self._steps[name](value))
        return kinds.Story(
            title=keys["historia"].text(),
            file=part.file,
            line=part.line,
            bumpy=keys["camino"].choice(WAYS) == BUMPY,
            pending=keys["pendiente"].text() if "pendiente" in keys else "",
            steps=tuple(steps),
        )

    def _say(self, part: Part) -> kinds.Step:
        if not part.is_mapping:
            return kinds.Say(part.line, part.text())
        keys = part.keys(("texto", "veces"), required=("texto", "veces"))
        text, times = keys["texto"].text(), keys["veces"].number()
        return kinds.Say(part.line, (text * times)[:MOST_TEXT])

    def _press(self, part: Part) -> kinds.Step:
        if not part.is_mapping:
            return kinds.Press(part.line, part.text())
        keys = part.keys(("titulo", "anterior"), required=("titulo",))
        return kinds.Press(part.line, keys["titulo"].text(), "anterior" in keys and keys["anterior"].yes())

    def _response(self, part: Part) -> str:
        name = part.text()
        if name not in self._responses:
            raise part.fail("respuesta", valor=name)
        return name

    def _named(self, keys: dict[str, Part], key: str) -> tuple[str, ...]:
        if key not in keys:
            return ()
        parts = keys[key].parts() if keys[key].is_list else [keys[key]]
        return tuple(self._response(each) for each in parts)

    def _answer(self, part: Part) -> kinds.Step:
        keys = part.keys(ANSWER)
        if not keys:
            raise part.fail("nada_que_mirar")
        return kinds.Answer(
            part.line,
            responses=self._named(keys, "respuesta"),
            never=self._named(keys, "no_respuesta"),
            contains=_texts(keys, "contiene"),
            lacks=_texts(keys, "no_contiene"),
            buttons=_texts(keys, "botones"),
            no_buttons="sin_botones" in keys and keys["sin_botones"].yes(),
            messages=keys["mensajes"].number() if "mensajes" in keys else None,
            keep_as=keys["guarda"].text() if "guarda" in keys else "",
            same_as=keys["igual_que"].text() if "igual_que" in keys else "",
        )

    def _mails(self, part: Part) -> kinds.Step:
        if not part.is_mapping:
            part.choice((sentence("palabras", "ninguno"),))
            return kinds.Mails(part.line, "", 0)
        keys = part.keys(MAIL, required=("para",))
        return kinds.Mails(
            part.line,
            keys["para"].text(),
            keys["cantidad"].number() if "cantidad" in keys else None,
            _texts(keys, "asunto"),
            _texts(keys, "contiene"),
            _texts(keys, "no_contiene"),
        )

    def _link(self, part: Part) -> kinds.Step:
        keys = part.keys(("para", "numero", "abre", "mira", "contraseña", "resultado"), required=("para",))
        number = keys["numero"].number() if "numero" in keys else 0
        given = [name for name in ("abre", "mira", "contraseña") if name in keys]
        if len(given) != 1:
            raise part.fail("enlace_accion")
        to, value = keys["para"].text(), keys[given[0]]
        if given[0] != "contraseña":
            action: kinds.Reset = "open" if given[0] == "abre" else "look"
            return kinds.Link(part.line, to, number, action, value.choice(OPENED))
        if "resultado" not in keys:
            raise part.fail("falta", clave="resultado")
        return kinds.Link(part.line, to, number, "password", keys["resultado"].choice(SET), value.text())

    def _account(self, part: Part) -> kinds.Step:
        allowed = ("plataforma", "usuario", "estado", "contraseña", "debe_cambiarla")
        keys = part.keys(allowed, required=("plataforma", "usuario"))
        if len(keys) == 2:
            raise part.fail("nada_que_mirar")
        words = {sentence("palabras", "nueva"): kinds.NEW, sentence("palabras", "anterior"): kinds.OLD}
        password = keys["contraseña"].text() if "contraseña" in keys else ""
        return kinds.AccountState(
            part.line,
            keys["plataforma"].choice(PLATFORMS),
            keys["usuario"].text(),
            STATES[keys["estado"].choice(tuple(STATES))] if "estado" in keys else "",
            words.get(password, password),
            keys["debe_cambiarla"].yes() if "debe_cambiarla" in keys else None,
        )

    def _wait(self, part: Part) -> kinds.Step:
        text = part.text()
        match = _TIME.fullmatch(text)
        if not match:
            raise part.fail("tiempo", valor=text)
        return kinds.Wait(part.line, timedelta(**{_UNITS[match[2]]: int(match[1])}))

    def _restart(self, part: Part) -> kinds.Step:
        part.choice(("sí",))
        return kinds.Restart(part.line)


def _texts(keys: dict[str, Part], key: str) -> tuple[str, ...]:
    return keys[key].texts() if key in keys else ()


__all__ = ["Reader", "StoryInvalid"]
