"""What failed is said in words, and never in those of the error: they may quote a row."""

from __future__ import annotations

import asyncio
import socket
import ssl
from errno import ENOSPC
from typing import Any

import aiokafka.errors
import asyncpg
import minio.error
import pytest
import urllib3.exceptions

from portal_runtime.errors import Conflict
from portal_runtime.observing import causes
from portal_runtime.observing.causes import cause
from portal_runtime.storage.objectstore import StoreUnavailable

ROW = "Key (member_id)=(M1000001) already exists"


def s3(code: str) -> minio.error.S3Error:
    return minio.error.S3Error(None, code, ROW, "/b/M1000001", "1", "h")  # type: ignore[arg-type]


SAID: list[tuple[Exception, str]] = [
    (asyncpg.InsufficientPrivilegeError(ROW), "access denied: the role lacks a right"),
    (asyncpg.InvalidPasswordError(ROW), "wrong password"),
    (asyncpg.InvalidAuthorizationSpecificationError(ROW), "may not log in"),
    (asyncpg.InvalidCatalogNameError(ROW), "the database is missing"),
    (asyncpg.UndefinedTableError(ROW), "a table is missing"),
    (asyncpg.DiskFullError(ROW), "disk full"),
    (asyncpg.TooManyConnectionsError(ROW), "too many connections"),
    (asyncpg.ReadOnlySQLTransactionError(ROW), "read-only"),
    (asyncpg.UniqueViolationError(ROW), "a row with this key is there already"),
    (asyncpg.InterfaceError(ROW), "the connection broke off"),
    (ConnectionRefusedError(111, ROW), "nobody answers there"),
    (OSError(ENOSPC, ROW), "disk full"),
    (OSError(f"Multiple exceptions: {ROW}"), "the server cannot be reached"),
    (TimeoutError(ROW), "no answer in time"),
    (asyncio.IncompleteReadError(b"M1000001", 9), "the connection broke off"),
    (socket.gaierror(-2, ROW), "the name of the server is not known"),
    (ssl.SSLCertVerificationError(1, ROW), "TLS failed"),
    (s3("AccessDenied"), "access denied: the key may not do this"),
    (s3("NoSuchBucket"), "the bucket is missing"),
    (s3("SignatureDoesNotMatch"), "the secret key is wrong"),
    (s3("Unheard"), "the store says Unheard"),
    (minio.error.ServerError(ROW, 502), "HTTP status 502"),
    (urllib3.exceptions.ReadTimeoutError(None, ROW, ROW), "no answer in time"),  # type: ignore[arg-type]
    (
        urllib3.exceptions.MaxRetryError(None, ROW, ConnectionRefusedError(111, ROW)),  # type: ignore[arg-type]
        "nobody answers there",
    ),
    (aiokafka.errors.UnknownTopicOrPartitionError(ROW), "the topic is missing"),
    (aiokafka.errors.TopicAuthorizationFailedError(ROW), "not authorized for the topic"),
    (aiokafka.errors.GroupAuthorizationFailedError(ROW), "not authorized for the consumer group"),
    (aiokafka.errors.KafkaConnectionError(ROW), "no broker answers"),
    (aiokafka.errors.CorrelationIdError(ROW), "Kafka did not do it (CorrelationIdError)"),
    (StoreUnavailable("inspect: disk full"), "inspect: disk full"),
    (Conflict("inbox"), "another instance was quicker"),
    (KeyError("M1000001"), "unforeseen error (builtins.KeyError)"),
]


@pytest.mark.parametrize(("error", "words"), SAID, ids=lambda given: str(given)[:40])
def test_the_cause_is_said_in_words(error: Exception, words: str) -> None:
    assert words in cause(error)


@pytest.mark.parametrize("error", [error for error, _ in SAID], ids=lambda e: type(e).__name__)
def test_nothing_of_what_the_error_says_is_repeated(error: Exception) -> None:
    assert "M1000001" not in cause(error)


def test_every_error_of_the_database_has_words() -> None:
    """Of a class that no row of the table names, its SQLSTATE's class does."""
    found: Any = vars(asyncpg.exceptions).values()
    kinds = [k for k in found if isinstance(k, type) and issubclass(k, asyncpg.PostgresError)]
    states = {k: k.sqlstate for k in kinds if getattr(k, "sqlstate", None)}
    assert len(states) > 200
    for kind, state in states.items():
        assert cause(kind(ROW)).endswith(f"(SQLSTATE {state})")
        assert "M1000001" not in cause(kind(ROW))


def test_every_kind_that_is_named_is_there() -> None:
    """A class that a library renames would silently lose its words."""
    modules = {
        "aiokafka": aiokafka.errors,
        "asyncpg": asyncpg,
        "minio": minio.error,
        "urllib3": urllib3.exceptions,
        "socket": socket,
        "ssl": ssl,
    }
    for kind in causes.KINDS:
        package, _, name = kind.partition(".")
        assert hasattr(modules.get(package, __builtins__), name) or name in vars(
            __import__("builtins")
        ), kind
