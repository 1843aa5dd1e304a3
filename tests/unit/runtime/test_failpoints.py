"""Failpoints that strike by chance strike in the same places again with the same seed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from portal_runtime.observing import failpoints
from portal_runtime.observing.failpoints import TAKEN, FailpointReached, failpoint
from portal_runtime.settings import RuntimeSettings


@pytest.fixture(autouse=True)
def disarmed() -> Iterator[None]:
    yield
    failpoints.switch_on("")


def strikes(seed: int) -> list[int]:
    """At which of a hundred passages it strikes."""
    failpoints.switch_on(f"{TAKEN}~0.3!raise", seed)
    return [n for n in range(100) if struck()]


def struck() -> bool:
    try:
        failpoint(TAKEN)
    except FailpointReached:
        return True
    return False


def test_a_seed_draws_the_same_passages_again_and_another_one_draws_others() -> None:
    first, again, other = strikes(1), strikes(1), strikes(2)
    assert first == again
    assert first != other
    assert 10 < len(first) < 50, "about three in ten"


def test_the_seed_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_FAILPOINT_SEED", "7")
    assert RuntimeSettings().failpoint_seed == 7
