"""What is wrong with messages that a draft adds, seen one by one before anything is trained. Pure.

A whole model's figures hardly move when one message spoils it; so every message that is new is held against all others,
against the evaluation messages, and against what the model in use makes of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bot.brain.nlu.entities import extract
from bot.brain.nlu.similar import Likeness, comparable
from bot.studio.interfaces import Warned
from bot.studio.neighbours import Nearest, Neighbours

OUT_OF_SCOPE = "fuera_de_tema"
NEAR, NEAR_ACROSS, NEAR_SAMPLE, SHORTEST_NEAR = 0.92, 0.94, 0.9, 12
PERSONAL = ("email", "phone", "id_document", "ruc", "user_code", "date")
DATA_INTENTS = ("dar_dato",)
"""Intents whose messages are data by nature."""

FICTIONAL = ("example.org", "example.com", "example.net")

Opinions = Mapping[str, Sequence[tuple[str, float]]]
"""What the model in use makes of a text: intents with their chances, best first."""


@dataclass(frozen=True)
class Limits:
    """From ``data/studio/ajustes.yml``.

    Attributes:
        fewest: messages below which an intent is held back.
        enough: messages below which there is a word about it.
        sure: how sure the model must be of another intent to hold a message back.
        unlikely: how little it may give to the message's own intent then.
        taken: the share of a new intent's messages that may be surely another's already.
        specific: the share of a new intent's messages that must hold a word which tells them from others.
    """

    fewest: int = 8
    enough: int = 20
    sure: float = 0.9
    unlikely: float = 0.03
    taken: float = 0.4
    specific: float = 0.5


class Corpus:
    """All training messages as they are on disk.

    Args:
        messages: by intent.
        sample: the evaluation messages.
        plain: makes a text comparable; one that remembers makes a second corpus in a fraction of the time.
    """

    def __init__(
        self, messages: Mapping[str, Sequence[str]], sample: Sequence[str], plain: Callable[[str], str] = comparable
    ) -> None:
        self.messages = messages
        pairs = [(intent, text) for intent, texts in messages.items() for text in texts]
        self.intents = [intent for intent, _ in pairs]
        self.texts = [text for _, text in pairs]
        self.known = frozenset(self.texts)
        self.plain = [plain(text) for text in self.texts]
        self.likeness = Nearest(self.plain)
        self.sample_texts = list(sample)
        self.sample = Nearest([plain(text) for text in sample])
        self.words = Counter(word for text in self.plain for word in set(text.split()))

    @cached_property
    def neighbours(self) -> Neighbours:
        """An index of the words that messages share; few drafts ask for it, so it is made when one does."""
        return Neighbours(self.plain, self.intents)


def added(before: Mapping[str, Sequence[str]], after: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    """Intent and text of every message that a draft adds, moved ones included."""
    found = []
    for intent, texts in after.items():
        have = set(before.get(intent, ()))
        found += [(intent, text) for text in texts if text not in have]
    return found


def inspect(
    corpus: Corpus, after: Mapping[str, Sequence[str]], opinions: Opinions, limits: Limits = Limits()
) -> list[Warned]:
    """Every remark on what a draft adds.

    Args:
        after: all messages of the draft, by intent.
        opinions: on every added message; missing ones are passed over.
    """
    new = added(corpus.messages, after)
    kept = {(intent, text) for intent, texts in after.items() for text in texts}
    gone = {at for at, pair in enumerate(zip(corpus.intents, corpus.texts, strict=True)) if pair not in kept}
    remarks: list[Warned] = []
    plain = [comparable(text) for _, text in new]
    fresh = Likeness(plain)
    for at, (intent, text) in enumerate(new):
        others = [(new[other], like) for other, like in fresh.near(plain[at], NEAR, before=at)]
        others += [
            ((corpus.intents[other], corpus.texts[other]), like)
            for other, like in corpus.likeness.near(plain[at], NEAR)
            if other not in gone
        ]
        remarks += _doubles(intent, text, plain[at], others)
        remarks += _of_one(corpus, intent, text, plain[at])
        remarks += _label(corpus, intent, text, plain[at], opinions, limits, gone)
    for intent in dict.fromkeys(intent for intent, _ in new):
        remarks += _of_intent(corpus, intent, after[intent], opinions, limits)
    return remarks


def _doubles(intent: str, text: str, plain: str, others: Sequence[tuple[tuple[str, str], float]]) -> Iterator[Warned]:
    near = [
        (like, name, other)
        for (name, other), like in others
        if like == 1 or (len(plain) >= SHORTEST_NEAR and (name == intent or like >= NEAR_ACROSS))
    ]
    if near:
        _like, name, other = max(near)
        kind = "double" if name == intent else "double_across"
        yield Warned(kind, True, {"other": other, "other_intent": name}, text, intent)


def _of_one(corpus: Corpus, intent: str, text: str, plain: str) -> Iterator[Warned]:
    for other, like in corpus.sample.near(plain, NEAR_SAMPLE):
        if like == 1 or len(plain) >= SHORTEST_NEAR:
            yield Warned("in_sample", True, {"other": corpus.sample_texts[other]}, text, intent)
            break
    # What stands in the files already was let in by somebody: to move or merge it brings in nothing new.
    kinds = [] if text in corpus.known else personal_kinds(text)
    if kinds and intent not in DATA_INTENTS:
        yield Warned("personal", True, {"kinds": kinds}, text, intent)


def personal_kinds(text: str) -> list[str]:
    """The kinds of personal data in a text; fictional addresses are none."""
    return [
        one.kind
        for one in extract(text).entities
        if one.kind in PERSONAL and not any(str(one.value).lower().endswith(end) for end in FICTIONAL)
    ]


def _label(
    corpus: Corpus, intent: str, text: str, plain: str, opinions: Opinions, limits: Limits, gone: set[int]
) -> Iterator[Warned]:
    if intent not in corpus.messages:
        return
    chances = dict(opinions.get(text, ()))
    best = max(chances, key=lambda name: chances[name], default="")
    if not best or best == intent:
        return
    if chances[best] < limits.sure or chances.get(intent, 0.0) > limits.unlikely:
        return
    # The neighbours have a say: the model in use may have learnt this very message under the wrong name.
    votes = corpus.neighbours.votes(plain, without=gone)
    if votes.get(intent, 0.0) < 0.5 * votes.get(best, 0.0):
        facts = {"other_intent": best, "chance": chances[best]}
        yield Warned("mislabelled", True, facts, text, intent)


def _of_intent(
    corpus: Corpus, intent: str, texts: Sequence[str], opinions: Opinions, limits: Limits
) -> Iterator[Warned]:
    total = len(texts)
    if total < limits.fewest:
        yield Warned("few", True, {"count": total, "least": limits.fewest}, "", intent)
    elif total < limits.enough:
        yield Warned("fewer", False, {"count": total, "least": limits.enough}, "", intent)
    plain = [comparable(text).split() for text in texts]
    if total >= 5:
        opening, times = Counter(tuple(words[:2]) for words in plain).most_common(1)[0]
        if times > 0.6 * total:
            facts = {"opening": " ".join(opening), "count": times, "total": total}
            yield Warned("alike", times > 0.9 * total, facts, "", intent)
    if intent in corpus.messages or total < 2:
        return
    taken = Counter(best for text in texts if (best := _sure_of_another(opinions.get(text, ()), intent, limits)))
    if sum(taken.values()) > limits.taken * total:
        names = [name for name, _ in taken.most_common(3)]
        yield Warned("taken", True, {"intents": names, "count": sum(taken.values()), "total": total}, "", intent)
    specific = sum(_specific(corpus, words) for words in plain)
    if specific < limits.specific * total:
        yield Warned("vague", True, {"count": specific, "total": total}, "", intent)


def _sure_of_another(ranking: Sequence[tuple[str, float]], intent: str, limits: Limits) -> str:
    if not ranking:
        return ""
    name, chance = ranking[0]
    return name if name not in (OUT_OF_SCOPE, intent) and chance >= 0.75 else ""


def _specific(corpus: Corpus, words: Sequence[str]) -> bool:
    rare = max(3.0, 0.002 * len(corpus.texts))
    return any(len(word) >= 4 and corpus.words[word] <= rare for word in words)


def as_facts(remark: Warned) -> dict[str, Any]:
    """A remark as JSON."""
    return {
        "kind": remark.kind,
        "stop": remark.stop,
        "facts": dict(remark.facts),
        "text": remark.text,
        "intent": remark.intent,
    }
