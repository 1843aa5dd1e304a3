"""A connection that was closed a moment ago is a broken one, also under uvloop."""

from typing import Any

import pytest
from aiokafka.conn import AIOKafkaConnection, CloseReason
from aiokafka.errors import KafkaConnectionError

from portal_client.closed import survive, surviving


class Connection:
    def __init__(self) -> None:
        self.closed: list[Any] = []

    def close(self, reason: Any) -> None:
        self.closed.append(reason)


def test_what_uvloop_says_of_a_closed_connection_is_understood() -> None:
    def send(_: Connection, request: str) -> None:
        raise RuntimeError(f"unable to perform {request}; the handler is closed")

    connection = Connection()
    with pytest.raises(KafkaConnectionError):
        surviving(send)(connection, "fetch")
    assert connection.closed == [CloseReason.CONNECTION_BROKEN]


def test_the_clients_of_a_process_are_prepared_once() -> None:
    survive()
    once = AIOKafkaConnection.send
    survive()
    assert AIOKafkaConnection.send is once
