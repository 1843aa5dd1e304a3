"""JSON that is nearly right: a valid message with a few of its values or parts spoiled."""

import copy
import math
import re
from collections.abc import Iterator
from random import Random
from typing import Any

Json = Any
Place = tuple[Any, Any]
"""A container and the key or index in it."""

NUMBERS = [
    *(0, 1, -1, 5, 2**31, 2**53 - 1, 2**53, -(2**53), 2**63, 10**30),
    *(0.0, -0.0, 1.0, 5.0, 0.5, 1e15, 1e16, 1e20, 31536000.0, math.inf, math.nan),
]
DAYS = [
    *("2026-01-05", "2024-02-29", "2026-02-29", "2026-02-30", "2026-13-01", "2026-00-10"),
    *("0001-01-01", "0000-01-01", "1879-12-31", "1880-01-01", "9999-12-30", "9999-12-31"),
    *("2026-1-5", "20260105", "2026-W01-1", "2026-005", "26-01-05", "-2026-01-05", "+2026-01-05"),
    *("2026-01-05T00:00:00", "2026-01-05T00:00:00Z", "2026-01-05 ", " 2026-01-05", "2026/01/05"),
    *("２０２６-01-05", "2026‐01‐05", "2026-01-05\n", "10000-01-01", "January 5, 2026"),
    *("0", "1", "-86400", "31536000", "1700006400", "1e3", "1.5", "infinity", "today"),
]
MOMENTS = [
    *("2026-01-05T14:30:00Z", "2026-01-05T14:30:00+00:00", "2026-01-05T14:30:00-05:00"),
    *("2026-01-05T14:30:00.5Z", "2026-01-05T14:30:00.123456789Z", "2026-01-05T14:30:00.Z"),
    *("2026-01-05T14:30:00.1234567890Z", "2026-01-05T14:30:00", "2026-01-05 14:30:00Z"),
    *("2026-01-05t14:30:00z", "2026-01-05_14:30:00Z", "2026-01-05T14:30Z", "2026-01-05T14Z"),
    *("2026-01-05T14:30:00+0500", "2026-01-05T14:30:00+05", "2026-01-05T14:30:00+23:59"),
    *("2026-01-05T14:30:00+24:00", "2026-01-05T14:30:00+99:99", "2026-01-05T14:30:00\u221205:00"),
    *("2026-01-05T24:00:00Z", "2026-01-05T23:59:60Z", "2026-01-05T25:00:00Z", "20260105T143000Z"),
    *("2026-02-30T14:30:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"),
    *(
        "1899-12-31T23:59:59Z",
        "1900-01-01T00:00:00Z",
        "2999-12-31T23:59:59Z",
        "3000-01-01T00:00:00Z",
    ),
    *("2026-01-05T14:30:00Z ", "2026-01-05T14:30:00Z\n", "2026-01-05T14:30:00 Z"),
]
TEXTS = [
    *("", " ", "  ", "\t", "\n", "\u00a0", "\u3000", "\u0085", "\ufeff", "\u200b", "\x1f", "\x7f"),
    *(" a", "a ", "a\tb", "a\u2028", "\u00a0a", "a\x00b", "é", "e\u0301", "\U00010330", "Ærø"),
    *("true", "false", "yes", "no", "on", "null", "NaN", "Infinity", "5", "5.0", "+5", "1_000"),
    *(
        "120.00",
        "-120.00",
        "0120.00",
        "00.00",
        "-0.05",
        "120",
        "120.000",
        "120.0",
        ".50",
        "1,200.00",
        "120.00\n",
        "-0.00",
    ),
    *("١٢٠.٠٠", "１２０.00", "12345678901.00", "1234567893", "1234567893\n", "123456789", "٣" * 9),
    *("a@b.cd", "a@b", "a b@c.de", "a@b.c\u00a0d", "a\u0085@b.cd", "a@b..cd", "é@b.cd"),
    *("ﬀ", "OH", "oh", "O", "99213", "J069", "j069", "J06.9", "25", "F", "f", "1", "01", "0111"),
    "01940000-0000-7000-8000-000000000001",
    "urn:uuid:01940000-0000-7000-8000-000000000001",
    "{01940000-0000-7000-8000-000000000001}",
    "01940000000070008000000000000001",
]
OTHERS: list[Json] = [None, True, False, [], {}, [None], [[]], ["a"], [1]]
OTHERS += [{"a": 1}, {"type": "npi"}]
SCALARS = [*NUMBERS, *DAYS, *MOMENTS, *TEXTS, *OTHERS]
EDGES = ("\n", " ", "\u00a0", "\x00", "x", "é", "\U00010330", "0", "٣")


