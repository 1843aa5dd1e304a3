"""Snapshots are parsed once, and what is kept parsed stays within its bound of bytes."""

from __future__ import annotations

import pytest

from portal_contracts.base import Model
from portal_runtime.tables import Facts


class Snapshot(Model):
    version: int
    text: str = ""


def body(version: int, size: int = 10) -> bytes:
    return Snapshot(version=version, text="x" * size).model_dump_json().encode()


def test_an_unchanged_snapshot_is_parsed_once_and_a_changed_one_again() -> None:
    facts = Facts("coverage", Snapshot)
    first = facts._parse("m", body(1))
    assert facts._parse("m", body(1)) is first
    assert facts._parse("m", body(2)).version == 2


def test_what_is_kept_parsed_is_bounded_in_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Facts, "CACHE", 10_000)
    facts = Facts("coverage", Snapshot)
    for version in range(200):
        for key in ("same", f"k{version % 70}"):
            facts._parse(key, body(version, size=version))
            kept = sum(len(raw) for raw, _ in facts._parsed.values())
            assert kept == facts._size <= 10_000
    assert len(facts._parsed) > 10
    facts._parse("huge", body(1, size=20_000))
    assert facts._size == 0
