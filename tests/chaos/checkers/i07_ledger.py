"""I7: money balances: the ledger by claim, in sum, against the events and on every line; and what
members have borne is what their standing claims make."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from tests.chaos.history import Entry, History, Violation


def check(history: History) -> Iterator[Violation]:
    """In cents."""
    ledger, paid = history.money.ledger, history.money.paid
    balance: Counter[str] = Counter()
    for entry in ledger:
        balance[entry.claim] += entry.amount
    for claim in paid.keys() | balance.keys():
        if balance[claim] != paid.get(claim, 0):
            text = f"{claim}: the ledger says {balance[claim]}, the claim {paid.get(claim, 0)}"
            yield Violation("wrong", text)
    if sum(balance.values()) != sum(paid.values()):
        yield Violation("wrong", "the ledger as a whole is not what stands as paid")
    yield from _as_announced(history)
    yield from _accumulators(history)
    payments = {(e.claim, e.adjudication): e.amount for e in ledger if e.kind == "payment"}
    for entry in ledger:
        if entry.kind == "reversal" and payments.get(entry[:2]) != -entry.amount:
            yield Violation("wrong", f"{entry.claim}: a reversal of what was not paid")


def _as_announced(history: History) -> Iterator[Violation]:
    announced: Counter[Entry] = Counter()
    for event in history.of_type("claims.claim_adjudicated.v1", "claims.claim_closed.v1"):
        if event.facts is None:
            continue
        claim = event.facts["claim_number"]
        if not event.facts.get("adds_up", True):
            yield Violation("wrong", f"{claim}: charge is not paid plus adjustments on a line")
        for kind, adjudication, amount in event.facts["postings"]:
            announced[Entry(claim, adjudication, kind, amount)] += 1
    booked = Counter(history.money.ledger)
    for entry in (announced - booked).elements():
        yield Violation("lost", f"announced and not booked: {entry}")
    for entry in (booked - announced).elements():
        yield Violation("double", f"booked and not announced: {entry}")


def _accumulators(history: History) -> Iterator[Violation]:
    """A claim counts with its latest adjudication, until it is replaced or voided."""
    counted: dict[str, tuple[str, int, int, int]] = {}
    for event in history.of_type("claims.claim_adjudicated.v1", "claims.claim_closed.v1"):
        if event.facts is None:
            continue
        if "counted" in event.facts:
            of = event.facts["patient"], event.facts["year"]
            counted[event.facts["claim_number"]] = (*of, *event.facts["counted"])
        else:
            counted.pop(event.facts["claim_number"], None)
    deductible: Counter[tuple[str, int]] = Counter()
    out_of_pocket: Counter[tuple[str, int]] = Counter()
    for member, year, towards, borne in counted.values():
        deductible[member, year] += towards
        out_of_pocket[member, year] += borne
    stored = history.money.accumulators
    for key in stored.keys() | deductible.keys():
        expected, found = (deductible[key], out_of_pocket[key]), stored.get(key, (0, 0))
        if found != expected:
            text = f"somebody's accumulators of {key[1]} are {found}, the claims make {expected}"
            yield Violation("wrong", text)
