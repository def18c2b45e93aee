"""Puts what the studio found into the sentences of ``data/studio/palabras.yml``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.studio.interfaces import Change, StudioError, Warned
from bot.studio.names import Names

Sentence = str | Mapping[str, str]
"""One sentence, or one for each number of things: ``ninguno`` (where there is one), ``uno``, ``varios``."""

INTENTS = ("intent", "other_intent", "intents")
"""Facts that are names of intents."""

OF_TWO = ("rename_intent", "merge_intents", "move_example")


class Wording:
    """The studio's sentences.

    Args:
        words: from :func:`bot.studio.settings.load_words`.
        names: what people call intents, answers and guides.
    """

    def __init__(self, words: Mapping[str, Any], names: Names | None = None) -> None:
        self.words, self.names = words, names or Names()

    def error(self, error: StudioError) -> str:
        """Why something could not be done."""
        return self._because(error.key, error.facts)

    def _because(self, key: str, facts: Mapping[str, Any]) -> str:
        name = str(facts.get("name", ""))
        return self._filled(self.words["errores"].get(key, key), {"intent": name, "answer": self.answer(name), **facts})

    def remark(self, remark: Warned | Mapping[str, Any]) -> str:
        """A remark on an example, an intent or the files."""
        kind, facts = (remark.kind, remark.facts) if isinstance(remark, Warned) else (remark["kind"], remark["facts"])
        if kind == "unfit":
            why = self._because(str(facts["why"]), facts["facts"])
            facts = {**facts, "change": self.described(facts["change"], facts["body"]), "because": why}
        if "words" in facts:
            facts = {**facts, "words": self.names.plain(str(facts["words"]))}
        return self._filled(self.words["avisos"].get(kind, kind), facts)

    def about(self, remark: Warned | Mapping[str, Any]) -> str:
        """What a remark is about: a message, or the title of an intent; empty where it is about neither."""
        facts = vars(remark) if isinstance(remark, Warned) else remark
        return str(facts.get("text") or self.intent(str(facts.get("intent") or "")))

    def red(self, line: Mapping[str, Any]) -> str:
        """A red line that is crossed."""
        facts = dict(line)
        if line["kind"] == "check":
            about = self.about(line["remark"])
            facts["remark"] = (f"«{about}»: " if about else "") + self.remark(line["remark"])
        for key in ("live", "new"):
            if isinstance(facts.get(key), float):
                facts[key] = percent(facts[key])
        return self._filled(self.words["rojas"].get(str(line["kind"]), str(line["kind"])), facts)

    def of(self, part: str, key: str) -> str:
        """A word of a part."""
        return str(self.words[part].get(key, key))

    def many(self, count: int, what: str) -> str:
        """So many of something, in number agreed."""
        return self._filled(self.words["cantidades"][what], {"count": count})

    def intent(self, name: str) -> str:
        """What people call an intent."""
        return self.names.intents.get(name, name)

    def answer(self, name: str) -> str:
        """Where an answer is said, and its first words."""
        return str(self.names.answers.get(name, name))

    def change(self, change: Change) -> str:
        """A change in a few words: its kind and what it is about."""
        return self.described(change.kind, change.body)

    def described(self, kind: str, body: Mapping[str, Any]) -> str:
        """The same of a kind and what it needs."""
        words, subject = self.of("kinds", kind), self._subject(kind, body)
        towards = [body[key] for key in ("to", "into", "after") if isinstance(body.get(key), str)]
        if kind in OF_TWO and towards:
            subject += f" → {self.intent(towards[0])}"
        return f"{words}: {subject}" if subject else words

    def _subject(self, kind: str, body: Mapping[str, Any]) -> str:
        if kind == "edit_response":
            return self.answer(str(body.get("name", "")))
        if kind == "edit_guide":
            return self.names.guides.get(str(body.get("guide", "")), str(body.get("guide", "")))
        if kind in ("create_intent", "split_intent"):
            return str(body.get("title") or body.get("name", ""))
        about = [str(body[key]) for key in ("intent", "name", "from", "before") if isinstance(body.get(key), str)]
        return self.intent(about[0]) if about else ""

    def noted(self, note: Mapping[str, Any], changes: Mapping[int, Change]) -> str:
        """The detail of a line of the log; a change by what it is, not by its number."""
        action, detail = str(note["action"]), str(note["detail"])
        if action.startswith("inbox_"):
            count, _, more = detail.partition(" ")
            more = self.of("decisiones", more) if action == "inbox_undo" else self.intent(more)
            return " · ".join(part for part in (self.many(int(count or 0), "frases"), more) if part)
        if detail.startswith("#"):
            change = changes.get(int(detail[1:])) if action in self.words["kinds"] or action == "undo" else None
            return self.change(change) if change else ""
        # Drafts are counted inside; nobody sees their numbers.
        return detail.partition(" ")[2] if action in ("publish", "propose", "discard") else detail

    def _filled(self, sentence: Sentence, facts: Mapping[str, Any]) -> str:
        shown = {key: self._shown(key, one) for key, one in facts.items()}
        try:
            return _agreed(sentence, facts.get("count")).format(**shown)
        except (KeyError, IndexError):
            return _agreed(sentence, facts.get("count"))

    def _shown(self, key: str, value: Any) -> Any:
        if _is_list(value):
            return ", ".join(str(self._shown(key, one)) for one in value)
        if key == "answer":
            return self.answer(str(value))
        return self.intent(str(value)) if key in INTENTS else value


def _agreed(sentence: Sentence, count: Any) -> str:
    if isinstance(sentence, str):
        return sentence
    if count == 0 and "ninguno" in sentence:
        return sentence["ninguno"]
    return sentence["uno"] if count == 1 else sentence["varios"]


def percent(share: float | None) -> str:
    """``95,4 %``."""
    return "—" if share is None else f"{100 * share:.1f} %".replace(".", ",")


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)
