"""Where Rasa's training is bent, for the process that trains and for no other.

``tests/unit/brain/test_training_bends.py`` fails when Rasa no longer has what a bend takes hold of.

=================  ==================================================================================================
bend               why
=================  ==================================================================================================
read once          the training messages are read from their files three times over
shallow messages   each merge of training data deep-copies every message, whose values are texts
kept fingerprints  and hashes each message's whole content anew although nothing in it changed
=================  ==================================================================================================
"""

from __future__ import annotations

import copy
from typing import Any

_PLAIN = (str, int, float, bool, type(None))


def bend_training() -> None:
    """Applies every bend; call it once, after :func:`bot.brain.rasa_bends.bend_rasa`."""
    from rasa.shared.importers.rasa import RasaFileImporter
    from rasa.shared.nlu.training_data.message import Message
    from rasa.shared.utils.common import cached_method

    RasaFileImporter.get_nlu_data = cached_method(RasaFileImporter.get_nlu_data)
    Message.__deepcopy__ = _copy_message
    Message.set = _set


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
