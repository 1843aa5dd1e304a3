"""Shows operators what was refused on arrival: such messages are answered and kept nowhere."""

from collections import Counter
from collections.abc import Sequence

from portal_contracts.problems import message as m
from portal_runtime.intake.arrival import Arrival, origin
from portal_runtime.observing.logs import logger
from portal_runtime.observing.metrics import REFUSED

FAULTY = frozenset(
    problem.code
    for problem in (
        *(m.BAD_HEADERS, m.RESERVED_ID, m.UNKNOWN_TYPE, m.EMPTY_BODY, m.NOT_JSON, m.TOO_LARGE),
        *(m.NOT_AUTHENTICATED, m.WRONG_KEY, m.WRONG_PARTITION, m.TOO_OLD),
    )
)
"""What only a program gets wrong, never the person who uses it."""
COUNTED = FAULTY | {m.FORBIDDEN.code, m.CONTROL_CHARACTER.code}


def code_of(arrival: Arrival) -> str:
    """The code of the envelope, or `invalid` for a body with any number of problems."""
    problems = arrival.refusal.problems if arrival.refusal is not None else ()
    code = problems[0].code if len(problems) == 1 else ""
    return code if code in COUNTED else "invalid"


def tell_refused(service: str, topic: str, refused: Sequence[Arrival]) -> None:
    """Count them by code, and say where the first that a faulty program sent stands."""
    first: dict[str, Arrival] = {}
    counts = Counter[str]()
    for arrival in refused:
        code = code_of(arrival)
        counts[code] += 1
        first.setdefault(code, arrival)
    for code, count in counts.items():
        REFUSED.labels(service, topic, code).inc(count)
        if code in FAULTY:
            place = origin(first[code].record)
            logger().warning("messages refused", topic=topic, code=code, count=count, first=place)
