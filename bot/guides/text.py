"""Spanish text as comparable words: without accents, endings and words that say nothing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.guides.model import Words

_WORD = re.compile(r"[a-z0-9_]+(?:[@.][a-z0-9_]+)*")
# Longest first, so that «aciones» goes before «es».
_ENDINGS = (
    *("aciones", "iciones", "amiento", "imiento", "mente", "acion", "icion", "iendo", "adora", "ando", "aron", "ieron"),
    *("ados", "adas", "idos", "idas", "ador", "ares", "eres", "ado", "ada", "ido", "ida", "aba", "ian", "arlo", "arla"),
    *("erlo", "irlo", "ar", "er", "ir", "an", "en", "as", "es", "os", "is", "a", "e", "o", "s", "n"),
)
_STEM = 4
_OPENING = chr(0xBF)


def has_question_mark(text: str) -> bool:
    """Whether one of the two Spanish question marks is in the text; many people type only one."""
    return "?" in text or _OPENING in text


def plain(text: str) -> str:
    """Lower case, without accents."""
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def stem(word: str) -> str:
    """A word without its commonest endings; short words and codes stay as they are."""
    if len(word) <= _STEM or not word.isalpha():
        return word
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _STEM:
            return word[: -len(ending)]
    return word


@dataclass(frozen=True)
class Vocabulary:
    """Which words count, and which mean the same."""

    small: frozenset[str]
    same: Mapping[str, str] = field(default_factory=dict)
    asking: frozenset[str] = frozenset()
    requesting: frozenset[str] = frozenset()

    @staticmethod
    def of(words: Words) -> Vocabulary:
        """From the lists in ``palabras.yml``; of each group the first word stands for all."""
        same = {stem(plain(word)): stem(plain(group[0])) for group in words.same for word in group if " " not in word}
        small, asking, requesting = (frozenset(map(plain, s)) for s in (words.small, words.asking, words.requesting))
        return Vocabulary(small, same, asking, requesting)

    def is_question(self, text: str) -> bool:
        """Whether a text asks for something to be told: it has a question mark, or begins like a question, or is a
        topic of some words ("horario de atención"); not when it begins like a request ("quiero ...")."""
        if has_question_mark(text):
            return True
        found = _WORD.findall(plain(text))
        if len(found) < 2:
            return False
        if found[0] in self.requesting:
            # "olvidé mi código, dónde lo veo" asks; the small ones («que», «como») are too common to tell.
            return any(word in self.asking - self.small for word in found[2:])
        return True

    def asks(self, text: str) -> bool:
        """Whether a word with which people ask is in the text."""
        return any(word in self.asking for word in _WORD.findall(plain(text)))

    def without_asking(self, text: str) -> str:
        """The text without the words that only ask: what "where is the button …?" is about."""
        return " ".join(word for word in _WORD.findall(plain(text)) if word not in self.asking)

    def words(self, text: str) -> tuple[str, ...]:
        """The words of a text that count, each once, in order."""
        # A lone letter ("q" for «que») says nothing.
        found = (w for w in _WORD.findall(plain(text)) if w not in self.small and (len(w) > 1 or w.isdigit()))
        stems = (stem(word) for word in found)
        return tuple(dict.fromkeys(self.same.get(word, word) for word in stems))
