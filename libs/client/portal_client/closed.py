"""What aiokafka cannot bear under uvloop: writing to a connection that was closed a moment ago.

It takes an OSError for the sign of a broken connection and opens a new one; uvloop raises
RuntimeError. That ends the task that fetches, and answers would never come again, without a word.
The services' runtime does the same for itself (`portal_runtime.wire.aiokafka_patches`).
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from aiokafka.conn import AIOKafkaConnection, CloseReason
from aiokafka.errors import KafkaConnectionError


def surviving(send: Callable[..., Any]) -> Callable[..., Any]:
    """`AIOKafkaConnection.send` that says KafkaConnectionError of a connection that is closed."""

    @wraps(send)
    def sending(connection: Any, *args: Any, **more: Any) -> Any:
        try:
            return send(connection, *args, **more)
        except RuntimeError as error:
            connection.close(reason=CloseReason.CONNECTION_BROKEN)
            raise KafkaConnectionError(f"closed: {error}") from error

    return sending


def survive() -> None:
    """For every Kafka client of this process; a second time does nothing."""
    if not hasattr(AIOKafkaConnection.send, "__wrapped__"):
        AIOKafkaConnection.send = surviving(AIOKafkaConnection.send)
