"""Rules that several forms have. They also read a form of which only parts could be understood
(`portal_contracts/partial.py`): what is missing or broken there has been told already.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from portal_contracts.common import Problem
from portal_contracts.ids import npi_is_valid
from portal_contracts.partial import Partial
from portal_contracts.problems.common import DATES_OUT_OF_ORDER, NPI_CHECK_DIGIT


def problems_of(
    form: Any, rules: Iterable[Callable[..., Iterable[Problem]]], *more: Any
) -> list[Problem]:
    """What all rules find, each called with the form and `more`.

    Of a form that is not whole, a rule that reads what is missing or broken finds nothing more:
    it has been told already. Of a whole one, that is a fault of ours (AttributeError).
    """
    problems: list[Problem] = []
    for rule in rules:
        try:
            problems += rule(form, *more)
        except AttributeError:
            if not isinstance(form, Partial):
                raise
    return problems


def part(form: Any, path: str) -> Any:
    """What the form has under a path such as "servicing.npi"; None where it has nothing sound."""
    for name in path.split("."):
        form = getattr(form, name, None)
    return form


def npi_problems(form: Any, npis: Mapping[str, str], prefix: str = "") -> Iterator[Problem]:
    """NPIs whose last digit does not go with the others. `npis`: by path, what each is called.

    `prefix`: the path of `form` itself.
    """
    for path, what in npis.items():
        npi = part(form, path)
        if npi is not None and not npi_is_valid(npi):
            yield NPI_CHECK_DIGIT(what=what, field=f"{prefix}{path}")


def order_problems(
    first: date | None, last: date | None, what: str, field: str
) -> Iterator[Problem]:
    """A last day before the first one."""
    if first is not None and last is not None and last < first:
        yield DATES_OUT_OF_ORDER(what=what, first=first, last=last, field=field)
