"""The array type of this package's signatures."""

from __future__ import annotations

from typing import Any, TypeAlias

from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]
"""Numbers; their kind and shape are said where they are made."""
