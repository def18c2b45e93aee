"""The bounded window of a conversation."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.brain.rasa_bends import bend_rasa

bend_rasa()

from rasa.shared.core.domain import Domain  # noqa: E402
from rasa.shared.core.events import ActionExecuted, ActiveLoop, SlotSet, UserUttered  # noqa: E402
from rasa.shared.core.trackers import DialogueStateTracker  # noqa: E402

from bot.brain.trackers import KEPT_TURNS, TurnTrackerStore, pack, unpack  # noqa: E402


@pytest.fixture(scope="module")
def domain() -> Domain:
    return Domain.load(str(Path(__file__).parents[3] / "domain.yml"))


def talk(tracker: DialogueStateTracker, turns: int, domain: Domain) -> None:
    for number in range(turns):
        tracker.update(UserUttered(f"mensaje {number}", {"name": "dar_dato", "confidence": 0.9}), domain)
        tracker.update(SlotSet("email", f"a{number}@example.org"), domain)
        tracker.update(ActionExecuted("action_take_datum"), domain)
        tracker.update(ActionExecuted("action_listen"), domain)


def test_slots_and_the_form_under_way_survive(domain: Domain) -> None:
    tracker = unpack("c", None, domain)
    tracker.update(ActiveLoop("task_form"), domain)
    talk(tracker, 3, domain)
    restored = unpack("c", pack(tracker), domain)
    assert restored.get_slot("email") == "a2@example.org"
    assert restored.active_loop_name == "task_form"
    assert restored.latest_action_name == "action_listen"


def test_the_state_does_not_grow_with_the_conversation(domain: Domain) -> None:
    tracker = unpack("c", None, domain)
    talk(tracker, 10, domain)
    early = len(pack(tracker))
    for _ in range(40):
        tracker = unpack("c", pack(tracker), domain)
        talk(tracker, 10, domain)
    assert len(pack(tracker)) <= early + 16
    users = [event for event in unpack("c", pack(tracker), domain).events if isinstance(event, UserUttered)]
    assert len(users) == KEPT_TURNS


def test_what_people_wrote_is_not_kept(domain: Domain) -> None:
    import zlib

    tracker = unpack("c", None, domain)
    tracker.update(UserUttered("mi clave es Secreta123", {"name": "dar_dato", "confidence": 0.9}), domain)
    assert b"Secreta" not in zlib.decompress(pack(tracker))


def test_a_slot_or_form_that_is_gone_does_no_harm(domain: Domain) -> None:
    tracker = unpack("c", None, domain)
    tracker.update(SlotSet("email", "a@example.org"), domain)
    tracker.update(ActiveLoop("task_form"), domain)
    smaller = Domain.from_yaml("version: '3.1'\nintents: [saludar]\nactions: [action_x]")
    restored = unpack("c", pack(tracker), smaller)
    assert restored.active_loop_name is None


async def test_the_store_keeps_nothing_between_turns(domain: Domain) -> None:
    store = TurnTrackerStore(domain)
    store.begin("c", None)
    assert store.finish("c")
    assert await store.keys() == []
