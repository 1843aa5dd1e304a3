"""What commands say when the stack they need does not run: one sentence, with the way out."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import NoReturn, TypeVar

import typer

from portal_cli.infra.base import place, speaks_kafka
from portal_cli.show import console

T = TypeVar("T")
PATIENCE = 10.0
"""Seconds that a busy broker gets to say that it is one."""


def no_kafka(bootstrap: str) -> str:
    return f"Kafka does not answer at {bootstrap}; is it running? `make run` starts everything."


def kafka_there(bootstrap: str) -> bool:
    """Whether a broker answers at one of the addresses; a client would wait long for anything
    else."""
    places = map(place, bootstrap.split(","))
    return any(speaks_kafka(port, host, PATIENCE) for host, port in places)


@contextmanager
def kafka_wanted(bootstrap: str) -> Iterator[None]:
    """A broker that does not answer ends the command with a sentence instead of a trace."""
    from aiokafka.errors import KafkaConnectionError

    if not kafka_there(bootstrap):
        give_up(no_kafka(bootstrap))
    try:
        yield
    except KafkaConnectionError:
        give_up(no_kafka(bootstrap))


def run_with_kafka(bootstrap: str, work: Coroutine[None, None, T]) -> T:
    try:
        with kafka_wanted(bootstrap):
            return asyncio.run(work)
    finally:
        work.close()
    raise AssertionError("unreachable")


def give_up(words: str) -> NoReturn:
    console.print(f"[red]✗[/] {words}")
    raise typer.Exit(1)
