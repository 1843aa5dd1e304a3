"""The state that a history leads to."""

from collections.abc import Callable, Iterable
from functools import reduce
from typing import Any


def replayed(evolve: Callable[[Any, Any], Any], events: Iterable[Any]) -> Any:
    """What the events make, one after another, of nothing."""
    return reduce(evolve, events, None)
