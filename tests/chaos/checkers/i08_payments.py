"""I8: at most one payment stands for a claim, and none is above what is allowed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from tests.chaos.history import History, Violation


def check(history: History) -> Iterator[Violation]:
    paid: dict[str, Counter[int]] = defaultdict(Counter)
    taken_back: dict[str, Counter[int]] = defaultdict(Counter)
    for entry in history.money.ledger:
        booked = paid if entry.kind == "payment" else taken_back
        booked[entry.claim][entry.adjudication] += 1
    for claim, payments in paid.items():
        standing = sorted((payments - taken_back[claim]).elements())
        if len(standing) > 1:
            yield Violation("double", f"{claim}: payments of the adjudications {standing} stand")
        for adjudication, count in payments.items():
            if count > 1:  # also where one of them was taken back
                text = f"{claim}: the adjudication {adjudication} was paid {count} times"
                yield Violation("double", text)
    for event in history.of_type("claims.claim_adjudicated.v1"):
        facts = event.facts
        if facts is not None and facts["paid"] > facts["allowed"]:
            yield Violation("wrong", f"{facts['claim_number']}: paid above the allowed amount")
