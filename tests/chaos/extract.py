"""What is kept of a body for the checkers: numbers, states, amounts. Never a name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from sys import intern
from typing import Any

from pydantic_core import from_json

from portal_contracts.money import cents

Body = dict[str, Any]
PLAIN = (
    *("claim_number", "version", "adjudication", "status", "billing_tin", "cause"),
    *("cause_reference", "document_id", "received_at", "release_at", "released_at", "expired_at"),
    *(
        "refused_at",
        "sha256",
        "case_number",
        "verdict",
        "number",
        "tin",
        "at",
        "clock",
        "change_id",
    ),
    *("authorization_number", "in_time", "closed_by", "claims", "reason", "npi", "outcome"),
)
OWNERS = ("member", "claim")
DEDUCTIBLE, COST_SHARE = "1", ("1", "2", "3")
ANSWERS = (
    *("claim_number", "document_id", "case_number", "number", "authorization_number", "state"),
    *("policy_id", "version", "change_id"),
)


def facts(type_: str, value: bytes) -> Body | None:
    """None for commands and for what cannot be read: of those only the hash is looked at."""
    keep = _KEEP.get(type_)
    if keep is None:
        return None
    try:
        return keep(from_json(value))
    except (ValueError, KeyError, TypeError):
        return None


def sha256_of(body: bytes) -> str:
    """The hash that a stored document's own state has."""
    return str(from_json(body)["sha256"])


def _plain(body: Body) -> Body:
    return {name: body[name] for name in PLAIN if name in body}


def _member(body: Body) -> Body:
    policies = " ".join(policy["policy_id"] for policy in body.get("cob", ()))
    return {"member": body["member_id"], "version": body["version"], "policies": policies}


def _insurance(body: Body) -> Body:
    """Not under `member`: it is named by its change, as in the copies of others."""
    return {**_plain(body), "insured": body["member_id"], "policy_id": body["after"]["policy_id"]}


def _claim(body: Body) -> Body:
    """With the money in cents and whether every line adds up."""
    kept = _plain(body)
    lines = body.get("lines", ())
    kept["paid"] = cents(body["paid"])
    kept["charge"] = cents(body["total_charge"])
    kept["allowed"] = sum(cents(line["allowed"]) for line in lines)
    kept["adds_up"] = kept["paid"] == sum(cents(line["paid"]) for line in lines) and all(
        cents(line["charge"])
        == cents(line["paid"]) + sum(cents(a["amount"]) for a in line["adjustments"])
        for line in lines
    )
    kept["postings"] = _postings(body)
    kept["patient"], kept["year"] = intern(body["member_id"]), int(body["service_from"][:4])
    kept["counted"] = _counted(lines)
    kept["records"] = (body.get("facts_used") or {}).get("records", ())
    return kept


def _counted(lines: Iterable[Body]) -> tuple[int, int]:
    """What the patient bears of it: towards the deductible, and out of pocket."""
    borne = [
        (a["carc"], cents(a["amount"]))
        for line in lines
        for a in line["adjustments"]
        if a["group"] == "PR" and a["carc"] in COST_SHARE
    ]
    deductible = sum(amount for carc, amount in borne if carc == DEDUCTIBLE)
    return deductible, sum(amount for _, amount in borne)


def _closed(body: Body) -> Body:
    return {**_plain(body), "postings": _postings(body)}


def _postings(body: Body) -> list[tuple[str, int, int]]:
    return [(p["kind"], p["adjudication"], cents(p["amount"])) for p in body["postings"]]


def _refused(body: Body) -> Body:
    return {"codes": [problem["code"] for problem in body["problems"]]}


def _answer(body: Body) -> Body:
    return {name: body[name] for name in ANSWERS if name in body}


def _list(body: Body) -> Body:
    return _claims(body["claims"])


def _details(body: Body) -> Body:
    return _claims([body["summary"]])


def _claims(summaries: list[Body]) -> Body:
    return {"shown": [s["claim_number"] for s in summaries], "members": _members(summaries)}


def _members(bodies: Iterable[Body]) -> list[str]:
    """Whose data an answer shows."""
    return sorted({intern(body["member_id"]) for body in bodies})


def _received(body: Body) -> Body:
    """With what it belongs to; of members it would be enough to know that they are some."""
    owner = body["owner"]
    named = owner["reference"] if owner["kind"] != "member" else ""
    return {**_plain(body), "owner": (owner["kind"], named)}


def _documents(body: Body) -> Body:
    """Those of a claim show its patient, whose claim it is says the claims service."""
    owners = [document["owner"] for document in body["documents"]]
    of = {kind: {o["reference"] for o in owners if o["kind"] == kind} for kind in OWNERS}
    return {"members": sorted(of["member"]), "of_claims": sorted(of["claim"])}


def _cases(body: Body) -> Body:
    return {"of_claims": sorted({case["claim_number"] for case in body["cases"]})}


def _lines(body: Body) -> Body:
    """With what is decided of each line."""
    lines = {line["number"]: line.get("decision", "pending") for line in body["lines"]}
    return {**_plain(body), "lines": lines}


_KEEP: dict[str, Callable[[Body], Body]] = {
    "claims.claim_adjudicated.v1": _claim,
    "claims.claim_closed.v1": _closed,
    "claims.claim_rejected.v1": _plain,
    "claims.readjudications_ordered.v1": _plain,
    "eligibility.member_changed.v1": _member,
    "eligibility.cob_changed.v1": _insurance,
    "auth.authorization_changed.v1": _lines,
    "auth.authorization_requested.v1": _lines,
    "auth.lines_decided.v1": _lines,
    "appeals.case_submitted.v1": _plain,
    "appeals.case_decided.v1": _plain,
    "appeals.case_outcome_linked.v1": _plain,
    "providers.provider_changed.v1": _plain,
    "providers.maintenance_request_submitted.v1": _plain,
    "providers.information_requested.v1": _plain,
    "providers.question_answered.v1": _plain,
    "providers.request_approved.v1": _plain,
    "providers.request_rejected.v1": _plain,
    "providers.request_applied.v1": _plain,
    "providers.sla_warning.v1": _plain,
    "providers.sla_breached.v1": _plain,
    "documents.document_received.v1": _received,
    "documents.document_released.v1": _plain,
    "documents.document_refused.v1": _plain,
    "documents.document_expired.v1": _plain,
    "portal.refused.v1": _refused,
    "claims.claim_accepted.v1": _answer,
    "claims.claim_rejected_reply.v1": _answer,
    "claims.claim_list.v1": _list,
    "claims.claim_details.v1": _details,
    "eligibility.member_details.v1": lambda body: {"members": _members([body["member"]])},
    "eligibility.cob_added.v1": _answer,
    "auth.authorization_list.v1": lambda body: {"members": _members([body])},
    "appeals.case_list.v1": _cases,
    "documents.document_list.v1": _documents,
    "documents.upload_ticket.v1": _answer,
    "documents.upload_received.v1": _answer,
    "documents.download_link.v1": _answer,
    "appeals.case_received.v1": _answer,
    "providers.maintenance_request_accepted.v1": _answer,
    "auth.authorization_received.v1": _answer,
}
KEPT = frozenset(_KEEP)
"""Types of which a body must say what is kept."""
