"""Building result messages on the hot path.

A claim's outcome is some twenty small models whose values the rules have just computed, typed.
Validating them again costs more than computing them; `model_construct` costs more still. `build`
fills a model directly. It wants every field; a test compares it with the validated twin.
"""

from typing import Any, TypeVar

from pydantic import BaseModel

from portal_contracts.claims.outcome import Adjustment
from portal_contracts.claims.parts import AdjustmentGroup
from portal_contracts.money import dollars

M = TypeVar("M", bound=BaseModel)
_set = object.__setattr__
_names: dict[type[BaseModel], set[str]] = {}


def build(model: type[M], values: dict[str, Any]) -> M:
    """A frozen model holding `values`, which name all of its fields with the right types."""
    names = _names.get(model)
    if names is None:
        names = _names[model] = set(model.model_fields)
    made = model.__new__(model)
    _set(made, "__dict__", values)
    _set(made, "__pydantic_fields_set__", names)
    _set(made, "__pydantic_extra__", None)
    _set(made, "__pydantic_private__", None)
    return made


def adjustment(
    group: AdjustmentGroup, carc: str, amount: int, rarcs: tuple[str, ...] = ()
) -> Adjustment:
    """An adjustment of `amount` cents."""
    return build(
        Adjustment, {"group": group, "carc": carc, "amount": dollars(amount), "rarcs": rarcs}
    )
