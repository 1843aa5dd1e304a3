"""The invariants I1 to I15 of docs/promises.md, and whether there was anything to judge them by:
pure functions of a run's history."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping

from tests.chaos.checkers import (
    i01_outcome,
    i02_once,
    i03_published,
    i04_offsets,
    i05_versions,
    i06_partitions,
    i07_ledger,
    i08_payments,
    i09_quarantine,
    i10_timers,
    i11_states,
    i12_tenants,
    i13_objects,
    i14_drained,
    i15_audit,
    seen,
)
from tests.chaos.history import History, Violation

Check = Callable[[History], Iterator[Violation]]
CHECKERS: Mapping[str, Check] = {
    "I1": i01_outcome.check,
    "I2": i02_once.check,
    "I3": i03_published.check,
    "I4": i04_offsets.check,
    "I5": i05_versions.check,
    "I6": i06_partitions.check,
    "I7": i07_ledger.check,
    "I8": i08_payments.check,
    "I9": i09_quarantine.check,
    "I10": i10_timers.check,
    "I11": i11_states.check,
    "I12": i12_tenants.check,
    "I13": i13_objects.check,
    "I14": i14_drained.check,
    "I15": i15_audit.check,
    "seen": seen.check,
}


def words(name: str) -> str:
    """What an invariant says, as its file begins: "a key is in one partition of a topic"."""
    if not name.startswith("I"):
        return ""
    said = sys.modules[CHECKERS[name].__module__].__doc__ or ""
    return " ".join(said.removeprefix(f"{name}: ").split()).rstrip(".")


__all__ = ["CHECKERS", "Check", "words"]
