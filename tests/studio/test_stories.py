"""What a trial makes of the conversation tests: every one of them can show that something got worse."""

from __future__ import annotations

from multiprocessing import get_context
from pathlib import Path

import pytest

from bot.settings import ROOT
from bot.studio.places import STORIES
from bot.studio.stories import Shared, play, read_stories

UNKNOWN = "- historia: Una\n  camino: directo\n  pasos:\n    - usuario: hola\n    - bot: {respuesta: utter_nada}\n"


@pytest.mark.timeout(600)
async def test_every_story_holds_in_the_trials_sandbox(model: Path) -> None:
    stories = read_stories(ROOT, ROOT)
    assert stories.unreadable == []
    assert len(stories.found) > 150
    told = await play(stories.found, ROOT, model, range(len(stories.found)))
    assert [wrong for wrong in told.values() if wrong] == []
    assert len(told) == len(stories.found)


async def test_a_story_that_does_not_hold_says_where(model: Path, project: Path) -> None:
    (project / STORIES / "estudio").mkdir()
    (project / STORIES / "estudio" / "a.yml").write_text(UNKNOWN.replace("utter_nada", "utter_despedirse"))
    (project / STORIES / "estudio" / "b.yml").write_text(UNKNOWN.replace("Una", "Otra"))
    stories = read_stories(project, project)
    assert len(stories.unreadable) == 1 and stories.unreadable[0].startswith("b.yml:5: ")
    [place] = [at for at, one in enumerate(stories.found) if one.title == "Una"]
    wrong = (await play(stories.found, project, model, [place]))[place]
    assert wrong.startswith("a.yml:5: ") and "utter_despedirse" in wrong


def test_a_response_that_a_draft_takes_away_makes_no_file_unreadable(project: Path, tmp_path: Path) -> None:
    (project / STORIES / "a.yml").write_text(UNKNOWN)
    assert read_stories(project, ROOT).unreadable
    before = tmp_path / "antes" / "data" / "responses"
    before.mkdir(parents=True)
    (before / "a.yml").write_text("responses:\n  utter_nada:\n  - text: Nada.\n")
    read_stories.cache_clear()
    assert read_stories(project, tmp_path / "antes").unreadable == []


def test_the_mark_of_a_story_stays_while_it_is_only_moved(project: Path) -> None:
    file = project / STORIES / "a.yml"
    file.write_text(UNKNOWN.replace("utter_nada", "utter_saludar"))
    before = read_stories(project, project).marks()
    file.write_text("# Otra línea\n" + file.read_text())
    read_stories.cache_clear()
    assert read_stories(project, project).marks() == before
    file.write_text(file.read_text().replace("hola", "buenas"))
    read_stories.cache_clear()
    assert read_stories(project, project).marks() != before


def test_two_processes_share_the_stories_without_playing_one_twice() -> None:
    shared = Shared(50)
    with get_context("fork").Pool(2, _use, (shared,)) as pool:
        taken = pool.map(_taken, range(2), chunksize=1)
    assert sorted([*taken[0], *taken[1], *shared]) == list(range(50))


_given: list[Shared] = []


def _use(shared: Shared) -> None:
    _given[:] = [shared]


def _taken(_number: int) -> list[int]:
    return list(_given[0])
