"""The inbox: which messages are worth a decision, alike ones together. Pure."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from bot.brain.nlu.similar import comparable
from bot.conversations.interfaces import ReviewedMessage
from bot.studio.neighbours import groups

FALLBACK = "nlu_fallback"
OUT_OF_SCOPE = "fuera_de_tema"
WHY = ("disliked", "chosen", "person", "not_understood", "refused", "unsure")
"""Why a message is in the inbox, the most telling first."""

COMPLAINTS = frozenset({"disliked", "person"})
DECISIONS = ("accept", "discard", "personal", "later")


@dataclass(frozen=True)
class Item:
    """One wording, masked, with where it was written.

    Attributes:
        mark: stands for the words; decisions are remembered by it.
        why: keys of :data:`WHY`.
        times: how often it was written.
        conversation, seq: the newest place.
    """

    mark: str
    text: str
    why: Sequence[str]
    times: int
    conversation: str
    seq: int
    ranking: Sequence[tuple[str, float]]
    chosen: str = ""
    platform: str = ""


@dataclass(frozen=True)
class Group:
    """Items alike, and the intent that is likeliest for all."""

    items: Sequence[Item]
    suggestion: str
    guesses: Sequence[tuple[str, float]] = field(default_factory=tuple)

    @property
    def key(self) -> str:
        """Stands for the group as it is now."""
        return hashlib.sha256("".join(sorted(item.mark for item in self.items)).encode()).hexdigest()[:16]

    @property
    def times(self) -> int:
        """How many messages it stands for."""
        return sum(item.times for item in self.items)


def reasons(message: ReviewedMessage, unsure: float) -> list[str]:
    """Why a message is worth a decision; empty when it is not."""
    found = []
    if message.disliked:
        found.append("disliked")
    if message.chosen:
        found.append("chosen")
    if message.person and message.intent != "hablar_con_agente":
        found.append("person")
    if message.intent == FALLBACK:
        found.append("not_understood")
    elif message.intent == OUT_OF_SCOPE:
        # What the bot does not know is mostly told from it with certainty: whoever could teach it must see it.
        found.append("refused")
    elif message.confidence < unsure:
        found.append("unsure")
    return found


def collect(
    messages: Sequence[ReviewedMessage],
    unsure: float,
    decided: Collection[str],
    mark_of: Callable[[str], str],
    mask: Callable[[str], str],
    taught: Collection[str] = (),
) -> list[Item]:
    """Every undecided wording with a reason, most telling and most frequent first.

    Args:
        messages: newest first.
        mark_of: a keyed hash of comparable words.
        mask: replaces personal data.
        taught: comparable words of training messages: only a complaint brings them here.
    """
    found: dict[str, Item] = {}
    for message in messages:
        why = reasons(message, unsure)
        plain = comparable(message.text)
        if not why or len(plain) < 2:
            continue
        if plain in taught and not COMPLAINTS.intersection(why):
            continue
        mark = mark_of(plain)
        if mark in decided:
            continue
        if mark in found:
            known = found[mark]
            both = [one for one in WHY if one in (*known.why, *why)]
            found[mark] = Item(
                **{**known.__dict__, "times": known.times + 1, "why": both, "chosen": known.chosen or message.chosen}
            )
            continue
        ranking = [(name, chance) for name, chance in message.ranking if name != FALLBACK][:3]
        place = (message.conversation, message.seq)
        found[mark] = Item(mark, mask(message.text), why, 1, *place, ranking, message.chosen, message.platform)
    return sorted(found.values(), key=lambda item: (WHY.index(item.why[0]), -item.times))


def grouped(items: Sequence[Item], known: Mapping[str, int], total: int) -> list[Group]:
    """Items by likeness, biggest group first, so that one decision labels many.

    Args:
        known: in how many of the training messages each word is.
        total: how many of them there are.
    """
    alike = groups([comparable(item.text) for item in items], known, total)
    made = [[items[at] for at in members] for members in alike]
    return [Group(members, *_suggestion(members)) for members in sorted(made, key=lambda m: -sum(i.times for i in m))]


def _suggestion(items: Sequence[Item]) -> tuple[str, Sequence[tuple[str, float]]]:
    """The three likeliest intents of a group: what people chose themselves weighs most."""
    votes: Counter[str] = Counter()
    for item in items:
        for name, chance in item.ranking:
            votes[name] += chance * item.times  # type: ignore[assignment]
        if item.chosen:
            votes[item.chosen] += 2 * item.times
    total = sum(votes.values()) or 1
    best = [(name, float(weight) / total) for name, weight in votes.most_common(3)]
    return (best[0][0] if best else ""), best


def totals(messages: Sequence[ReviewedMessage], unsure: float) -> Mapping[str, int]:
    """How many messages there are, and how many for each reason."""
    found: Counter[str] = Counter({"total": len(messages)})
    for message in messages:
        why = reasons(message, unsure)
        found.update(why)
        found["unclear"] += bool(why)
    return found
