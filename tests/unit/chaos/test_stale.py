"""15, 28: what is announced again is what was an announcement."""

from types import SimpleNamespace
from typing import Any

import pytest

from portal_contracts.eligibility.events import MemberChanged
from tests.chaos.faults.f15_stale import Newer, Stale
from tests.unit.claims.builders import member

TYPE = MemberChanged.TYPE.encode()
GOOD = member().model_dump_json().encode()


def record(body: bytes | None, type_: bytes = TYPE) -> Any:
    return SimpleNamespace(headers=(("ce_type", type_),), value=body)


@pytest.mark.parametrize("body", [b"{}", b"{not json", b"", None])
def test_poison_is_not_announced_again_for_its_copy_would_be_poison_of_ours(
    body: bytes | None,
) -> None:
    assert not Stale()._fits(record(body))
    assert not Newer()._fits(record(body))


def test_snapshots_are_announced_again_and_nothing_else() -> None:
    assert Stale()._fits(record(GOOD))
    assert not Stale()._fits(record(GOOD, b"eligibility.cob_changed.v1"))
