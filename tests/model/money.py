"""What holds of the money of claims at every moment, read off the committed rows."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from claims.domain.ledger import counted
from claims.domain.state import VOID, Adjudicated, Claim, last_outcome
from claims.store.claim_row import ClaimRow, stored_claim
from portal_contracts.claims.events import ClaimAdjudicated, ClaimClosed, ClaimRejectedEvent
from portal_contracts.money import cents
from portal_runtime.wire.encoding import to_json
from tests.model.portal import Portal


def claims_of(portal: Portal) -> dict[str, Claim]:
    db = portal.running["claims"].db
    rows = [ClaimRow(**row) for row in db.rows("claims")]
    entries = db.tables["claim_history"]
    found = {}
    for row in rows:
        entry = entries.get((row.claim_number, row.adjudicated))
        found[row.claim_number] = stored_claim(row, entry["body"] if entry else None).claim
    return found


def balances(portal: Portal) -> None:
    """Ledger, postings, lines and accumulators say the same as the claims."""
    known = claims_of(portal)
    _ledger(portal, known)
    _events(portal, known)
    _lines(known)
    _accumulators(portal, known)
    _history(portal, known)


def _ledger(portal: Portal, known: dict[str, Claim]) -> None:
    rows = portal.running["claims"].db.rows("ledger")
    stands: Counter[str] = Counter()
    for row in rows:
        stands[row["claim_number"]] += row["amount"]
    for number, claim in known.items():
        assert stands[number] == claim.paid, f"the ledger of a claim that is {claim.status}"
    paid = {(r["claim_number"], r["adjudication"]) for r in rows if r["kind"] == "payment"}
    back = {(r["claim_number"], r["adjudication"]) for r in rows if r["kind"] == "reversal"}
    assert back <= paid, "something was taken back that was never paid"


def _events(portal: Portal, known: dict[str, Claim]) -> None:
    """The journal folded gives the claim: its last adjudication, its end, its postings."""
    latest: dict[str, ClaimAdjudicated] = {}
    closed: dict[str, str] = {}
    posted: Counter[tuple[str, int, str, int]] = Counter()
    for event in portal.events("claims", ClaimAdjudicated, ClaimClosed):
        number = event.claim_number
        if isinstance(event, ClaimClosed):
            closed[number] = event.status
        else:
            assert number not in closed, "a claim was adjudicated after its end"
            before = latest.get(number)
            assert event.adjudication == (before.adjudication if before else 0) + 1
            latest[number] = event
        for p in event.postings:
            posted[number, p.adjudication, p.kind, cents(p.amount)] += 1
    ledger = Counter(
        (r["claim_number"], r["adjudication"], r["kind"], r["amount"])
        for r in portal.running["claims"].db.rows("ledger")
    )
    assert posted == ledger
    for number, claim in known.items():
        assert last_outcome(claim.state) == latest.get(number)
        if number in closed:
            assert claim.status == closed[number]


def _lines(known: dict[str, Claim]) -> None:
    for claim in known.values():
        outcome = last_outcome(claim.state)
        for line in outcome.lines if outcome else ():
            rest = sum(cents(a.amount) for a in line.adjustments)
            assert cents(line.charge) == cents(line.paid) + rest


VISIT = {"2025-1": 9020, "2026-1": 9300}
"""What an office visit is worth by each of the two rule sets, in cents."""


def decided_by_the_rules_of_their_days(portal: Portal) -> None:
    """Whenever a claim is decided, and by whatever message (CL-23)."""
    for event in portal.events("claims", ClaimAdjudicated):
        version = "2025-1" if event.service_from.year == 2025 else "2026-1"
        assert event.rule_set == version, "decided by the rules of another year"
        for row in event.lines:
            allowed = cents(row.allowed)
            assert row.rule_set is None and allowed in (0, cents(row.charge), VISIT[version])


def _history(portal: Portal, known: dict[str, Claim]) -> None:
    """Each version of a claim has one entry; what was announced is in it, as it was announced."""
    entries: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in portal.running["claims"].db.rows("claim_history"):
        entries[row["claim_number"]].append(row)
    announced = {
        (event.claim_number, event.version): event
        for event in portal.events("claims", ClaimAdjudicated, ClaimClosed, ClaimRejectedEvent)
    }
    assert entries.keys() == known.keys()
    for number, claim in known.items():
        rows = sorted(entries[number], key=lambda row: row["version"])
        assert [row["version"] for row in rows] == [*range(1, claim.version + 1)]
        assert [row["at"] for row in rows] == sorted(row["at"] for row in rows)
        for row in rows:
            event = announced.pop((number, row["version"]), None)
            assert row["body"] == (to_json(event) if event else None)
            assert row["adjudication"] == getattr(event, "adjudication", None)
        ends = {"rejected": "rejected", "replaced": "replaced", "voided": "voided"}
        if claim.status in ends and claim.state != VOID:
            assert rows[-1]["what"] == ends[claim.status]
    assert not announced, "something was announced about a claim that its history does not know"


def _accumulators(portal: Portal, known: dict[str, Claim]) -> None:
    """What a member has paid is the sum over the claims that stand."""
    accumulators: dict[tuple[str, int], list[int]] = defaultdict(lambda: [0, 0])
    for claim in known.values():
        if isinstance(claim.state, Adjudicated):
            total = accumulators[claim.submission.member_id, claim.state.outcome.service_from.year]
            for place, amount in enumerate(counted(claim)):
                total[place] += amount
    kept = {
        key: [row["deductible"], row["out_of_pocket"]]
        for key, row in portal.running["claims"].db.tables["accumulators"].items()
    }
    for key in kept.keys() | accumulators.keys():
        assert kept.get(key, [0, 0]) == accumulators[key], "not the sum of the claims"


def released_records_were_looked_at(portal: Portal) -> None:
    """At the end: a released document that a claim names has been noted on the claim, unless
    another Tax ID sent it.
    """
    senders = {r["document_id"]: r["tin"] for r in portal.running["claims"].db.rows("records")}
    for claim in claims_of(portal).values():
        own = {d for d, tin in senders.items() if tin in ("", claim.submission.billing.tin)}
        assert set(claim.released) <= own, "noted what another Tax ID sent"
        if claim.status in ("paid", "denied"):
            assert own & set(claim.documents) <= set(claim.released)