def places(value: Json) -> Iterator[Place]:
    """Every part of it, with the container it is in."""
    parts = value.items() if isinstance(value, dict) else enumerate(value)
    for key, part in parts:
        yield value, key
        if isinstance(part, dict | list):
            yield from places(part)


def limits_of(core: Json) -> list[int]:
    """Every length and limit in a schema of pydantic-core: the edges are where mistakes are."""
    names = ("min_length", "max_length", "ge", "le")
    found = {c[key] for c, key in places(core) if key in names and isinstance(c[key], int)}
    return sorted({near for number in found for near in (number - 1, number, number + 1)})


def telling(value: Json) -> list[Json]:
    """What a reader that means well takes for a value of this kind, and a few that are right."""
    if isinstance(value, bool):
        return [not value, 1, 0.0, "true", "yes", None]
    if isinstance(value, int):
        return [float(value), str(value), f"{value}.0", True, value + 0.5, 1e20, math.nan, None]
    if isinstance(value, list):
        return [[], [*value, *value], {"0": value[0]} if value else {}, "a", None, [None]]
    if isinstance(value, dict):
        rest = [{k: v for k, v in value.items() if k != key} for key in value]
        return [*rest, {}, {**value, "one_more_field": 1}, [value], None, ""]
    if re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T", str(value)):
        return [
            "0",
            31536000.0,
            "2026-01-05T14:30:00",
            "2026-01-05 14:30:00Z",
            "2026-02-30T00:00:00Z",
        ]
    if re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", str(value)):
        return [0, "0", "31536000", 31536000.0, "2026-01-05T00:00:00", "2026-02-30", "1879-12-31"]
    return [1, None, "", " ", "\u00a0", f"{value}\n", f"{value} ", "٣" * len(str(value)), [value]]


def sizes(value: Json, limits: list[int]) -> list[Json]:
    """The same value smaller and larger, in order: at every limit that there is, and beside it."""
    if isinstance(value, list) and value:
        return [(value * n)[:n] for n in range_of(limits, 1_001)]
    if isinstance(value, str) and value:
        longer = [value + value[-1] * (n - len(value)) for n in limits if len(value) < n <= 9_000]
        return [value[:n] for n in range(len(value) + 1)] + longer
    if isinstance(value, int) and not isinstance(value, bool):
        return list(limits)
    return []


def range_of(limits: list[int], most: int) -> list[int]:
    return [n for n in limits if 0 <= n <= most]


def mutated(random: Random, data: Json, limits: list[int]) -> Json:
    """A copy with one to three things spoiled; now and then with none, or nothing left of it."""
    data = copy.deepcopy(data)
    if random.random() < 0.02:
        return random.choice(SCALARS)
    for _ in range(random.choice((0, 1, 1, 1, 1, 1, 2, 3))):
        spots = list(places(data))
        container, key = random.choice(spots) if spots else (data, None)
        if not spots or random.random() < 0.15:
            _change_shape(random, container, key)
        else:
            container[key] = _other_value(random, container[key], limits)
    return data


def _change_shape(random: Random, container: Json, key: Any) -> None:
    """A part more, fewer or under another name."""
    choice = random.randrange(4)
    if isinstance(container, list):
        if choice == 0:
            del container[key]
        else:
            container.insert(key or 0, random.choice([None, "a", 1, copy.deepcopy(container[key])]))
    elif choice < 2 and key is not None:
        del container[key]
    elif choice == 2 and key is not None:
        container[str(key).upper()] = container.pop(key)
    else:
        container[random.choice(["one_more_field", "", "type", "TYPE", "é"])] = random.choice(
            SCALARS
        )


def _other_value(random: Random, value: Json, limits: list[int]) -> Json:
    choice = random.random()
    if choice < 0.15 and limits:
        return _at_a_limit(random, value, random.choice(limits))
    if choice < 0.25 and isinstance(value, str):
        edge = random.choice(EDGES)
        return random.choice([value + edge, edge + value, value[:-1], value.swapcase(), value * 2])
    if choice < 0.3 and isinstance(value, int) and not isinstance(value, bool):
        return random.choice([float(value), str(value), value + 0.5, -value])
    if choice < 0.35:
        return [value]
    if isinstance(value, str) and value[:1].isdigit() and "-" in value and choice < 0.7:
        return random.choice(DAYS + MOMENTS)
    return copy.deepcopy(random.choice(SCALARS))


def _at_a_limit(random: Random, value: Json, limit: int) -> Json:
    """As long, as large or as many as the schema allows, or one more."""
    if isinstance(value, list) and value and limit <= 60:
        return [copy.deepcopy(value[0]) for _ in range(limit)]
    if isinstance(value, str) and limit <= 9_000:
        return random.choice(["x", "é", "0", "\U00010330", " "]) * limit
    return limit
