"""What became of the messages of decided batches: counted, and said where an operator must look."""

from collections.abc import Iterable

from portal_runtime.deciding.batch import Batch
from portal_runtime.intake.arrival import origin
from portal_runtime.intake.refusals import FAULTY, tell_refused
from portal_runtime.observing.logs import logger
from portal_runtime.observing.metrics import MESSAGES, REFUSED

OUTCOMES = ("decided", "again", "refused", "parked")


def begin_at_zero(service: str, topic: str) -> None:
    """All start at zero, so that a stall right from the start shows."""
    for outcome in OUTCOMES:
        MESSAGES.labels(service, topic, outcome)
    for code in FAULTY:
        REFUSED.labels(service, topic, code)


def count(service: str, topic: str, batches: Iterable[Batch]) -> None:
    """Add the batches to the metrics; name the first refused and the first parked message."""
    parked = []
    for batch in batches:
        parked += batch.parked
        fresh = len(batch.accepted) - len(batch.parked)
        unheard = sum(not arrival.hash for arrival in batch.refused)
        again = len(batch.arrivals) - fresh - unheard - len(batch.parked)
        counts = (fresh, again, unheard, len(batch.parked))
        for outcome, number in zip(OUTCOMES, counts, strict=True):
            if number:
                MESSAGES.labels(service, topic, outcome).inc(number)
        if batch.refused:
            tell_refused(service, topic, batch.refused)
    if parked:
        logger().warning(
            "messages parked, see `portal dlq`",
            topic=topic,
            count=len(parked),
            first=origin(parked[0].record),
            reason=parked[0].poison,
        )
