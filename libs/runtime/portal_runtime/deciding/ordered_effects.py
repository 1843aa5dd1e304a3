"""Rows of what decisions order to be done outside, written in the transaction of their batch."""

from collections.abc import Sequence
from typing import Any

from portal_runtime.domain.decision import Context, Decision
from portal_runtime.domain.work import Effect
from portal_runtime.intake.arrival import Arrival
from portal_runtime.intake.incoming import MAX_BODY
from portal_runtime.storage.database import insert_rows
from portal_runtime.wire.encoding import to_json

COLUMNS = ("id", "key", "kind", "body", "cause", "correlation", "traceparent")
Row = tuple[Any, ...]


def ordered(arrival: Arrival, decision: Decision, context: Context) -> Sequence[Row]:
    """One row each. Its id is made from the message's, so deciding again orders the same effect.

    ValueError: there is too much in one of them to keep.
    """
    if not decision.effects:
        return ()
    assert arrival.envelope is not None
    end = (context.message_id, context.correlation_id, arrival.envelope.traceparent or None)
    return [
        (context.derive(f"effect:{n}"), effect.key, effect.work.KIND, _body(effect), *end)
        for n, effect in enumerate(decision.effects)
    ]


def _body(effect: Effect) -> bytes:
    body = to_json(effect.work)
    if len(body) > MAX_BODY:
        raise ValueError("an effect that follows from this message is too large")
    return body


async def save_effects(conn: Any, rows: Sequence[Row]) -> None:
    """In the order decided; a batch without effects asks nothing of the database."""
    await insert_rows(conn, "effects", COLUMNS, rows)
