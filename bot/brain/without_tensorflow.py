"""Lets Rasa be imported without TensorFlow.

Rasa imports TensorFlow while it registers components (DIET, TED …) that this project does not use: most of a
start and more than half of the memory. A stand-in in TensorFlow's place satisfies those imports: every
attribute of it is a class that can be subclassed, called and subscripted, and does nothing. Work that would
really need TensorFlow fails at once with :class:`TensorFlowLeftOut`.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any

from bot.errors import VentanillaError

LEFT_OUT = ("tensorflow", "tensorflow_text", "tensorflow_hub", "tensorflow_addons", "keras")


class TensorFlowLeftOut(VentanillaError):
    """A component that needs TensorFlow was run in a process that left it out."""

    def __init__(self) -> None:
        super().__init__("this process runs without TensorFlow; the pipeline in config.yml must not use it")


class _StandInMeta(type):
    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        value = _make(name)
        setattr(cls, name, value)
        return value

    def __iter__(cls) -> Any:
        return iter(())

    def __getitem__(cls, _key: Any) -> Any:
        return cls

    def __or__(cls, _other: Any) -> Any:
        return cls

    __ror__ = __or__


class StandIn(metaclass=_StandInMeta):
    """What every attribute of the stand-in modules is."""

    def __new__(cls, *args: Any, **_kwargs: Any) -> Any:
        # Decorators such as ``@tf.function`` must hand back what they decorate.
        if len(args) == 1 and callable(args[0]) and not isinstance(args[0], type):
            return args[0]
        return super().__new__(cls)

    def __init__(self, *_args: Any, **_kwargs: Any) -> None:
        pass

    def __call__(self, *args: Any, **_kwargs: Any) -> Any:
        if len(args) == 1 and callable(args[0]):
            return args[0]
        raise TensorFlowLeftOut

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return StandIn()


def _make(name: str) -> Any:
    return _StandInMeta(name, (StandIn,), {})


class _StandInModule(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        value = _make(name)
        setattr(self, name, value)
        return value


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(
        self, fullname: str, _path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.partition(".")[0] in LEFT_OUT:
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return _StandInModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        module.__dict__["__version__"] = "2.12.0"


def leave_out_tensorflow() -> bool:
    """Puts the stand-in in TensorFlow's place for this process.

    Returns:
        Whether it is in place; False when the real one has been imported already.
    """
    if any(isinstance(finder, _Finder) for finder in sys.meta_path):
        return True
    if "tensorflow" in sys.modules:
        return False
    sys.meta_path.insert(0, _Finder())
    return True
