"""Sentences come from the responses files, and a file that cannot be used is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.conversations.sentences import SentencesInvalid, load_sentences


def test_the_first_variation_of_each_response_is_taken(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text("responses:\n  utter_a:\n    - text: Uno\n    - text: Dos\n", "utf-8")
    (tmp_path / "b.yml").write_text('version: "3.1"\nresponses:\n  utter_b:\n    - text: Tres\n', "utf-8")
    sentence = load_sentences(tmp_path)
    assert (sentence("utter_a"), sentence("utter_b")) == ("Uno", "Tres")


def test_a_sentence_that_no_file_has_is_named(tmp_path: Path) -> None:
    with pytest.raises(SentencesInvalid, match="utter_nothing"):
        load_sentences(tmp_path)("utter_nothing")


def test_a_double_is_refused(tmp_path: Path) -> None:
    for name in ("a.yml", "b.yml"):
        (tmp_path / name).write_text("responses:\n  utter_a:\n    - text: Uno\n", "utf-8")
    with pytest.raises(SentencesInvalid, match=r"b\.yml"):
        load_sentences(tmp_path)


@pytest.mark.parametrize(
    "content", ["", "responses: 3", "responses:\n  utter_a: hola", "{", "responses:\n  utter_a: []"]
)
def test_a_file_that_holds_no_responses_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "a.yml").write_text(content, "utf-8")
    with pytest.raises(SentencesInvalid, match=r"a\.yml"):
        load_sentences(tmp_path)
