"""A text that fits a regular expression, always the same one: for examples of messages."""

import re

# The parser of the standard library, undocumented but stable for a decade; used for examples only.
from re import _constants as c  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

_CATEGORY = {c.CATEGORY_DIGIT: "1", c.CATEGORY_WORD: "a", c.CATEGORY_SPACE: " "}


def example(pattern: str, at_least: int = 0) -> str:
    """A short text, of the first characters that are allowed, that the pattern takes."""
    parsed = parser.parse(pattern)
    for repeats in range(at_least + 1):
        text = _sequence(parsed, repeats)
        if len(text) >= at_least and re.search(pattern, text):
            return text
    raise ValueError(f"no example found for the pattern {pattern}")


def _sequence(parsed: Any, repeats: int) -> str:
    return "".join(_one(kind, value, repeats) for kind, value in parsed)


def _one(kind: Any, value: Any, repeats: int) -> str:
    if kind is c.LITERAL:
        return chr(value)
    if kind in (c.MAX_REPEAT, c.MIN_REPEAT):
        least, most, repeated = value
        return "".join([_sequence(repeated, repeats)] * max(least, min(int(most), repeats)))
    if kind is c.SUBPATTERN:
        return _sequence(value[-1], repeats)
    if kind is c.BRANCH:
        return _sequence(value[1][0], repeats)
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
