"""Where Rasa's training is bent, for the process that trains and for no other.

``tests/unit/brain/test_training_bends.py`` fails when Rasa no longer has what a bend takes hold of.

=================  ==================================================================================================
bend               why
=================  ==================================================================================================
read once          the training messages are read from their files three times over, and joined once more for the
                   language of ``config.yml``, which means nothing to messages in YAML
plain schema       every file is read a second time by a parser that remembers lines, only to have them ready for the
                   words of an error: four fifths of the time that reading takes
shallow messages   each merge of training data deep-copies every message, whose values are texts
kept fingerprints  and hashes each message's whole content anew although nothing in it changed
=================  ==================================================================================================
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable
from contextlib import suppress
from typing import Any

_PLAIN = (str, int, float, bool, type(None))
IMPORTERS = ("CombinedDataImporter", "ResponsesSyncImporter", "E2EImporter")
"""Those that hand the training messages on."""


def bend_training() -> None:
    """Applies every bend; call it once, after :func:`bot.brain.rasa_bends.bend_rasa`."""
    from rasa.shared.importers import importer as importers
    from rasa.shared.importers.rasa import RasaFileImporter
    from rasa.shared.nlu.training_data.message import Message
    from rasa.shared.utils import validation
    from rasa.shared.utils.common import cached_method

    RasaFileImporter.get_nlu_data = cached_method(RasaFileImporter.get_nlu_data)
    for each in (RasaFileImporter, *(getattr(importers, name) for name in IMPORTERS)):
        each.get_nlu_data = _in_any_language(each.get_nlu_data)
    validation.validate_yaml_schema = _looked_at_plainly(validation.validate_yaml_schema)
    Message.__deepcopy__ = _copy_message
    Message.set = _set


def _in_any_language(read: Callable[[Any], Any]) -> Callable[..., Any]:
    @functools.wraps(read)
    def one_for_all(self: Any, language: str | None = "en") -> Any:
        return read(self)

    return one_for_all


def _looked_at_plainly(validate: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(validate)
    def validated(content: str, *schema: str) -> None:
        from rasa.shared.utils import io

        read = io.read_yaml
        io.read_yaml = lambda text, reader_type="safe": read(text)
        try:
            with suppress(Exception):
                return validate(content, *schema)
        finally:
            io.read_yaml = read
        # Something is wrong with the file: Rasa says what, and in which line.
        return validate(content, *schema)

    return validated


def _copy_message(self: Any, memo: dict[int, Any]) -> Any:
    made: Any = object.__new__(type(self))
    made.__dict__.update(self.__dict__)
    made.data = {key: one if isinstance(one, _PLAIN) else copy.deepcopy(one, memo) for key, one in self.data.items()}
    made.features = copy.deepcopy(self.features, memo)
    made.output_properties = set(self.output_properties)
    return made


def _set(self: Any, prop: str, info: Any, add_to_output: bool = False) -> None:
    if prop not in self.data or self.data[prop] is not info:
        # Rasa strips every intent again and again; the same text leaves the fingerprint true.
        if not (isinstance(info, str) and self.data.get(prop) == info):
            self._cached_fingerprint = None
        self.data[prop] = info
    if add_to_output:
        self.output_properties.add(prop)
