"""I8: at most one payment stands for a claim, and none is above what is allowed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from tests.chaos.history import History, Violation


def check(history: History) -> Iterator[Violation]:
    standing: dict[str, set[int]] = defaultdict(set)
    for entry in history.money.ledger:
        if entry.kind == "payment":
            standing[entry.claim].add(entry.adjudication)
    for entry in history.money.ledger:
        if entry.kind == "reversal":
            standing[entry.claim].discard(entry.adjudication)
    for claim, adjudications in standing.items():
        if len(adjudications) > 1:
            text = f"{claim}: payments of the adjudications {sorted(adjudications)} stand"
            yield Violation("double", text)
    for event in history.of_type("claims.claim_adjudicated.v1"):
        facts = event.facts
        if facts is not None and facts["paid"] > facts["allowed"]:
            yield Violation("wrong", f"{facts['claim_number']}: paid above the allowed amount")
