"""A text that fits a regular expression, always the same one: for examples of messages."""

import re
from typing import Any

# The parser of the standard library, undocumented but stable for a decade; used for examples only.
from re import _constants as c  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]

_CATEGORY = {c.CATEGORY_DIGIT: "1", c.CATEGORY_WORD: "a", c.CATEGORY_SPACE: " "}


def example(pattern: str) -> str:
    """The shortest text, of the first characters that are allowed, that the pattern takes."""
    text = _sequence(parser.parse(pattern))
    if re.search(pattern, text) is None:
        raise ValueError(f"no example found for the pattern {pattern}")
    return text


def _sequence(parsed: Any) -> str:
    return "".join(_one(kind, value) for kind, value in parsed)


def _one(kind: Any, value: Any) -> str:
    if kind is c.LITERAL:
        return chr(value)
    if kind in (c.MAX_REPEAT, c.MIN_REPEAT):
        least, _, repeated = value
        return _sequence(repeated) * least
    if kind is c.SUBPATTERN:
        return _sequence(value[-1])
    if kind is c.BRANCH:
        return _sequence(value[1][0])
    if kind is c.IN:
        return _any_of(value)
    return "x" if kind in (c.ANY, c.NOT_LITERAL) else ""


def _any_of(choices: Any) -> str:
    kind, value = choices[0]
    if kind is c.NEGATE:
        return "x"
    if kind is c.RANGE:
        return chr(value[0])
    return _CATEGORY.get(value, "a") if kind is c.CATEGORY else chr(value)
