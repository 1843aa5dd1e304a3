"""Values of one message or state in another one: what has the same name is the same thing."""

from functools import cache
from typing import Any, TypeVar

from portal_contracts.base import Model

M = TypeVar("M", bound=Model)


def like(model: type[M], source: Model, **other: Any) -> M:
    """A `model` of `other`, and of what `source` has (fields, properties) under the same names.

    ValidationError where neither has a field that the model needs: a fault of ours, which the
    first test of the rule shows.
    """
    for name in _shared(model, type(source)):
        if name not in other:
            other[name] = getattr(source, name)
    return model(**other)


@cache
def _shared(model: type[Model], source: type[Model]) -> tuple[str, ...]:
    return tuple(name for name in model.model_fields if _has(source, name))


def _has(source: type[Model], name: str) -> bool:
    return name in source.model_fields or isinstance(getattr(source, name, None), property)
