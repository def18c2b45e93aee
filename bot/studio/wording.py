"""Puts what the studio found into the sentences of ``data/studio/palabras.yml``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.studio.interfaces import Change, StudioError, Warned


class Wording:
    """The studio's sentences.

    Args:
        words: from :func:`bot.studio.settings.load_words`.
    """

    def __init__(self, words: Mapping[str, Any]) -> None:
        self.words = words

    def error(self, error: StudioError) -> str:
        """Why something could not be done."""
        return _filled(self.words["errores"].get(error.key, error.key), error.facts)

    def remark(self, remark: Warned | Mapping[str, Any]) -> str:
        """A remark on an example, an intent or the files."""
        kind, facts = (remark.kind, remark.facts) if isinstance(remark, Warned) else (remark["kind"], remark["facts"])
        return _filled(self.words["avisos"].get(kind, kind), facts)

    def red(self, line: Mapping[str, Any]) -> str:
        """A red line that is crossed."""
        facts = dict(line)
        if line["kind"] == "check":
            about = line["remark"].get("text") or line["remark"].get("intent") or ""
            facts["remark"] = (f"«{about}»: " if about else "") + self.remark(line["remark"])
        for key in ("live", "new"):
            if isinstance(facts.get(key), float):
                facts[key] = percent(facts[key])
        return _filled(self.words["rojas"].get(str(line["kind"]), str(line["kind"])), facts)

    def of(self, part: str, key: str) -> str:
        """A word of a part."""
        return str(self.words[part].get(key, key))

    def change(self, change: Change) -> str:
        """A change in a few words: its kind and what it is about."""
        body = change.body
        about = [body[key] for key in ("intent", "name", "guide", "from", "before") if isinstance(body.get(key), str)]
        towards = [body[key] for key in ("to", "into", "after") if isinstance(body.get(key), str)]
        words = self.of("kinds", change.kind)
        subject = str(about[0])[:60] if about else ""
        if change.kind in ("rename_intent", "merge_intents", "move_example") and towards:
            subject += f" → {towards[0]}"
        return f"{words}: {subject}" if subject else words


def percent(share: float | None) -> str:
    """``95,4 %``."""
    return "—" if share is None else f"{100 * share:.1f} %".replace(".", ",")


def _filled(sentence: str, facts: Mapping[str, Any]) -> str:
    shown = {key: ", ".join(map(str, one)) if _is_list(one) else one for key, one in facts.items()}
    try:
        return sentence.format(**shown)
    except (KeyError, IndexError):
        return sentence


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)
